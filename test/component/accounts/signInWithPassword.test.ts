import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { accountId } from '../../../src/accounts/accountId';
import type { Accounts } from '../../../src/accounts/accounts';
import { secretStoreKey } from '../../../src/accounts/accountSecret';
import { SAMPLE } from '../../cloud/data';
import { startStandIn, type StandIn } from '../../cloud/start';
import { east, failureOf, Harness, north } from '../../support/harness';
import { signInWithPassword } from '../../../src/accounts/methods/password';

const id = accountId('demo', SAMPLE.domain.id, SAMPLE.operator.id);

describe('signing in with a password', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let harness: Harness;
  let accounts: Accounts;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
    accounts = harness.accounts();
  });

  it('gives an account, with one request', async () => {
    const { account, notice } = await harness.signIn(accounts);
    assert.deepEqual(
      [account.id, account.site, account.user.name, account.domain, account.signIn],
      [id, 'demo', SAMPLE.user, SAMPLE.domain, 'password'],
    );
    assert.equal(notice, undefined);
    assert.deepEqual(accounts.all(), [account]);
    assert.ok(harness.changeCount > 0);
    const log = await harness.requests();
    assert.deepEqual(
      log.map(({ method, path, query }) => `${method} ${path}${query}`),
      ['POST /v3/auth/tokens?nocatalog=true'],
    );
  });

  it('stores nothing after a wrong password, and asks once', async () => {
    const error = await failureOf(harness.signIn(accounts, 'always', { name: SAMPLE.user, password: 'no' }));
    assert.deepEqual([error.kind, error.failure.status], ['unauthenticated', 401]);
    assert.equal((await harness.requests()).length, 1);
    assert.deepEqual([accounts.all(), harness.secretStore.entries.size, harness.accountStore.text], [[], 0, '[]']);
    assert.equal(accounts.client(id), undefined);
  });

  it('leaves a signed-in account as it was when signing in again fails', async () => {
    await harness.signIn(accounts);
    const before = harness.secretStore.entries.get(secretStoreKey(id));
    await failureOf(harness.signIn(accounts, 'session', { name: SAMPLE.user, password: 'no' }));
    assert.equal(harness.secretStore.entries.get(secretStoreKey(id)), before);
    assert.equal((await harness.listInstances(accounts, { id })).total, 2);
  });

  it('sends nothing once the user gave up', async () => {
    const who = { accountName: SAMPLE.domain.name, userName: SAMPLE.user, password: SAMPLE.password };
    const error = await failureOf(signInWithPassword(accounts, harness.site(), who, 'always', AbortSignal.abort()));
    assert.equal(error.kind, 'cancelled');
    assert.deepEqual([await harness.requests(), accounts.all()], [[], []]);
  });

  it('is given up when the extension ends', async () => {
    await cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: { kind: 'hang' } });
    const failure = failureOf(harness.signIn(accounts));
    while ((await cloud.control.underWay()) === 0) {
      await pause(5);
    }
    accounts.close();
    assert.equal((await failure).kind, 'cancelled');
    assert.equal((await failureOf(harness.signIn(accounts))).kind, 'cancelled');
    assert.deepEqual([accounts.all(), harness.accountStore.text], [[], '[]']);
  });

  it('remembers password and tokens if the choice is "always"', async () => {
    await harness.signIn(accounts, 'always');
    await harness.listInstances(accounts, { id });
    const kept = harness.storedSecret({ id });
    assert.equal(kept?.password, SAMPLE.password);
    assert.deepEqual(Object.keys(kept.tokens), ['account', `project:${north.id}`]);
    assert.ok(!harness.accountStore.text.includes(SAMPLE.password) && !harness.accountStore.text.includes('MII'));
  });

  it('remembers tokens only if the choice is "until the token expires"', async () => {
    await harness.signIn(accounts, 'untilExpiry');
    await harness.listInstances(accounts, { id });
    assert.deepEqual(Object.keys(harness.storedSecret({ id })?.tokens ?? {}), ['account', `project:${north.id}`]);
    assert.ok(!harness.secretStore.entries.get(secretStoreKey(id))?.includes(SAMPLE.password));
  });

  it('leaves no trace if the choice is "this session only", and removes that of an earlier sign-in', async () => {
    await harness.signIn(accounts, 'always');
    assert.equal(harness.secretStore.entries.size, 1);
    await harness.signIn(accounts, 'session');
    assert.deepEqual([harness.secretStore.entries.size, harness.accountStore.text], [0, '[]']);
    await harness.listInstances(accounts, { id });
    assert.deepEqual([harness.secretStore.entries.size, harness.accountStore.text], [0, '[]']);
    assert.deepEqual(harness.accounts().all(), []);
  });

  it('reads no secret and asks nothing when a window starts', async () => {
    await harness.signIn(accounts);
    await cloud.control.clearRequests();
    harness.secretStore.reads = 0;
    assert.deepEqual(harness.accounts().all(), accounts.all());
    assert.deepEqual([harness.secretStore.reads, await harness.requests()], [0, []]);
  });

  it('works after a restart without another sign-in', async () => {
    await harness.signIn(accounts, 'always');
    await cloud.control.clearRequests();
    harness.secretStore.reads = 0;
    const again = harness.accounts();
    assert.equal((await harness.listProjects(again, { id })).rows.length, SAMPLE.projects.length);
    assert.deepEqual([await harness.requests('signIns'), harness.secretStore.reads], [[], 1]);
    assert.equal((await harness.listInstances(again, { id })).total, 2);
    assert.equal((await harness.listInstances(again, { id })).total, 2);
    assert.equal((await harness.requests('signIns')).length, 1);
    // Another window may have got the token, which is looked for before the password is sent.
    assert.equal(harness.secretStore.reads, 2);
  });

  it('works after a restart from tokens alone, exchanging them for projects, until they expire', async () => {
    await harness.signIn(accounts, 'untilExpiry');
    await harness.listInstances(accounts, { id }, north);
    await cloud.control.clearRequests();
    const again = harness.accounts();
    assert.equal((await harness.listInstances(again, { id }, north)).total, 2);
    assert.deepEqual(await harness.requests('signIns'), []);
    assert.equal((await harness.listInstances(again, { id }, east)).total, 130);
    assert.equal((await harness.requests('signIns')).length, 1);
    harness.now += 25 * 3_600_000;
    for (const work of [harness.listProjects(again, { id }), harness.listInstances(again, { id }, east)]) {
      assert.equal((await failureOf(work)).kind, 'unauthenticated');
    }
    assert.equal((await harness.requests('signIns')).length, 1);
    assert.equal(again.all()[0]?.refused, undefined);
  });

  it('asks for nothing that it cannot get when stored tokens alone are refused', async () => {
    await harness.signIn(accounts, 'untilExpiry');
    const again = harness.accounts();
    await cloud.control.expire();
    await cloud.control.clearRequests();
    assert.equal((await failureOf(harness.listProjects(again, { id }))).kind, 'unauthenticated');
    assert.deepEqual(await harness.requests('signIns'), []);
    assert.equal((await failureOf(harness.listInstances(again, { id }))).kind, 'unauthenticated');
    assert.equal((await harness.requests('signIns')).length, 1);
    assert.equal(again.all()[0]?.refused, undefined);
  });

  it('updates the account when the same identity signs in again', async () => {
    await harness.signIn(accounts, 'always');
    await harness.signIn(accounts, 'untilExpiry');
    assert.deepEqual(
      accounts.all().map(({ remember }) => remember),
      ['untilExpiry'],
    );
    assert.deepEqual([harness.secretStore.entries.size, harness.accounts().all().length], [1, 1]);
    assert.equal(harness.storedSecret({ id })?.password, undefined);
  });

  it('keeps several accounts side by side, each with its own tokens', async () => {
    const { account: first } = await harness.signIn(accounts);
    const { account: second } = await harness.signIn(accounts, 'always', SAMPLE.auditor);
    assert.notEqual(first.id, second.id);
    await Promise.all([harness.listInstances(accounts, first), harness.listInstances(accounts, second)]);
    const used = (await harness.requests()).filter(({ path }) => path.startsWith('/roma/'));
    assert.equal(new Set(used.map(({ headers }) => headers.token)).size, 2);
    await accounts.signOut(first.id);
    assert.deepEqual(accounts.all(), [second]);
    assert.deepEqual([...harness.secretStore.entries.keys()], [secretStoreKey(second.id)]);
    assert.equal((await harness.listInstances(accounts, second)).total, 2);
    assert.deepEqual(harness.accounts().all(), [second]);
  });
});
