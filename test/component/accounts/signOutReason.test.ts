import { signInWithMfa } from '../../../src/accounts/methods/mfa';
import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { signedOutLabels } from '../../../src/explorer/present/labels';
import { inDomain, inProject, tokenFor } from '../../cloud/ask';
import type { Fault } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { toEnglish } from '../../support/english';
import { failureOf, minute, north } from '../../support/harness';
import { explorerFor } from '../../support/tree';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';
import { useCloud } from '../../support/useCloud';

const day = 25 * 60 * minute;

describe('an account says why it is signed out, before and after a reload', function () {
  this.timeout(60_000);
  const t = useCloud();

  /** The label and description of the row of the account. */
  const row = (of: Accounts): string => {
    const [root] = explorerFor(t.harness, of).explorer.roots();
    assert.ok(root);
    return signedOutLabels(root).map(toEnglish).join(' · ');
  };
  const says = async (wanted: string): Promise<void> => {
    assert.equal(row(t.accounts), wanted);
    // It is written into the list a moment later.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    assert.equal(row(t.harness.accounts()), wanted, 'after a reload');
  };
  const pasted = async (): Promise<Account> =>
    (await t.harness.signInWithToken(t.accounts, await tokenFor(t.cloud.url, inProject(north)), 'untilExpiry')).account;
  const answer = (status: number, message: string, code?: string): Fault => ({
    kind: 'answer',
    status,
    body: code === undefined ? { error: { code: status, message } } : { error_code: code, error_msg: message },
  });

  it('where a pasted token has expired by the clock, until that is right again', async () => {
    const account = await pasted();
    const { now } = t.harness;
    t.harness.now += day;
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).failure.signIn, 'expired');
    await says('sign-in no longer valid · Expired');
    t.harness.now = now;
    await t.harness.listInstances(t.accounts, account);
    await says('');
  });

  it('where IAM says that a pasted token has ended, and nowhere else', async () => {
    const account = await pasted();
    await t.cloud.control.fault({ match: '/instances', fault: answer(401, 'Incorrect token', 'APIG.1002'), times: 1 });
    assert.equal(
      (await failureOf(t.harness.listInstances(t.accounts, account))).kind,
      'forbidden',
      'of one service alone',
    );
    await says('');
    await t.cloud.control.expire();
    await t.cloud.control.fault({ match: '/v3/auth/tokens', fault: answer(503, 'Later') });
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'unauthenticated');
    await says('');
    await t.cloud.control.clearFaults();
    await t.cloud.control.clearRequests();
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'unauthenticated');
    await says('sign-in no longer valid · Expired');
    assert.deepEqual(await t.harness.requests('signIns'), []);
    await pasted();
    await says('');
  });

  it('where a token for the whole account has ended', async () => {
    const { account } = await t.harness.signInWithToken(
      t.accounts,
      await tokenFor(t.cloud.url, inDomain),
      'untilExpiry',
    );
    await t.cloud.control.expire();
    await failureOf(t.harness.listProjects(t.accounts, account));
    await says('sign-in no longer valid · Expired');
  });

  it('where tokens are kept without the password, and have expired or ended', async () => {
    for (const end of [async () => void (t.harness.now += day), async () => t.cloud.control.expire()]) {
      await t.reset();
      const { account } = await t.harness.signIn(t.accounts, 'untilExpiry');
      t.reload();
      await t.harness.listInstances(t.accounts, account);
      // A token that came just now is not doubted for what one service says.
      t.harness.now += 2 * minute;
      await end();
      await failureOf(t.harness.listInstances(t.accounts, account));
      await says('sign-in no longer valid · Expired');
    }
  });

  it('where temporary keys have ended, which only a code renews', async () => {
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    const passcode = { userId, code: passcodeOf(SAMPLE.guarded, t.harness.now) };
    const owner = { accountName: SAMPLE.domain.name, userName, password, passcode };
    const { account } = await signInWithMfa(
      t.accounts,
      t.harness.site(),
      owner,
      'always',
      new AbortController().signal,
    );
    t.harness.now += day;
    await failureOf(t.harness.listInstances(t.accounts, account));
    await says('sign-in no longer valid · MFA code required');
  });

  it('where IAM refuses the password, or has locked the user', async () => {
    for (const [message, wanted] of [
      ['The username or password is wrong.', 'sign-in no longer valid · Refused'],
      ['The account is locked.', 'sign-in no longer valid · Locked'],
    ] as const) {
      await t.reset();
      const { account } = await t.harness.signIn(t.accounts, 'always');
      await t.cloud.control.expire();
      await t.cloud.control.fault({ match: '/v3/auth/tokens', fault: answer(401, message) });
      await failureOf(t.harness.listInstances(t.accounts, account));
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
      await t.reset();
      const never = new AbortController().signal;
      const keys = SAMPLE.operator.key;
      const signedIn = await signInWithKeys(t.accounts, t.harness.site(), keys, 'always', async () => true, never);
      assert.ok(signedIn);
      await t.cloud.control.fault({ match: '/instances', fault: answer(401, message, 'APIGW.0301') });
      await failureOf(t.harness.listInstances(t.accounts, signedIn.account));
      await says(wanted);
    }
  });

  it('but not where a code is wanted for one project alone', async () => {
    await t.cloud.control.fault({ match: '/securitytokens', fault: answer(403, 'no') });
    const { name: userName, password, id: userId } = SAMPLE.guarded;
    const passcode = { userId, code: passcodeOf(SAMPLE.guarded, t.harness.now) };
    const owner = { accountName: SAMPLE.domain.name, userName, password, passcode };
    const { account } = await signInWithMfa(
      t.accounts,
      t.harness.site(),
      owner,
      'always',
      new AbortController().signal,
    );
    await t.cloud.control.fault({ match: '/v3/auth/tokens', fault: answer(401, 'no') });
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).failure.signIn, 'code');
    await says('');
  });
});
