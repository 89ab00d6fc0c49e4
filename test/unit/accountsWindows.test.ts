import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../../src/accounts/account';
import type { Accounts } from '../../src/accounts/accounts';
import { secretStoreKey } from '../../src/accounts/accountSecret';
import { documented } from '../cloud/documented';
import { SAMPLE } from '../cloud/data';
import { startStandIn, type StandIn } from '../cloud/start';
import { MemoryVault, World, door, east, explorerFor, failureOf, minute, north, walk } from './world';

/** Windows share the list of accounts and the vault; each has its own memory. `reread` is what a watched file sets off. */
describe('accounts in two windows', function () {
  this.timeout(30_000);
  let cloud: StandIn;
  let world: World;
  let one: Accounts;
  let two: Accounts;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    world = new World(cloud);
    [one, two] = [world.accounts(), world.accounts()];
  });

  const names = (accounts: Accounts): string[] => accounts.all().map(({ user }) => user.name);
  const inBoth = async (): Promise<Account> => {
    const { account } = await world.signIn(one);
    two.reread();
    return account;
  };

  describe('when one signs in', () => {
    it('show it in the other, which asks with it', async () => {
      const { account } = await world.signIn(one);
      const changes = world.changes;
      two.reread();
      two.reread();
      assert.equal(world.changes, changes + 1);
      assert.deepEqual(two.all(), [account]);
      assert.equal((await world.instances(two, account)).total, 2);
    });

    it('keep what the other signs in at the same moment', async () => {
      await Promise.all([world.signIn(one, 'always', SAMPLE.operator), world.signIn(two, 'always', SAMPLE.auditor)]);
      for (const accounts of [one, two, world.accounts()]) {
        accounts.reread();
        assert.deepEqual(names(accounts).toSorted(), ['demo-auditor', 'demo-operator']);
      }
    });

    it('forget what they hold when the same identity signs in again elsewhere, and read again', async () => {
      const account = await inBoth();
      await world.instances(two, account);
      await cloud.control.changePassword(SAMPLE.user, 'Another-Passw0rd!');
      await world.signIn(one, 'always', { name: SAMPLE.user, password: 'Another-Passw0rd!' });
      await cloud.control.clearRequests();
      assert.equal((await world.instances(two, account)).total, 2);
      assert.deepEqual(
        (await world.requests()).map(({ method, status }) => [method, status]),
        [
          ['POST', 201],
          ['GET', 200],
        ],
      );
    });

    it('never send the password of a sign-in that was replaced, not even where the vault gives an old entry', async () => {
      const account = await inBoth();
      // A browser's tab keeps a copy of the secrets.
      const copy = Object.assign(new MemoryVault(), { entries: new Map(world.vault.entries) });
      const vault = world.vault;
      world.vault = copy;
      const tab = world.accounts();
      world.vault = vault;
      await cloud.control.changePassword(SAMPLE.user, 'Another-Passw0rd!');
      await world.signIn(one, 'always', { name: SAMPLE.user, password: 'Another-Passw0rd!' });
      await cloud.control.clearRequests();
      const error = await failureOf(world.instances(tab, account));
      assert.match(error.failure.reason?.text ?? '', /no longer stored.*reload/);
      assert.deepEqual(await world.requests(), []);
      assert.equal((await world.instances(one, account)).total, 2);
    });

    it('do not send the password before any more, and do not take its refusal for one of the new sign-in', async () => {
      const account = await inBoth();
      await cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 300 }, times: 1 });
      await cloud.control.changePassword(SAMPLE.user, 'Another-Passw0rd!');
      await cloud.control.clearRequests();
      const waiting = Promise.allSettled([world.instances(two, account), world.instances(two, account, east)]);
      while ((await world.requests('signIns')).length < 1) {
        await pause(5);
      }
      await world.signIn(one, 'always', { name: SAMPLE.user, password: 'Another-Passw0rd!' });
      await waiting;
      await pause(20);
      assert.deepEqual(
        (await world.requests('signIns')).map(({ status }) => status),
        [401, 201],
      );
      one.reread();
      assert.deepEqual(
        [one, two].map((accounts) => accounts.all()[0]?.refused),
        [undefined, undefined],
      );
      assert.equal((await world.instances(two, account)).total, 2);
    });

    it('do not take an answer for the sign-in before, and ask nothing more with it', async () => {
      const account = await inBoth();
      await world.projects(two, account);
      await cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 300 }, times: 1 });
      const waiting = Promise.allSettled([world.instances(two, account), world.instances(two, account, east)]);
      while ((await world.requests('signIns')).length < 2) {
        // It is on its way.
      }
      await world.signIn(one, 'untilExpiry');
      await waiting;
      // What waited for its turn is given up.
      assert.equal((await world.requests('signIns')).length, 3);
      assert.equal(world.kept(account)?.password, undefined);
      assert.deepEqual(Object.keys(world.kept(account)?.tokens ?? {}), ['account']);
    });
  });

  describe('when one signs out', () => {
    it('sign out in the other at its next request: it asks nothing more and brings nothing back', async () => {
      const account = await inBoth();
      await world.instances(two, account, north);
      await one.signOut(account.id);
      await cloud.control.clearRequests();
      assert.equal((await failureOf(world.instances(two, account, east))).kind, 'cancelled');
      assert.deepEqual([two.all(), world.signOuts], [[], [account.id, account.id]]);
      assert.deepEqual(await world.requests(), []);
      assert.deepEqual([world.vault.entries.size, world.store.text], [0, '[]']);
    });

    it('give up what the other has under way', async () => {
      const account = await inBoth();
      const { explorer } = explorerFor(world, two);
      const service = await walk(explorer, 'cn-north-4', 'ROMA Connect');
      await cloud.control.fault({ match: '/instances', fault: { kind: 'hang' } });
      const waiting = explorer.children(service);
      while (!(await world.requests()).some(({ path }) => path.endsWith('/instances'))) {
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
        await world.signIn(one);
        two.reread();
        const late = door();
        await cloud.control.clearRequests();
        if (moment === 'while it is written') {
          world.vault.slow = late.opened;
        } else {
          await cloud.control.fault({ match: '/v3/auth/tokens', fault: { kind: 'slow', ms: 300 }, times: 1 });
        }
        const { writes } = world.vault;
        const isUnderWay = async (): Promise<boolean> =>
          moment === 'while it is written' ? world.vault.writes > writes : (await world.requests('signIns')).length > 0;
        const waiting = Promise.allSettled([world.instances(two, account)]);
        while (!(await isUnderWay())) {
          await pause(5);
        }
        await one.signOut(account.id);
        late.open();
        await waiting;
        world.vault.slow = undefined;
        await new Promise(setImmediate);
        assert.deepEqual([world.vault.entries.size, world.store.text], [0, '[]'], moment);
        assert.equal(world.vault.writes, writes + (moment === 'while it is written' ? 1 : 0), moment);
      }
    });

    it('remove the copy of the secret that a browser’s tab has', async () => {
      const account = await inBoth();
      world.vault = Object.assign(new MemoryVault(), { entries: new Map(world.vault.entries) });
      const copy = world.vault;
      const tab = world.accounts();
      await one.signOut(account.id);
      tab.reread();
      await new Promise(setImmediate);
      assert.equal(copy.entries.size, 0);
    });

    it('leave alone what was signed in since', async () => {
      const account = await inBoth();
      await one.signOut(account.id);
      await world.signIn(one);
      two.reread();
      await new Promise(setImmediate);
      assert.equal((await world.instances(two, account)).total, 2);
      assert.equal(world.kept(account)?.password, SAMPLE.password);
    });

    it('keep it out of the list when the other refuses or changes it', async () => {
      const account = await inBoth();
      const unseen = world.store.list;
      await one.signOut(account.id);
      const now = world.store.list;
      // The other has not looked yet.
      world.store.read = () => unseen;
      const change = two.change(account.id, { label: 'Mine' });
      world.store.read = () => now;
      await change;
      assert.deepEqual([world.store.text, two.all()], ['[]', []]);
    });

    it('show again in both what the vault did not let go', async () => {
      const account = await inBoth();
      world.vault.failing.add('remove');
      await assert.rejects(one.signOut(account.id), /did not remove the sign-in/);
      two.reread();
      assert.deepEqual(
        [one, two].map((accounts) => accounts.all()[0]?.refused),
        [true, true],
      );
      world.vault.failing.clear();
      // What was left behind is of no use.
      await two.tryAgain(account.id);
      assert.match((await failureOf(world.instances(two, account))).failure.reason?.text ?? '', /no longer stored/);
      await two.signOut(account.id);
      one.reread();
      assert.deepEqual([one.all(), world.vault.entries.size, world.store.text], [[], 0, '[]']);
    });
  });

  describe('about one account', () => {
    it('ask nothing more in either once the cloud refused it in one, until either tries again', async () => {
      const account = await inBoth();
      await cloud.control.expire();
      world.now += 2 * minute;
      const fault = { kind: 'answer', status: 401, body: documented('iam', 401, 0) } as const;
      await cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault });
      await failureOf(world.projects(one, account));
      await cloud.control.clearRequests();
      assert.equal((await failureOf(world.projects(two, account))).kind, 'unauthenticated');
      assert.deepEqual([two.all()[0]?.refused, await world.requests()], [true, []]);
      await two.tryAgain(account.id);
      assert.equal((await world.projects(two, account)).rows.length, SAMPLE.projects.length);
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
      for (const accounts of [one, two, world.accounts()]) {
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
      const { account } = await world.signIn(one, 'session');
      await world.instances(one, account);
      await one.change(account.id, { label: 'Mine' });
      two.reread();
      assert.deepEqual(two.all(), []);
      await one.signOut(account.id);
      assert.deepEqual([world.vault.writes, world.vault.reads, world.store.writes], [0, 0, 0]);
    });

    it('stay in their window, whatever others do with the same identity', async () => {
      const { account } = await world.signIn(one, 'session');
      await world.signIn(two, 'always');
      one.reread();
      assert.equal(one.all()[0]?.remember, 'session');
      await two.signOut(account.id);
      one.reread();
      assert.equal((await world.instances(one, account)).total, 2);
    });

    it('take the place of what was remembered, in every window', async () => {
      const account = await inBoth();
      await world.signIn(one, 'session');
      two.reread();
      assert.deepEqual([two.all(), world.vault.entries.size, world.store.text], [[], 0, '[]']);
      assert.equal((await world.instances(one, account)).total, 2);
    });

    it('sign out the same identity that another window remembers, too', async () => {
      const { account } = await world.signIn(one, 'session');
      await world.signIn(two, 'always');
      await one.signOut(account.id);
      two.reread();
      assert.deepEqual([one.all(), two.all(), world.vault.entries.size], [[], [], 0]);
    });
  });

  describe('where the list is damaged', () => {
    for (const damage of [undefined, 7, 'accounts', [], { accounts: [] }, { began: {}, accounts: [] }]) {
      it(`keep their accounts, and put them back (${JSON.stringify(damage) ?? 'lost'})`, async () => {
        const account = await inBoth();
        world.store.list = damage;
        one.reread();
        two.reread();
        await pause(20);
        for (const accounts of [one, two, world.accounts()]) {
          assert.deepEqual(names(accounts), ['demo-operator']);
        }
        assert.equal((await world.instances(one, account)).total, 2);
        await two.signOut(account.id);
        one.reread();
        assert.deepEqual([one.all(), world.store.text], [[], '[]']);
      });
    }

    it('keep their accounts beside those of a window that began another list', async () => {
      const account = await inBoth();
      world.store.list = 'damaged';
      const three = world.accounts();
      assert.deepEqual(three.all(), []);
      await world.signIn(three, 'always', SAMPLE.auditor);
      one.reread();
      await pause(20);
      two.reread();
      three.reread();
      for (const accounts of [one, two, three]) {
        assert.deepEqual(names(accounts).toSorted(), ['demo-auditor', 'demo-operator']);
      }
      assert.equal((await world.instances(three, account)).total, 2);
    });

    it('do not put back what was signed out from the list that they missed for a moment', async () => {
      await inBoth();
      const list = world.store.list;
      assert.ok(typeof list === 'object');
      world.store.list = undefined;
      one.reread();
      world.store.list = { ...list, accounts: [] };
      await pause(20);
      one.reread();
      assert.deepEqual([one.all(), world.store.text], [[], '[]']);
    });

    it('take the accounts of another began list only as what they are', async () => {
      const account = await inBoth();
      world.store.list = { began: 'elsewhere', accounts: [{ ...account, id: 'another:identity:here' }] };
      one.reread();
      assert.deepEqual(names(one), ['demo-operator']);
    });

    it('say that it cannot be written, and go on for this session', async () => {
      world.store.failing = true;
      const { account, notice } = await world.signIn(one);
      assert.match(notice?.text ?? '', /list of accounts could not be stored.*this session only/);
      await new Promise(setImmediate);
      assert.deepEqual([one.all()[0]?.remember, world.vault.entries.size], ['session', 0]);
      assert.equal((await world.instances(one, account)).total, 2);
      await one.signOut(account.id);
      assert.deepEqual(one.all(), []);
    });

    it('remember a refusal that cannot be stored, and a sign-out that cannot', async () => {
      const account = await inBoth();
      world.store.failing = true;
      await cloud.control.expire();
      world.now += 2 * minute;
      const fault = { kind: 'answer', status: 401, body: documented('iam', 401, 0) } as const;
      await cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault });
      await failureOf(world.projects(one, account));
      await cloud.control.clearRequests();
      await failureOf(world.projects(one, account));
      assert.deepEqual(await world.requests(), []);
      assert.ok(world.lines.includes('The list of accounts could not be stored.'));
      await assert.rejects(one.signOut(account.id), /list of accounts could not be stored. Sign out again/);
      assert.deepEqual([names(one), world.vault.entries.has(secretStoreKey(account.id))], [['demo-operator'], false]);
      world.store.failing = false;
      await one.signOut(account.id);
      assert.deepEqual([one.all(), world.store.text], [[], '[]']);
    });
  });
});
