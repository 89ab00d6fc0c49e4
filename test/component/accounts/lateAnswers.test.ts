import assert from 'node:assert/strict';
import { SAMPLE } from '../../cloud/data';
import { documented } from '../../cloud/documented';
import { passcodeOf } from '../../cloud/passcodes';
import { deferred } from '../../support/deferred';
import { failureOf, north } from '../../support/harness';
import { signInWithCode, signInWithMfa } from '../../../src/accounts/methods/mfa';
import { useCloud } from '../../support/useCloud';

const { signal } = new AbortController();

describe('what comes late for a sign-in', function () {
  this.timeout(30_000);
  const t = useCloud();

  const isUnderWay = async (method: string, path: string): Promise<void> => {
    while (!(await t.cloud.control.requests()).some((one) => one.method === method && one.path === path)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it('does not refuse the one that took its place while the refusal was looked into', async () => {
    const accounts = t.harness.accounts();
    const { account } = await t.harness.signIn(accounts);
    await t.cloud.control.expire();
    await t.cloud.control.fault({
      match: '/v3/auth/tokens',
      method: 'POST',
      times: 1,
      fault: { kind: 'answer', status: 401, body: documented('iam', 401, 0) },
    });
    await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'GET', fault: { kind: 'slow', ms: 300 } });
    await t.cloud.control.clearRequests();
    const late = failureOf(t.harness.listInstances(accounts, account));
    await isUnderWay('GET', '/v3/auth/tokens');
    await t.harness.signIn(accounts);
    await late;
    assert.equal(accounts.all()[0]?.refused, undefined);
    assert.equal((await t.harness.listInstances(accounts, account)).total, 2);
  });

  it('takes nothing from the one of another window', async () => {
    const here = t.harness.accounts();
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    await t.cloud.control.fault({ match: '/securitytokens', fault: { kind: 'answer', status: 403 } });
    const signIn = async (accounts: typeof here, at: number): Promise<string> => {
      const passcode = { userId, code: passcodeOf(SAMPLE.guarded, t.harness.now + at) };
      const who = { accountName: SAMPLE.domain.name, userName, password, passcode };
      return (await signInWithMfa(accounts, t.harness.site(), who, 'always', signal)).account.id;
    };
    const id = await signIn(here, -30_000);
    const there = t.harness.accounts();
    await t.cloud.control.clearRequests();
    await t.cloud.control.fault({ match: '/v3/auth/tokens', times: 1, fault: { kind: 'slow', ms: 500 } });
    const code = passcodeOf(SAMPLE.guarded, t.harness.now);
    const late = signInWithCode(here, id, { code }, north.id, signal);
    await isUnderWay('POST', '/v3/auth/tokens');
    await signIn(there, 30_000);
    here.reread();
    await late;
    assert.deepEqual(
      [t.harness.storedSecret({ id })?.password, Object.keys(t.harness.storedSecret({ id })?.tokens ?? {})],
      [password, ['account', `project:${north.id}`]],
    );
  });

  it('does not lose a sign-in that ends while the account is signed out', async () => {
    const accounts = t.harness.accounts();
    const { account } = await t.harness.signIn(accounts);
    const slow = deferred();
    const remove = t.harness.secretStore.remove.bind(t.harness.secretStore);
    t.harness.secretStore.remove = async (key) => {
      await slow.promise;
      await remove(key);
    };
    const out = accounts.signOut(account.id);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = t.harness.signIn(accounts);
    await new Promise((resolve) => setTimeout(resolve, 100));
    slow.resolve();
    await out;
    const { notice } = await again;
    assert.equal(notice, undefined);
    assert.equal(accounts.all().length, 1);
    assert.equal((await t.harness.listInstances(accounts, account)).total, 2);
    assert.equal((await t.harness.listInstances(t.harness.accounts(), account)).total, 2);
  });
});
