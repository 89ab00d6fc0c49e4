import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import { commandOf } from '../../../src/sidebar/click';
import { SAMPLE } from '../../cloud/data';
import { Harness, north } from '../../support/harness';
import { explorerFor, labelText, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

describe('hiding a service', function () {
  this.timeout(30_000);
  const t = useCloud();

  it('takes it out of its project for good, until all services are shown', async () => {
    const accounts = t.harness.accounts();
    const { account } = await t.harness.signIn(accounts);
    const settings = { showAllServices: false };
    const { explorer } = explorerFor(t.harness, accounts, settings);
    const service = await nodeAt(explorer, 'la-south-2', 'Node Engine Service', 'API keys');
    const [note] = await explorer.children(service);
    assert.ok(note);
    assert.equal(labelText(note), 'Not offered here · hide');
    explorer.hide(note);
    const shown = async (): Promise<string[]> => {
      const again = explorerFor(t.harness, accounts, settings).explorer;
      return (await again.children(await nodeAt(again, 'la-south-2'))).map(labelText);
    };
    assert.deepEqual(await shown(), ['CodeArts Repo', 'ROMA Connect']);
    settings.showAllServices = true;
    assert.deepEqual(await shown(), ['Node Engine Service', 'CodeArts Repo', 'ROMA Connect']);
    await accounts.signOut(account.id);
    assert.equal(t.harness.hidden.persistent.size, 0);
  });

  it('offers to show the services of a project again where the user hid each of them there', async () => {
    const accounts = t.harness.accounts();
    await t.harness.signIn(accounts);
    const settings = { showAllServices: false };
    const { explorer } = explorerFor(t.harness, accounts, settings);
    const project = await nodeAt(explorer, 'la-south-2');
    for (const service of await explorer.children(project)) {
      explorer.hide(service);
    }
    const [note, ...others] = await explorer.children(project);
    assert.ok(note);
    assert.deepEqual(
      [labelText(note), commandOf(note), others],
      ['All hidden · show', 'keyExplorer.showAllServices', []],
    );
    settings.showAllServices = true;
    assert.equal((await explorer.children(project)).length, 3);
  });

  it('leaves no trace of an account for this session only', async () => {
    const accounts = t.harness.accounts();
    await t.harness.signIn(accounts, 'session');
    const { explorer } = explorerFor(t.harness, accounts);
    explorer.hide(await nodeAt(explorer, 'la-south-2', 'ROMA Connect'));
    assert.deepEqual((await explorer.children(await nodeAt(explorer, 'la-south-2'))).map(labelText), [
      'Node Engine Service',
      'CodeArts Repo',
    ]);
    assert.equal(t.harness.hidden.persistent.size, 0);
  });
});

describe('hiding regions, projects and services of an account', function () {
  this.timeout(30_000);
  const t = useCloud();
  let harness: Harness;
  beforeEach(async () => {
    // Names that arrive in the background would update rows, too.
    await t.cloud.control.fault({ match: '/v3/regions', fault: { kind: 'answer', status: 500, body: '' } });
    harness = new Harness(t.cloud);
  });

  const nothing = { regions: [], projects: [], services: [] };

  /** The rows at a place, before and after something is hidden. */
  async function shown(hidden: NonNullable<Account['hidden']>, ...place: string[]): Promise<[string[], string[]]> {
    const accounts = harness.accounts();
    const { account } = await harness.signIn(accounts);
    const { explorer, changed } = explorerFor(harness, accounts);
    const here = await nodeAt(explorer, ...place);
    const before = (await explorer.children(here)).map(labelText);
    changed.length = 0;
    await accounts.change(account.id, { hidden });
    assert.deepEqual(changed, [`/${account.id}`]);
    const after = (await explorer.children(here)).map(labelText);
    await accounts.change(account.id, { hidden: undefined });
    assert.deepEqual((await explorer.children(here)).map(labelText), before);
    return [before, after];
  }

  it('takes a region out with all of its projects', async () => {
    const [before, after] = await shown({ ...nothing, regions: ['cn-north-4'] });
    assert.deepEqual(before.slice(0, 2), ['cn-north-4', 'cn-north-4_研发']);
    assert.deepEqual(after, before.slice(2));
  });

  it('takes one project out', async () => {
    const [before, after] = await shown({ ...nothing, projects: [north.id] });
    assert.deepEqual(after, before.slice(1));
  });

  it('says so where every project is hidden, and where every service is', async () => {
    const [, projects] = await shown({ ...nothing, projects: SAMPLE.projects.map(({ id }) => id) });
    assert.deepEqual(projects, ['All hidden · choose']);
    const services = ['nes', 'codeartsrepo', 'roma'];
    const [before, after] = await shown({ ...nothing, services }, 'cn-north-4');
    assert.equal(before.length, 3);
    assert.deepEqual(after, ['All hidden · choose']);
    const [, rest] = await shown({ ...nothing, services: ['nes'] }, 'cn-north-4');
    assert.deepEqual(rest, ['CodeArts Repo', 'ROMA Connect']);
  });

  it('is no reason where there would be nothing anyway', async () => {
    harness.sitesSetting = { demo: { iam: t.cloud.url } };
    const [before, after] = await shown({ ...nothing, services: ['roma'] }, 'cn-north-4');
    assert.deepEqual([before, after], [[], []]);
  });

  it('outlives a restart and another sign-in', async () => {
    const accounts = harness.accounts();
    const { account } = await harness.signIn(accounts);
    await accounts.change(account.id, { label: 'My keys', hidden: { ...nothing, regions: ['cn-north-4'] } });
    await harness.signIn(accounts);
    const { explorer } = explorerFor(harness, harness.accounts());
    const [root] = explorer.roots();
    assert.ok(root);
    assert.equal(labelText(root), 'My keys');
    assert.equal((await explorer.children(root)).length, 3);
  });
});
