import assert from 'node:assert/strict';
import type { Account } from '../../src/accounts/account';
import type { Accounts } from '../../src/accounts/accounts';
import { sampleSite } from '../cloud/control';
import { startStandIn, type StandIn } from '../cloud/start';
import { World, failureOf, minute } from './world';

describe('where the secrets of an account may go', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let world: World;
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
    world = new World(cloud);
    accounts = world.accounts();
    ({ account } = await world.signIn(accounts));
    await cloud.control.clearRequests();
  });

  function set(change: object): void {
    world.setting = { demo: { ...sampleSite(cloud.url), ...change } };
  }

  async function refusedWith(accept: string | undefined, work: Promise<unknown>): Promise<void> {
    const error = await failureOf(work);
    assert.deepEqual([error.kind, error.failure.accept], ['invalidRequest', accept]);
    assert.deepEqual(await world.requests(), []);
  }

  it('sends nothing to a service address that came into the settings later, until it is accepted', async () => {
    const roma = `${elsewhere}/roma/{region}`;
    set({ services: { ...sampleSite(cloud.url).services, roma } });
    await refusedWith(roma, world.instances(accounts, account));
    await accounts.accept(account.id, roma);
    assert.equal((await world.instances(accounts, account)).total, 2);
    assert.equal((await world.instances(world.accounts(), account)).total, 2);
  });

  it('sends neither password nor token to another IAM, until it is accepted', async () => {
    set({ iam: elsewhere });
    await refusedWith(elsewhere, world.projects(accounts, account));
    await refusedWith(elsewhere, world.instances(accounts, account));
    await accounts.accept(account.id, elsewhere);
    assert.equal((await world.projects(accounts, account)).rows.length, 7);
    assert.equal((await world.instances(accounts, account)).total, 2);
  });

  it('does not renew at another IAM either, by the clock or after a refusal', async () => {
    await world.instances(accounts, account);
    set({ iam: elsewhere });
    world.now += 24 * 60 * minute - 5 * minute;
    await cloud.control.clearRequests();
    // The token has minutes left, and its own service is accepted.
    assert.equal((await world.instances(accounts, account)).total, 2);
    await cloud.control.expire();
    await cloud.control.clearRequests();
    assert.equal((await failureOf(world.instances(accounts, account))).failure.accept, elsewhere);
    assert.deepEqual(await world.requests('signIns'), []);
  });

  it('does not take acceptance over to an address that was changed again', async () => {
    const first = `${elsewhere}/roma/{region}`;
    set({ services: { roma: first } });
    await accounts.accept(account.id, first);
    const second = `${elsewhere}/other/{region}`;
    set({ services: { roma: second } });
    await refusedWith(second, world.instances(accounts, account));
  });

  it('does not go to an address that was accepted once and is no longer in the settings', async () => {
    const old = world.site();
    set({ services: {}, iam: elsewhere });
    // Whoever asked still holds the site as it was.
    world.site = () => old;
    await refusedWith(undefined, world.instances(accounts, account));
  });

  it('sends to what the user accepted when signing in', async () => {
    set({ iam: elsewhere });
    await world.signIn(accounts);
    assert.equal((await world.instances(accounts, account)).total, 2);
  });

  it('sends nothing where the site is gone', async () => {
    const old = world.site();
    world.setting = {};
    world.site = () => old;
    await refusedWith(undefined, world.projects(accounts, account));
    await refusedWith(undefined, world.instances(accounts, account));
  });

  it('does not let one account accept for another', async () => {
    const { account: other } = await world.signIn(accounts, 'always', {
      name: 'demo-auditor',
      password: 'Audit-0nly-Sample!',
    });
    set({ iam: elsewhere });
    await accounts.accept(other.id, elsewhere);
    await accounts.accept('nobody', elsewhere);
    await cloud.control.clearRequests();
    await refusedWith(elsewhere, world.projects(accounts, account));
  });

  it('holds back for a built-in site that the settings redirect', async () => {
    world.setting = { cn: sampleSite(cloud.url) };
    const here = world.accounts();
    const site = world.site('cn');
    const who = { accountName: 'key-explorer-demo', userName: 'demo-operator', password: 'Sample-Passw0rd!' };
    const { account: mainland } = await here.signInWithPassword(site, who, 'always', new AbortController().signal);
    assert.deepEqual(mainland.accepted, site.fromSettings);
    await cloud.control.clearRequests();
    world.setting = { cn: { ...sampleSite(cloud.url), iam: elsewhere } };
    world.site = () => site;
    await refusedWith(undefined, world.projects(here, mainland));
  });

  it('understands addresses written in other ways', async () => {
    for (const written of [
      cloud.url.replace('http://', 'HTTP://'),
      `${cloud.url}/`,
      `${cloud.url}/a/..`,
      cloud.url.replace('127.0.0.1', '127.1'),
    ]) {
      set({ iam: written });
      await world.signIn(accounts);
      assert.equal((await world.projects(accounts, account)).rows.length, 7, written);
    }
  });

  it('says why an address of the settings is not used, also where it was accepted before', async () => {
    const old = world.site();
    for (const iam of [
      '',
      'iam.example',
      'http://',
      'https://[',
      `${cloud.url}/?x`,
      cloud.url.replace('//', '//me@'),
    ]) {
      set({ iam });
      world.site = () => old;
      for (const work of [
        world.instances(accounts, account),
        world.projects(accounts, account),
        accounts.renewNow(account.id),
      ]) {
        const { kind, failure } = await failureOf(work);
        assert.equal(kind, 'invalidRequest', iam);
        assert.match(failure.reason?.text ?? '', /is not a plain https/, iam);
        assert.deepEqual(failure.reason?.args, ['demo.iam']);
      }
    }
    assert.deepEqual(await world.requests(), []);
  });
});
