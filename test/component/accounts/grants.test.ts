import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { failureOf } from '../../support/harness';
import { useCloud } from '../../support/useCloud';

/** Which projects' tokens other extensions may have, in two windows. */
describe('grants of projects’ tokens', function () {
  this.timeout(30_000);
  const t = useCloud();
  let one: Accounts;
  let two: Accounts;
  let account: Account;
  beforeEach(async () => {
    [one, two] = [t.harness.accounts(), t.harness.accounts()];
    ({ account } = await t.harness.signIn(one));
    two.reread();
  });

  const granted = (accounts: Accounts): readonly string[] => {
    accounts.reread();
    const [own] = accounts.all();
    return own ? accounts.granted(own) : [];
  };
  const inAll = (): readonly (readonly string[])[] => [one, two, t.harness.accounts()].map(granted);

  it('are known in both, and after a restart', async () => {
    await one.grant(account, 'a');
    await one.grant(account, 'a');
    assert.deepEqual(inAll(), [['a'], ['a'], ['a']]);
  });

  it('are gone in both once one revoked them, whatever the other writes then', async () => {
    await one.grant(account, 'a');
    await one.grant(account, 'b');
    assert.deepEqual(granted(two), ['a', 'b']);
    await one.revoke(account, 'a');
    // It has not looked since.
    await two.change(account.id, { label: 'mine' });
    await two.grant(account, 'c');
    assert.deepEqual(inAll(), [
      ['b', 'c'],
      ['b', 'c'],
      ['b', 'c'],
    ]);
    await t.harness.signIn(two);
    assert.deepEqual(inAll()[2], ['b', 'c']);
  });

  it('keep what both change at the same moment', async () => {
    await one.grant(account, 'a');
    await Promise.all([
      one.revoke(account, 'a'),
      two.grant(account, 'b'),
      t.harness.signIn(two),
      one.grant(account, 'c'),
    ]);
    assert.deepEqual(
      inAll().map((all) => all.toSorted()),
      [
        ['b', 'c'],
        ['b', 'c'],
        ['b', 'c'],
      ],
    );
  });

  it('are reported once in each window', async () => {
    await one.grant(account, 'a');
    const { changeCount } = t.harness;
    two.reread();
    two.reread();
    assert.equal(t.harness.changeCount, changeCount + 1);
  });

  it('go with the account', async () => {
    await one.grant(account, 'a');
    await two.signOut(account.id);
    assert.deepEqual(inAll(), [[], [], []]);
    assert.ok(!JSON.stringify(t.harness.accountStore.list).includes(account.id));
    await t.harness.signIn(one);
    assert.deepEqual(inAll(), [[], [], []]);
  });

  for (const remember of ['session', 'untilExpiry'] as const) {
    it(`of an account that is signed in again (${remember}) are ${remember === 'session' ? 'asked for again' : 'kept'}`, async () => {
      await one.grant(account, 'a');
      await t.harness.signIn(one, remember);
      assert.deepEqual(granted(one), remember === 'session' ? [] : ['a']);
    });
  }

  it('of this session only are in no list, and end with it', async () => {
    const { account: own } = await t.harness.signIn(one, 'session');
    const { writes } = t.harness.accountStore;
    await one.grant(own, 'a');
    assert.deepEqual([granted(one), granted(two), t.harness.accountStore.writes], [['a'], [], writes]);
    await one.revoke(own, 'a');
    await one.grant(own, 'b');
    assert.deepEqual(granted(one), ['b']);
    await t.harness.signIn(one, 'always');
    assert.deepEqual(inAll(), [[], [], []]);
  });

  it('are not restored from the memory of a window if the list is damaged', async () => {
    await one.grant(account, 'a');
    assert.deepEqual(granted(two), ['a']);
    await one.revoke(account, 'a');
    t.harness.accountStore.list = 'damaged';
    // It knows an older list.
    await two.change(account.id, { label: 'mine' });
    assert.deepEqual(inAll(), [[], [], []]);
    assert.equal(t.harness.accounts().all()[0]?.label, 'mine');
  });

  for (const grants of [7, 'a', { x: 1 }, [['a']]]) {
    it(`count as none where they are ${JSON.stringify(grants)}, and the accounts stay`, async () => {
      t.harness.accountStore.list = Object.assign({}, t.harness.accountStore.list, { grants, attempts: grants });
      assert.deepEqual(inAll(), [[], [], []]);
      await two.grant(account, 'a');
      assert.deepEqual(inAll(), [['a'], ['a'], ['a']]);
    });
  }

  it('are for this session where the list cannot be written, and revoking says that it could not', async () => {
    await one.grant(account, 'a');
    t.harness.accountStore.failing = true;
    await one.grant(account, 'b');
    assert.deepEqual([granted(one), granted(two)], [['a', 'b'], ['a']]);
    const error = await failureOf(one.revoke(account, 'a'));
    assert.match(error.failure.reason?.text ?? '', /could not be stored. Try again/);
    await failureOf(one.revoke(account, 'b'));
    assert.deepEqual(granted(one), ['a']);
    t.harness.accountStore.failing = false;
    await one.revoke(account, 'a');
    assert.deepEqual(inAll(), [[], [], []]);
  });
});
