import assert from 'node:assert/strict';
import type { Account } from '../../src/accounts/account';
import { commandOf } from '../../src/sidebar/click';
import { SAMPLE } from '../cloud/data';
import { startStandIn, type StandIn } from '../cloud/start';
import { World, explorerFor, north, said, walk } from './world';

describe('hiding a service', function () {
  this.timeout(30_000);
  let cloud: StandIn;
  let world: World;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    world = new World(cloud);
  });

  it('takes it out of its project for good, until all services are shown', async () => {
    const accounts = world.accounts();
    const { account } = await world.signIn(accounts);
    const settings = { showAllServices: false };
    const { explorer } = explorerFor(world, accounts, settings);
    const service = await walk(explorer, 'la-south-2', 'Node Engine Service', 'API keys');
    const [note] = await explorer.children(service);
    assert.ok(note);
    assert.equal(said(note), 'Not offered here · hide');
    explorer.hide(note);
    const shown = async (): Promise<string[]> => {
      const again = explorerFor(world, accounts, settings).explorer;
      return (await again.children(await walk(again, 'la-south-2'))).map(said);
    };
    assert.deepEqual(await shown(), ['CodeArts Repo', 'ROMA Connect']);
    settings.showAllServices = true;
    assert.deepEqual(await shown(), ['Node Engine Service', 'CodeArts Repo', 'ROMA Connect']);
    await accounts.signOut(account.id);
    assert.equal(world.hidden.lasting.size, 0);
  });

  it('offers to show the services of a project again where the user hid each of them there', async () => {
    const accounts = world.accounts();
    await world.signIn(accounts);
    const settings = { showAllServices: false };
    const { explorer } = explorerFor(world, accounts, settings);
    const project = await walk(explorer, 'la-south-2');
    for (const service of await explorer.children(project)) {
      explorer.hide(service);
    }
    const [note, ...others] = await explorer.children(project);
    assert.ok(note);
    assert.deepEqual([said(note), commandOf(note), others], ['All hidden · show', 'keyExplorer.showAllServices', []]);
    settings.showAllServices = true;
    assert.equal((await explorer.children(project)).length, 3);
  });

  it('leaves no trace of an account for this session only', async () => {
    const accounts = world.accounts();
    await world.signIn(accounts, 'session');
    const { explorer } = explorerFor(world, accounts);
    explorer.hide(await walk(explorer, 'la-south-2', 'ROMA Connect'));
    assert.deepEqual((await explorer.children(await walk(explorer, 'la-south-2'))).map(said), [
      'Node Engine Service',
      'CodeArts Repo',
    ]);
    assert.equal(world.hidden.lasting.size, 0);
  });
});

describe('hiding regions, projects and services of an account', function () {
  this.timeout(30_000);
  let cloud: StandIn;
  let world: World;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    // Names that come in the background would draw rows anew, too.
    await cloud.control.fault({ match: '/v3/regions', fault: { kind: 'answer', status: 500, body: '' } });
    world = new World(cloud);
  });

  const nothing = { regions: [], projects: [], services: [] };

  /** What is shown at a place, before and after something is hidden. */
  async function shown(hidden: NonNullable<Account['hidden']>, ...place: string[]): Promise<[string[], string[]]> {
    const accounts = world.accounts();
    const { account } = await world.signIn(accounts);
    const { explorer, changed } = explorerFor(world, accounts);
    const here = await walk(explorer, ...place);
    const before = (await explorer.children(here)).map(said);
    changed.length = 0;
    await accounts.change(account.id, { hidden });
    assert.deepEqual(changed, [`/${account.id}`]);
    const after = (await explorer.children(here)).map(said);
    await accounts.change(account.id, { hidden: undefined });
    assert.deepEqual((await explorer.children(here)).map(said), before);
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
    world.setting = { demo: { iam: cloud.url } };
    const [before, after] = await shown({ ...nothing, services: ['roma'] }, 'cn-north-4');
    assert.deepEqual([before, after], [[], []]);
  });

  it('outlives a restart and another sign-in', async () => {
    const accounts = world.accounts();
    const { account } = await world.signIn(accounts);
    await accounts.change(account.id, { label: 'My keys', hidden: { ...nothing, regions: ['cn-north-4'] } });
    await world.signIn(accounts);
    const { explorer } = explorerFor(world, world.accounts());
    const [root] = explorer.roots();
    assert.ok(root);
    assert.equal(said(root), 'My keys');
    assert.equal((await explorer.children(root)).length, 3);
  });
});
