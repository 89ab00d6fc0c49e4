import assert from 'node:assert/strict';
import { servedBy } from '../../../src/explorer/present/signInValidity';
import { SAMPLE } from '../../cloud/data';
import { inDomain, inProject, tokenFor } from '../../cloud/ask';
import { east, failureOf, minute, north } from '../../support/harness';
import { useCloud } from '../../support/useCloud';

describe('signing in with a pasted token', function () {
  this.timeout(60_000);
  const t = useCloud();

  it('keeps its project and its expiry, and serves that project only', async () => {
    const { account } = await t.harness.signInWithToken(t.accounts, await tokenFor(t.cloud.url, inProject(north)));
    await t.cloud.control.clearRequests();
    assert.deepEqual([account.signIn, account.project], ['token', { id: north.id, name: north.name }]);
    const day = 24 * 60 * minute;
    assert.ok(account.expires !== undefined && Math.abs(account.expires - t.harness.now - day) < 5 * minute);
    assert.equal((await t.harness.listInstances(t.accounts, account, north)).total, 2);
    assert.equal((await t.harness.listProjects(t.accounts, account)).rows.length, 7);
    const error = await failureOf(t.harness.listInstances(t.accounts, account, east));
    assert.equal(error.kind, 'forbidden');
    assert.match(error.failure.reason?.text ?? '', /does not serve this project/);
    assert.deepEqual(await t.harness.requests('signIns'), []);
  });

  it('is never renewed: it works to its last minute, and is signed out then', async () => {
    const { account } = await t.harness.signInWithToken(t.accounts, await tokenFor(t.cloud.url, inProject(north)));
    await t.cloud.control.clearRequests();
    assert.ok(account.expires !== undefined);
    t.harness.now = account.expires - 1;
    assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
    t.harness.now = account.expires;
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'unauthenticated');
    t.harness.now = account.expires - minute;
    await t.cloud.control.expire();
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'unauthenticated');
    assert.deepEqual(await t.harness.requests('signIns'), []);
    assert.equal(t.accounts.all()[0]?.refused, undefined);
  });

  it('has no project of its own when it is for the whole account', async () => {
    const { account } = await t.harness.signInWithToken(t.accounts, await tokenFor(t.cloud.url, inDomain));
    await t.cloud.control.clearRequests();
    assert.equal(account.project, undefined);
    assert.equal((await t.harness.listProjects(t.accounts, account)).rows.length, 7);
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'forbidden');
    assert.deepEqual(await t.harness.requests('signIns'), []);
  });

  for (const scope of [{}, { system: { all: true } }]) {
    it(`is not said to be for the whole account where it has no scope of one: ${JSON.stringify(scope)}`, async () => {
      const user = { id: SAMPLE.operator.id, name: SAMPLE.operator.name, domain: SAMPLE.domain };
      const expires_at = new Date(t.harness.now + 60 * minute).toISOString();
      const body = { token: { methods: ['password'], user, expires_at, issued_at: expires_at, ...scope } };
      await t.cloud.control.fault({
        match: '/v3/auth/tokens',
        method: 'GET',
        times: 1,
        fault: { kind: 'answer', status: 200, body },
      });
      const token = await tokenFor(t.cloud.url, inDomain);
      const { account } = await t.harness.signInWithToken(t.accounts, token, 'untilExpiry');
      for (const each of [account, t.harness.accounts().all()[0]]) {
        assert.ok(each);
        assert.match(servedBy(each).text, /^The token was made neither for a project nor for the account\./);
      }
      const { account: whole } = await t.harness.signInWithToken(t.accounts, token, 'untilExpiry');
      assert.match(servedBy(whole).text, /^The token was made for the whole account\./);
    });
  }

  it('outlives a restart where it is remembered', async () => {
    const { account } = await t.harness.signInWithToken(
      t.accounts,
      await tokenFor(t.cloud.url, inProject(north)),
      'untilExpiry',
    );
    assert.equal((await t.harness.listInstances(t.harness.accounts(), account)).total, 2);
    await t.harness.signInWithToken(t.accounts, await tokenFor(t.cloud.url, inProject(north)), 'session');
    assert.deepEqual([t.harness.secretStore.entries.size, t.harness.accountStore.text], [0, '[]']);
  });

  it('is refused when it has expired by the clock of this machine', async () => {
    const token = await tokenFor(t.cloud.url, inProject(north));
    t.harness.now += 25 * 60 * minute;
    const error = await failureOf(t.harness.signInWithToken(t.accounts, token));
    assert.equal(error.kind, 'unauthenticated');
    assert.match(error.failure.reason?.text ?? '', /expired/);
    assert.deepEqual([t.accounts.all(), t.harness.secretStore.entries.size], [[], 0]);
  });

  it('is refused when IAM does not know it, whether it says 404 or 401', async () => {
    const error = await failureOf(t.harness.signInWithToken(t.accounts, 'MII-none'));
    assert.deepEqual([error.kind, error.failure.status], ['unauthenticated', 401]);
    await t.cloud.control.fault({
      match: '/v3/auth/tokens',
      fault: { kind: 'document', document: 'iam', status: 404 },
    });
    const unknown = await failureOf(t.harness.signInWithToken(t.accounts, 'MII-none'));
    assert.deepEqual([unknown.kind, unknown.failure.status], ['unauthenticated', 404]);
    assert.deepEqual([t.accounts.all(), t.harness.secretStore.entries.size], [[], 0]);
    assert.equal((await t.harness.requests()).length, 2);
  });

  it('takes the place of a password, and the other way round', async () => {
    await t.harness.signIn(t.accounts, 'always');
    const { account } = await t.harness.signInWithToken(
      t.accounts,
      await tokenFor(t.cloud.url, inProject(north)),
      'always',
    );
    assert.equal(t.accounts.all().length, 1);
    assert.equal(t.harness.storedSecret(account)?.password, undefined);
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, account, east))).kind, 'forbidden');
    const { account: back } = await t.harness.signIn(t.accounts, 'always');
    assert.deepEqual([back.project, back.expires], [undefined, undefined]);
    assert.equal((await t.harness.listInstances(t.accounts, account, east)).total, 130);
  });
});
