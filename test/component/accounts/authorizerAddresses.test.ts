import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { sampleSite } from '../../cloud/control';
import { startStandIn, type StandIn } from '../../cloud/start';
import { failureOf, Harness, minute } from '../../support/harness';
import { signInWithPassword } from '../../../src/accounts/methods/password';

describe('where the secrets of an account may go', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let harness: Harness;
  let accounts: Accounts;
  let account: Account;
  /** The stand-in by another name: an address that nobody accepted yet. */
  let elsewhere: string;

  before(async () => {
    cloud = await startStandIn();
    elsewhere = cloud.url.replace('127.0.0.1', 'localhost');
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
    accounts = harness.accounts();
    ({ account } = await harness.signIn(accounts));
    await cloud.control.clearRequests();
  });

  function set(change: object): void {
    harness.sitesSetting = { demo: { ...sampleSite(cloud.url), ...change } };
  }

  async function refusedWith(accept: string | undefined, work: Promise<unknown>): Promise<void> {
    const error = await failureOf(work);
    assert.deepEqual([error.kind, error.failure.accept], ['invalidRequest', accept]);
    assert.deepEqual(await harness.requests(), []);
  }

  it('sends nothing to a service address that came into the settings later, until it is accepted', async () => {
    const roma = `${elsewhere}/roma/{region}`;
    set({ services: { ...sampleSite(cloud.url).services, roma } });
    await refusedWith(roma, harness.listInstances(accounts, account));
    await accounts.accept(account.id, roma);
    assert.equal((await harness.listInstances(accounts, account)).total, 2);
    assert.equal((await harness.listInstances(harness.accounts(), account)).total, 2);
  });

  it('sends neither password nor token to another IAM, until it is accepted', async () => {
    set({ iam: elsewhere });
    await refusedWith(elsewhere, harness.listProjects(accounts, account));
    await refusedWith(elsewhere, harness.listInstances(accounts, account));
    await accounts.accept(account.id, elsewhere);
    assert.equal((await harness.listProjects(accounts, account)).rows.length, 7);
    assert.equal((await harness.listInstances(accounts, account)).total, 2);
  });

  it('does not renew at another IAM either, by the clock or after a refusal', async () => {
    await harness.listInstances(accounts, account);
    set({ iam: elsewhere });
    harness.now += 24 * 60 * minute - 5 * minute;
    await cloud.control.clearRequests();
    // The token has minutes left, and its own service is accepted.
    assert.equal((await harness.listInstances(accounts, account)).total, 2);
    await cloud.control.expire();
    await cloud.control.clearRequests();
    assert.equal((await failureOf(harness.listInstances(accounts, account))).failure.accept, elsewhere);
    assert.deepEqual(await harness.requests('signIns'), []);
  });

  it('does not take acceptance over to an address that was changed again', async () => {
    const first = `${elsewhere}/roma/{region}`;
    set({ services: { roma: first } });
    await accounts.accept(account.id, first);
    const second = `${elsewhere}/other/{region}`;
    set({ services: { roma: second } });
    await refusedWith(second, harness.listInstances(accounts, account));
  });

  it('does not go to an address that was accepted once and is no longer in the settings', async () => {
    const old = harness.site();
    set({ services: {}, iam: elsewhere });
    // The caller still holds the former site.
    harness.site = () => old;
    await refusedWith(undefined, harness.listInstances(accounts, account));
  });

  it('sends to what the user accepted when signing in', async () => {
    set({ iam: elsewhere });
    await harness.signIn(accounts);
    assert.equal((await harness.listInstances(accounts, account)).total, 2);
  });

  it('sends nothing if the site is gone', async () => {
    const old = harness.site();
    harness.sitesSetting = {};
    harness.site = () => old;
    await refusedWith(undefined, harness.listProjects(accounts, account));
    await refusedWith(undefined, harness.listInstances(accounts, account));
  });

  it('does not let one account accept for another', async () => {
    const { account: other } = await harness.signIn(accounts, 'always', {
      name: 'demo-auditor',
      password: 'Audit-0nly-Sample!',
    });
    set({ iam: elsewhere });
    await accounts.accept(other.id, elsewhere);
    await accounts.accept('nobody', elsewhere);
    await cloud.control.clearRequests();
    await refusedWith(elsewhere, harness.listProjects(accounts, account));
  });

  it('holds back for a built-in site that the settings redirect', async () => {
    harness.sitesSetting = { cn: sampleSite(cloud.url) };
    const here = harness.accounts();
    const site = harness.site('cn');
    const who = { accountName: 'key-explorer-demo', userName: 'demo-operator', password: 'Sample-Passw0rd!' };
    const { account: mainland } = await signInWithPassword(here, site, who, 'always', new AbortController().signal);
    assert.deepEqual(mainland.accepted, site.fromSettings);
    await cloud.control.clearRequests();
    harness.sitesSetting = { cn: { ...sampleSite(cloud.url), iam: elsewhere } };
    harness.site = () => site;
    await refusedWith(undefined, harness.listProjects(here, mainland));
  });

  it('understands addresses written in other ways', async () => {
    for (const written of [
      cloud.url.replace('http://', 'HTTP://'),
      `${cloud.url}/`,
      `${cloud.url}/a/..`,
      cloud.url.replace('127.0.0.1', '127.1'),
    ]) {
      set({ iam: written });
      await harness.signIn(accounts);
      assert.equal((await harness.listProjects(accounts, account)).rows.length, 7, written);
    }
  });

  it('says why an address of the settings is not used, also where it was accepted before', async () => {
    const old = harness.site();
    for (const iam of [
      '',
      'iam.example',
      'http://',
      'https://[',
      `${cloud.url}/?x`,
      cloud.url.replace('//', '//me@'),
    ]) {
      set({ iam });
      harness.site = () => old;
      for (const work of [
        harness.listInstances(accounts, account),
        harness.listProjects(accounts, account),
        accounts.renewNow(account.id),
      ]) {
        const { kind, failure } = await failureOf(work);
        assert.equal(kind, 'invalidRequest', iam);
        assert.match(failure.reason?.text ?? '', /is not a plain https/, iam);
        assert.deepEqual(failure.reason?.args, ['demo.iam']);
      }
    }
    assert.deepEqual(await harness.requests(), []);
  });
});
