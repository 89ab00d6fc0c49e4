import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { secretStoreKey } from '../../../src/accounts/accountSecret';
import { documented } from '../../cloud/documented';
import { SAMPLE } from '../../cloud/data';
import { startStandIn, type StandIn } from '../../cloud/start';
import { deferred } from '../../support/deferred';
import { east, failureOf, Harness, minute, north } from '../../support/harness';
import { MemorySecretStore } from '../../support/memoryStores';
import { explorerFor, nodeAt } from '../../support/tree';

/** Windows share the list of accounts and the vault; each has its own memory. `reread` is what a watched file sets off. */
describe('accounts in two windows', function () {
  this.timeout(30_000);
  let cloud: StandIn;
  let harness: Harness;
  let one: Accounts;
  let two: Accounts;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
    [one, two] = [harness.accounts(), harness.accounts()];
  });

  const names = (accounts: Accounts): string[] => accounts.all().map(({ user }) => user.name);
  const inBoth = async (): Promise<Account> => {
    const { account } = await harness.signIn(one);
    two.reread();
    return account;
  };

  describe('when one signs in', () => {
    it('show it in the other, which asks with it', async () => {
      const { account } = await harness.signIn(one);
      const changes = harness.changeCount;
      two.reread();
      two.reread();
      assert.equal(harness.changeCount, changes + 1);
      assert.deepEqual(two.all(), [account]);
      assert.equal((await harness.listInstances(two, account)).total, 2);
    });

    it('keep what the other signs in at the same moment', async () => {
      await Promise.all([
        harness.signIn(one, 'always', SAMPLE.operator),
        harness.signIn(two, 'always', SAMPLE.auditor),
      ]);
      for (const accounts of [one, two, harness.accounts()]) {
        accounts.reread();
        assert.deepEqual(names(accounts).toSorted(), ['demo-auditor', 'demo-operator']);
      }
    });

    it('forget what they hold when the same identity signs in again elsewhere, and read again', async () => {
      const account = await inBoth();
      await harness.listInstances(two, account);
      await cloud.control.changePassword(SAMPLE.user, 'Another-Passw0rd!');
      await harness.signIn(one, 'always', { name: SAMPLE.user, password: 'Another-Passw0rd!' });
      await cloud.control.clearRequests();
      assert.equal((await harness.listInstances(two, account)).total, 2);
      assert.deepEqual(
        (await harness.requests()).map(({ method, status }) => [method, status]),
        [
          ['POST', 201],
          ['GET', 200],
        ],
      );
    });

    it('never send the password of a sign-in that was replaced, not even where the vault gives an old entry', async () => {
      const account = await inBoth();
      // A browser's tab keeps a copy of the secrets.
      const copy = Object.assign(new MemorySecretStore(), { entries: new Map(harness.secretStore.entries) });
      const vault = harness.secretStore;
      harness.secretStore = copy;
      const tab = harness.accounts();
      harness.secretStore = vault;
      await cloud.control.changePassword(SAMPLE.user, 'Another-Passw0rd!');
      await harness.signIn(one, 'always', { name: SAMPLE.user, password: 'Another-Passw0rd!' });
      await cloud.control.clearRequests();
      const error = await failureOf(harness.listInstances(tab, account));
      assert.match(error.failure.reason?.text ?? '', /no longer stored.*reload/);
      assert.deepEqual(await harness.requests(), []);
      assert.equal((await harness.listInstances(one, account)).total, 2);
    });

    it('do not send the password before any more, and do not take its refusal for one of the new sign-in', async () => {
      const account = await inBoth();
      await cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 300 }, times: 1 });
      await cloud.control.changePassword(SAMPLE.user, 'Another-Passw0rd!');
      await cloud.control.clearRequests();
      const waiting = Promise.allSettled([
        harness.listInstances(two, account),
        harness.listInstances(two, account, east),
      ]);
      while ((await harness.requests('signIns')).length < 1) {
        await pause(5);
      }
      await harness.signIn(one, 'always', { name: SAMPLE.user, password: 'Another-Passw0rd!' });
      await waiting;
      await pause(20);
      assert.deepEqual(
        (await harness.requests('signIns')).map(({ status }) => status),
        [401, 201],
      );
      one.reread();
      assert.deepEqual(
        [one, two].map((accounts) => accounts.all()[0]?.refused),
        [undefined, undefined],
      );
      assert.equal((await harness.listInstances(two, account)).total, 2);
    });

    it('do not take an answer for the sign-in before, and ask nothing more with it', async () => {
      const account = await inBoth();
      await harness.listProjects(two, account);
      await cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 300 }, times: 1 });
      const waiting = Promise.allSettled([
        harness.listInstances(two, account),
        harness.listInstances(two, account, east),
      ]);
      while ((await harness.requests('signIns')).length < 2) {
        // It is on its way.
      }
      await harness.signIn(one, 'untilExpiry');
      await waiting;
      // The queued request is cancelled.
      assert.equal((await harness.requests('signIns')).length, 3);
      assert.equal(harness.storedSecret(account)?.password, undefined);
      assert.deepEqual(Object.keys(harness.storedSecret(account)?.tokens ?? {}), ['account']);
    });
  });

  describe('when one signs out', () => {
    it('sign out in the other at its next request: it asks nothing more and brings nothing back', async () => {
      const account = await inBoth();
      await harness.listInstances(two, account, north);
      await one.signOut(account.id);
      await cloud.control.clearRequests();
      assert.equal((await failureOf(harness.listInstances(two, account, east))).kind, 'cancelled');
      assert.deepEqual([two.all(), harness.signOuts], [[], [account.id, account.id]]);
      assert.deepEqual(await harness.requests(), []);
      assert.deepEqual([harness.secretStore.entries.size, harness.accountStore.text], [0, '[]']);
    });

    it('give up what the other has under way', async () => {
      const account = await inBoth();
      const { explorer } = explorerFor(harness, two);
      const service = await nodeAt(explorer, 'cn-north-4', 'ROMA Connect');
      await cloud.control.fault({ match: '/instances', fault: { kind: 'hang' } });
      const waiting = explorer.children(service);
      while (!(await harness.requests()).some(({ path }) => path.endsWith('/instances'))) {
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
        await harness.signIn(one);
        two.reread();
        const late = deferred();
        await cloud.control.clearRequests();
        if (moment === 'while it is written') {
          harness.secretStore.slow = late.promise;
        } else {
          await cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 300 }, times: 1 });
        }
        const { writes } = harness.secretStore;
        const isUnderWay = async (): Promise<boolean> =>
          moment === 'while it is written'
            ? harness.secretStore.writes > writes
            : (await harness.requests('signIns')).length > 0;
        const waiting = Promise.allSettled([harness.listInstances(two, account)]);
        while (!(await isUnderWay())) {
          await pause(5);
        }
        await one.signOut(account.id);
        late.resolve();
        await waiting;
        harness.secretStore.slow = undefined;
        await new Promise(setImmediate);
        assert.deepEqual([harness.secretStore.entries.size, harness.accountStore.text], [0, '[]'], moment);
        assert.equal(harness.secretStore.writes, writes + (moment === 'while it is written' ? 1 : 0), moment);
      }
    });

    it('remove the copy of the secret that a browser’s tab has', async () => {
      const account = await inBoth();
      harness.secretStore = Object.assign(new MemorySecretStore(), { entries: new Map(harness.secretStore.entries) });
      const copy = harness.secretStore;
      const tab = harness.accounts();
      await one.signOut(account.id);
      tab.reread();
      await new Promise(setImmediate);
      assert.equal(copy.entries.size, 0);
    });

    it('leave alone what was signed in since', async () => {
      const account = await inBoth();
      await one.signOut(account.id);
      await harness.signIn(one);
      two.reread();
      await new Promise(setImmediate);
      assert.equal((await harness.listInstances(two, account)).total, 2);
      assert.equal(harness.storedSecret(account)?.password, SAMPLE.password);
    });

    it('keep it out of the list when the other refuses or changes it', async () => {
      const account = await inBoth();
      const unseen = harness.accountStore.list;
      await one.signOut(account.id);
      const now = harness.accountStore.list;
      // The other has not looked yet.
      harness.accountStore.read = () => unseen;
      const change = two.change(account.id, { label: 'Mine' });
      harness.accountStore.read = () => now;
      await change;
      assert.deepEqual([harness.accountStore.text, two.all()], ['[]', []]);
    });

    it('show again in both what the vault did not let go', async () => {
      const account = await inBoth();
      harness.secretStore.failing.add('remove');
      await assert.rejects(one.signOut(account.id), /did not remove the sign-in/);
      two.reread();
      assert.deepEqual(
        [one, two].map((accounts) => accounts.all()[0]?.refused),
        [true, true],
      );
      harness.secretStore.failing.clear();
      // Remaining secrets are useless.
      await two.tryAgain(account.id);
      assert.match(
        (await failureOf(harness.listInstances(two, account))).failure.reason?.text ?? '',
        /no longer stored/,
      );
      await two.signOut(account.id);
      one.reread();
      assert.deepEqual([one.all(), harness.secretStore.entries.size, harness.accountStore.text], [[], 0, '[]']);
    });
  });

  describe('about one account', () => {
    it('ask nothing more in either once the cloud refused it in one, until either tries again', async () => {
      const account = await inBoth();
      await cloud.control.expire();
      harness.now += 2 * minute;
      const fault = { kind: 'answer', status: 401, body: documented('iam', 401, 0) } as const;
      await cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault });
      await failureOf(harness.listProjects(one, account));
      await cloud.control.clearRequests();
      assert.equal((await failureOf(harness.listProjects(two, account))).kind, 'unauthenticated');
      assert.deepEqual([two.all()[0]?.refused, await harness.requests()], [true, []]);
      await two.tryAgain(account.id);
      assert.equal((await harness.listProjects(two, account)).rows.length, SAMPLE.projects.length);
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
      for (const accounts of [one, two, harness.accounts()]) {
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
      const { account } = await harness.signIn(one, 'session');
      await harness.listInstances(one, account);
      await one.change(account.id, { label: 'Mine' });
      two.reread();
      assert.deepEqual(two.all(), []);
      await one.signOut(account.id);
      assert.deepEqual([harness.secretStore.writes, harness.secretStore.reads, harness.accountStore.writes], [0, 0, 0]);
    });

    it('stay in their window, whatever others do with the same identity', async () => {
      const { account } = await harness.signIn(one, 'session');
      await harness.signIn(two, 'always');
      one.reread();
      assert.equal(one.all()[0]?.remember, 'session');
      await two.signOut(account.id);
      one.reread();
      assert.equal((await harness.listInstances(one, account)).total, 2);
    });

    it('take the place of what was remembered, in every window', async () => {
      const account = await inBoth();
      await harness.signIn(one, 'session');
      two.reread();
      assert.deepEqual([two.all(), harness.secretStore.entries.size, harness.accountStore.text], [[], 0, '[]']);
      assert.equal((await harness.listInstances(one, account)).total, 2);
    });

    it('sign out the same identity that another window remembers, too', async () => {
      const { account } = await harness.signIn(one, 'session');
      await harness.signIn(two, 'always');
      await one.signOut(account.id);
      two.reread();
      assert.deepEqual([one.all(), two.all(), harness.secretStore.entries.size], [[], [], 0]);
    });
  });

  describe('where the list is damaged', () => {
    for (const damage of [undefined, 7, 'accounts', [], { accounts: [] }, { began: {}, accounts: [] }]) {
      it(`keep their accounts, and put them back (${JSON.stringify(damage) ?? 'lost'})`, async () => {
        const account = await inBoth();
        harness.accountStore.list = damage;
        one.reread();
        two.reread();
        await pause(20);
        for (const accounts of [one, two, harness.accounts()]) {
          assert.deepEqual(names(accounts), ['demo-operator']);
        }
        assert.equal((await harness.listInstances(one, account)).total, 2);
        await two.signOut(account.id);
        one.reread();
        assert.deepEqual([one.all(), harness.accountStore.text], [[], '[]']);
      });
    }

    it('keep their accounts beside those of a window that began another list', async () => {
      const account = await inBoth();
      harness.accountStore.list = 'damaged';
      const three = harness.accounts();
      assert.deepEqual(three.all(), []);
      await harness.signIn(three, 'always', SAMPLE.auditor);
      one.reread();
      await pause(20);
      two.reread();
      three.reread();
      for (const accounts of [one, two, three]) {
        assert.deepEqual(names(accounts).toSorted(), ['demo-auditor', 'demo-operator']);
      }
      assert.equal((await harness.listInstances(three, account)).total, 2);
    });

    it('do not put back what was signed out from the list that they missed for a moment', async () => {
      await inBoth();
      const list = harness.accountStore.list;
      assert.ok(typeof list === 'object');
      harness.accountStore.list = undefined;
      one.reread();
      harness.accountStore.list = { ...list, accounts: [] };
      await pause(20);
      one.reread();
      assert.deepEqual([one.all(), harness.accountStore.text], [[], '[]']);
    });

    it('take the accounts of another began list only as what they are', async () => {
      const account = await inBoth();
      harness.accountStore.list = { began: 'elsewhere', accounts: [{ ...account, id: 'another:identity:here' }] };
      one.reread();
      assert.deepEqual(names(one), ['demo-operator']);
    });

    it('say that it cannot be written, and go on for this session', async () => {
      harness.accountStore.failing = true;
      const { account, notice } = await harness.signIn(one);
      assert.match(notice?.text ?? '', /list of accounts could not be stored.*this session only/);
      await new Promise(setImmediate);
      assert.deepEqual([one.all()[0]?.remember, harness.secretStore.entries.size], ['session', 0]);
      assert.equal((await harness.listInstances(one, account)).total, 2);
      await one.signOut(account.id);
      assert.deepEqual(one.all(), []);
    });

    it('remember a refusal that cannot be stored, and a sign-out that cannot', async () => {
      const account = await inBoth();
      harness.accountStore.failing = true;
      await cloud.control.expire();
      harness.now += 2 * minute;
      const fault = { kind: 'answer', status: 401, body: documented('iam', 401, 0) } as const;
      await cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault });
      await failureOf(harness.listProjects(one, account));
      await cloud.control.clearRequests();
      await failureOf(harness.listProjects(one, account));
      assert.deepEqual(await harness.requests(), []);
      assert.ok(harness.logLines.includes('The list of accounts could not be stored.'));
      await assert.rejects(one.signOut(account.id), /list of accounts could not be stored. Sign out again/);
      assert.deepEqual(
        [names(one), harness.secretStore.entries.has(secretStoreKey(account.id))],
        [['demo-operator'], false],
      );
      harness.accountStore.failing = false;
      await one.signOut(account.id);
      assert.deepEqual([one.all(), harness.accountStore.text], [[], '[]']);
    });
  });
});
