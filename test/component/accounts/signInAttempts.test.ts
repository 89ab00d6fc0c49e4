import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { AccountFile } from '../../../src/platform/accountFile';
import { SAMPLE, type Project } from '../../cloud/data';
import { documented } from '../../cloud/documented';
import { failureOf, minute, north } from '../../support/harness';
import { signInWithProfile } from '../../../src/accounts/methods/profile';
import { signInWithAgency } from '../../../src/accounts/methods/agency';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';
import { useCloud } from '../../support/useCloud';

const { signal } = new AbortController();
const yes = async (): Promise<boolean> => true;
const wrongPassword = { kind: 'answer', status: 401, body: documented('iam', 401, 0) } as const;
const six = [0, 1, 2, 3, 4, 5];

/** Five tries with a wrong password lock a user, five wrong signatures lock a key. */
describe('tries of a sign-in, over six windows', function () {
  this.timeout(60_000);
  const t = useCloud();
  let windows: readonly Accounts[];
  let account: Account;
  beforeEach(async () => {
    windows = six.map(() => t.harness.accounts());
  });
  afterEach(() => windows.forEach((accounts) => accounts.close()));

  const [one, two] = [(): Accounts => at(0), (): Accounts => at(1)];
  const at = (index: number): Accounts => windows[index] ?? assert.fail();
  const passwords = async (): Promise<number> => (await t.harness.requests('signIns')).length;
  const signedIn = async (): Promise<void> => {
    ({ account } = await t.harness.signIn(one()));
    windows.forEach((accounts) => accounts.reread());
    t.harness.now += 2 * minute;
    await t.cloud.control.clearRequests();
  };
  const isUnderWay = async (path: string): Promise<void> => {
    while (!(await t.cloud.control.requests()).some((request) => request.path === path)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const kindsOf = async (ask: (accounts: Accounts, index: number) => Promise<unknown>): Promise<string[]> => {
    const errors = await Promise.all(windows.map(async (accounts, index) => failureOf(ask(accounts, index))));
    return [...new Set(errors.map(({ kind }) => kind))];
  };
  const file = '/home/.huaweicloud/credentials';
  const profileOf = (lines: readonly string[]): void => {
    const text = ['[basic]', ...lines].join('\n');
    t.harness.profilePlaces = {
      ...t.harness.profilePlaces,
      readFile: async (path) => (path === file ? text : undefined),
    };
  };
  const withProfile = async (lines: readonly string[]): Promise<void> => {
    profileOf(lines);
    const signed = await signInWithProfile(one(), t.harness.site(), await t.harness.profile(), yes, signal);
    assert.ok(signed);
    ({ account } = signed);
    windows.forEach((accounts) => accounts.reread());
    t.harness.now += 2 * minute;
    await t.cloud.control.clearRequests();
  };

  describe('with a password', () => {
    it('are one where it was changed elsewhere and all windows ask at once', async () => {
      await signedIn();
      await t.cloud.control.changePassword(SAMPLE.user, 'Changed-Passw0rd!');
      assert.deepEqual(await kindsOf(async (accounts) => t.harness.listProjects(accounts, account)), [
        'unauthenticated',
      ]);
      assert.equal(await passwords(), 1);
      assert.deepEqual(await kindsOf(async (accounts) => t.harness.listInstances(accounts, account)), [
        'unauthenticated',
      ]);
      assert.equal(await passwords(), 1);
      assert.deepEqual(
        windows.map((accounts) => accounts.all()[0]?.refused),
        six.map(() => true),
      );
    });

    it('are one where each window asks for another project, and where windows start then', async () => {
      await signedIn();
      await t.cloud.control.changePassword(SAMPLE.user, 'Changed-Passw0rd!');
      windows = six.map(() => t.harness.accounts());
      const projects: readonly Project[] = six.map((index) => ({ ...north, id: `project-${index}` }));
      const ask = async (accounts: Accounts, index: number): Promise<unknown> =>
        t.harness.listInstances(accounts, account, projects[index]);
      assert.deepEqual(await kindsOf(ask), ['unauthenticated']);
      assert.equal(await passwords(), 1);
    });

    it('are one while the account’s token is still good, for a project that IAM gives no token for', async () => {
      await signedIn();
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: wrongPassword });
      assert.deepEqual(await kindsOf(async (accounts) => t.harness.listInstances(accounts, account)), ['forbidden']);
      windows = six.map(() => t.harness.accounts());
      assert.deepEqual(await kindsOf(async (accounts) => t.harness.listInstances(accounts, account)), ['forbidden']);
      assert.equal(await passwords(), 1);
    });

    it('are one where IAM says that the user is locked, though the account’s token is still good', async () => {
      await signedIn();
      const body = { error: { code: 401, message: 'The account is locked.', title: 'Unauthorized' } };
      const locked = { kind: 'answer', status: 401, body } as const;
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: locked });
      await kindsOf(async (accounts, index) =>
        t.harness.listInstances(accounts, account, { ...north, id: `p-${index}` }),
      );
      assert.equal(await passwords(), 1);
      assert.deepEqual([one().all()[0]?.refused, one().all()[0]?.refusalReason], [true, 'locked']);
    });

    for (const [status, said, fault] of [
      [403, 'The account is locked.', 'locked'],
      [403, 'You are not allowed to sign in with a program.', undefined],
      [400, 'The password has expired.', 'expired'],
    ] as const) {
      it(`are one where IAM answers ${status}: ${said}`, async () => {
        await signedIn();
        await t.cloud.control.expire();
        const body = { error: { code: status, message: said, title: 'No' } };
        const answer = { kind: 'answer', status, body } as const;
        await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: answer });
        const kinds = await kindsOf(async (accounts, index) =>
          t.harness.listInstances(accounts, account, SAMPLE.projects[index]),
        );
        assert.deepEqual(kinds, ['unauthenticated']);
        assert.equal(await passwords(), 1);
        assert.deepEqual([one().all()[0]?.refused, one().all()[0]?.refusalReason], [true, fault]);
      });
    }

    it('are not refused by what a proxy says', async () => {
      await signedIn();
      const fault = { kind: 'answer', status: 403, body: '<html><title>Blocked</title></html>' } as const;
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault });
      assert.equal((await failureOf(t.harness.listInstances(one(), account))).kind, 'forbidden');
      assert.equal(one().all()[0]?.refused, undefined);
      assert.equal((await t.harness.listInstances(two(), account)).total, 2);
    });

    it('are one with the file that windows share', async () => {
      await signedIn();
      await t.cloud.control.changePassword(SAMPLE.user, 'Changed-Passw0rd!');
      const folder = mkdtempSync(join(tmpdir(), 'key-explorer-tries-'));
      try {
        const list = t.harness.accountStore.list;
        await new AccountFile(folder, t.harness.transport.log).write(() => list);
        windows = six.map(() => t.harness.accounts(new AccountFile(folder, t.harness.transport.log)));
        await kindsOf(async (accounts, index) =>
          t.harness.listInstances(accounts, account, { ...north, id: `p-${index}` }),
        );
        assert.equal(await passwords(), 1);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it('stay below five where each window asks for another such project', async () => {
      await signedIn();
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: wrongPassword });
      await kindsOf(async (accounts, index) =>
        t.harness.listInstances(accounts, account, { ...north, id: `p-${index}` }),
      );
      windows = six.map(() => t.harness.accounts());
      await kindsOf(async (accounts, index) =>
        t.harness.listInstances(accounts, account, { ...north, id: `q-${index}` }),
      );
      assert.equal(await passwords(), 4);
    });

    it('are made again for such a project after an hour, and after new tokens were got', async () => {
      await signedIn();
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault: wrongPassword });
      await failureOf(t.harness.listInstances(one(), account));
      await one().renewNow(account.id);
      assert.equal((await t.harness.listInstances(two(), account)).total, 2);
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault: wrongPassword });
      const other = SAMPLE.projects[1];
      assert.equal((await failureOf(t.harness.listInstances(one(), account, other))).kind, 'forbidden');
      assert.equal((await failureOf(t.harness.listInstances(two(), account, other))).kind, 'forbidden');
      await two().renewNow(account.id);
      assert.equal((await t.harness.listInstances(one(), account, other)).total, 0);
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault: wrongPassword });
      const third = SAMPLE.projects[3];
      assert.equal((await failureOf(t.harness.listInstances(one(), account, third))).kind, 'forbidden');
      t.harness.now += 61 * minute;
      assert.equal((await t.harness.listInstances(two(), account, other)).total, 0);
      assert.notEqual((await t.harness.listInstances(one(), account, third)).total, undefined);
    });

    it('are one with the password of a profile', async () => {
      const cloudsYaml = (password: string): void => {
        const auth = `auth_url: ${t.cloud.url}, username: ${SAMPLE.operator.name}, user_domain_name: ${SAMPLE.domain.name}`;
        const text = `clouds: { demo: { auth: { ${auth}, password: "${password}" } } }`;
        t.harness.profilePlaces = {
          ...t.harness.profilePlaces,
          readFile: async (path) => (path === '/home/.config/openstack/clouds.yaml' ? text : undefined),
        };
      };
      cloudsYaml(SAMPLE.password);
      const signed = await signInWithProfile(one(), t.harness.site(), await t.harness.profile(), yes, signal);
      assert.ok(signed);
      ({ account } = signed);
      windows.forEach((accounts) => accounts.reread());
      for (const accounts of windows) {
        await t.harness.listProjects(accounts, account);
      }
      cloudsYaml('Another-Passw0rd!');
      await t.cloud.control.clearRequests();
      assert.deepEqual(await kindsOf(async (accounts) => t.harness.listProjects(accounts, account)), [
        'unauthenticated',
      ]);
      assert.equal(await passwords(), 1);
      cloudsYaml(SAMPLE.password);
      await t.cloud.control.clearRequests();
      for (const accounts of windows) {
        assert.equal((await t.harness.listProjects(accounts, account)).rows.length, 7);
      }
    });

    it('are one by the role of an agency, whose account has it', async () => {
      await signedIn();
      const { agencyName, domain } = SAMPLE.partner;
      const role = await signInWithAgency(one(), account.id, { agencyName, domainName: domain.name }, signal);
      assert.ok(role);
      windows = six.map(() => t.harness.accounts());
      t.harness.now += 2 * minute;
      await t.cloud.control.changePassword(SAMPLE.user, 'Changed-Passw0rd!');
      await t.cloud.control.expire();
      await t.cloud.control.clearRequests();
      t.harness.now += 25 * 60 * minute;
      await kindsOf(async (accounts) => t.harness.listProjects(accounts, role.account));
      assert.equal(await passwords(), 1);
    });

    it('are one more where a window ended in the middle of its own', async () => {
      await signedIn();
      await t.cloud.control.expire();
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault: { kind: 'hang' } });
      const lost = failureOf(t.harness.listInstances(one(), account));
      await isUnderWay('/v3/auth/tokens');
      const waiting = t.harness.listInstances(two(), account);
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(await passwords(), 1);
      t.harness.now += minute;
      assert.equal((await waiting).total, 2);
      assert.equal(await passwords(), 2);
      one().close();
      await lost;
    });

    it('are not waited for once they were given up, or their account signed out', async () => {
      await signedIn();
      await t.cloud.control.expire();
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault: { kind: 'hang' } });
      const lost = failureOf(t.harness.listInstances(one(), account));
      await isUnderWay('/v3/auth/tokens');
      const waiting = failureOf(t.harness.listInstances(two(), account));
      await two().signOut(account.id);
      assert.equal((await waiting).kind, 'cancelled');
      at(2).reread();
      one().reread();
      assert.equal((await lost).kind, 'cancelled');
      assert.ok(!JSON.stringify(t.harness.accountStore.list).includes(account.id));
    });

    it('wait for nobody where the list says that a window is busy for ever', async () => {
      await signedIn();
      await t.cloud.control.expire();
      for (const until of [t.harness.now + 365 * 24 * 60 * minute, 1e300, 'soon', null]) {
        const attempts = { [account.id]: { generation: account.generation, by: 'nobody', until } };
        t.harness.accountStore.list = Object.assign({}, t.harness.accountStore.list, { attempts });
        assert.equal((await t.harness.listInstances(t.harness.accounts(), account)).total, 2);
      }
    });

    it('go on where the list cannot be written', async () => {
      await signedIn();
      await t.cloud.control.expire();
      t.harness.accountStore.failing = true;
      assert.equal((await t.harness.listInstances(two(), account)).total, 2);
    });

    it('give one token to all windows that wait for it', async () => {
      await signedIn();
      await t.cloud.control.expire();
      const pages = await Promise.all(windows.map(async (accounts) => t.harness.listInstances(accounts, account)));
      assert.deepEqual(
        pages.map(({ total }) => total),
        six.map(() => 2),
      );
      assert.equal(await passwords(), 1);
      await t.cloud.control.clearRequests();
      t.harness.now += 24 * 60 * minute - 8 * minute;
      await Promise.all(windows.map(async (accounts) => t.harness.listInstances(accounts, account)));
      assert.equal(await passwords(), 1);
      await one().renewNow(account.id);
      assert.equal(await passwords(), 2);
    });

    it('take no token from another window that has ended as well', async () => {
      await signedIn();
      await t.harness.listInstances(one(), account);
      await t.harness.listInstances(two(), account);
      t.harness.now += 2 * minute;
      await t.cloud.control.expire();
      // This window has another one then, which ends as well.
      await t.harness.listInstances(one(), account);
      t.harness.now += 2 * minute;
      await t.cloud.control.expire();
      assert.equal((await t.harness.listInstances(two(), account)).total, 2);
    });

    it('change nothing that people see', async () => {
      await signedIn();
      await t.cloud.control.expire();
      const { changeCount } = t.harness;
      await Promise.all(windows.map(async (accounts) => t.harness.listInstances(accounts, account)));
      windows.forEach((accounts) => accounts.reread());
      assert.equal(t.harness.changeCount, changeCount);
      assert.deepEqual(Object.keys(t.harness.accountStore.list ?? {}).toSorted(), ['accounts', 'began']);
    });
  });

  describe('with an access key', () => {
    const region = `/roma/${north.region}/`;
    const signatures = async (): Promise<number> =>
      (await t.cloud.control.requests()).filter(({ path }) => path.startsWith(region)).length;

    it('are one where it was deleted and all windows start at once', async () => {
      const signed = await signInWithKeys(one(), t.harness.site(), SAMPLE.operator.key, 'always', yes, signal);
      assert.ok(signed);
      ({ account } = signed);
      await t.cloud.control.revokeKey(SAMPLE.operator.key.access);
      windows = six.map(() => t.harness.accounts());
      assert.deepEqual(await kindsOf(async (accounts) => t.harness.listInstances(accounts, account)), [
        'unauthenticated',
      ]);
      assert.equal(await signatures(), 1);
    });

    it('are one where a profile changed for the worse', async () => {
      const lines = ({ access, secret }: { access: string; secret: string }): string[] => [
        `ak = ${access}`,
        `sk = ${secret}`,
      ];
      await withProfile(lines(SAMPLE.operator.key));
      for (const accounts of windows) {
        await t.harness.listInstances(accounts, account);
      }
      profileOf(lines({ ...SAMPLE.operator.key, secret: 'another-secret' }));
      await t.cloud.control.clearRequests();
      assert.deepEqual(await kindsOf(async (accounts) => t.harness.listInstances(accounts, account)), [
        'unauthenticated',
      ]);
      assert.equal(await signatures(), 1);
    });

    it('are waited for a few seconds only, where the answer does not come', async () => {
      const signed = await signInWithKeys(one(), t.harness.site(), SAMPLE.operator.key, 'always', yes, signal);
      assert.ok(signed);
      ({ account } = signed);
      windows = six.map(() => t.harness.accounts());
      await t.cloud.control.fault({ match: region, times: 1, fault: { kind: 'hang' } });
      await t.cloud.control.clearRequests();
      const lost = failureOf(t.harness.listInstances(one(), account));
      while ((await signatures()) === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const waiting = t.harness.listInstances(two(), account);
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(await signatures(), 1);
      t.harness.now += 10_000;
      assert.equal((await waiting).total, 2);
      one().close();
      void lost;
    });
  });
});
