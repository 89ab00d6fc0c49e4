import assert from 'node:assert/strict';
import { SAMPLE } from '../cloud/data';
import { documented } from '../cloud/documented';
import { passcodeOf } from '../cloud/passcodes';
import { startStandIn, type StandIn } from '../cloud/start';
import { World, door, failureOf, north } from './world';

const { signal } = new AbortController();

describe('what comes late for a sign-in', function () {
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

  const isUnderWay = async (method: string, path: string): Promise<void> => {
    while (!(await cloud.control.requests()).some((one) => one.method === method && one.path === path)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it('does not refuse the one that took its place while the refusal was looked into', async () => {
    const accounts = world.accounts();
    const { account } = await world.signIn(accounts);
    await cloud.control.expire();
    await cloud.control.fault({
      match: '/v3/auth/tokens',
      method: 'POST',
      times: 1,
      fault: { kind: 'answer', status: 401, body: documented('iam', 401, 0) },
    });
    await cloud.control.fault({ match: '/v3/auth/tokens', method: 'GET', fault: { kind: 'slow', ms: 300 } });
    await cloud.control.clearRequests();
    const late = failureOf(world.instances(accounts, account));
    await isUnderWay('GET', '/v3/auth/tokens');
    await world.signIn(accounts);
    await late;
    assert.equal(accounts.all()[0]?.refused, undefined);
    assert.equal((await world.instances(accounts, account)).total, 2);
  });

  it('takes nothing from the one of another window', async () => {
    const here = world.accounts();
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    await cloud.control.fault({ match: '/securitytokens', fault: { kind: 'answer', status: 403 } });
    const signIn = async (accounts: typeof here, at: number): Promise<string> => {
      const passcode = { userId, code: passcodeOf(SAMPLE.guarded, world.now + at) };
      const who = { accountName: SAMPLE.domain.name, userName, password, passcode };
      return (await accounts.signInWithPassword(world.site(), who, 'always', signal)).account.id;
    };
    const id = await signIn(here, -30_000);
    const there = world.accounts();
    await cloud.control.clearRequests();
    await cloud.control.fault({ match: '/v3/auth/tokens', times: 1, fault: { kind: 'slow', ms: 500 } });
    const code = passcodeOf(SAMPLE.guarded, world.now);
    const late = here.signInWithCode(id, { code }, north.id, signal);
    await isUnderWay('POST', '/v3/auth/tokens');
    await signIn(there, 30_000);
    here.reread();
    await late;
    assert.deepEqual(
      [world.kept({ id })?.password, Object.keys(world.kept({ id })?.tokens ?? {})],
      [password, ['account', `project:${north.id}`]],
    );
  });

  it('does not lose a sign-in that ends while the account is signed out', async () => {
    const accounts = world.accounts();
    const { account } = await world.signIn(accounts);
    const slow = door();
    const remove = world.vault.remove.bind(world.vault);
    world.vault.remove = async (key) => {
      await slow.opened;
      await remove(key);
    };
    const out = accounts.signOut(account.id);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = world.signIn(accounts);
    await new Promise((resolve) => setTimeout(resolve, 100));
    slow.open();
    await out;
    const { notice } = await again;
    assert.equal(notice, undefined);
    assert.equal(accounts.all().length, 1);
    assert.equal((await world.instances(accounts, account)).total, 2);
    assert.equal((await world.instances(world.accounts(), account)).total, 2);
  });
});
