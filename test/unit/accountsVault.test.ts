import assert from 'node:assert/strict';
import { accountId, type Account } from '../../src/accounts/account';
import type { Accounts } from '../../src/accounts/accounts';
import { secretStoreKey } from '../../src/accounts/accountSecret';
import { inProject, tokenFor } from '../cloud/ask';
import { SAMPLE } from '../cloud/data';
import { startStandIn, type StandIn } from '../cloud/start';
import { MemoryVault, World, door, east, failureOf, north } from './world';

const id = accountId('demo', SAMPLE.domain.id, SAMPLE.operator.id);

describe('what accounts keep', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let world: World;
  let accounts: Accounts;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    world = new World(cloud);
    accounts = world.accounts();
  });

  it('says that a sign-in has vanished, and works again after the next one', async () => {
    await world.signIn(accounts);
    world.vault.entries.clear();
    await cloud.control.clearRequests();
    const again = world.accounts();
    assert.equal(again.all().length, 1);
    const error = await failureOf(world.instances(again, { id }));
    assert.equal(error.kind, 'unauthenticated');
    assert.match(error.failure.reason?.text ?? '', /no longer stored/);
    assert.deepEqual(await world.requests(), []);
    await world.signIn(again);
    assert.equal((await world.instances(again, { id })).total, 2);
  });

  it('says that the vault could not be read, and reads it again on the next request', async () => {
    await world.signIn(accounts);
    const again = world.accounts();
    world.vault.failing.add('read');
    const error = await failureOf(world.instances(again, { id }));
    assert.equal(error.kind, 'unauthenticated');
    assert.match(error.failure.reason?.text ?? '', /could not be read/);
    world.vault.failing.clear();
    assert.equal((await world.instances(again, { id })).total, 2);
  });

  for (const failing of [['write'], ['write', 'remove']] as const) {
    it(`signs in for the session, and says so, where the vault refuses to ${failing.join(' and to ')}`, async () => {
      failing.forEach((what) => world.vault.failing.add(what));
      const { account, notice } = await world.signIn(accounts, 'always');
      assert.match(notice?.text ?? '', /this session only/);
      assert.equal(account.remember, 'session');
      assert.deepEqual(accounts.all(), [account]);
      assert.equal(world.store.text, '[]');
      assert.equal((await world.instances(accounts, account)).total, 2);
    });
  }

  it('signs in for the session, and says so, where the vault forgets what it took', async () => {
    world.vault.read = async () => undefined;
    const { account, notice } = await world.signIn(accounts, 'always');
    assert.match(notice?.text ?? '', /did not take the sign-in. It lasts for this session only/);
    await new Promise(setImmediate);
    assert.deepEqual([account.remember, world.store.text, world.vault.entries.size], ['session', '[]', 0]);
    assert.equal((await world.instances(accounts, account)).total, 2);
  });

  it('says that an earlier sign-in could not be removed where the user wants this session only', async () => {
    await world.signIn(accounts, 'always');
    world.vault.failing.add('remove');
    const { account, notice } = await world.signIn(accounts, 'session');
    assert.match(notice?.text ?? '', /did not remove the earlier sign-in/);
    assert.deepEqual([account.remember, world.store.text], ['session', '[]']);
    await assert.rejects(accounts.signOut(id), /did not remove the sign-in/);
    world.vault.failing.clear();
    await accounts.signOut(id);
    assert.deepEqual([accounts.all(), world.vault.entries.size], [[], 0]);
  });

  it('reads several accounts at once, each when it is first needed', async () => {
    const { account: first } = await world.signIn(accounts);
    const { account: second } = await world.signIn(accounts, 'always', SAMPLE.auditor);
    const again = world.accounts();
    const read = world.vault.read.bind(world.vault);
    const late = door();
    const asked: string[] = [];
    world.vault.read = async (key) => {
      asked.push(key);
      await late.opened;
      return read(key);
    };
    assert.deepEqual(asked, []);
    const both = Promise.all([first, second].map((account) => world.projects(again, account)));
    await new Promise(setImmediate);
    assert.deepEqual(new Set(asked), new Set([first, second].map((account) => secretStoreKey(account.id))));
    assert.equal(asked.length, 2);
    late.open();
    await both;
    await Promise.all([first, second].map((account) => world.projects(again, account)));
    assert.equal(asked.length, 2);
  });

  it('leaves what an account that is in no list left behind until it signs out again', async () => {
    await world.signIn(accounts);
    world.store.list = undefined;
    const again = world.accounts();
    assert.deepEqual(again.all(), []);
    assert.equal(world.vault.entries.size, 1);
    await world.signIn(again, 'session');
    assert.equal(world.vault.entries.size, 1);
    await again.signOut(id);
    assert.equal(world.vault.entries.size, 0);
  });

  it('goes on when a renewed token cannot be stored', async () => {
    await world.signIn(accounts, 'always');
    world.vault.failing.add('write');
    assert.equal((await world.instances(accounts, { id })).total, 2);
    assert.ok(world.lines.includes('The token could not be stored.'));
  });

  it('stores no token that has ended', async () => {
    await cloud.control.tokenLife(3600);
    await world.signIn(accounts, 'always');
    await world.instances(accounts, { id }, north);
    await cloud.control.tokenLife(86_400);
    world.now += 2 * 3_600_000;
    await world.instances(accounts, { id }, east);
    assert.deepEqual(Object.keys(world.kept({ id })?.tokens ?? {}), [`project:${east.id}`]);
  });

  it('removes every trace at sign-out', async () => {
    const { account } = await world.signIn(accounts, 'always');
    await world.instances(accounts, account);
    await accounts.signOut(id);
    await accounts.signOut(id);
    assert.deepEqual([accounts.all(), world.vault.entries.size, world.store.text], [[], 0, '[]']);
    assert.equal(accounts.client(id), undefined);
  });

  it('keeps the account in the list where the vault does not let go, and asks nothing more for it', async () => {
    const { account } = await world.signIn(accounts, 'always');
    world.vault.failing.add('remove');
    await assert.rejects(accounts.signOut(id), /did not remove the sign-in/);
    assert.deepEqual(
      world
        .accounts()
        .all()
        .map((kept) => [kept.id, kept.refused]),
      [[id, true]],
    );
    await cloud.control.clearRequests();
    assert.equal((await failureOf(world.instances(accounts, account))).kind, 'unauthenticated');
    assert.deepEqual(await world.requests(), []);
    world.vault.failing.clear();
    await accounts.signOut(id);
    assert.deepEqual([accounts.all(), world.vault.entries.size, world.store.text], [[], 0, '[]']);
  });

  it('gives up what is under way at sign-out', async () => {
    await world.signIn(accounts, 'always');
    await cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: { kind: 'hang' } });
    const waiting = failureOf(world.instances(accounts, { id }));
    while ((await world.requests('signIns')).length < 2) {
      // It is on its way.
    }
    await accounts.signOut(id);
    assert.equal((await waiting).kind, 'cancelled');
    assert.deepEqual([world.vault.entries.size, world.store.text], [0, '[]']);
  });

  it('writes nothing back when a token is on its way into the vault at sign-out', async () => {
    await world.signIn(accounts, 'always');
    const slow = door();
    world.vault.slow = slow.opened;
    const waiting = Promise.allSettled([world.instances(accounts, { id }), world.instances(accounts, { id }, east)]);
    while ((await world.requests('signIns')).length < 3) {
      // Both tokens are asked for; their answers wait for the vault.
    }
    const out = accounts.signOut(id);
    slow.open();
    await Promise.all([out, waiting]);
    assert.deepEqual([world.vault.entries.size, world.store.text], [0, '[]']);
  });

  it('gives up every request when the window closes, and keeps what is stored', async () => {
    await world.signIn(accounts, 'always');
    accounts.close();
    assert.equal((await failureOf(world.instances(accounts, { id }))).kind, 'cancelled');
    assert.equal(world.vault.entries.size, 1);
  });

  it('lets a late reading of the vault not undo a new sign-in', async () => {
    await world.signIn(accounts, 'always');
    const generation = accounts.all()[0]?.generation;
    const stale = JSON.stringify({ version: 2, generation, password: 'outdated', tokens: {} });
    for (const outcome of ['fails', 'comes'] as const) {
      const late = door();
      world.vault = Object.assign(new MemoryVault(), {
        async read(): Promise<string> {
          await late.opened;
          return outcome === 'comes' ? stale : assert.fail('The keyring is locked');
        },
      });
      const again = world.accounts();
      const waiting = Promise.allSettled([world.instances(again, { id })]);
      const { account } = await world.signIn(again, 'session');
      late.open();
      await waiting;
      assert.equal((await world.instances(again, account)).total, 2, outcome);
      assert.equal(again.all()[0]?.refused, undefined, outcome);
    }
  });

  it('takes a project token for what it is, whatever the project is called', async () => {
    const { account } = await world.withToken(accounts, await tokenFor(cloud.url, inProject(north)));
    const odd = { ...north, id: '__proto__' };
    assert.equal((await failureOf(world.instances(accounts, account, odd))).kind, 'forbidden');
    assert.equal(
      (await failureOf(world.instances(accounts, account, { ...north, id: 'constructor' }))).kind,
      'forbidden',
    );
  });

  describe('after something else wrote there', () => {
    let account: Account;
    beforeEach(async () => {
      ({ account } = await world.signIn(accounts));
    });

    it('ignores accounts of no known shape', () => {
      const wrong: unknown[] = [
        undefined,
        null,
        7,
        'account',
        {},
        { accounts: [account] },
        [null, 7, [], {}, { ...account, accepted: 'https://evil.example' }, { ...account, remember: 'forever' }],
        [
          { ...account, user: { id: account.user.id } },
          { ...account, signIn: 'certificate' },
        ],
        // An ID that is not its identity's could reach another account's secret or site.
        [
          { ...account, id: '%' },
          { ...account, id: '__proto__' },
          { ...account, site: 'cn' },
        ],
      ];
      for (const stored of wrong) {
        for (const list of [stored, { began: 'once', accounts: stored }, { began: 7, accounts: stored }]) {
          world.store.list = list;
          assert.deepEqual(world.accounts().all(), [], JSON.stringify(list));
        }
      }
      world.store.list = { began: 'once', accounts: [null, { ...account, extra: 1 }, account] };
      assert.deepEqual(world.accounts().all(), [account]);
    });

    it('takes a vault entry of no known shape for none', async () => {
      const token = { value: 'MII', expires: world.now + 1e9 };
      const wrong: unknown[] = [
        {},
        { version: 3, tokens: {} },
        { version: 2, tokens: {} },
        { version: 2, generation: account.generation, keys: { access: 'AK' }, tokens: {} },
        { version: 2, generation: 'of another sign-in', tokens: { account: token } },
        { version: 1, tokens: {} },
        { version: 2, generation: account.generation, tokens: { account: { ...token, value: 7 } } },
        { version: 2, generation: account.generation, tokens: { account: 'MII' } },
        { version: 2, generation: account.generation, password: {}, tokens: {} },
      ];
      for (const entry of ['', '{', 'null', '[]', ...wrong.map((each) => JSON.stringify(each))]) {
        world.vault.entries.set(secretStoreKey(id), entry);
        const error = await failureOf(world.instances(world.accounts(), account));
        assert.equal(error.kind, 'unauthenticated', entry);
        assert.match(error.failure.reason?.text ?? '', /no longer stored/, entry);
      }
    });
  });
});
