import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { documentedRegion, regions } from '../../../src/catalog/regions';
import type { LocalNames } from '../../../src/catalog/declaration';
import { localNamesOf } from '../../../src/explorer/present/labels';
import type { Fault } from '../../cloud/control';
import { rowsIn } from '../../support/collections';
import { labelText } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

describe('the names of regions', function () {
  this.timeout(30_000);
  const beijing = { 'en-us': 'CN North-Beijing4', 'zh-cn': '华北-北京四' };
  const t = useCloud({ signedIn: 'always' });
  // A pending request would be repeated during the next test.
  afterEach(() => t.explorer.close());
  beforeEach(async () => {
    t.changed.length = 0;
  });

  const answer = (fault: Fault): Promise<void> => t.cloud.control.fault({ match: '/v3/regions', fault });
  const telling = (id: string, locales: unknown): Promise<void> =>
    answer({ kind: 'answer', status: 200, body: { regions: [{ id, locales }] } });

  async function names(): Promise<Record<string, LocalNames | undefined>> {
    const [account] = t.explorer.roots();
    assert.ok(account);
    const rows = await t.explorer.children(account);
    return Object.fromEntries(
      rows.flatMap((node) => (node.kind === 'item' ? [[labelText(node), localNamesOf(node)] as const] : [])),
    );
  }

  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    // One look after the other.
    while (!(await holds())) {
      await pause(10);
    }
  }

  it('are those of the documents at first, for the projects that are named like a region', async () => {
    await answer({ kind: 'hang' });
    const found = await names();
    assert.deepEqual(found['cn-north-4'], beijing);
    assert.deepEqual([found['cn-north-4_研发'], Object.keys(found).length], [undefined, 5]);
  });

  it('come from the cloud in the background, once an account, and are shown when they differ', async () => {
    await telling('cn-north-4', { 'en-us': 'Renamed' });
    await names();
    await until(() => t.changed.length > 0);
    const [account] = t.explorer.roots();
    assert.deepEqual(t.changed, [account?.id]);
    assert.deepEqual((await names())['cn-north-4'], { ...beijing, 'en-us': 'Renamed' });
    await t.explorer.refresh(undefined);
    await names();
    assert.equal((await t.harness.requests('names')).length, 1);
  });

  it('change no row if the cloud agrees with the documents', async () => {
    await telling('cn-north-4', beijing);
    await names();
    await until(async () => (await t.harness.requests('names')).some(({ status }) => status === 200));
    // Responses are read before any later request.
    await t.explorer.refresh(t.explorer.roots()[0]);
    assert.deepEqual(t.changed, [t.explorer.roots()[0]?.id]);
  });

  it('stay those of the documents where the cloud does not tell', async () => {
    await answer({ kind: 'answer', status: 500, body: '' });
    await names();
    await until(async () => (await t.harness.requests('names')).some(({ status }) => status === 500));
    assert.deepEqual((await names())['cn-north-4'], beijing);
    assert.deepEqual([t.changed, t.accounts.all()[0]?.refused], [[], undefined]);
  });

  const fails = async (): Promise<void> => {
    await t.cloud.control.fault({ match: '/v3/regions', times: 1, fault: { kind: 'answer', status: 500, body: '' } });
    await names();
    await until(async () => (await t.harness.requests('names')).some(({ status }) => status === 500));
  };

  it('are asked for again by a refresh where the cloud did not tell', async () => {
    await fails();
    await telling('cn-north-4', { 'en-us': 'Renamed' });
    await t.explorer.refresh(t.explorer.roots()[0]);
    await until(async () => (await names())['cn-north-4']?.['en-us'] === 'Renamed');
    assert.equal((await t.harness.requests('names')).length, 2);
  });

  it('are not asked for again by a refresh that was given up', async () => {
    await fails();
    await t.cloud.control.fault({ match: '/v3/auth/projects', fault: { kind: 'hang' } });
    const [account] = t.explorer.roots();
    assert.ok(account);
    const refreshing = t.explorer.refresh(account);
    await until(async () => (await t.cloud.control.underWay()) === 1);
    t.explorer.collapsed(account);
    await refreshing;
    await until(async () => (await t.cloud.control.underWay()) === 0);
    await pause(50);
    assert.equal((await t.harness.requests('names')).length, 1);
  });

  it('are not asked for before the projects are there', async () => {
    await t.cloud.control.fault({
      match: '/v3/auth/projects',
      times: 1,
      fault: { kind: 'answer', status: 500, body: '' },
    });
    await names();
    assert.deepEqual(await t.harness.requests('names'), []);
  });

  it('leave out values that are no name', () => {
    const body = {
      regions: [
        { id: 'a', locales: { 'zh-CN': '甲', 'en-us': '', 'pt-br': null, 'es-us': '\u200b' } },
        { id: 'b', locales: { 'en-us': 1 } },
        { id: 'c', locales: null },
        { id: 'd' },
      ],
    };
    assert.deepEqual(
      rowsIn(regions, { body, header: () => undefined }).map(({ item }) => item.localNames),
      [{ 'zh-cn': '甲' }, {}, {}, {}],
    );
  });

  it('of the documents are names of regions only', () => {
    assert.deepEqual(documentedRegion('cn-east-4'), { 'zh-cn': '华东二' });
    assert.deepEqual(documentedRegion('na-mexico-1'), { 'en-us': 'LA-Mexico City1' });
    for (const none of ['constructor', '', 'cn-north-4_x', undefined]) {
      assert.equal(documentedRegion(none), undefined);
    }
  });
});
