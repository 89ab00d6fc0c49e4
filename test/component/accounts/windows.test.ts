import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { secretStoreKey } from '../../../src/accounts/accountSecret';
import { documented } from '../../cloud/documented';
import { SAMPLE } from '../../cloud/data';
import { deferred } from '../../support/deferred';
import { east, failureOf, minute, north } from '../../support/harness';
import { MemorySecretStore } from '../../support/memoryStores';
import { explorerFor, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

/** Windows share the list of accounts and the vault; each has its own memory. `reread` is what a watched file sets off. */
describe('accounts in two windows', function () {
  this.timeout(30_000);
  const t = useCloud();
  let one: Accounts;
  let two: Accounts;
  beforeEach(async () => {
    [one, two] = [t.harness.accounts(), t.harness.accounts()];
  });

  const names = (accounts: Accounts): string[] => accounts.all().map(({ user }) => user.name);
  const inBoth = async (): Promise<Account> => {
    const { account } = await t.harness.signIn(one);
    two.reread();
    return account;
  };

  describe('when one signs in', () => {
    it('show it in the other, which asks with it', async () => {
      const { account } = await t.harness.signIn(one);
      const changes = t.harness.changeCount;
      two.reread();
      two.reread();
      assert.equal(t.harness.changeCount, changes + 1);
      assert.deepEqual(two.all(), [account]);
      assert.equal((await t.harness.listInstances(two, account)).total, 2);
    });

    it('keep what the other signs in at the same moment', async () => {
      await Promise.all([
        t.harness.signIn(one, 'always', SAMPLE.operator),
        t.harness.signIn(two, 'always', SAMPLE.auditor),
      ]);
      for (const accounts of [one, two, t.harness.accounts()]) {
        accounts.reread();
        assert.deepEqual(names(accounts).toSorted(), ['demo-auditor', 'demo-operator']);
      }
    });

    it('forget what they hold when the same identity signs in again elsewhere, and read again', async () => {
      const account = await inBoth();
      await t.harness.listInstances(two, account);
      await t.cloud.control.changePassword(SAMPLE.user, 'Another-Passw0rd!');
      await t.harness.signIn(one, 'always', { name: SAMPLE.user, password: 'Another-Passw0rd!' });
      await t.cloud.control.clearRequests();
      assert.equal((await t.harness.listInstances(two, account)).total, 2);
      assert.deepEqual(
        (await t.harness.requests()).map(({ method, status }) => [method, status]),
        [
          ['POST', 201],
          ['GET', 200],
        ],
      );
    });

    it('never send the password of a sign-in that was replaced, not even where the vault gives an old entry', async () => {
      const account = await inBoth();
      // A browser's tab keeps a copy of the secrets.
      const copy = Object.assign(new MemorySecretStore(), { entries: new Map(t.harness.secretStore.entries) });
      const vault = t.harness.secretStore;
      t.harness.secretStore = copy;
      const tab = t.harness.accounts();
      t.harness.secretStore = vault;
      await t.cloud.control.changePassword(SAMPLE.user, 'Another-Passw0rd!');
      await t.harness.signIn(one, 'always', { name: SAMPLE.user, password: 'Another-Passw0rd!' });
      await t.cloud.control.clearRequests();
      const error = await failureOf(t.harness.listInstances(tab, account));
      assert.match(error.failure.reason?.text ?? '', /no longer stored.*reload/);
      assert.deepEqual(await t.harness.requests(), []);
      assert.equal((await t.harness.listInstances(one, account)).total, 2);
    });

    it('do not send the password before any more, and do not take its refusal for one of the new sign-in', async () => {
      const account = await inBoth();
      await t.cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 300 }, times: 1 });
      await t.cloud.control.changePassword(SAMPLE.user, 'Another-Passw0rd!');
      await t.cloud.control.clearRequests();
      const waiting = Promise.allSettled([
        t.harness.listInstances(two, account),
        t.harness.listInstances(two, account, east),
      ]);
      while ((await t.harness.requests('signIns')).length < 1) {
        await pause(5);
      }
      await t.harness.signIn(one, 'always', { name: SAMPLE.user, password: 'Another-Passw0rd!' });
      await waiting;
      await pause(20);
      assert.deepEqual(
        (await t.harness.requests('signIns')).map(({ status }) => status),
        [401, 201],
      );
      one.reread();
      assert.deepEqual(
        [one, two].map((accounts) => accounts.all()[0]?.refused),
        [undefined, undefined],
      );
      assert.equal((await t.harness.listInstances(two, account)).total, 2);
    });

    it('do not take an answer for the sign-in before, and ask nothing more with it', async () => {
      const account = await inBoth();
      await t.harness.listProjects(two, account);
      await t.cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 300 }, times: 1 });
      const waiting = Promise.allSettled([
        t.harness.listInstances(two, account),
        t.harness.listInstances(two, account, east),
      ]);
      while ((await t.harness.requests('signIns')).length < 2) {
        // It is on its way.
      }
      await t.harness.signIn(one, 'untilExpiry');
      await waiting;
      // The queued request is cancelled.
      assert.equal((await t.harness.requests('signIns')).length, 3);
      assert.equal(t.harness.storedSecret(account)?.password, undefined);
      assert.deepEqual(Object.keys(t.harness.storedSecret(account)?.tokens ?? {}), ['account']);
    });
  });

  describe('when one signs out', () => {
    it('sign out in the other at its next request: it asks nothing more and brings nothing back', async () => {
      const account = await inBoth();
      await t.harness.listInstances(two, account, north);
      await one.signOut(account.id);
      await t.cloud.control.clearRequests();
      assert.equal((await failureOf(t.harness.listInstances(two, account, east))).kind, 'cancelled');
      assert.deepEqual([two.all(), t.harness.signOuts], [[], [account.id, account.id]]);
      assert.deepEqual(await t.harness.requests(), []);
      assert.deepEqual([t.harness.secretStore.entries.size, t.harness.accountStore.text], [0, '[]']);
    });

    it('give up what the other has under way', async () => {
      const account = await inBoth();
      const { explorer } = explorerFor(t.harness, two);
      const service = await nodeAt(explorer, 'cn-north-4', 'ROMA Connect');
      await t.cloud.control.fault({ match: '/instances', fault: { kind: 'hang' } });
      const waiting = explorer.children(service);
      while (!(await t.harness.requests()).some(({ path }) => path.endsWith('/instances'))) {
        // It is on its way.
      }
      await one.signOut(account.id);
      two.reread();
      assert.deepEqual(explorer.roots(), []);
      assert.deepEqual(await waiting, []);
    });

    it('store no token that was renewed meanwhile, however late', async () => {
      const account = await inBoth();
      for (const moment of ['before it is written', 'while it is written'] as const) {
        await t.harness.signIn(one);
        two.reread();
        const late = deferred();
        await t.cloud.control.clearRequests();
        if (moment === 'while it is written') {
          t.harness.secretStore.slow = late.promise;
        } else {
          await t.cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 300 }, times: 1 });
        }
        const { writes } = t.harness.secretStore;
        const isUnderWay = async (): Promise<boolean> =>
          moment === 'while it is written'
            ? t.harness.secretStore.writes > writes
            : (await t.harness.requests('signIns')).length > 0;
        const waiting = Promise.allSettled([t.harness.listInstances(two, account)]);
        while (!(await isUnderWay())) {
          await pause(5);
        }
        await one.signOut(account.id);
        late.resolve();
        await waiting;
        t.harness.secretStore.slow = undefined;
        await new Promise(setImmediate);
        assert.deepEqual([t.harness.secretStore.entries.size, t.harness.accountStore.text], [0, '[]'], moment);
        assert.equal(t.harness.secretStore.writes, writes + (moment === 'while it is written' ? 1 : 0), moment);
      }
    });

    it('remove the copy of the secret that a browser’s tab has', async () => {
      const account = await inBoth();
      t.harness.secretStore = Object.assign(new MemorySecretStore(), {
        entries: new Map(t.harness.secretStore.entries),
      });
      const copy = t.harness.secretStore;
      const tab = t.harness.accounts();
      await one.signOut(account.id);
      tab.reread();
      await new Promise(setImmediate);
      assert.equal(copy.entries.size, 0);
    });

    it('leave alone what was signed in since', async () => {
      const account = await inBoth();
      await one.signOut(account.id);
      await t.harness.signIn(one);
      two.reread();
      await new Promise(setImmediate);
      assert.equal((await t.harness.listInstances(two, account)).total, 2);
      assert.equal(t.harness.storedSecret(account)?.password, SAMPLE.password);
    });

    it('keep it out of the list when the other refuses or changes it', async () => {
      const account = await inBoth();
      const unseen = t.harness.accountStore.list;
      await one.signOut(account.id);
      const now = t.harness.accountStore.list;
      // The other has not looked yet.
      t.harness.accountStore.read = () => unseen;
      const change = two.change(account.id, { label: 'Mine' });
      t.harness.accountStore.read = () => now;
      await change;
      assert.deepEqual([t.harness.accountStore.text, two.all()], ['[]', []]);
    });

    it('show again in both what the vault did not let go', async () => {
      const account = await inBoth();
      t.harness.secretStore.failing.add('remove');
      await assert.rejects(one.signOut(account.id), /did not remove the sign-in/);
      two.reread();
      assert.deepEqual(
        [one, two].map((accounts) => accounts.all()[0]?.refused),
        [true, true],
      );
      t.harness.secretStore.failing.clear();
      // Remaining secrets are useless.
      await two.tryAgain(account.id);
      assert.match(
        (await failureOf(t.harness.listInstances(two, account))).failure.reason?.text ?? '',
        /no longer stored/,
      );
      await two.signOut(account.id);
      one.reread();
      assert.deepEqual([one.all(), t.harness.secretStore.entries.size, t.harness.accountStore.text], [[], 0, '[]']);
    });
  });

  describe('about one account', () => {
    it('ask nothing more in either once the cloud refused it in one, until either tries again', async () => {
      const account = await inBoth();
      await t.cloud.control.expire();
      t.harness.now += 2 * minute;
      const fault = { kind: 'answer', status: 401, body: documented('iam', 401, 0) } as const;
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault });
      await failureOf(t.harness.listProjects(one, account));
      await t.cloud.control.clearRequests();
      assert.equal((await failureOf(t.harness.listProjects(two, account))).kind, 'unauthenticated');
      assert.deepEqual([two.all()[0]?.refused, await t.harness.requests()], [true, []]);
      await two.tryAgain(account.id);
      assert.equal((await t.harness.listProjects(two, account)).rows.length, SAMPLE.projects.length);
      one.reread();
      assert.equal(one.all()[0]?.refused, undefined);
    });

    it('keep what each changes, also at the same moment', async () => {
      const account = await inBoth();
      const hidden = { regions: ['cn-north-4'], projects: [], services: [] };
      await Promise.all([
        one.change(account.id, { label: 'Mine' }),
        two.change(account.id, { hidden }),
        two.accept(account.id, 'https://added.example'),
      ]);
      for (const accounts of [one, two, t.harness.accounts()]) {
        accounts.reread();
        const [known] = accounts.all();
        assert.deepEqual(
          [known?.label, known?.hidden, known?.accepted],
          ['Mine', hidden, [...account.accepted, 'https://added.example']],
        );
      }
    });
  });

  describe('for this session only', () => {
    it('write nothing anywhere, and neither does signing out', async () => {
      const { account } = await t.harness.signIn(one, 'session');
      await t.harness.listInstances(one, account);
      await one.change(account.id, { label: 'Mine' });
      two.reread();
      assert.deepEqual(two.all(), []);
      await one.signOut(account.id);
      assert.deepEqual(
        [t.harness.secretStore.writes, t.harness.secretStore.reads, t.harness.accountStore.writes],
        [0, 0, 0],
      );
    });

    it('stay in their window, whatever others do with the same identity', async () => {
      const { account } = await t.harness.signIn(one, 'session');
      await t.harness.signIn(two, 'always');
      one.reread();
      assert.equal(one.all()[0]?.remember, 'session');
      await two.signOut(account.id);
      one.reread();
      assert.equal((await t.harness.listInstances(one, account)).total, 2);
    });

    it('take the place of what was remembered, in every window', async () => {
      const account = await inBoth();
      await t.harness.signIn(one, 'session');
      two.reread();
      assert.deepEqual([two.all(), t.harness.secretStore.entries.size, t.harness.accountStore.text], [[], 0, '[]']);
      assert.equal((await t.harness.listInstances(one, account)).total, 2);
    });

    it('sign out the same identity that another window remembers, too', async () => {
      const { account } = await t.harness.signIn(one, 'session');
      await t.harness.signIn(two, 'always');
      await one.signOut(account.id);
      two.reread();
      assert.deepEqual([one.all(), two.all(), t.harness.secretStore.entries.size], [[], [], 0]);
    });
  });

  describe('where the list is damaged', () => {
    for (const damage of [undefined, 7, 'accounts', [], { accounts: [] }, { began: {}, accounts: [] }]) {
      it(`keep their accounts, and put them back (${JSON.stringify(damage) ?? 'lost'})`, async () => {
        const account = await inBoth();
        t.harness.accountStore.list = damage;
        one.reread();
        two.reread();
        await pause(20);
        for (const accounts of [one, two, t.harness.accounts()]) {
          assert.deepEqual(names(accounts), ['demo-operator']);
        }
        assert.equal((await t.harness.listInstances(one, account)).total, 2);
        await two.signOut(account.id);
        one.reread();
        assert.deepEqual([one.all(), t.harness.accountStore.text], [[], '[]']);
      });
    }

    it('keep their accounts beside those of a window that began another list', async () => {
      const account = await inBoth();
      t.harness.accountStore.list = 'damaged';
      const three = t.harness.accounts();
      assert.deepEqual(three.all(), []);
      await t.harness.signIn(three, 'always', SAMPLE.auditor);
      one.reread();
      await pause(20);
      two.reread();
      three.reread();
      for (const accounts of [one, two, three]) {
        assert.deepEqual(names(accounts).toSorted(), ['demo-auditor', 'demo-operator']);
      }
      assert.equal((await t.harness.listInstances(three, account)).total, 2);
    });

    it('do not put back what was signed out from the list that they missed for a moment', async () => {
      await inBoth();
      const list = t.harness.accountStore.list;
      assert.ok(typeof list === 'object');
      t.harness.accountStore.list = undefined;
      one.reread();
      t.harness.accountStore.list = { ...list, accounts: [] };
      await pause(20);
      one.reread();
      assert.deepEqual([one.all(), t.harness.accountStore.text], [[], '[]']);
    });

    it('take the accounts of another began list only as what they are', async () => {
      const account = await inBoth();
      t.harness.accountStore.list = { began: 'elsewhere', accounts: [{ ...account, id: 'another:identity:here' }] };
      one.reread();
      assert.deepEqual(names(one), ['demo-operator']);
    });

    it('say that it cannot be written, and go on for this session', async () => {
      t.harness.accountStore.failing = true;
      const { account, notice } = await t.harness.signIn(one);
      assert.match(notice?.text ?? '', /list of accounts could not be stored.*this session only/);
      await new Promise(setImmediate);
      assert.deepEqual([one.all()[0]?.remember, t.harness.secretStore.entries.size], ['session', 0]);
      assert.equal((await t.harness.listInstances(one, account)).total, 2);
      await one.signOut(account.id);
      assert.deepEqual(one.all(), []);
    });

    it('remember a refusal that cannot be stored, and a sign-out that cannot', async () => {
      const account = await inBoth();
      t.harness.accountStore.failing = true;
      await t.cloud.control.expire();
      t.harness.now += 2 * minute;
      const fault = { kind: 'answer', status: 401, body: documented('iam', 401, 0) } as const;
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault });
      await failureOf(t.harness.listProjects(one, account));
      await t.cloud.control.clearRequests();
      await failureOf(t.harness.listProjects(one, account));
      assert.deepEqual(await t.harness.requests(), []);
      assert.ok(t.harness.logLines.includes('The list of accounts could not be stored.'));
      await assert.rejects(one.signOut(account.id), /list of accounts could not be stored. Sign out again/);
      assert.deepEqual(
        [names(one), t.harness.secretStore.entries.has(secretStoreKey(account.id))],
        [['demo-operator'], false],
      );
      t.harness.accountStore.failing = false;
      await one.signOut(account.id);
      assert.deepEqual([one.all(), t.harness.accountStore.text], [[], '[]']);
    });
  });
});
