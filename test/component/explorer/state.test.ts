import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { phrase } from '../../../src/base/phrase';
import { causeOf } from '../../../src/explorer/present/labels';
import type { ItemNode, ListNode, Node, PagerNode } from '../../../src/explorer/nodes';
import { samplePaths } from '../../cloud/ask';
import { sampleSite, type Fault } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { documented, exampleRows } from '../../cloud/documented';
import { labelText, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

const instance = String(exampleRows('instances')[0]?.['name']);
const toSigns = ['cn-north-4', 'ROMA Connect', instance, 'Signature keys'];

const broken: Fault = { kind: 'answer', status: 500, body: documented('signs', 500) };

describe('the state of the explorer', function () {
  this.timeout(60_000);
  const t = useCloud({ signedIn: 'always' });

  async function signs(): Promise<ListNode> {
    const list = await nodeAt(t.explorer, ...toSigns);
    assert.ok(list.kind === 'list');
    return list;
  }

  /** The rows of a list, and what stands below them. */
  async function shown(list: Node): Promise<{ items: ItemNode[]; last: Node | undefined; pager: PagerNode }> {
    const rows = await t.explorer.children(list);
    const last = rows.at(-1);
    return {
      items: rows.filter((node) => node.kind === 'item'),
      last,
      get pager(): PagerNode {
        assert.ok(last?.kind === 'pager');
        return last;
      },
    };
  }

  const fail = (fault: Fault, times?: number): Promise<void> =>
    t.cloud.control.fault({ match: `${samplePaths.signs}?`, fault, ...(times === undefined ? {} : { times }) });
  const asked = async (part: string): Promise<string[]> =>
    (await t.harness.requests()).filter(({ path }) => path.includes(part)).map(({ query }) => query);

  it('goes on page by page, and says how far it is', async () => {
    const list = await signs();
    const first = await shown(list);
    assert.deepEqual([first.items.length, labelText(first.pager)], [100, 'Load more (100 of 240)']);
    assert.equal(first.pager.parent, list);
    t.changed.length = 0;
    const row = await t.explorer.loadMore(first.pager);
    // On a machine that is busy, the pager says before that it loads.
    assert.deepEqual(
      t.changed.filter((id) => id !== first.pager.id),
      [list.id],
    );
    t.changed.length = 0;
    await setTimeout(300);
    assert.deepEqual(t.changed, []);
    const second = await shown(list);
    assert.equal(row, second.items[100]);
    assert.deepEqual(second.items.slice(0, 100), first.items);
    assert.equal(second.pager, first.pager);
    assert.equal(labelText(second.pager), 'Load more (200 of 240)');
    await t.explorer.loadMore(second.pager);
    const whole = await shown(list);
    assert.deepEqual([whole.items.length, whole.last?.kind], [240, 'item']);
    assert.deepEqual(await asked('/signs'), ['?offset=0&limit=100', '?offset=99&limit=101', '?offset=199&limit=101']);
  });

  it('puts the pager of an inline list below the row above it', async () => {
    const service = await nodeAt(t.explorer, 'cn-east-3', 'ROMA Connect');
    const { items, pager } = await shown(service);
    assert.deepEqual([items.length, pager.parent, items[0]?.parent], [100, service, service]);
    t.changed.length = 0;
    await t.explorer.loadMore(pager);
    assert.deepEqual(
      t.changed.filter((id) => id !== pager.id),
      [service.id],
    );
    assert.equal((await shown(service)).items.length, 130);
  });

  it('says that it loads while it does, and loads one page for two clicks', async () => {
    const list = await signs();
    const { pager } = await shown(list);
    const both = [t.explorer.loadMore(pager), t.explorer.loadMore(pager)];
    assert.equal(labelText(pager), 'Loading…');
    await Promise.all(both);
    assert.equal((await shown(list)).items.length, 200);
    assert.equal((await asked('/signs')).length, 2);
  });

  it('shows that a slow page loads in the row that was clicked, and lists nothing again for that', async () => {
    const list = await signs();
    const { pager } = await shown(list);
    await fail({ kind: 'hang' });
    t.changed.length = 0;
    const loading = t.explorer.loadMore(pager);
    while (t.changed.length === 0) {
      await setTimeout(10);
    }
    assert.deepEqual(t.changed, [pager.id]);
    t.explorer.collapsed(list);
    await loading;
  });

  it('keeps the rows before a page that failed, and loads that page on retry', async () => {
    const list = await signs();
    const { items, pager } = await shown(list);
    await fail({ kind: 'answer', status: 500, body: documented('signs', 500) }, 1);
    assert.equal(await t.explorer.loadMore(pager), undefined);
    const after = await shown(list);
    assert.deepEqual(after.items, items);
    assert.match(labelText(after.pager), /^Retry/);
    assert.deepEqual(causeOf(after.pager), phrase('The service failed'));
    const row = await t.explorer.loadMore(after.pager);
    const retried = await shown(list);
    assert.deepEqual([retried.items.length, retried.items[100], causeOf(retried.pager)], [200, row, undefined]);
    assert.deepEqual((await asked('/signs')).slice(1), ['?offset=99&limit=101', '?offset=99&limit=101']);
  });

  it('keeps a failed first page as it is until the user retries', async () => {
    const list = await signs();
    await fail(broken, 1);
    const { last: note } = await shown(list);
    assert.ok(note?.kind === 'message');
    assert.deepEqual([labelText(note), causeOf(note), note.parent], ['Retry', phrase('The service failed'), list]);
    assert.equal((await shown(list)).last, note);
    assert.equal((await asked('/signs')).length, 1);
    t.changed.length = 0;
    t.explorer.retry(note);
    assert.deepEqual(t.changed, [list.id]);
    assert.equal((await shown(list)).items.length, 100);
    assert.equal((await asked('/signs')).length, 2);
  });

  const answer = (status: number, body: unknown = ''): Fault => ({ kind: 'answer', status, body });
  for (const [name, fault, says, label, cause] of [
    ['403', answer(403, documented('signs', 403)), 'forbidden', 'No permission · retry', 'No permission'],
    ['401 again', answer(401, documented('signs', 401)), 'forbidden', 'No permission · retry', 'No permission'],
    ['404', answer(404, documented('signs', 404)), 'failed', 'Retry', 'No longer there'],
    ['400', answer(400, documented('signs', 400)), 'failed', 'Retry', 'The request was not accepted'],
    ['500', answer(500, documented('signs', 500)), 'failed', 'Retry', 'The service failed'],
    [
      'APIGW.0101',
      answer(404, { error_code: 'APIGW.0101' }),
      'notOffered',
      'Not offered here · hide',
      'Not offered in this region',
    ],
    ['no connection', { kind: 'reset' }, 'failed', 'Retry', 'No connection'],
    ['half an answer', { kind: 'truncate' }, 'failed', 'Retry', 'The answer could not be understood'],
    ['no answer', { kind: 'hang' }, 'failed', 'Retry', 'No answer in time'],
  ] as const satisfies readonly (readonly [string, Fault, string, string, string])[]) {
    it(`says what ${name} means`, async () => {
      const list = await signs();
      await fail(fault);
      if (fault.kind === 'hang') {
        t.harness.timeout = 100;
      }
      const { last: note } = await shown(list);
      assert.ok(note?.kind === 'message');
      assert.deepEqual([note.message.kind, labelText(note), causeOf(note)], [says, label, phrase(cause)]);
    });
  }

  it('says that an account is signed out, and loads by itself after the next sign-in', async () => {
    t.harness.secretStore.entries.clear();
    t.reload();
    const [account] = t.explorer.roots();
    assert.ok(account);
    const { last: note } = await shown(account);
    assert.ok(note?.kind === 'message');
    assert.deepEqual([labelText(note), note.parent], ['Sign-in invalid · sign in', account]);
    t.changed.length = 0;
    await t.harness.signIn(t.accounts);
    assert.deepEqual(t.changed, [account.id]);
    assert.equal(t.explorer.roots()[0], account);
    assert.equal((await shown(account)).items.length, 5);
  });

  it('asks to accept an address that came into the settings later, and loads once that is done', async () => {
    const list = await signs();
    const roma = `${t.cloud.url.replace('127.0.0.1', 'localhost')}/roma/{region}`;
    t.harness.sitesSetting = { demo: { ...sampleSite(t.cloud.url), services: { roma } } };
    t.explorer.settingsChanged();
    await nodeAt(t.explorer, 'cn-north-4');
    const service = await nodeAt(t.explorer, 'cn-east-3', 'ROMA Connect');
    const { last: note } = await shown(service);
    assert.ok(note?.kind === 'message');
    assert.deepEqual([labelText(note), causeOf(note)], ['Accept a new address', new URL(roma).host]);
    assert.deepEqual(await asked('/roma/cn-east-3'), []);
    await t.accounts.accept(list.context.accountId, roma);
    assert.equal((await shown(service)).items.length, 100);
    assert.ok(t.explorer.node(list.id));
  });

  it('says that a site is gone, and loads when it is back', async () => {
    const { sitesSetting } = t.harness;
    t.harness.sitesSetting = {};
    const [account] = t.explorer.roots();
    assert.ok(account);
    const { last: note } = await shown(account);
    assert.ok(note?.kind === 'message' && note.message.kind === 'failed');
    assert.deepEqual(note.message.error.failure.reason?.args, ['demo']);
    t.harness.sitesSetting = sitesSetting;
    t.changed.length = 0;
    t.explorer.settingsChanged();
    assert.deepEqual(t.changed, [undefined]);
    assert.equal((await shown(account)).items.length, 5);
  });

  it('keeps rows, their number and their nodes through a refresh', async () => {
    const list = await signs();
    await t.explorer.loadMore((await shown(list)).pager);
    const before = await shown(list);
    await t.cloud.control.clearRequests();
    t.changed.length = 0;
    await t.explorer.refresh(list);
    assert.deepEqual(t.changed, [list.id]);
    assert.deepEqual(await asked('/signs'), ['?offset=0&limit=100', '?offset=100&limit=100']);
    const after = await shown(list);
    assert.equal(after.items.length, 200);
    before.items.forEach((node, index) => assert.equal(node, after.items[index]));
    assert.equal(after.pager, before.pager);
    assert.equal((await t.harness.requests()).length, 2);
  });

  it('refreshes what was opened, wherever it stands, and nothing else', async () => {
    await shown(await signs());
    await t.cloud.control.clearRequests();
    await t.explorer.refresh(undefined);
    const paths = (await t.harness.requests()).map(({ path }) => path.replace(/.*\//, ''));
    assert.deepEqual(paths.toSorted(), ['instances', 'projects', 'signs']);
    await t.cloud.control.clearRequests();
    await t.explorer.refresh(await nodeAt(t.explorer, 'cn-east-3'));
    assert.deepEqual(await t.harness.requests(), []);
  });

  it('keeps the old rows where a refresh fails, with a row that says so', async () => {
    const list = await signs();
    const { items } = await shown(list);
    await fail(broken, 1);
    await t.explorer.refresh(list);
    const after = await shown(list);
    assert.deepEqual([after.items.length, causeOf(after.pager)], [items.length, phrase('The service failed')]);
    await t.explorer.loadMore(after.pager);
    assert.equal(causeOf((await shown(list)).pager), undefined);
  });

  it('marks rows that are gone, and forgets them and all that stood below them with the next refresh', async () => {
    const list = await signs();
    const { items } = await shown(list);
    assert.ok(t.explorer.items().includes(items[0] ?? assert.fail()));
    const rows = [{ id: 'new', name: 'new' }];
    await fail({ kind: 'answer', status: 200, body: { signs: rows, total: 1 } });
    await t.explorer.refresh(list);
    const after = await shown(list);
    assert.deepEqual(after.items.length, items.length + 1);
    const left = after.items.filter((node) => node.kind === 'item' && !node.listed.gone);
    assert.deepEqual(left.map(labelText), ['new']);
    assert.deepEqual(
      t.explorer.items().filter(({ listNode }) => listNode === list),
      left,
    );
    await t.explorer.refresh(list);
    assert.deepEqual((await shown(list)).items.map(labelText), ['new']);
    const none = { kind: 'answer', status: 200, body: { instances: [], total: 0 } } as const;
    await t.cloud.control.fault({ match: '/instances?', fault: none });
    await t.explorer.refresh(await nodeAt(t.explorer, 'cn-north-4', 'ROMA Connect'));
    assert.deepEqual(
      t.explorer.items().filter(({ id }) => id.startsWith(list.id)),
      [],
    );
  });

  it('forgets an account that signed out, and gives up what it was asking', async () => {
    const { account: other } = await t.harness.signIn(t.accounts, 'always', SAMPLE.auditor);
    const list = await signs();
    await shown(list);
    await fail({ kind: 'hang' });
    const waiting = t.explorer.refresh(list);
    const [first, second] = t.explorer.roots();
    assert.ok(first && second);
    await t.explorer.children(second);
    t.changed.length = 0;
    await t.accounts.signOut(first.account.id);
    await waiting;
    assert.ok(list.signal.aborted);
    assert.ok(t.changed.includes(undefined));
    assert.deepEqual([t.explorer.node(first.id), t.explorer.node(list.id)], [undefined, undefined]);
    assert.ok(t.explorer.items().every(({ id }) => id.startsWith(`${second.id}/`)));
    assert.deepEqual(
      t.explorer.roots().map(({ account }) => account),
      [other],
    );
    await t.cloud.control.clearFaults();
    await t.harness.signIn(t.accounts);
    const [, again] = t.explorer.roots();
    assert.ok(again && again !== first && again.id === first.id);
    assert.equal((await shown(again)).items.length, 5);
  });

  it('says nothing of a list that was given up', async () => {
    const list = await signs();
    await fail({ kind: 'hang' });
    const waiting = t.explorer.children(list);
    t.explorer.close();
    assert.deepEqual(await waiting, []);
    assert.deepEqual([list.list.notLoaded, list.list.error], [true, undefined]);
  });
});
