import assert from 'node:assert/strict';
import { SAMPLE } from '../cloud/data';
import { startStandIn, type StandIn } from '../cloud/start';
import { World, east, failureOf, north } from './world';

/** Two windows share the list of accounts and the vault; each has its own memory. */
describe('accounts in two windows', function () {
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

  it('keep what the other signed in', async () => {
    const [one, two] = [world.accounts(), world.accounts()];
    await world.signIn(one, 'always', SAMPLE.operator);
    await world.signIn(two, 'always', SAMPLE.auditor);
    assert.deepEqual(
      world
        .accounts()
        .all()
        .map(({ user }) => user.name),
      ['demo-operator', 'demo-auditor'],
    );
  });

  it('sign out for both: the other asks nothing more and brings nothing back', async () => {
    const one = world.accounts();
    const { account } = await world.signIn(one, 'always');
    const two = world.accounts();
    await world.instances(two, account, north);
    await one.signOut(account.id);
    await cloud.control.clearRequests();
    assert.equal((await failureOf(world.instances(two, account, east))).kind, 'cancelled');
    assert.deepEqual(two.all(), []);
    assert.deepEqual(await world.requests(), []);
    assert.deepEqual([world.vault.entries.size, world.store.text], [0, '[]']);
  });
});
