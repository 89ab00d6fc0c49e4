import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { accountId } from '../../src/accounts/account';
import type { Accounts } from '../../src/accounts/accounts';
import { secretStoreKey } from '../../src/accounts/accountSecret';
import { SAMPLE } from '../cloud/data';
import { startStandIn, type StandIn } from '../cloud/start';
import { World, east, failureOf, north } from './world';

const id = accountId('demo', SAMPLE.domain.id, SAMPLE.operator.id);

describe('signing in with a password', function () {
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

  it('gives an account, with one request', async () => {
    const { account, notice } = await world.signIn(accounts);
    assert.deepEqual(
      [account.id, account.site, account.user.name, account.domain, account.signIn],
      [id, 'demo', SAMPLE.user, SAMPLE.domain, 'password'],
    );
    assert.equal(notice, undefined);
    assert.deepEqual(accounts.all(), [account]);
    assert.ok(world.changes > 0);
    const log = await world.requests();
    assert.deepEqual(
      log.map(({ method, path, query }) => `${method} ${path}${query}`),
      ['POST /v3/auth/tokens?nocatalog=true'],
    );
  });

  it('stores nothing after a wrong password, and asks once', async () => {
    const error = await failureOf(world.signIn(accounts, 'always', { name: SAMPLE.user, password: 'no' }));
    assert.deepEqual([error.kind, error.failure.status], ['unauthenticated', 401]);
    assert.equal((await world.requests()).length, 1);
    assert.deepEqual([accounts.all(), world.vault.entries.size, world.store.text], [[], 0, '[]']);
    assert.equal(accounts.client(id), undefined);
  });

  it('leaves a signed-in account as it was when signing in again fails', async () => {
    await world.signIn(accounts);
    const before = world.vault.entries.get(secretStoreKey(id));
    await failureOf(world.signIn(accounts, 'session', { name: SAMPLE.user, password: 'no' }));
    assert.equal(world.vault.entries.get(secretStoreKey(id)), before);
    assert.equal((await world.instances(accounts, { id })).total, 2);
  });

  it('sends nothing once the user gave up', async () => {
    const who = { accountName: SAMPLE.domain.name, userName: SAMPLE.user, password: SAMPLE.password };
    const error = await failureOf(accounts.signInWithPassword(world.site(), who, 'always', AbortSignal.abort()));
    assert.equal(error.kind, 'cancelled');
    assert.deepEqual([await world.requests(), accounts.all()], [[], []]);
  });

  it('is given up when the extension ends', async () => {
    await cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: { kind: 'hang' } });
    const failure = failureOf(world.signIn(accounts));
    while ((await cloud.control.underWay()) === 0) {
      await pause(5);
    }
    accounts.close();
    assert.equal((await failure).kind, 'cancelled');
    assert.equal((await failureOf(world.signIn(accounts))).kind, 'cancelled');
    assert.deepEqual([accounts.all(), world.store.text], [[], '[]']);
  });

  it('remembers password and tokens when told "always"', async () => {
    await world.signIn(accounts, 'always');
    await world.instances(accounts, { id });
    const kept = world.kept({ id });
    assert.equal(kept?.password, SAMPLE.password);
    assert.deepEqual(Object.keys(kept.tokens), ['account', `project:${north.id}`]);
    assert.ok(!world.store.text.includes(SAMPLE.password) && !world.store.text.includes('MII'));
  });

  it('remembers tokens only when told "until the token expires"', async () => {
    await world.signIn(accounts, 'untilExpiry');
    await world.instances(accounts, { id });
    assert.deepEqual(Object.keys(world.kept({ id })?.tokens ?? {}), ['account', `project:${north.id}`]);
    assert.ok(!world.vault.entries.get(secretStoreKey(id))?.includes(SAMPLE.password));
  });

  it('leaves no trace when told "this session only", and removes that of an earlier sign-in', async () => {
    await world.signIn(accounts, 'always');
    assert.equal(world.vault.entries.size, 1);
    await world.signIn(accounts, 'session');
    assert.deepEqual([world.vault.entries.size, world.store.text], [0, '[]']);
    await world.instances(accounts, { id });
    assert.deepEqual([world.vault.entries.size, world.store.text], [0, '[]']);
    assert.deepEqual(world.accounts().all(), []);
  });

  it('reads no secret and asks nothing when a window starts', async () => {
    await world.signIn(accounts);
    await cloud.control.clearRequests();
    world.vault.reads = 0;
    assert.deepEqual(world.accounts().all(), accounts.all());
    assert.deepEqual([world.vault.reads, await world.requests()], [0, []]);
  });

  it('works after a restart without another sign-in', async () => {
    await world.signIn(accounts, 'always');
    await cloud.control.clearRequests();
    world.vault.reads = 0;
    const again = world.accounts();
    assert.equal((await world.projects(again, { id })).rows.length, SAMPLE.projects.length);
    assert.deepEqual([await world.requests('signIns'), world.vault.reads], [[], 1]);
    assert.equal((await world.instances(again, { id })).total, 2);
    assert.equal((await world.instances(again, { id })).total, 2);
    assert.equal((await world.requests('signIns')).length, 1);
    // Another window may have got the token, which is looked for before the password is sent.
    assert.equal(world.vault.reads, 2);
  });

  it('works after a restart from tokens alone, exchanging them for projects, until they expire', async () => {
    await world.signIn(accounts, 'untilExpiry');
    await world.instances(accounts, { id }, north);
    await cloud.control.clearRequests();
    const again = world.accounts();
    assert.equal((await world.instances(again, { id }, north)).total, 2);
    assert.deepEqual(await world.requests('signIns'), []);
    assert.equal((await world.instances(again, { id }, east)).total, 130);
    assert.equal((await world.requests('signIns')).length, 1);
    world.now += 25 * 3_600_000;
    for (const work of [world.projects(again, { id }), world.instances(again, { id }, east)]) {
      assert.equal((await failureOf(work)).kind, 'unauthenticated');
    }
    assert.equal((await world.requests('signIns')).length, 1);
    assert.equal(again.all()[0]?.refused, undefined);
  });

  it('asks for nothing that it cannot get when stored tokens alone are refused', async () => {
    await world.signIn(accounts, 'untilExpiry');
    const again = world.accounts();
    await cloud.control.expire();
    await cloud.control.clearRequests();
    assert.equal((await failureOf(world.projects(again, { id }))).kind, 'unauthenticated');
    assert.deepEqual(await world.requests('signIns'), []);
    assert.equal((await failureOf(world.instances(again, { id }))).kind, 'unauthenticated');
    assert.equal((await world.requests('signIns')).length, 1);
    assert.equal(again.all()[0]?.refused, undefined);
  });

  it('updates the account when the same identity signs in again', async () => {
    await world.signIn(accounts, 'always');
    await world.signIn(accounts, 'untilExpiry');
    assert.deepEqual(
      accounts.all().map(({ remember }) => remember),
      ['untilExpiry'],
    );
    assert.deepEqual([world.vault.entries.size, world.accounts().all().length], [1, 1]);
    assert.equal(world.kept({ id })?.password, undefined);
  });

  it('keeps several accounts side by side, each with its own tokens', async () => {
    const { account: first } = await world.signIn(accounts);
    const { account: second } = await world.signIn(accounts, 'always', SAMPLE.auditor);
    assert.notEqual(first.id, second.id);
    await Promise.all([world.instances(accounts, first), world.instances(accounts, second)]);
    const used = (await world.requests()).filter(({ path }) => path.startsWith('/roma/'));
    assert.equal(new Set(used.map(({ headers }) => headers.token)).size, 2);
    await accounts.signOut(first.id);
    assert.deepEqual(accounts.all(), [second]);
    assert.deepEqual([...world.vault.entries.keys()], [secretStoreKey(second.id)]);
    assert.equal((await world.instances(accounts, second)).total, 2);
    assert.deepEqual(world.accounts().all(), [second]);
  });
});
