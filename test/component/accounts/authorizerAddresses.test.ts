import assert from 'node:assert/strict';
import { sampleSite } from '../../cloud/control';
import { failureOf, minute } from '../../support/harness';
import { signInWithPassword } from '../../../src/accounts/methods/password';
import { useCloud } from '../../support/useCloud';

describe('where the secrets of an account may go', function () {
  this.timeout(60_000);
  const t = useCloud({ signedIn: 'always' });
  /** The stand-in by another name: an address that nobody accepted yet. */
  let elsewhere: string;

  before(async () => {
    elsewhere = t.cloud.url.replace('127.0.0.1', 'localhost');
  });
  beforeEach(async () => {
    await t.cloud.control.clearRequests();
  });

  function set(change: object): void {
    t.harness.sitesSetting = { demo: { ...sampleSite(t.cloud.url), ...change } };
  }

  async function refusedWith(accept: string | undefined, work: Promise<unknown>): Promise<void> {
    const error = await failureOf(work);
    assert.deepEqual([error.kind, error.failure.accept], ['invalidRequest', accept]);
    assert.deepEqual(await t.harness.requests(), []);
  }

  it('sends nothing to a service address that came into the settings later, until it is accepted', async () => {
    const roma = `${elsewhere}/roma/{region}`;
    set({ services: { ...sampleSite(t.cloud.url).services, roma } });
    await refusedWith(roma, t.harness.listInstances(t.accounts, t.account));
    await t.accounts.accept(t.account.id, roma);
    assert.equal((await t.harness.listInstances(t.accounts, t.account)).total, 2);
    assert.equal((await t.harness.listInstances(t.harness.accounts(), t.account)).total, 2);
  });

  it('sends neither password nor token to another IAM, until it is accepted', async () => {
    set({ iam: elsewhere });
    await refusedWith(elsewhere, t.harness.listProjects(t.accounts, t.account));
    await refusedWith(elsewhere, t.harness.listInstances(t.accounts, t.account));
    await t.accounts.accept(t.account.id, elsewhere);
    assert.equal((await t.harness.listProjects(t.accounts, t.account)).rows.length, 7);
    assert.equal((await t.harness.listInstances(t.accounts, t.account)).total, 2);
  });

  it('does not renew at another IAM either, by the clock or after a refusal', async () => {
    await t.harness.listInstances(t.accounts, t.account);
    set({ iam: elsewhere });
    t.harness.now += 24 * 60 * minute - 5 * minute;
    await t.cloud.control.clearRequests();
    // The token has minutes left, and its own service is accepted.
    assert.equal((await t.harness.listInstances(t.accounts, t.account)).total, 2);
    await t.cloud.control.expire();
    await t.cloud.control.clearRequests();
    assert.equal((await failureOf(t.harness.listInstances(t.accounts, t.account))).failure.accept, elsewhere);
    assert.deepEqual(await t.harness.requests('signIns'), []);
  });

  it('does not take acceptance over to an address that was changed again', async () => {
    const first = `${elsewhere}/roma/{region}`;
    set({ services: { roma: first } });
    await t.accounts.accept(t.account.id, first);
    const second = `${elsewhere}/other/{region}`;
    set({ services: { roma: second } });
    await refusedWith(second, t.harness.listInstances(t.accounts, t.account));
  });

  it('does not go to an address that was accepted once and is no longer in the settings', async () => {
    const old = t.harness.site();
    set({ services: {}, iam: elsewhere });
    // The caller still holds the former site.
    t.harness.site = () => old;
    await refusedWith(undefined, t.harness.listInstances(t.accounts, t.account));
  });

  it('sends to what the user accepted when signing in', async () => {
    set({ iam: elsewhere });
    await t.harness.signIn(t.accounts);
    assert.equal((await t.harness.listInstances(t.accounts, t.account)).total, 2);
  });

  it('sends nothing if the site is gone', async () => {
    const old = t.harness.site();
    t.harness.sitesSetting = {};
    t.harness.site = () => old;
    await refusedWith(undefined, t.harness.listProjects(t.accounts, t.account));
    await refusedWith(undefined, t.harness.listInstances(t.accounts, t.account));
  });

  it('does not let one account accept for another', async () => {
    const { account: other } = await t.harness.signIn(t.accounts, 'always', {
      name: 'demo-auditor',
      password: 'Audit-0nly-Sample!',
    });
    set({ iam: elsewhere });
    await t.accounts.accept(other.id, elsewhere);
    await t.accounts.accept('nobody', elsewhere);
    await t.cloud.control.clearRequests();
    await refusedWith(elsewhere, t.harness.listProjects(t.accounts, t.account));
  });

  it('holds back for a built-in site that the settings redirect', async () => {
    t.harness.sitesSetting = { cn: sampleSite(t.cloud.url) };
    const here = t.harness.accounts();
    const site = t.harness.site('cn');
    const who = { accountName: 'key-explorer-demo', userName: 'demo-operator', password: 'Sample-Passw0rd!' };
    const { account: mainland } = await signInWithPassword(here, site, who, 'always', new AbortController().signal);
    assert.deepEqual(mainland.accepted, site.fromSettings);
    await t.cloud.control.clearRequests();
    t.harness.sitesSetting = { cn: { ...sampleSite(t.cloud.url), iam: elsewhere } };
    t.harness.site = () => site;
    await refusedWith(undefined, t.harness.listProjects(here, mainland));
  });

  it('understands addresses written in other ways', async () => {
    for (const written of [
      t.cloud.url.replace('http://', 'HTTP://'),
      `${t.cloud.url}/`,
      `${t.cloud.url}/a/..`,
      t.cloud.url.replace('127.0.0.1', '127.1'),
    ]) {
      set({ iam: written });
      await t.harness.signIn(t.accounts);
      assert.equal((await t.harness.listProjects(t.accounts, t.account)).rows.length, 7, written);
    }
  });

  it('says why an address of the settings is not used, also where it was accepted before', async () => {
    const old = t.harness.site();
    for (const iam of [
      '',
      'iam.example',
      'http://',
      'https://[',
      `${t.cloud.url}/?x`,
      t.cloud.url.replace('//', '//me@'),
    ]) {
      set({ iam });
      t.harness.site = () => old;
      for (const work of [
        t.harness.listInstances(t.accounts, t.account),
        t.harness.listProjects(t.accounts, t.account),
        t.accounts.renewNow(t.account.id),
      ]) {
        const { kind, failure } = await failureOf(work);
        assert.equal(kind, 'invalidRequest', iam);
        assert.match(failure.reason?.text ?? '', /is not a plain https/, iam);
        assert.deepEqual(failure.reason?.args, ['demo.iam']);
      }
    }
    assert.deepEqual(await t.harness.requests(), []);
  });
});
