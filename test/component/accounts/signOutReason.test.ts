import { signInWithMfa } from '../../../src/accounts/methods/mfa';
import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { signedOutLabels } from '../../../src/explorer/present/labels';
import { inDomain, inProject, tokenFor } from '../../cloud/ask';
import type { Fault } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { startStandIn, type StandIn } from '../../cloud/start';
import { toEnglish } from '../../support/english';
import { failureOf, Harness, minute, north } from '../../support/harness';
import { explorerFor } from '../../support/tree';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';

const day = 25 * 60 * minute;

describe('an account says why it is signed out, before and after a reload', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let harness: Harness;
  let accounts: Accounts;
  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
    accounts = harness.accounts();
  });

  /** The label and description of the row of the account. */
  const row = (of: Accounts): string => {
    const [root] = explorerFor(harness, of).explorer.roots();
    assert.ok(root);
    return signedOutLabels(root).map(toEnglish).join(' · ');
  };
  const says = async (wanted: string): Promise<void> => {
    assert.equal(row(accounts), wanted);
    // It is written into the list a moment later.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    assert.equal(row(harness.accounts()), wanted, 'after a reload');
  };
  const pasted = async (): Promise<Account> =>
    (await harness.signInWithToken(accounts, await tokenFor(cloud.url, inProject(north)), 'untilExpiry')).account;
  const answer = (status: number, message: string, code?: string): Fault => ({
    kind: 'answer',
    status,
    body: code === undefined ? { error: { code: status, message } } : { error_code: code, error_msg: message },
  });

  it('where a pasted token has expired by the clock, until that is right again', async () => {
    const account = await pasted();
    const { now } = harness;
    harness.now += day;
    assert.equal((await failureOf(harness.listInstances(accounts, account))).failure.signIn, 'expired');
    await says('sign-in no longer valid · Expired');
    harness.now = now;
    await harness.listInstances(accounts, account);
    await says('');
  });

  it('where IAM says that a pasted token has ended, and nowhere else', async () => {
    const account = await pasted();
    await cloud.control.fault({ match: '/instances', fault: answer(401, 'Incorrect token', 'APIG.1002'), times: 1 });
    assert.equal((await failureOf(harness.listInstances(accounts, account))).kind, 'forbidden', 'of one service alone');
    await says('');
    await cloud.control.expire();
    await cloud.control.fault({ match: '/v3/auth/tokens', fault: answer(503, 'Later') });
    assert.equal((await failureOf(harness.listInstances(accounts, account))).kind, 'unauthenticated');
    await says('');
    await cloud.control.clearFaults();
    await cloud.control.clearRequests();
    assert.equal((await failureOf(harness.listInstances(accounts, account))).kind, 'unauthenticated');
    await says('sign-in no longer valid · Expired');
    assert.deepEqual(await harness.requests('signIns'), []);
    await pasted();
    await says('');
  });

  it('where a token for the whole account has ended', async () => {
    const { account } = await harness.signInWithToken(accounts, await tokenFor(cloud.url, inDomain), 'untilExpiry');
    await cloud.control.expire();
    await failureOf(harness.listProjects(accounts, account));
    await says('sign-in no longer valid · Expired');
  });

  it('where tokens are kept without the password, and have expired or ended', async () => {
    for (const end of [async () => void (harness.now += day), async () => cloud.control.expire()]) {
      harness = new Harness(cloud);
      accounts = harness.accounts();
      const { account } = await harness.signIn(accounts, 'untilExpiry');
      accounts = harness.accounts();
      await harness.listInstances(accounts, account);
      // A token that came just now is not doubted for what one service says.
      harness.now += 2 * minute;
      await end();
      await failureOf(harness.listInstances(accounts, account));
      await says('sign-in no longer valid · Expired');
    }
  });

  it('where temporary keys have ended, which only a code renews', async () => {
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    const passcode = { userId, code: passcodeOf(SAMPLE.guarded, harness.now) };
    const owner = { accountName: SAMPLE.domain.name, userName, password, passcode };
    const { account } = await signInWithMfa(accounts, harness.site(), owner, 'always', new AbortController().signal);
    harness.now += day;
    await failureOf(harness.listInstances(accounts, account));
    await says('sign-in no longer valid · MFA code required');
  });

  it('where IAM refuses the password, or has locked the user', async () => {
    for (const [message, wanted] of [
      ['The username or password is wrong.', 'sign-in no longer valid · Refused'],
      ['The account is locked.', 'sign-in no longer valid · Locked'],
    ] as const) {
      await cloud.control.reset();
      harness = new Harness(cloud);
      accounts = harness.accounts();
      const { account } = await harness.signIn(accounts, 'always');
      await cloud.control.expire();
      await cloud.control.fault({ match: '/v3/auth/tokens', fault: answer(401, message) });
      await failureOf(harness.listInstances(accounts, account));
      await says(wanted);
    }
  });

  it('where a key is unknown, its signature wrong, or the clock off', async () => {
    for (const [message, wanted] of [
      ['Incorrect IAM authentication information: ak X not exist', 'sign-in no longer valid · Access key unknown'],
      ['verify aksk signature fail', 'sign-in no longer valid · Signature refused'],
      [
        'signature expired, signature time:20211217T064303Z,server time:20211217T065804Z',
        'sign-in no longer valid · Wrong system clock',
      ],
    ] as const) {
      await cloud.control.reset();
      harness = new Harness(cloud);
      accounts = harness.accounts();
      const never = new AbortController().signal;
      const keys = SAMPLE.operator.key;
      const signedIn = await signInWithKeys(accounts, harness.site(), keys, 'always', async () => true, never);
      assert.ok(signedIn);
      await cloud.control.fault({ match: '/instances', fault: answer(401, message, 'APIGW.0301') });
      await failureOf(harness.listInstances(accounts, signedIn.account));
      await says(wanted);
    }
  });

  it('but not where a code is wanted for one project alone', async () => {
    await cloud.control.fault({ match: '/securitytokens', fault: answer(403, 'no') });
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    const passcode = { userId, code: passcodeOf(SAMPLE.guarded, harness.now) };
    const owner = { accountName: SAMPLE.domain.name, userName, password, passcode };
    const { account } = await signInWithMfa(accounts, harness.site(), owner, 'always', new AbortController().signal);
    await cloud.control.fault({ match: '/v3/auth/tokens', fault: answer(401, 'no') });
    assert.equal((await failureOf(harness.listInstances(accounts, account))).failure.signIn, 'code');
    await says('');
  });
});
