import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import { accountId } from '../../../src/accounts/accountId';
import { secretStoreKey } from '../../../src/accounts/accountSecret';
import { inProject, tokenFor } from '../../cloud/ask';
import { SAMPLE } from '../../cloud/data';
import { deferred } from '../../support/deferred';
import { east, failureOf, north } from '../../support/harness';
import { MemorySecretStore } from '../../support/memoryStores';
import { useCloud } from '../../support/useCloud';

const id = accountId('demo', SAMPLE.domain.id, SAMPLE.operator.id);

describe('what accounts keep', function () {
  this.timeout(60_000);
  const t = useCloud();

  it('says that a sign-in has vanished, and works again after the next one', async () => {
    await t.harness.signIn(t.accounts);
    t.harness.secretStore.entries.clear();
    await t.cloud.control.clearRequests();
    const again = t.harness.accounts();
    assert.equal(again.all().length, 1);
    const error = await failureOf(t.harness.listInstances(again, { id }));
    assert.equal(error.kind, 'unauthenticated');
    assert.match(error.failure.reason?.text ?? '', /no longer stored/);
    assert.deepEqual(await t.harness.requests(), []);
    await t.harness.signIn(again);
    assert.equal((await t.harness.listInstances(again, { id })).total, 2);
  });

  it('says that the vault could not be read, and reads it again on the next request', async () => {
    await t.harness.signIn(t.accounts);
    const again = t.harness.accounts();
    t.harness.secretStore.failing.add('read');
    const error = await failureOf(t.harness.listInstances(again, { id }));
    assert.equal(error.kind, 'unauthenticated');
    assert.match(error.failure.reason?.text ?? '', /could not be read/);
    t.harness.secretStore.failing.clear();
    assert.equal((await t.harness.listInstances(again, { id })).total, 2);
  });

  for (const failing of [['write'], ['write', 'remove']] as const) {
    it(`signs in for the session, and says so, where the vault refuses to ${failing.join(' and to ')}`, async () => {
      failing.forEach((what) => t.harness.secretStore.failing.add(what));
      const { account, notice } = await t.harness.signIn(t.accounts, 'always');
      assert.match(notice?.text ?? '', /this session only/);
      assert.equal(account.remember, 'session');
      assert.deepEqual(t.accounts.all(), [account]);
      assert.equal(t.harness.accountStore.text, '[]');
      assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
    });
  }

  it('signs in for the session, and says so, where the vault forgets what it took', async () => {
    t.harness.secretStore.read = async () => undefined;
    const { account, notice } = await t.harness.signIn(t.accounts, 'always');
    assert.match(notice?.text ?? '', /did not take the sign-in. It lasts for this session only/);
    await new Promise(setImmediate);
    assert.deepEqual(
      [account.remember, t.harness.accountStore.text, t.harness.secretStore.entries.size],
      ['session', '[]', 0],
    );
    assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
  });

  it('says that an earlier sign-in could not be removed where the user wants this session only', async () => {
    await t.harness.signIn(t.accounts, 'always');
    t.harness.secretStore.failing.add('remove');
    const { account, notice } = await t.harness.signIn(t.accounts, 'session');
    assert.match(notice?.text ?? '', /did not remove the earlier sign-in/);
    assert.deepEqual([account.remember, t.harness.accountStore.text], ['session', '[]']);
    await assert.rejects(t.accounts.signOut(id), /did not remove the sign-in/);
    t.harness.secretStore.failing.clear();
    await t.accounts.signOut(id);
    assert.deepEqual([t.accounts.all(), t.harness.secretStore.entries.size], [[], 0]);
  });

  it('reads several accounts at once, each when it is first needed', async () => {
    const { account: first } = await t.harness.signIn(t.accounts);
    const { account: second } = await t.harness.signIn(t.accounts, 'always', SAMPLE.auditor);
    const again = t.harness.accounts();
    const read = t.harness.secretStore.read.bind(t.harness.secretStore);
    const late = deferred();
    const asked: string[] = [];
    t.harness.secretStore.read = async (key) => {
      asked.push(key);
      await late.promise;
      return read(key);
    };
    assert.deepEqual(asked, []);
    const both = Promise.all([first, second].map((account) => t.harness.listProjects(again, account)));
    // The client is loaded first.
    while (asked.length < 2) {
      await new Promise(setImmediate);
    }
    assert.deepEqual(new Set(asked), new Set([first, second].map((account) => secretStoreKey(account.id))));
    assert.equal(asked.length, 2);
    late.resolve();
    await both;
    await Promise.all([first, second].map((account) => t.harness.listProjects(again, account)));
    assert.equal(asked.length, 2);
  });

  it('leaves the secrets of an account that is in no list until it signs out again', async () => {
    await t.harness.signIn(t.accounts);
    t.harness.accountStore.list = undefined;
    const again = t.harness.accounts();
    assert.deepEqual(again.all(), []);
    assert.equal(t.harness.secretStore.entries.size, 1);
    await t.harness.signIn(again, 'session');
    assert.equal(t.harness.secretStore.entries.size, 1);
    await again.signOut(id);
    assert.equal(t.harness.secretStore.entries.size, 0);
  });

  it('goes on when a renewed token cannot be stored', async () => {
    await t.harness.signIn(t.accounts, 'always');
    t.harness.secretStore.failing.add('write');
    assert.equal((await t.harness.listInstances(t.accounts, { id })).total, 2);
    assert.ok(t.harness.logLines.includes('The token could not be stored.'));
  });

  it('stores no token that has ended', async () => {
    await t.cloud.control.tokenLife(3600);
    await t.harness.signIn(t.accounts, 'always');
    await t.harness.listInstances(t.accounts, { id }, north);
    await t.cloud.control.tokenLife(86_400);
    t.harness.now += 2 * 3_600_000;
    await t.harness.listInstances(t.accounts, { id }, east);
    assert.deepEqual(Object.keys(t.harness.storedSecret({ id })?.tokens ?? {}), [`project:${east.id}`]);
  });

  it('removes every trace at sign-out', async () => {
    const { account } = await t.harness.signIn(t.accounts, 'always');
    await t.harness.listInstances(t.accounts, account);
    await t.accounts.signOut(id);
    await t.accounts.signOut(id);
    assert.deepEqual(
      [t.accounts.all(), t.harness.secretStore.entries.size, t.harness.accountStore.text],
      [[], 0, '[]'],
    );
    assert.equal(t.accounts.client(id), undefined);
  });

  it('keeps the account in the list where the vault does not let go, and asks nothing more for it', async () => {
    const { account } = await t.harness.signIn(t.accounts, 'always');
    t.harness.secretStore.failing.add('remove');
    await assert.rejects(t.accounts.signOut(id), /did not remove the sign-in/);
    assert.deepEqual(
      t.harness
        .accounts()
        .all()
        .map((kept) => [kept.id, kept.refused]),
      [[id, true]],
    );
    await t.cloud.control.clearRequests();
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'unauthenticated');
    assert.deepEqual(await t.harness.requests(), []);
    t.harness.secretStore.failing.clear();
    await t.accounts.signOut(id);
    assert.deepEqual(
      [t.accounts.all(), t.harness.secretStore.entries.size, t.harness.accountStore.text],
      [[], 0, '[]'],
    );
  });

  it('cancels pending requests at sign-out', async () => {
    await t.harness.signIn(t.accounts, 'always');
    await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: { kind: 'hang' } });
    const waiting = failureOf(t.harness.listInstances(t.accounts, { id }));
    while ((await t.harness.requests('signIns')).length < 2) {
      // It is on its way.
    }
    await t.accounts.signOut(id);
    assert.equal((await waiting).kind, 'cancelled');
    assert.deepEqual([t.harness.secretStore.entries.size, t.harness.accountStore.text], [0, '[]']);
  });

  it('writes nothing back when a token is on its way into the vault at sign-out', async () => {
    await t.harness.signIn(t.accounts, 'always');
    const slow = deferred();
    t.harness.secretStore.slow = slow.promise;
    const waiting = Promise.allSettled([
      t.harness.listInstances(t.accounts, { id }),
      t.harness.listInstances(t.accounts, { id }, east),
    ]);
    while ((await t.harness.requests('signIns')).length < 3) {
      // Both tokens are asked for; their answers wait for the vault.
    }
    const out = t.accounts.signOut(id);
    slow.resolve();
    await Promise.all([out, waiting]);
    assert.deepEqual([t.harness.secretStore.entries.size, t.harness.accountStore.text], [0, '[]']);
  });

  it('cancels all requests when the window closes, and keeps stored secrets', async () => {
    await t.harness.signIn(t.accounts, 'always');
    t.accounts.close();
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, { id }))).kind, 'cancelled');
    assert.equal(t.harness.secretStore.entries.size, 1);
  });

  it('lets a late reading of the vault not undo a new sign-in', async () => {
    await t.harness.signIn(t.accounts, 'always');
    const generation = t.accounts.all()[0]?.generation;
    const stale = JSON.stringify({ version: 2, generation, password: 'outdated', tokens: {} });
    for (const outcome of ['fails', 'comes'] as const) {
      const late = deferred();
      t.harness.secretStore = Object.assign(new MemorySecretStore(), {
        async read(): Promise<string> {
          await late.promise;
          return outcome === 'comes' ? stale : assert.fail('The keyring is locked');
        },
      });
      const again = t.harness.accounts();
      const waiting = Promise.allSettled([t.harness.listInstances(again, { id })]);
      const { account } = await t.harness.signIn(again, 'session');
      late.resolve();
      await waiting;
      assert.equal((await t.harness.listInstances(again, account)).total, 2, outcome);
      assert.equal(again.all()[0]?.refused, undefined, outcome);
    }
  });

  it('recognises a project token, whatever the project is called', async () => {
    const { account } = await t.harness.signInWithToken(t.accounts, await tokenFor(t.cloud.url, inProject(north)));
    const odd = { ...north, id: '__proto__' };
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account, odd))).kind, 'forbidden');
    assert.equal(
      (await failureOf(t.harness.listInstances(t.accounts, account, { ...north, id: 'constructor' }))).kind,
      'forbidden',
    );
  });

  describe('after something else wrote there', () => {
    let account: Account;
    beforeEach(async () => {
      ({ account } = await t.harness.signIn(t.accounts));
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
          t.harness.accountStore.list = list;
          assert.deepEqual(t.harness.accounts().all(), [], JSON.stringify(list));
        }
      }
      t.harness.accountStore.list = { began: 'once', accounts: [null, { ...account, extra: 1 }, account] };
      assert.deepEqual(t.harness.accounts().all(), [account]);
    });

    it('takes a vault entry of no known shape for none', async () => {
      const token = { value: 'MII', expires: t.harness.now + 1e9 };
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
        t.harness.secretStore.entries.set(secretStoreKey(id), entry);
        const error = await failureOf(t.harness.listInstances(t.harness.accounts(), account));
        assert.equal(error.kind, 'unauthenticated', entry);
        assert.match(error.failure.reason?.text ?? '', /no longer stored/, entry);
      }
    });
  });
});
