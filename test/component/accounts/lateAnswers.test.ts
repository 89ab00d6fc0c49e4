import assert from 'node:assert/strict';
import { SAMPLE } from '../../cloud/data';
import { documented } from '../../cloud/documented';
import { passcodeOf } from '../../cloud/passcodes';
import { startStandIn, type StandIn } from '../../cloud/start';
import { deferred } from '../../support/deferred';
import { failureOf, Harness, north } from '../../support/harness';
import { signInWithCode, signInWithMfa } from '../../../src/accounts/methods/mfa';

const { signal } = new AbortController();

describe('what comes late for a sign-in', function () {
  this.timeout(30_000);
  let cloud: StandIn;
  let harness: Harness;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
  });

  const isUnderWay = async (method: string, path: string): Promise<void> => {
    while (!(await cloud.control.requests()).some((one) => one.method === method && one.path === path)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it('does not refuse the one that took its place while the refusal was looked into', async () => {
    const accounts = harness.accounts();
    const { account } = await harness.signIn(accounts);
    await cloud.control.expire();
    await cloud.control.fault({
      match: '/v3/auth/tokens',
      method: 'POST',
      times: 1,
      fault: { kind: 'answer', status: 401, body: documented('iam', 401, 0) },
    });
    await cloud.control.fault({ match: '/v3/auth/tokens', method: 'GET', fault: { kind: 'slow', ms: 300 } });
    await cloud.control.clearRequests();
    const late = failureOf(harness.listInstances(accounts, account));
    await isUnderWay('GET', '/v3/auth/tokens');
    await harness.signIn(accounts);
    await late;
    assert.equal(accounts.all()[0]?.refused, undefined);
    assert.equal((await harness.listInstances(accounts, account)).total, 2);
  });

  it('takes nothing from the one of another window', async () => {
    const here = harness.accounts();
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    await cloud.control.fault({ match: '/securitytokens', fault: { kind: 'answer', status: 403 } });
    const signIn = async (accounts: typeof here, at: number): Promise<string> => {
      const passcode = { userId, code: passcodeOf(SAMPLE.guarded, harness.now + at) };
      const who = { accountName: SAMPLE.domain.name, userName, password, passcode };
      return (await signInWithMfa(accounts, harness.site(), who, 'always', signal)).account.id;
    };
    const id = await signIn(here, -30_000);
    const there = harness.accounts();
    await cloud.control.clearRequests();
    await cloud.control.fault({ match: '/v3/auth/tokens', times: 1, fault: { kind: 'slow', ms: 500 } });
    const code = passcodeOf(SAMPLE.guarded, harness.now);
    const late = signInWithCode(here, id, { code }, north.id, signal);
    await isUnderWay('POST', '/v3/auth/tokens');
    await signIn(there, 30_000);
    here.reread();
    await late;
    assert.deepEqual(
      [harness.storedSecret({ id })?.password, Object.keys(harness.storedSecret({ id })?.tokens ?? {})],
      [password, ['account', `project:${north.id}`]],
    );
  });

  it('does not lose a sign-in that ends while the account is signed out', async () => {
    const accounts = harness.accounts();
    const { account } = await harness.signIn(accounts);
    const slow = deferred();
    const remove = harness.secretStore.remove.bind(harness.secretStore);
    harness.secretStore.remove = async (key) => {
      await slow.promise;
      await remove(key);
    };
    const out = accounts.signOut(account.id);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = harness.signIn(accounts);
    await new Promise((resolve) => setTimeout(resolve, 100));
    slow.resolve();
    await out;
    const { notice } = await again;
    assert.equal(notice, undefined);
    assert.equal(accounts.all().length, 1);
    assert.equal((await harness.listInstances(accounts, account)).total, 2);
    assert.equal((await harness.listInstances(harness.accounts(), account)).total, 2);
  });
});
