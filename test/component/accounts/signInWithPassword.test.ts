import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { accountId } from '../../../src/accounts/accountId';
import { secretStoreKey } from '../../../src/accounts/accountSecret';
import { SAMPLE } from '../../cloud/data';
import { east, failureOf, north } from '../../support/harness';
import { signInWithPassword } from '../../../src/accounts/methods/password';
import { useCloud } from '../../support/useCloud';

const id = accountId('demo', SAMPLE.domain.id, SAMPLE.operator.id);

describe('signing in with a password', function () {
  this.timeout(60_000);
  const t = useCloud();

  it('gives an account, with one request', async () => {
    const { account, notice } = await t.harness.signIn(t.accounts);
    assert.deepEqual(
      [account.id, account.site, account.user.name, account.domain, account.signIn],
      [id, 'demo', SAMPLE.user, SAMPLE.domain, 'password'],
    );
    assert.equal(notice, undefined);
    assert.deepEqual(t.accounts.all(), [account]);
    assert.ok(t.harness.changeCount > 0);
    const log = await t.harness.requests();
    assert.deepEqual(
      log.map(({ method, path, query }) => `${method} ${path}${query}`),
      ['POST /v3/auth/tokens?nocatalog=true'],
    );
  });

  it('stores nothing after a wrong password, and asks once', async () => {
    const error = await failureOf(t.harness.signIn(t.accounts, 'always', { name: SAMPLE.user, password: 'no' }));
    assert.deepEqual([error.kind, error.failure.status], ['unauthenticated', 401]);
    assert.equal((await t.harness.requests()).length, 1);
    assert.deepEqual(
      [t.accounts.all(), t.harness.secretStore.entries.size, t.harness.accountStore.text],
      [[], 0, '[]'],
    );
    assert.equal(t.accounts.client(id), undefined);
  });

  it('leaves a signed-in account as it was when signing in again fails', async () => {
    await t.harness.signIn(t.accounts);
    const before = t.harness.secretStore.entries.get(secretStoreKey(id));
    await failureOf(t.harness.signIn(t.accounts, 'session', { name: SAMPLE.user, password: 'no' }));
    assert.equal(t.harness.secretStore.entries.get(secretStoreKey(id)), before);
    assert.equal((await t.harness.listInstances(t.accounts, { id })).total, 2);
  });

  it('sends nothing once the user gave up', async () => {
    const who = { accountName: SAMPLE.domain.name, userName: SAMPLE.user, password: SAMPLE.password };
    const error = await failureOf(signInWithPassword(t.accounts, t.harness.site(), who, 'always', AbortSignal.abort()));
    assert.equal(error.kind, 'cancelled');
    assert.deepEqual([await t.harness.requests(), t.accounts.all()], [[], []]);
  });

  it('is given up when the extension ends', async () => {
    await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: { kind: 'hang' } });
    const failure = failureOf(t.harness.signIn(t.accounts));
    while ((await t.cloud.control.underWay()) === 0) {
      await pause(5);
    }
    t.accounts.close();
    assert.equal((await failure).kind, 'cancelled');
    assert.equal((await failureOf(t.harness.signIn(t.accounts))).kind, 'cancelled');
    assert.deepEqual([t.accounts.all(), t.harness.accountStore.text], [[], '[]']);
  });

  it('remembers password and tokens if the choice is "always"', async () => {
    await t.harness.signIn(t.accounts, 'always');
    await t.harness.listInstances(t.accounts, { id });
    const kept = t.harness.storedSecret({ id });
    assert.equal(kept?.password, SAMPLE.password);
    assert.deepEqual(Object.keys(kept.tokens), ['account', `project:${north.id}`]);
    assert.ok(!t.harness.accountStore.text.includes(SAMPLE.password) && !t.harness.accountStore.text.includes('MII'));
  });

  it('remembers tokens only if the choice is "until the token expires"', async () => {
    await t.harness.signIn(t.accounts, 'untilExpiry');
    await t.harness.listInstances(t.accounts, { id });
    assert.deepEqual(Object.keys(t.harness.storedSecret({ id })?.tokens ?? {}), ['account', `project:${north.id}`]);
    assert.ok(!t.harness.secretStore.entries.get(secretStoreKey(id))?.includes(SAMPLE.password));
  });

  it('leaves no trace if the choice is "this session only", and removes that of an earlier sign-in', async () => {
    await t.harness.signIn(t.accounts, 'always');
    assert.equal(t.harness.secretStore.entries.size, 1);
    await t.harness.signIn(t.accounts, 'session');
    assert.deepEqual([t.harness.secretStore.entries.size, t.harness.accountStore.text], [0, '[]']);
    await t.harness.listInstances(t.accounts, { id });
    assert.deepEqual([t.harness.secretStore.entries.size, t.harness.accountStore.text], [0, '[]']);
    assert.deepEqual(t.harness.accounts().all(), []);
  });

  it('reads no secret and asks nothing when a window starts', async () => {
    await t.harness.signIn(t.accounts);
    await t.cloud.control.clearRequests();
    t.harness.secretStore.reads = 0;
    assert.deepEqual(t.harness.accounts().all(), t.accounts.all());
    assert.deepEqual([t.harness.secretStore.reads, await t.harness.requests()], [0, []]);
  });

  it('works after a restart without another sign-in', async () => {
    await t.harness.signIn(t.accounts, 'always');
    await t.cloud.control.clearRequests();
    t.harness.secretStore.reads = 0;
    const again = t.harness.accounts();
    assert.equal((await t.harness.listProjects(again, { id })).rows.length, SAMPLE.projects.length);
    assert.deepEqual([await t.harness.requests('signIns'), t.harness.secretStore.reads], [[], 1]);
    assert.equal((await t.harness.listInstances(again, { id })).total, 2);
    assert.equal((await t.harness.listInstances(again, { id })).total, 2);
    assert.equal((await t.harness.requests('signIns')).length, 1);
    // Another window may have got the token, which is looked for before the password is sent.
    assert.equal(t.harness.secretStore.reads, 2);
  });

  it('works after a restart from tokens alone, exchanging them for projects, until they expire', async () => {
    await t.harness.signIn(t.accounts, 'untilExpiry');
    await t.harness.listInstances(t.accounts, { id }, north);
    await t.cloud.control.clearRequests();
    const again = t.harness.accounts();
    assert.equal((await t.harness.listInstances(again, { id }, north)).total, 2);
    assert.deepEqual(await t.harness.requests('signIns'), []);
    assert.equal((await t.harness.listInstances(again, { id }, east)).total, 130);
    assert.equal((await t.harness.requests('signIns')).length, 1);
    t.harness.now += 25 * 3_600_000;
    for (const work of [t.harness.listProjects(again, { id }), t.harness.listInstances(again, { id }, east)]) {
      assert.equal((await failureOf(work)).kind, 'unauthenticated');
    }
    assert.equal((await t.harness.requests('signIns')).length, 1);
    assert.equal(again.all()[0]?.refused, undefined);
  });

  it('asks for nothing that it cannot get when stored tokens alone are refused', async () => {
    await t.harness.signIn(t.accounts, 'untilExpiry');
    const again = t.harness.accounts();
    await t.cloud.control.expire();
    await t.cloud.control.clearRequests();
    assert.equal((await failureOf(t.harness.listProjects(again, { id }))).kind, 'unauthenticated');
    assert.deepEqual(await t.harness.requests('signIns'), []);
    assert.equal((await failureOf(t.harness.listInstances(again, { id }))).kind, 'unauthenticated');
    assert.equal((await t.harness.requests('signIns')).length, 1);
    assert.equal(again.all()[0]?.refused, undefined);
  });

  it('updates the account when the same identity signs in again', async () => {
    await t.harness.signIn(t.accounts, 'always');
    await t.harness.signIn(t.accounts, 'untilExpiry');
    assert.deepEqual(
      t.accounts.all().map(({ remember }) => remember),
      ['untilExpiry'],
    );
    assert.deepEqual([t.harness.secretStore.entries.size, t.harness.accounts().all().length], [1, 1]);
    assert.equal(t.harness.storedSecret({ id })?.password, undefined);
  });

  it('keeps several accounts side by side, each with its own tokens', async () => {
    const { account: first } = await t.harness.signIn(t.accounts);
    const { account: second } = await t.harness.signIn(t.accounts, 'always', SAMPLE.auditor);
    assert.notEqual(first.id, second.id);
    await Promise.all([t.harness.listInstances(t.accounts, first), t.harness.listInstances(t.accounts, second)]);
    const used = (await t.harness.requests()).filter(({ path }) => path.startsWith('/roma/'));
    assert.equal(new Set(used.map(({ headers }) => headers.token)).size, 2);
    await t.accounts.signOut(first.id);
    assert.deepEqual(t.accounts.all(), [second]);
    assert.deepEqual([...t.harness.secretStore.entries.keys()], [secretStoreKey(second.id)]);
    assert.equal((await t.harness.listInstances(t.accounts, second)).total, 2);
    assert.deepEqual(t.harness.accounts().all(), [second]);
  });
});
