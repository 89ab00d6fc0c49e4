import assert from 'node:assert/strict';
import { accountId } from '../../../src/accounts/accountId';
import { withDeadline } from '../../../src/accounts/deadline';
import { secretStoreKey, type SecretStore } from '../../../src/accounts/accountSecret';
import { SAMPLE } from '../../cloud/data';
import { deferred } from '../../support/deferred';
import { failureOf } from '../../support/harness';
import { MemorySecretStore } from '../../support/memoryStores';
import { useCloud } from '../../support/useCloud';

const id = accountId('demo', SAMPLE.domain.id, SAMPLE.operator.id);
const deadline = 60;

/** A vault whose calls do not come back while the door of that call is closed. */
class HangingVault implements SecretStore {
  readonly memory = new MemorySecretStore();
  readonly doors: { [Call in keyof SecretStore]?: Promise<void> } = {};

  async read(key: string): Promise<string | undefined> {
    await this.doors.read;
    return this.memory.read(key);
  }

  async write(key: string, value: string): Promise<void> {
    await this.doors.write;
    await this.memory.write(key, value);
  }

  async remove(key: string): Promise<void> {
    await this.doors.remove;
    await this.memory.remove(key);
  }
}

describe('a vault that hangs', function () {
  this.timeout(30_000);
  const t = useCloud();
  let hanging: HangingVault;
  beforeEach(async () => {
    hanging = new HangingVault();
    t.harness.secretStore = Object.assign(new MemorySecretStore(), withDeadline(hanging, deadline));
  });

  const never = deferred().promise;

  it('gives what it has where it answers in time, and its own failures', async () => {
    const vault = withDeadline(hanging, deadline);
    await vault.write('key', 'value');
    assert.equal(await vault.read('key'), 'value');
    hanging.memory.failing.add('remove');
    await assert.rejects(vault.remove('key'), /keyring is locked/);
    hanging.memory.failing.clear();
    await vault.remove('key');
    assert.equal(await vault.read('key'), undefined);
  });

  for (const call of ['read', 'write', 'remove'] as const) {
    it(`keeps nobody waiting at ${call}`, async () => {
      hanging.doors[call] = never;
      await assert.rejects(withDeadline(hanging, deadline)[call]('key', 'value'), /no answer within 60 ms/);
    });
  }

  for (const call of ['write', 'read'] as const) {
    it(`makes a sign-in one for this session only, and says so, where it hangs at ${call}`, async () => {
      hanging.doors[call] = never;
      const accounts = t.harness.accounts();
      const { account, notice } = await t.harness.signIn(accounts);
      assert.match(notice?.text ?? '', /secret storage.*this session only/);
      assert.deepEqual([account.remember, t.harness.accountStore.text], ['session', '[]']);
      assert.equal((await t.harness.listInstances(accounts, account)).total, 2);
      await accounts.signOut(id);
      assert.deepEqual(accounts.all(), []);
    });
  }

  it('leaves nothing behind where a sign-in that was given up comes in late', async () => {
    const late = deferred();
    hanging.doors.write = late.promise;
    const accounts = t.harness.accounts();
    assert.equal((await t.harness.signIn(accounts)).account.remember, 'session');
    late.resolve();
    await new Promise(setImmediate);
    assert.equal(hanging.memory.writes, 1);
    assert.equal(hanging.memory.entries.size, 0);
  });

  it('keeps a sign-in that follows one that was given up', async () => {
    const vault = withDeadline(hanging, deadline);
    const late = deferred();
    hanging.doors.write = late.promise;
    await assert.rejects(vault.write('key', 'first'));
    await vault.remove('key');
    const second = vault.write('key', 'second');
    late.resolve();
    await second;
    await new Promise(setImmediate);
    assert.equal(await vault.read('key'), 'second');
  });

  it('says that it could not be read, and is asked again by the next request', async () => {
    await t.harness.signIn(t.harness.accounts());
    hanging.doors.read = never;
    const again = t.harness.accounts();
    assert.match(
      (await failureOf(t.harness.listInstances(again, { id }))).failure.reason?.text ?? '',
      /could not be read/,
    );
    delete hanging.doors.read;
    assert.equal((await t.harness.listInstances(again, { id })).total, 2);
  });

  it('lets a list come whose renewed token it does not store', async () => {
    const accounts = t.harness.accounts();
    await t.harness.signIn(accounts);
    hanging.doors.write = never;
    assert.equal((await t.harness.listInstances(accounts, { id })).total, 2);
    assert.ok(t.harness.logLines.includes('The token could not be stored.'));
  });

  it('does not keep a sign-out waiting, which says that it is not done', async () => {
    const accounts = t.harness.accounts();
    await t.harness.signIn(accounts);
    hanging.doors.remove = never;
    await assert.rejects(accounts.signOut(id), /did not remove the sign-in. Sign out again/);
    delete hanging.doors.remove;
    await accounts.signOut(id);
    assert.deepEqual([accounts.all(), hanging.memory.entries.has(secretStoreKey(id))], [[], false]);
  });
});
