import assert from 'node:assert/strict';
import { startStandIn, type StandIn } from '../cloud/start';
import { World, explorerFor, said, walk } from './world';

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
