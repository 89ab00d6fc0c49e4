import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Account } from '../../../src/accounts/account';
import { SignatureQueue } from '../../../src/accounts/requestSigner';
import { SAMPLE } from '../../cloud/data';
import { east, failureOf, minute, north } from '../../support/harness';
import { signInWithProfile } from '../../../src/accounts/methods/profile';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';
import { useCloud } from '../../support/useCloud';

const { signal } = new AbortController();
const yes = async (): Promise<boolean> => true;
const wrong = { ...SAMPLE.operator.key, secret: 'another-secret' };

describe('the signatures of a key', function () {
  this.timeout(30_000);
  const t = useCloud();

  const file = '/home/.huaweicloud/credentials';
  const profileOf = ({ access, secret }: { access: string; secret: string }): void => {
    const text = `[basic]\nak = ${access}\nsk = ${secret}\n`;
    t.harness.profilePlaces = {
      ...t.harness.profilePlaces,
      readFile: async (path) => (path === file ? text : undefined),
    };
  };
  const withProfile = async (): Promise<Account> => {
    profileOf(SAMPLE.operator.key);
    const signedIn = await signInWithProfile(t.accounts, t.harness.site(), await t.harness.profile(), yes, signal);
    assert.ok(signedIn);
    await t.cloud.control.clearRequests();
    return signedIn.account;
  };
  const withKeys = async (): Promise<Account> => {
    const signedIn = await signInWithKeys(t.accounts, t.harness.site(), SAMPLE.operator.key, 'always', yes, signal);
    assert.ok(signedIn);
    await t.cloud.control.clearRequests();
    return signedIn.account;
  };
  const sent = async (region: string): Promise<number> =>
    (await t.cloud.control.requests()).filter(({ path }) => path.startsWith(`/roma/${region}/`)).length;
  const isUnderWay = async (region: string): Promise<void> => {
    while ((await sent(region)) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const slow = async (region: string, ms: number): Promise<void> =>
    t.cloud.control.fault({ match: `/roma/${region}/`, fault: { kind: 'slow', ms } });

  it('are not proved by a late answer to the key before', async () => {
    const account = await withProfile();
    await slow(north.region, 300);
    await slow(east.region, 900);
    const late = t.harness.listInstances(t.accounts, account, north);
    await isUnderWay(north.region);
    profileOf(wrong);
    const waiting = [1, 2, 3, 4].map(() => failureOf(t.harness.listInstances(t.accounts, account, east)));
    await late;
    await Promise.all(waiting);
    assert.equal(await sent(east.region), 1);
  });

  it('are not refused by a late answer to the sign-in before', async () => {
    const account = await withKeys();
    await slow(north.region, 300);
    const body = {
      error_code: 'APIGW.0301',
      error_msg: 'Incorrect IAM authentication information: signature not match',
    };
    await t.cloud.control.fault({
      match: `/roma/${north.region}/`,
      times: 1,
      fault: { kind: 'answer', status: 401, body },
    });
    const late = failureOf(t.harness.listInstances(t.accounts, account, north));
    await isUnderWay(north.region);
    await withKeys();
    assert.equal((await late).kind, 'unauthenticated');
    assert.equal(t.accounts.all()[0]?.refused, undefined);
  });

  it('are made with the key of now by what waited for its turn', async () => {
    const account = await withProfile();
    profileOf(wrong);
    await slow(north.region, 300);
    const first = failureOf(t.harness.listInstances(t.accounts, account, north));
    await isUnderWay(north.region);
    const waiting = t.harness.listInstances(t.accounts, account, east);
    await new Promise(setImmediate);
    profileOf(SAMPLE.operator.key);
    // A third request would wait for its turn at the host; whatever asks for the sign-in reads the profile.
    assert.equal((await failureOf(t.accounts.token(account.id, east.id))).kind, 'forbidden');
    const { total } = await waiting;
    assert.equal((await t.harness.listInstances(t.accounts, account, east)).total, total);
    await first;
    assert.equal(t.accounts.all()[0]?.refused, undefined);
  });

  for (const status of [404, 429, 500, 503]) {
    it(`are not proved by an answer ${status}, which says nothing of them`, async () => {
      const account = await withKeys();
      const restarted = t.harness.accounts();
      await t.cloud.control.revokeKey(SAMPLE.operator.key.access);
      await t.cloud.control.fault({ match: '/roma/', times: 1, fault: { kind: 'answer', status } });
      await Promise.all([1, 2, 3, 4, 5, 6].map(() => failureOf(t.harness.listInstances(restarted, account))));
      assert.equal(await sent(north.region), 2);
    });
  }

  it('are tried one at a time again once the cloud refused one', async () => {
    const account = await withKeys();
    await t.harness.listInstances(t.accounts, account);
    await t.cloud.control.setClock(20 * minute);
    await failureOf(t.harness.listInstances(t.accounts, account));
    await t.accounts.tryAgain(account.id);
    await t.cloud.control.clearRequests();
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => failureOf(t.harness.listInstances(t.accounts, account))));
    assert.equal(await sent(north.region), 1);
  });

  it('are tried by one window where a profile changed for the worse', async () => {
    const account = await withProfile();
    const windows = [t.accounts, t.harness.accounts(), t.harness.accounts(), t.harness.accounts()];
    for (const each of windows) {
      await t.harness.listInstances(each, account);
    }
    profileOf(wrong);
    await t.cloud.control.clearRequests();
    for (const each of [...windows, ...windows]) {
      each.reread();
      await failureOf(t.harness.listInstances(each, account));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(await sent(north.region), 1);
    profileOf(SAMPLE.operator.key);
    assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
    for (const each of windows) {
      each.reread();
      assert.equal((await t.harness.listInstances(each, account)).total, 2);
    }
  });

  it('do not wait longer than five seconds for the answer to the first one', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const signatures = new SignatureQueue();
      const over: number[] = [];
      const turn = async (index: number): Promise<() => void> =>
        signatures.turn(signal, async () => () => void over.push(index));
      await turn(0);
      const waiting = turn(1);
      mock.timers.tick(4999);
      await new Promise(setImmediate);
      assert.deepEqual(over, []);
      mock.timers.tick(1);
      const giveBack = await waiting;
      assert.deepEqual(over, [0]);
      // The turn of the second is its own.
      mock.timers.tick(4999);
      await new Promise(setImmediate);
      assert.deepEqual(over, [0]);
      giveBack();
      await new Promise(setImmediate);
      assert.deepEqual(over, [0, 1]);
    } finally {
      mock.timers.reset();
    }
  });

  it('leave nobody waiting where one cannot be made', async () => {
    const account = await withKeys();
    const restarted = t.harness.accounts();
    const { now } = t.harness;
    t.harness.now = NaN;
    await assert.rejects(t.harness.listInstances(restarted, account));
    t.harness.now = now;
    assert.equal((await t.harness.listInstances(restarted, account)).total, 2);
  });
});
