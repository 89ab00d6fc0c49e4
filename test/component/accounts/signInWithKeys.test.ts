import assert from 'node:assert/strict';
import type { Account, Remember } from '../../../src/accounts/account';
import type { StoredKeys } from '../../../src/accounts/accountSecret';
import { SAMPLE, type User } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { failureOf, minute, north } from '../../support/harness';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';
import { signInWithCode, signInWithMfa } from '../../../src/accounts/methods/mfa';
import { signInWithProfile } from '../../../src/accounts/methods/profile';
import { signInWithAgency } from '../../../src/accounts/methods/agency';
import { useCloud } from '../../support/useCloud';

const { signal } = new AbortController();
const yes = async (): Promise<boolean> => true;
const no = async (): Promise<boolean> => false;

describe('signing in', function () {
  this.timeout(30_000);
  const t = useCloud();

  const ways = async (): Promise<string[]> =>
    (await t.cloud.control.requests()).map(({ headers }) =>
      headers.names.includes('authorization') ? 'signed' : headers.names.includes('x-auth-token') ? 'token' : 'none',
    );
  const withKeys = async (keys: StoredKeys, remember: Remember = 'always'): Promise<Account> => {
    const signedIn = await signInWithKeys(t.accounts, t.harness.site(), keys, remember, yes, signal);
    assert.ok(signedIn);
    return signedIn.account;
  };
  const withCode = async (user: User, remember: Remember = 'always'): Promise<Account> => {
    const { name: userName, password, id: userId } = user;
    const passcode = { userId, code: passcodeOf(user, t.harness.now) };
    const who = { accountName: SAMPLE.domain.name, userName, password, passcode };
    return (await signInWithMfa(t.accounts, t.harness.site(), who, remember, signal)).account;
  };

  describe('with access keys', () => {
    it('learns whose they are, and signs every request from then on', async () => {
      const account = await withKeys(SAMPLE.operator.key);
      assert.deepEqual(
        [account.user.name, account.domain, account.signIn],
        ['demo-operator', SAMPLE.domain, 'accessKey'],
      );
      await t.cloud.control.clearRequests();
      assert.equal((await t.harness.listProjects(t.accounts, account)).rows.length, SAMPLE.projects.length);
      assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
      assert.deepEqual(await ways(), ['signed', 'signed']);
    });

    it('keeps them only where the user chose so', async () => {
      const { id } = await withKeys(SAMPLE.operator.key);
      assert.equal((await t.harness.listInstances(t.harness.accounts(), { id })).total, 2);
      await withKeys(SAMPLE.operator.key, 'session');
      assert.ok(![...t.harness.secretStore.entries.values()].join('').includes(SAMPLE.operator.key.secret));
    });

    it('names the account by its ID where the user may not know more', async () => {
      const account = await withKeys(SAMPLE.auditor.key);
      assert.deepEqual(account.domain, { id: SAMPLE.domain.id, name: SAMPLE.domain.id });
    });

    it('sends a wrong one once, and keeps nothing', async () => {
      const failed = await failureOf(
        signInWithKeys(
          t.accounts,
          t.harness.site(),
          { ...SAMPLE.operator.key, secret: 'wrong-secret' },
          'always',
          yes,
          signal,
        ),
      );
      assert.deepEqual([failed.kind, failed.failure.signIn], ['unauthenticated', 'wrongSignature']);
      assert.equal((await t.cloud.control.requests()).length, 1);
      assert.deepEqual([t.accounts.all(), t.harness.secretStore.entries.size], [[], 0]);
    });

    it('signs one request alone until the cloud took one, and none after a refusal', async () => {
      const account = await withKeys(SAMPLE.operator.key);
      const restarted = t.harness.accounts();
      await t.cloud.control.revokeKey(SAMPLE.operator.key.access);
      await t.cloud.control.clearRequests();
      const errors = await Promise.all(
        [1, 2, 3, 4, 5, 6].map(() => failureOf(t.harness.listInstances(restarted, account))),
      );
      assert.equal((await t.cloud.control.requests()).length, 1);
      assert.deepEqual(
        errors.map(({ failure }) => [failure.kind, failure.signIn]),
        errors.map(() => ['unauthenticated', 'keyUnknown']),
      );
      await failureOf(t.harness.listInstances(t.harness.accounts(), account));
      assert.equal((await t.cloud.control.requests()).length, 1);
    });

    it('takes a network that fails for no refusal', async () => {
      const account = await withKeys(SAMPLE.operator.key);
      const restarted = t.harness.accounts();
      await t.cloud.control.fault({ match: '/instances', fault: { kind: 'reset' } });
      const errors = await Promise.all([1, 2, 3, 4].map(() => failureOf(t.harness.listInstances(restarted, account))));
      assert.deepEqual(
        errors.map(({ kind }) => kind),
        errors.map(() => 'network'),
      );
      await t.cloud.control.clearFaults();
      const all = await Promise.all([1, 2, 3, 4].map(() => t.harness.listInstances(restarted, account)));
      assert.equal(all.length, 4);
    });

    it('tells a clock that is off, with both times', async () => {
      const account = await withKeys(SAMPLE.operator.key);
      await t.cloud.control.setClock(20 * minute);
      const { failure } = await failureOf(t.harness.listInstances(t.accounts, account));
      assert.equal(failure.signIn, 'wrongClock');
      assert.match(failure.reason?.text ?? '', /clock of this machine/);
      assert.match(
        failure.reason?.args.join() ?? '',
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
      );
      await t.cloud.control.setClock(0);
      await t.accounts.tryAgain(account.id);
      assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
    });

    it('takes the place of a password only where the user agrees', async () => {
      const account = (await t.harness.signIn(t.accounts)).account;
      assert.equal(
        await signInWithKeys(t.accounts, t.harness.site(), SAMPLE.operator.key, 'always', no, signal),
        undefined,
      );
      assert.equal(t.accounts.all()[0]?.signIn, 'password');
      assert.equal((await withKeys(SAMPLE.operator.key)).id, account.id);
    });
  });

  describe('with a code', () => {
    it('gets temporary keys for it, which sign for every project', async () => {
      const account = await withCode(SAMPLE.guarded);
      assert.equal(account.signIn, 'mfa');
      await t.cloud.control.clearRequests();
      assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
      assert.deepEqual(await ways(), ['signed']);
    });

    it('says that a code is wanted when the keys have ended', async () => {
      const account = await withCode(SAMPLE.guarded);
      t.harness.now += 25 * 60 * minute;
      await t.cloud.control.clearRequests();
      const { failure } = await failureOf(t.harness.listInstances(t.accounts, account));
      assert.deepEqual([failure.kind, failure.signIn], ['unauthenticated', 'code']);
      assert.deepEqual(await ways(), []);
    });

    it('never sends the password alone', async () => {
      const refused = { kind: 'answer', status: 403, body: { error: { code: 403, message: 'no' } } } as const;
      await t.cloud.control.fault({ match: '/securitytokens', fault: refused });
      const account = await withCode(SAMPLE.guarded);
      await t.cloud.control.fault({
        match: '/v3/auth/tokens',
        fault: { kind: 'answer', status: 401, body: { error: { code: 401, message: 'no' } } },
      });
      await t.cloud.control.clearRequests();
      const { failure } = await failureOf(t.harness.listInstances(t.accounts, account));
      assert.deepEqual([failure.kind, failure.signIn], ['unauthenticated', 'code']);
      assert.equal((await t.cloud.control.requests()).length, 1);
      await t.cloud.control.clearFaults();
      const code = passcodeOf(SAMPLE.guarded, t.harness.now + 30_000);
      await signInWithCode(t.accounts, account.id, { code }, north.id, signal);
      assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
    });
  });

  describe('with a profile', () => {
    const file = '/home/.huaweicloud/credentials';
    const profileOf = (text: string): void => {
      t.harness.profilePlaces = {
        ...t.harness.profilePlaces,
        readFile: async (path) => (path === file ? text : undefined),
      };
    };
    const ini = ({ access, secret }: { access: string; secret: string }): string =>
      `[basic]\nak = ${access}\nsk = ${secret}\n`;
    const withProfile = async (): Promise<Account> => {
      const used = await t.harness.profile();
      const signedIn = await signInWithProfile(t.accounts, t.harness.site(), used, yes, signal);
      assert.ok(signedIn);
      return signedIn.account;
    };

    it('reads it for each use, and copies nothing', async () => {
      profileOf(ini(SAMPLE.operator.key));
      const account = await withProfile();
      assert.equal(account.profile?.kind, 'accessKey');
      assert.equal(t.harness.secretStore.entries.size, 0);
      assert.equal((await t.harness.listInstances(t.harness.accounts(), account)).total, 2);
    });

    it('notices that it changed, and tries again what was refused before', async () => {
      profileOf(ini(SAMPLE.operator.key));
      const account = await withProfile();
      profileOf(ini({ ...SAMPLE.operator.key, secret: 'another-secret' }));
      assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).failure.signIn, 'wrongSignature');
      await t.cloud.control.clearRequests();
      await failureOf(t.harness.listInstances(t.accounts, account));
      assert.deepEqual(await t.cloud.control.requests(), []);
      profileOf(ini(SAMPLE.operator.key));
      assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
      profileOf('');
      const gone = await failureOf(t.harness.listInstances(t.accounts, account));
      assert.deepEqual([gone.kind, gone.failure.reason?.text], ['unauthenticated', 'This sign-in is no longer there.']);
    });

    it('shows nothing of another user under the name of the one who signed in', async () => {
      profileOf(ini(SAMPLE.operator.key));
      const account = await withProfile();
      profileOf(ini(SAMPLE.auditor.key));
      await t.cloud.control.clearRequests();
      const { kind, failure } = await failureOf(t.harness.listInstances(t.accounts, account));
      assert.deepEqual(
        [kind, failure.reason?.text.slice(0, 35)],
        ['unauthenticated', 'The profile has another access key '],
      );
      assert.deepEqual(await t.cloud.control.requests(), []);
    });

    it('sends nothing to an address that it names only later', async () => {
      profileOf(ini(SAMPLE.operator.key));
      const account = await withProfile();
      profileOf(`${ini(SAMPLE.operator.key)}iam_endpoint = https://iam.elsewhere.example\n`);
      await t.cloud.control.clearRequests();
      const { kind, failure } = await failureOf(t.harness.listInstances(t.accounts, account));
      assert.deepEqual([kind, failure.reason?.args], ['unauthenticated', ['iam.elsewhere.example']]);
      assert.deepEqual(await t.cloud.control.requests(), []);
    });
  });

  describe('with the role of an agency', () => {
    const role = { agencyName: SAMPLE.partner.agencyName, domainName: SAMPLE.partner.domain.name };

    it('is a further account, whose tokens are got for those of the one that takes it on', async () => {
      const parent = (await t.harness.signIn(t.accounts)).account;
      const signedIn = await signInWithAgency(t.accounts, parent.id, role, signal);
      assert.ok(signedIn);
      assert.deepEqual([t.accounts.all().length, signedIn.account.domain], [2, SAMPLE.partner.domain]);
      const { rows } = await t.harness.listProjects(t.accounts, signedIn.account);
      assert.deepEqual(
        rows.map(({ item }) => item.id),
        SAMPLE.partner.projects.map(({ id }) => id),
      );
    });

    it('ends with that one', async () => {
      const parent = (await t.harness.signIn(t.accounts)).account;
      const signedIn = await signInWithAgency(t.accounts, parent.id, role, signal);
      await t.accounts.signOut(parent.id);
      t.harness.now += 25 * 60 * minute;
      assert.ok(signedIn);
      const { kind, failure } = await failureOf(t.harness.listProjects(t.accounts, signedIn.account));
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
        await t.cloud.control.reset();
        const parent = (await t.harness.signIn(t.accounts)).account;
        const signedIn = await signInWithAgency(t.accounts, parent.id, role, signal);
        assert.ok(signedIn);
        await t.cloud.control.expire();
        t.harness.now += 25 * 60 * minute;
        const message = locked ? 'The account is locked.' : 'The username or password is wrong.';
        const answer = { kind: 'answer', status: 401, body: { error: { code: 401, message } } } as const;
        await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: answer });
        const { failure } = await failureOf(t.harness.listProjects(t.accounts, signedIn.account));
        assert.equal(failure.signIn, why);
        const states = async (): Promise<unknown[]> => {
          await new Promise(setImmediate);
          return [t.accounts, t.harness.accounts()].map(
            (each) => each.all().find(({ agency }) => agency !== undefined)?.refusalReason,
          );
        };
        assert.deepEqual(await states(), [why, why]);
        await t.cloud.control.clearFaults();
        await t.harness.signIn(t.accounts);
        assert.deepEqual(await states(), [undefined, undefined]);
        assert.equal(
          (await t.harness.listProjects(t.accounts, signedIn.account)).rows.length,
          SAMPLE.partner.projects.length,
        );
        await t.accounts.signOut(signedIn.account.id);
        await t.accounts.signOut(parent.id);
      }
    });

    it('is not taken on by itself, whatever the list of accounts says', async () => {
      const parent = (await t.harness.signIn(t.accounts)).account;
      const signedIn = await signInWithAgency(t.accounts, parent.id, role, signal);
      assert.ok(signedIn);
      const { id } = signedIn.account;
      t.harness.accountStore.list = JSON.parse(
        JSON.stringify(t.harness.accountStore.list).replaceAll(`"parent":"${parent.id}"`, `"parent":"${id}"`),
      );
      t.harness.now += 25 * 60 * minute;
      const { kind } = await failureOf(t.harness.listProjects(t.harness.accounts(), { id }));
      assert.equal(kind, 'unauthenticated');
    });

    it('is refused to who may not, and to keys, which have no token to show', async () => {
      const parent = await withKeys(SAMPLE.operator.key);
      assert.equal((await failureOf(signInWithAgency(t.accounts, parent.id, role, signal))).kind, 'forbidden');
    });
  });
});
