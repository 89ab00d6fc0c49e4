import assert from 'node:assert/strict';
import type { Account, Remember } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import type { StoredKeys } from '../../../src/accounts/accountSecret';
import { SAMPLE, type User } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { startStandIn, type StandIn } from '../../cloud/start';
import { failureOf, Harness, minute, north } from '../../support/harness';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';
import { signInWithCode, signInWithMfa } from '../../../src/accounts/methods/mfa';
import { signInWithProfile } from '../../../src/accounts/methods/profile';
import { signInWithAgency } from '../../../src/accounts/methods/agency';

const { signal } = new AbortController();
const yes = async (): Promise<boolean> => true;
const no = async (): Promise<boolean> => false;

describe('signing in', function () {
  this.timeout(30_000);
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

  const ways = async (): Promise<string[]> =>
    (await cloud.control.requests()).map(({ headers }) =>
      headers.names.includes('authorization') ? 'signed' : headers.names.includes('x-auth-token') ? 'token' : 'none',
    );
  const withKeys = async (keys: StoredKeys, remember: Remember = 'always'): Promise<Account> => {
    const signedIn = await signInWithKeys(accounts, harness.site(), keys, remember, yes, signal);
    assert.ok(signedIn);
    return signedIn.account;
  };
  const withCode = async (user: User, remember: Remember = 'always'): Promise<Account> => {
    const { name: userName, password, id: userId } = user;
    const passcode = { userId, code: passcodeOf(user, harness.now) };
    const who = { accountName: SAMPLE.domain.name, userName, password, passcode };
    return (await signInWithMfa(accounts, harness.site(), who, remember, signal)).account;
  };

  describe('with access keys', () => {
    it('learns whose they are, and signs every request from then on', async () => {
      const account = await withKeys(SAMPLE.operator.key);
      assert.deepEqual(
        [account.user.name, account.domain, account.signIn],
        ['demo-operator', SAMPLE.domain, 'accessKey'],
      );
      await cloud.control.clearRequests();
      assert.equal((await harness.listProjects(accounts, account)).rows.length, SAMPLE.projects.length);
      assert.equal((await harness.listInstances(accounts, account)).total, 2);
      assert.deepEqual(await ways(), ['signed', 'signed']);
    });

    it('keeps them only where the user chose so', async () => {
      const { id } = await withKeys(SAMPLE.operator.key);
      assert.equal((await harness.listInstances(harness.accounts(), { id })).total, 2);
      await withKeys(SAMPLE.operator.key, 'session');
      assert.ok(![...harness.secretStore.entries.values()].join('').includes(SAMPLE.operator.key.secret));
    });

    it('names the account by its ID where the user may not know more', async () => {
      const account = await withKeys(SAMPLE.auditor.key);
      assert.deepEqual(account.domain, { id: SAMPLE.domain.id, name: SAMPLE.domain.id });
    });

    it('sends a wrong one once, and keeps nothing', async () => {
      const failed = await failureOf(
        signInWithKeys(
          accounts,
          harness.site(),
          { ...SAMPLE.operator.key, secret: 'wrong-secret' },
          'always',
          yes,
          signal,
        ),
      );
      assert.deepEqual([failed.kind, failed.failure.signIn], ['unauthenticated', 'wrongSignature']);
      assert.equal((await cloud.control.requests()).length, 1);
      assert.deepEqual([accounts.all(), harness.secretStore.entries.size], [[], 0]);
    });

    it('signs one request alone until the cloud took one, and none after a refusal', async () => {
      const account = await withKeys(SAMPLE.operator.key);
      const restarted = harness.accounts();
      await cloud.control.revokeKey(SAMPLE.operator.key.access);
      await cloud.control.clearRequests();
      const errors = await Promise.all(
        [1, 2, 3, 4, 5, 6].map(() => failureOf(harness.listInstances(restarted, account))),
      );
      assert.equal((await cloud.control.requests()).length, 1);
      assert.deepEqual(
        errors.map(({ failure }) => [failure.kind, failure.signIn]),
        errors.map(() => ['unauthenticated', 'keyUnknown']),
      );
      await failureOf(harness.listInstances(harness.accounts(), account));
      assert.equal((await cloud.control.requests()).length, 1);
    });

    it('takes a network that fails for no refusal', async () => {
      const account = await withKeys(SAMPLE.operator.key);
      const restarted = harness.accounts();
      await cloud.control.fault({ match: '/instances', fault: { kind: 'reset' } });
      const errors = await Promise.all([1, 2, 3, 4].map(() => failureOf(harness.listInstances(restarted, account))));
      assert.deepEqual(
        errors.map(({ kind }) => kind),
        errors.map(() => 'network'),
      );
      await cloud.control.clearFaults();
      const all = await Promise.all([1, 2, 3, 4].map(() => harness.listInstances(restarted, account)));
      assert.equal(all.length, 4);
    });

    it('tells a clock that is off, with both times', async () => {
      const account = await withKeys(SAMPLE.operator.key);
      await cloud.control.setClock(20 * minute);
      const { failure } = await failureOf(harness.listInstances(accounts, account));
      assert.equal(failure.signIn, 'wrongClock');
      assert.match(failure.reason?.text ?? '', /clock of this machine/);
      assert.match(
        failure.reason?.args.join() ?? '',
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
      );
      await cloud.control.setClock(0);
      await accounts.tryAgain(account.id);
      assert.equal((await harness.listInstances(accounts, account)).total, 2);
    });

    it('takes the place of a password only where the user agrees', async () => {
      const account = (await harness.signIn(accounts)).account;
      assert.equal(
        await signInWithKeys(accounts, harness.site(), SAMPLE.operator.key, 'always', no, signal),
        undefined,
      );
      assert.equal(accounts.all()[0]?.signIn, 'password');
      assert.equal((await withKeys(SAMPLE.operator.key)).id, account.id);
    });
  });

  describe('with a code', () => {
    it('gets temporary keys for it, which sign for every project', async () => {
      const account = await withCode(SAMPLE.guarded);
      assert.equal(account.signIn, 'mfa');
      await cloud.control.clearRequests();
      assert.equal((await harness.listInstances(accounts, account)).total, 2);
      assert.deepEqual(await ways(), ['signed']);
    });

    it('says that a code is wanted when the keys have ended', async () => {
      const account = await withCode(SAMPLE.guarded);
      harness.now += 25 * 60 * minute;
      await cloud.control.clearRequests();
      const { failure } = await failureOf(harness.listInstances(accounts, account));
      assert.deepEqual([failure.kind, failure.signIn], ['unauthenticated', 'code']);
      assert.deepEqual(await ways(), []);
    });

    it('never sends the password alone', async () => {
      const refused = { kind: 'answer', status: 403, body: { error: { code: 403, message: 'no' } } } as const;
      await cloud.control.fault({ match: '/securitytokens', fault: refused });
      const account = await withCode(SAMPLE.guarded);
      await cloud.control.fault({
        match: '/v3/auth/tokens',
        fault: { kind: 'answer', status: 401, body: { error: { code: 401, message: 'no' } } },
      });
      await cloud.control.clearRequests();
      const { failure } = await failureOf(harness.listInstances(accounts, account));
      assert.deepEqual([failure.kind, failure.signIn], ['unauthenticated', 'code']);
      assert.equal((await cloud.control.requests()).length, 1);
      await cloud.control.clearFaults();
      const code = passcodeOf(SAMPLE.guarded, harness.now + 30_000);
      await signInWithCode(accounts, account.id, { code }, north.id, signal);
      assert.equal((await harness.listInstances(accounts, account)).total, 2);
    });
  });

  describe('with a profile', () => {
    const file = '/home/.huaweicloud/credentials';
    const profileOf = (text: string): void => {
      harness.profilePlaces = {
        ...harness.profilePlaces,
        readFile: async (path) => (path === file ? text : undefined),
      };
    };
    const ini = ({ access, secret }: { access: string; secret: string }): string =>
      `[basic]\nak = ${access}\nsk = ${secret}\n`;
    const withProfile = async (): Promise<Account> => {
      const used = await harness.profile();
      const signedIn = await signInWithProfile(accounts, harness.site(), used, yes, signal);
      assert.ok(signedIn);
      return signedIn.account;
    };

    it('reads it for each use, and copies nothing', async () => {
      profileOf(ini(SAMPLE.operator.key));
      const account = await withProfile();
      assert.equal(account.profile?.kind, 'accessKey');
      assert.equal(harness.secretStore.entries.size, 0);
      assert.equal((await harness.listInstances(harness.accounts(), account)).total, 2);
    });

    it('notices that it changed, and tries again what was refused before', async () => {
      profileOf(ini(SAMPLE.operator.key));
      const account = await withProfile();
      profileOf(ini({ ...SAMPLE.operator.key, secret: 'another-secret' }));
      assert.equal((await failureOf(harness.listInstances(accounts, account))).failure.signIn, 'wrongSignature');
      await cloud.control.clearRequests();
      await failureOf(harness.listInstances(accounts, account));
      assert.deepEqual(await cloud.control.requests(), []);
      profileOf(ini(SAMPLE.operator.key));
      assert.equal((await harness.listInstances(accounts, account)).total, 2);
      profileOf('');
      const gone = await failureOf(harness.listInstances(accounts, account));
      assert.deepEqual([gone.kind, gone.failure.reason?.text], ['unauthenticated', 'This sign-in is no longer there.']);
    });

    it('shows nothing of another user under the name of the one who signed in', async () => {
      profileOf(ini(SAMPLE.operator.key));
      const account = await withProfile();
      profileOf(ini(SAMPLE.auditor.key));
      await cloud.control.clearRequests();
      const { kind, failure } = await failureOf(harness.listInstances(accounts, account));
      assert.deepEqual(
        [kind, failure.reason?.text.slice(0, 35)],
        ['unauthenticated', 'The profile has another access key '],
      );
      assert.deepEqual(await cloud.control.requests(), []);
    });

    it('sends nothing to an address that it names only later', async () => {
      profileOf(ini(SAMPLE.operator.key));
      const account = await withProfile();
      profileOf(`${ini(SAMPLE.operator.key)}iam_endpoint = https://iam.elsewhere.example\n`);
      await cloud.control.clearRequests();
      const { kind, failure } = await failureOf(harness.listInstances(accounts, account));
      assert.deepEqual([kind, failure.reason?.args], ['unauthenticated', ['iam.elsewhere.example']]);
      assert.deepEqual(await cloud.control.requests(), []);
    });
  });

  describe('with the role of an agency', () => {
    const role = { agencyName: SAMPLE.partner.agencyName, domainName: SAMPLE.partner.domain.name };

    it('is a further account, whose tokens are got for those of the one that takes it on', async () => {
      const parent = (await harness.signIn(accounts)).account;
      const signedIn = await signInWithAgency(accounts, parent.id, role, signal);
      assert.ok(signedIn);
      assert.deepEqual([accounts.all().length, signedIn.account.domain], [2, SAMPLE.partner.domain]);
      const { rows } = await harness.listProjects(accounts, signedIn.account);
      assert.deepEqual(
        rows.map(({ item }) => item.id),
        SAMPLE.partner.projects.map(({ id }) => id),
      );
    });

    it('ends with that one', async () => {
      const parent = (await harness.signIn(accounts)).account;
      const signedIn = await signInWithAgency(accounts, parent.id, role, signal);
      await accounts.signOut(parent.id);
      harness.now += 25 * 60 * minute;
      assert.ok(signedIn);
      const { kind, failure } = await failureOf(harness.listProjects(accounts, signedIn.account));
      assert.deepEqual(
        [kind, failure.reason?.text],
        ['unauthenticated', 'The account that takes on this role is signed out.'],
      );
    });

    it('is said to be signed out because of that one, after a restart as well, and back with it', async () => {
      for (const [locked, why] of [
        [true, 'locked'],
        [false, 'ofRole'],
      ] as const) {
        await cloud.control.reset();
        const parent = (await harness.signIn(accounts)).account;
        const signedIn = await signInWithAgency(accounts, parent.id, role, signal);
        assert.ok(signedIn);
        await cloud.control.expire();
        harness.now += 25 * 60 * minute;
        const message = locked ? 'The account is locked.' : 'The username or password is wrong.';
        const answer = { kind: 'answer', status: 401, body: { error: { code: 401, message } } } as const;
        await cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: answer });
        const { failure } = await failureOf(harness.listProjects(accounts, signedIn.account));
        assert.equal(failure.signIn, why);
        const states = async (): Promise<unknown[]> => {
          await new Promise(setImmediate);
          return [accounts, harness.accounts()].map(
            (each) => each.all().find(({ agency }) => agency !== undefined)?.refusalReason,
          );
        };
        assert.deepEqual(await states(), [why, why]);
        await cloud.control.clearFaults();
        await harness.signIn(accounts);
        assert.deepEqual(await states(), [undefined, undefined]);
        assert.equal(
          (await harness.listProjects(accounts, signedIn.account)).rows.length,
          SAMPLE.partner.projects.length,
        );
        await accounts.signOut(signedIn.account.id);
        await accounts.signOut(parent.id);
      }
    });

    it('is not taken on by itself, whatever the list of accounts says', async () => {
      const parent = (await harness.signIn(accounts)).account;
      const signedIn = await signInWithAgency(accounts, parent.id, role, signal);
      assert.ok(signedIn);
      const { id } = signedIn.account;
      harness.accountStore.list = JSON.parse(
        JSON.stringify(harness.accountStore.list).replaceAll(`"parent":"${parent.id}"`, `"parent":"${id}"`),
      );
      harness.now += 25 * 60 * minute;
      const { kind } = await failureOf(harness.listProjects(harness.accounts(), { id }));
      assert.equal(kind, 'unauthenticated');
    });

    it('is refused to who may not, and to keys, which have no token to show', async () => {
      const parent = await withKeys(SAMPLE.operator.key);
      assert.equal((await failureOf(signInWithAgency(accounts, parent.id, role, signal))).kind, 'forbidden');
    });
  });
});
