import { signInWithMfa } from '../../../src/accounts/methods/mfa';
import assert from 'node:assert/strict';
import dns from 'node:dns';
import type { Account } from '../../../src/accounts/account';
import type { Accounts } from '../../../src/accounts/accounts';
import { originsOf } from '../../../src/accounts/addresses';
import { readSites, type ChosenSite } from '../../../src/accounts/sites';
import { CloudError } from '../../../src/cloud/errors';
import { accepting, allAccepted } from '../../support/accepted';
import { inProject, tokenFor } from '../../cloud/ask';
import { sampleSite } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { startStandIn, type StandIn } from '../../cloud/start';
import { failureOf, Harness, north } from '../../support/harness';
import { signInWithPassword } from '../../../src/accounts/methods/password';
import { signInWithToken } from '../../../src/accounts/methods/token';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';
import { signInWithProfile } from '../../../src/accounts/methods/profile';
import { signInWithAgency } from '../../../src/accounts/methods/agency';

const { signal } = new AbortController();
const yes = async (): Promise<boolean> => true;
const { operator, auditor, guarded, domain, partner } = SAMPLE;
const role = { agencyName: partner.agencyName, domainName: partner.domain.name };

describe('what a user decides about the addresses of a site', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let harness: Harness;
  let accounts: Accounts;
  /** The stand-in by another name. */
  let elsewhere: string;
  let roma: string;

  before(async () => {
    cloud = await startStandIn();
    elsewhere = cloud.url.replace('127.0.0.1', 'localhost');
    roma = `${cloud.url}/roma/{region}`;
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
    accounts = harness.accounts();
  });

  const allBut = (...declined: readonly string[]): ChosenSite =>
    accepting(harness.site(), ...harness.site().fromSettings.filter((address) => !declined.includes(address)));
  /** A site of which nothing was asked. */
  const unasked = (...accepted: readonly string[]): ChosenSite => ({ ...harness.site(), accepted, declined: [] });
  const profileOf = (text: string): void => {
    const file = '/home/.config/openstack/clouds.yaml';
    harness.profilePlaces = { ...harness.profilePlaces, readFile: async (path) => (path === file ? text : undefined) };
  };
  const cloudsYaml = (url: string): string =>
    `clouds:\n  own:\n    auth:\n      auth_url: ${url}\n      username: ${operator.name}\n      password: ${operator.password}\n      user_domain_name: ${domain.name}\n`;

  /** Every way to sign in, at a site as it was chosen. */
  const ways: Readonly<Record<string, (site: ChosenSite) => Promise<{ account: Account } | undefined>>> = {
    password: async (site) =>
      signInWithPassword(
        accounts,
        site,
        { accountName: domain.name, userName: operator.name, password: operator.password },
        'always',
        signal,
      ),
    code: async (site) => {
      const passcode = { userId: guarded.id, code: passcodeOf(guarded, harness.now) };
      const who = { accountName: domain.name, userName: guarded.name, password: guarded.password, passcode };
      return signInWithMfa(accounts, site, who, 'always', signal);
    },
    token: async (site) => {
      const token = await tokenFor(cloud.url, inProject(north));
      await cloud.control.clearRequests();
      return signInWithToken(accounts, site, token, 'untilExpiry', yes, signal);
    },
    keys: async (site) => signInWithKeys(accounts, site, auditor.key, 'always', yes, signal),
    profile: async (site) => {
      profileOf(cloudsYaml(cloud.url));
      return signInWithProfile(accounts, site, await harness.profile(), yes, signal);
    },
  };

  for (const [way, signIn] of Object.entries(ways)) {
    it(`lets no ${way} go to an IAM of the settings before it is accepted`, async () => {
      for (const site of [unasked(), allBut(harness.site().iam), unasked(elsewhere, roma)]) {
        const { kind, failure } = await failureOf(signIn(site));
        assert.deepEqual([kind, failure.accept], ['invalidRequest', cloud.url]);
        assert.deepEqual(await cloud.control.requests(), []);
        assert.deepEqual([accounts.all(), harness.accountStore.text, harness.secretStore.entries.size], [[], '[]', 0]);
      }
    });

    it(`keeps an address refused over later sign-ins by ${way}`, async () => {
      const first = await signIn(allBut(roma));
      assert.ok(first);
      const { id } = first.account;
      const refused = async (): Promise<void> => {
        for (const here of [accounts, harness.accounts()]) {
          await cloud.control.clearRequests();
          const { failure } = await failureOf(harness.listInstances(here, { id }));
          assert.deepEqual([failure.kind, failure.accept, failure.declined], ['invalidRequest', roma, true]);
          assert.deepEqual(await cloud.control.requests(), []);
        }
      };
      await refused();
      // A later sign-in that did not ask about it, in a window of its own.
      harness.now += 30_000;
      accounts = harness.accounts();
      const again = await signIn(unasked(cloud.url));
      assert.equal(again?.account.id, id);
      await refused();
      assert.ok(harness.accountStore.text.includes(`"declined":["${roma}"]`));
      await accounts.accept(id, roma);
      assert.equal((await harness.listInstances(accounts, { id })).total, 2);
      assert.equal((await harness.listInstances(harness.accounts(), { id })).total, 2);
      assert.ok(!harness.accountStore.text.includes(`"declined":["${roma}"]`));
    });
  }

  it('lets nothing of a profile go to the address that it names, before that is accepted', async () => {
    profileOf(cloudsYaml(elsewhere));
    const used = await harness.profile();
    for (const site of [harness.site(), unasked()]) {
      const { kind, failure } = await failureOf(signInWithProfile(accounts, site, used, yes, signal));
      assert.deepEqual([kind, failure.accept], ['invalidRequest', elsewhere]);
    }
    assert.deepEqual(await cloud.control.requests(), []);
    // The IAM of the settings, whose place it takes, is not asked, and needs no consent.
    const signedIn = await signInWithProfile(accounts, unasked(elsewhere), used, yes, signal);
    assert.deepEqual(signedIn?.account.accepted, [elsewhere]);
    assert.deepEqual(
      accounts
        .toAccept(accounts.site(signedIn.account) ?? assert.fail(), signedIn.account)
        .map(({ address }) => address)
        .toSorted(),
      Object.values(sampleSite(cloud.url).services).toSorted(),
    );
  });

  it('does not take an address that came later for accepted, and neither do later sign-ins', async () => {
    const before = harness.site();
    const { account } = await harness.signIn(accounts);
    const added = `${elsewhere}/roma/{region}`;
    harness.sitesSetting = {
      demo: { ...sampleSite(cloud.url), services: { ...sampleSite(cloud.url).services, roma: added } },
    };
    const who = { accountName: domain.name, userName: operator.name, password: operator.password };
    await signInWithPassword(accounts, { ...unasked(), accepted: before.accepted }, who, 'always', signal);
    await cloud.control.clearRequests();
    const { failure } = await failureOf(harness.listInstances(accounts, account));
    assert.deepEqual([failure.accept, failure.declined], [added, undefined]);
    assert.deepEqual(await cloud.control.requests(), []);
  });

  it('does not even ask an IAM that was not accepted whether it is there', async () => {
    const services = { roma: 'https://roma.{region}.unresolved.example' };
    harness.sitesSetting = { demo: { ...sampleSite(cloud.url), services } };
    const { account } = await harness.signIn(accounts);
    // A token of the project is at hand, so that IAM is not needed.
    const token = await tokenFor(cloud.url, inProject(north));
    await harness.signInWithToken(accounts, token, 'untilExpiry');
    harness.sitesSetting = { demo: { iam: elsewhere, services } };
    await cloud.control.clearRequests();
    const { lookup } = dns;
    // The one form that connections use.
    // oxlint-disable-next-line no-unsafe-type-assertion
    dns.lookup = ((name: string, ...rest: [object, (error: Error) => void]) => {
      if (name.endsWith('.unresolved.example')) {
        process.nextTick(rest[1], Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }));
      } else {
        Reflect.apply(lookup, dns, [name, ...rest]);
      }
    }) as unknown as typeof lookup;
    try {
      assert.equal((await failureOf(harness.listInstances(accounts, account))).kind, 'network');
      assert.deepEqual(await cloud.control.requests(), []);
      await accounts.accept(account.id, elsewhere);
      assert.equal((await failureOf(harness.listInstances(accounts, account))).kind, 'notOffered');
      assert.deepEqual(
        (await cloud.control.requests()).map(({ method, path }) => `${method} ${path}`),
        ['GET /v3'],
      );
    } finally {
      dns.lookup = lookup;
    }
  });

  it('is taken up from another window before the address of a request is checked', async () => {
    const { account } = await harness.signIn(accounts);
    const other = harness.accounts();
    await other.decide(account.id, { accepted: [], declined: [roma] });
    await cloud.control.clearRequests();
    const { failure } = await failureOf(harness.listInstances(accounts, account));
    assert.deepEqual([failure.accept, failure.declined], [roma, true]);
    assert.deepEqual(await cloud.control.requests(), []);
    await other.accept(account.id, roma);
    assert.equal((await harness.listInstances(accounts, account)).total, 2);
  });

  it('is taken up from another window while a request waits for its token or its turn', async () => {
    for (const signIn of [ways['password'], ways['keys']]) {
      await cloud.control.reset();
      const { account } = (await signIn?.(harness.site())) ?? assert.fail();
      const other = harness.accounts();
      const isSigned = account.signIn === 'accessKey';
      await cloud.control.clearRequests();
      await cloud.control.fault({
        match: isSigned ? '/nes/' : '/v3/auth/tokens',
        fault: { kind: 'slow', ms: 200 },
      });
      // The first signature goes alone.
      const first = isSigned ? harness.listInstances(accounts, account, SAMPLE.projects[3]) : undefined;
      const waiting = failureOf(harness.listInstances(accounts, account));
      await new Promise(setImmediate);
      await other.decide(account.id, { accepted: [], declined: [roma] });
      assert.equal((await waiting).failure.declined, true);
      await first?.catch(() => undefined);
      const sent = await cloud.control.requests();
      assert.ok(!sent.some(({ path }) => path.includes('/roma/cn-north-4/')), JSON.stringify(sent));
      await accounts.signOut(account.id);
    }
  });

  for (const way of Object.keys(ways)) {
    it(`lasts where another window refuses an address, or accepts it, during a sign-in with ${way}`, async () => {
      const signIn = ways[way] ?? assert.fail();
      for (const isRefused of [true, false]) {
        await cloud.control.reset();
        harness = new Harness(cloud);
        accounts = harness.accounts();
        const { account } = (await signIn(isRefused ? harness.site() : allBut(roma))) ?? assert.fail();
        harness.now += 30_000;
        const other = harness.accounts();
        await cloud.control.fault({ match: '/v3/', fault: { kind: 'slow', ms: 150 } });
        const again = signIn(isRefused ? harness.site() : allBut(roma));
        await new Promise((resolve) => setTimeout(resolve, 20));
        await other.decide(
          account.id,
          isRefused ? { accepted: [], declined: [roma] } : { accepted: [roma], declined: [] },
        );
        assert.ok(await again);
        await cloud.control.clearFaults();
        const asked = await harness.listInstances(accounts, account).then(
          () => 'sent',
          (error: unknown) => (error instanceof CloudError ? error.failure.declined : error),
        );
        assert.equal(asked, isRefused ? true : 'sent');
        await accounts.signOut(account.id);
      }
    });
  }

  it('goes over from an account to the role that it takes on, where the role’s own decisions last', async () => {
    const { account } = (await ways['password']?.(allBut(roma))) ?? assert.fail();
    const taken = await signInWithAgency(accounts, account.id, role, signal);
    assert.ok(taken);
    const of = async (): Promise<unknown[]> => {
      const { failure } = await failureOf(harness.listInstances(accounts, taken.account, partner.projects[0]));
      return [failure.accept, failure.declined];
    };
    assert.deepEqual(await of(), [roma, true]);
    await accounts.accept(account.id, roma);
    await accounts.decide(taken.account.id, { accepted: [], declined: [roma] });
    assert.ok(await signInWithAgency(accounts, account.id, role, signal));
    assert.deepEqual(await of(), [roma, true]);
  });

  it('leads from a role whose account has not accepted its IAM to the sign-in of that account', async () => {
    const { account } = await harness.signIn(accounts);
    const taken = await signInWithAgency(accounts, account.id, role, signal);
    assert.ok(taken);
    harness.now += 25 * 60 * 60_000;
    harness.sitesSetting = { demo: { ...sampleSite(cloud.url), iam: elsewhere } };
    await accounts.accept(taken.account.id, elsewhere);
    await cloud.control.clearRequests();
    const { kind, failure } = await failureOf(harness.listProjects(accounts, taken.account));
    assert.deepEqual([kind, failure.accept], ['unauthenticated', undefined]);
    assert.deepEqual(await cloud.control.requests(), []);
  });

  it('is asked for with the place that the address comes from', async () => {
    const origins = (address: string, account: Account): unknown =>
      originsOf(address, account, readSites(harness.sitesSetting).sites.get(account.site)).map(({ text }) =>
        /setting|of the account that|The profile \{0\}/.exec(text)?.join(),
      );
    const { account } = await harness.signIn(accounts);
    assert.deepEqual(origins(roma, account), ['setting']);
    profileOf(cloudsYaml(elsewhere));
    const used = await harness.profile();
    const { account: ofProfile } =
      (await signInWithProfile(accounts, unasked(elsewhere), used, yes, signal)) ?? assert.fail();
    assert.deepEqual(origins(elsewhere, ofProfile), ['The profile {0}']);
    assert.deepEqual(origins(roma, ofProfile), ['setting']);
    const { account: ofRole } = (await signInWithAgency(accounts, ofProfile.id, role, signal)) ?? assert.fail();
    assert.deepEqual(origins(elsewhere, ofRole), ['of the account that']);
    harness.sitesSetting = { demo: { ...sampleSite(cloud.url), iam: elsewhere } };
    assert.deepEqual(origins(elsewhere, ofProfile), ['setting', 'The profile {0}']);
  });

  it('is asked for once per address of the settings, not for built-in ones', () => {
    const asked = (setting: unknown, id: string, accepted: readonly string[] = []): unknown =>
      accounts
        .toAccept(allAccepted(readSites(setting).sites.get(id) ?? assert.fail()), { accepted })
        .map(({ address, uses, isIam }) => [
          address,
          uses.map((use) => (typeof use === 'string' ? use : use.text)).join(),
          isIam,
        ]);
    const iam = 'https://iam.lab.example';
    const services = { roma: 'https://keys.example', nes: 'https://keys.example', unknown: 'https://other.example' };
    assert.deepEqual(asked({ lab: { iam, services } }, 'lab'), [
      [iam, 'IAM', true],
      ['https://keys.example', 'Node Engine Service,ROMA Connect', false],
    ]);
    assert.deepEqual(asked({ lab: { iam, services } }, 'lab', [iam]), [
      ['https://keys.example', 'Node Engine Service,ROMA Connect', false],
    ]);
    assert.deepEqual(asked({}, 'cn'), []);
    const builtIn = {
      iam: 'https://IAM.myhuaweicloud.com/',
      services: { roma: 'https://roma.{region}.myhuaweicloud.com' },
    };
    assert.deepEqual(asked({ cn: builtIn }, 'cn'), []);
    assert.deepEqual(asked({ cn: { services: { roma: 'https://roma.example' } } }, 'cn'), [
      ['https://roma.example', 'ROMA Connect', false],
    ]);
  });
});
