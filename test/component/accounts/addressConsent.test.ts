import { signInWithMfa } from '../../../src/accounts/methods/mfa';
import assert from 'node:assert/strict';
import dns from 'node:dns';
import type { Account } from '../../../src/accounts/account';
import { originsOf } from '../../../src/accounts/addresses';
import { readSites, type ChosenSite } from '../../../src/accounts/sites';
import { CloudError } from '../../../src/cloud/errors';
import { accepting, allAccepted } from '../../support/accepted';
import { inProject, tokenFor } from '../../cloud/ask';
import { sampleSite } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { passcodeOf } from '../../cloud/passcodes';
import { failureOf, north } from '../../support/harness';
import { signInWithPassword } from '../../../src/accounts/methods/password';
import { signInWithToken } from '../../../src/accounts/methods/token';
import { signInWithKeys } from '../../../src/accounts/methods/accessKey';
import { signInWithProfile } from '../../../src/accounts/methods/profile';
import { signInWithAgency } from '../../../src/accounts/methods/agency';
import { useCloud } from '../../support/useCloud';

const { signal } = new AbortController();
const yes = async (): Promise<boolean> => true;
const { operator, auditor, guarded, domain, partner } = SAMPLE;
const role = { agencyName: partner.agencyName, domainName: partner.domain.name };

describe('what a user decides about the addresses of a site', function () {
  this.timeout(60_000);
  const t = useCloud();
  /** The stand-in by another name. */
  let elsewhere: string;
  let roma: string;

  before(async () => {
    elsewhere = t.cloud.url.replace('127.0.0.1', 'localhost');
    roma = `${t.cloud.url}/roma/{region}`;
  });

  const allBut = (...declined: readonly string[]): ChosenSite =>
    accepting(t.harness.site(), ...t.harness.site().fromSettings.filter((address) => !declined.includes(address)));
  /** A site of which nothing was asked. */
  const unasked = (...accepted: readonly string[]): ChosenSite => ({ ...t.harness.site(), accepted, declined: [] });
  const profileOf = (text: string): void => {
    const file = '/home/.config/openstack/clouds.yaml';
    t.harness.profilePlaces = {
      ...t.harness.profilePlaces,
      readFile: async (path) => (path === file ? text : undefined),
    };
  };
  const cloudsYaml = (url: string): string =>
    `clouds:\n  own:\n    auth:\n      auth_url: ${url}\n      username: ${operator.name}\n      password: ${operator.password}\n      user_domain_name: ${domain.name}\n`;

  /** Every way to sign in, at a site as it was chosen. */
  const ways: Readonly<Record<string, (site: ChosenSite) => Promise<{ account: Account } | undefined>>> = {
    password: async (site) =>
      signInWithPassword(
        t.accounts,
        site,
        { accountName: domain.name, userName: operator.name, password: operator.password },
        'always',
        signal,
      ),
    code: async (site) => {
      const passcode = { userId: guarded.id, code: passcodeOf(guarded, t.harness.now) };
      const who = { accountName: domain.name, userName: guarded.name, password: guarded.password, passcode };
      return signInWithMfa(t.accounts, site, who, 'always', signal);
    },
    token: async (site) => {
      const token = await tokenFor(t.cloud.url, inProject(north));
      await t.cloud.control.clearRequests();
      return signInWithToken(t.accounts, site, token, 'untilExpiry', yes, signal);
    },
    keys: async (site) => signInWithKeys(t.accounts, site, auditor.key, 'always', yes, signal),
    profile: async (site) => {
      profileOf(cloudsYaml(t.cloud.url));
      return signInWithProfile(t.accounts, site, await t.harness.profile(), yes, signal);
    },
  };

  for (const [way, signIn] of Object.entries(ways)) {
    it(`lets no ${way} go to an IAM of the settings before it is accepted`, async () => {
      for (const site of [unasked(), allBut(t.harness.site().iam), unasked(elsewhere, roma)]) {
        const { kind, failure } = await failureOf(signIn(site));
        assert.deepEqual([kind, failure.accept], ['invalidRequest', t.cloud.url]);
        assert.deepEqual(await t.cloud.control.requests(), []);
        assert.deepEqual(
          [t.accounts.all(), t.harness.accountStore.text, t.harness.secretStore.entries.size],
          [[], '[]', 0],
        );
      }
    });

    it(`keeps an address refused over later sign-ins by ${way}`, async () => {
      const first = await signIn(allBut(roma));
      assert.ok(first);
      const { id } = first.account;
      const refused = async (): Promise<void> => {
        for (const here of [t.accounts, t.harness.accounts()]) {
          await t.cloud.control.clearRequests();
          const { failure } = await failureOf(t.harness.listInstances(here, { id }));
          assert.deepEqual([failure.kind, failure.accept, failure.declined], ['invalidRequest', roma, true]);
          assert.deepEqual(await t.cloud.control.requests(), []);
        }
      };
      await refused();
      // A later sign-in that did not ask about it, in a window of its own.
      t.harness.now += 30_000;
      t.reload();
      const again = await signIn(unasked(t.cloud.url));
      assert.equal(again?.account.id, id);
      await refused();
      assert.ok(t.harness.accountStore.text.includes(`"declined":["${roma}"]`));
      await t.accounts.accept(id, roma);
      assert.equal((await t.harness.listInstances(t.accounts, { id })).total, 2);
      assert.equal((await t.harness.listInstances(t.harness.accounts(), { id })).total, 2);
      assert.ok(!t.harness.accountStore.text.includes(`"declined":["${roma}"]`));
    });
  }

  it('lets nothing of a profile go to the address that it names, before that is accepted', async () => {
    profileOf(cloudsYaml(elsewhere));
    const used = await t.harness.profile();
    for (const site of [t.harness.site(), unasked()]) {
      const { kind, failure } = await failureOf(signInWithProfile(t.accounts, site, used, yes, signal));
      assert.deepEqual([kind, failure.accept], ['invalidRequest', elsewhere]);
    }
    assert.deepEqual(await t.cloud.control.requests(), []);
    // The IAM of the settings, whose place it takes, is not asked, and needs no consent.
    const signedIn = await signInWithProfile(t.accounts, unasked(elsewhere), used, yes, signal);
    assert.deepEqual(signedIn?.account.accepted, [elsewhere]);
    assert.deepEqual(
      t.accounts
        .toAccept(t.accounts.site(signedIn.account) ?? assert.fail(), signedIn.account)
        .map(({ address }) => address)
        .toSorted(),
      Object.values(sampleSite(t.cloud.url).services).toSorted(),
    );
  });

  it('does not take an address that came later for accepted, and neither do later sign-ins', async () => {
    const before = t.harness.site();
    const { account } = await t.harness.signIn(t.accounts);
    const added = `${elsewhere}/roma/{region}`;
    t.harness.sitesSetting = {
      demo: { ...sampleSite(t.cloud.url), services: { ...sampleSite(t.cloud.url).services, roma: added } },
    };
    const who = { accountName: domain.name, userName: operator.name, password: operator.password };
    await signInWithPassword(t.accounts, { ...unasked(), accepted: before.accepted }, who, 'always', signal);
    await t.cloud.control.clearRequests();
    const { failure } = await failureOf(t.harness.listInstances(t.accounts, account));
    assert.deepEqual([failure.accept, failure.declined], [added, undefined]);
    assert.deepEqual(await t.cloud.control.requests(), []);
  });

  it('does not even ask an IAM that was not accepted whether it is there', async () => {
    const services = { roma: 'https://roma.{region}.unresolved.example' };
    t.harness.sitesSetting = { demo: { ...sampleSite(t.cloud.url), services } };
    const { account } = await t.harness.signIn(t.accounts);
    // A token of the project is at hand, so that IAM is not needed.
    const token = await tokenFor(t.cloud.url, inProject(north));
    await t.harness.signInWithToken(t.accounts, token, 'untilExpiry');
    t.harness.sitesSetting = { demo: { iam: elsewhere, services } };
    await t.cloud.control.clearRequests();
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
      assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'network');
      assert.deepEqual(await t.cloud.control.requests(), []);
      await t.accounts.accept(account.id, elsewhere);
      assert.equal((await failureOf(t.harness.listInstances(t.accounts, account))).kind, 'notOffered');
      assert.deepEqual(
        (await t.cloud.control.requests()).map(({ method, path }) => `${method} ${path}`),
        ['GET /v3'],
      );
    } finally {
      dns.lookup = lookup;
    }
  });

  it('is taken up from another window before the address of a request is checked', async () => {
    const { account } = await t.harness.signIn(t.accounts);
    const other = t.harness.accounts();
    await other.decide(account.id, { accepted: [], declined: [roma] });
    await t.cloud.control.clearRequests();
    const { failure } = await failureOf(t.harness.listInstances(t.accounts, account));
    assert.deepEqual([failure.accept, failure.declined], [roma, true]);
    assert.deepEqual(await t.cloud.control.requests(), []);
    await other.accept(account.id, roma);
    assert.equal((await t.harness.listInstances(t.accounts, account)).total, 2);
  });

  it('is taken up from another window while a request waits for its token or its turn', async () => {
    for (const signIn of [ways['password'], ways['keys']]) {
      await t.cloud.control.reset();
      const { account } = (await signIn?.(t.harness.site())) ?? assert.fail();
      const other = t.harness.accounts();
      const isSigned = account.signIn === 'accessKey';
      await t.cloud.control.clearRequests();
      await t.cloud.control.fault({
        match: isSigned ? '/nes/' : '/v3/auth/tokens',
        fault: { kind: 'slow', ms: 200 },
      });
      // The first signature goes alone.
      const first = isSigned ? t.harness.listInstances(t.accounts, account, SAMPLE.projects[3]) : undefined;
      const waiting = failureOf(t.harness.listInstances(t.accounts, account));
      await new Promise(setImmediate);
      await other.decide(account.id, { accepted: [], declined: [roma] });
      assert.equal((await waiting).failure.declined, true);
      await first?.catch(() => undefined);
      const sent = await t.cloud.control.requests();
      assert.ok(!sent.some(({ path }) => path.includes('/roma/cn-north-4/')), JSON.stringify(sent));
      await t.accounts.signOut(account.id);
    }
  });

  for (const way of Object.keys(ways)) {
    it(`lasts where another window refuses an address, or accepts it, during a sign-in with ${way}`, async () => {
      const signIn = ways[way] ?? assert.fail();
      for (const isRefused of [true, false]) {
        await t.reset();
        const { account } = (await signIn(isRefused ? t.harness.site() : allBut(roma))) ?? assert.fail();
        t.harness.now += 30_000;
        const other = t.harness.accounts();
        await t.cloud.control.fault({ match: '/v3/', fault: { kind: 'slow', ms: 150 } });
        const again = signIn(isRefused ? t.harness.site() : allBut(roma));
        await new Promise((resolve) => setTimeout(resolve, 20));
        await other.decide(
          account.id,
          isRefused ? { accepted: [], declined: [roma] } : { accepted: [roma], declined: [] },
        );
        assert.ok(await again);
        await t.cloud.control.clearFaults();
        const asked = await t.harness.listInstances(t.accounts, account).then(
          () => 'sent',
          (error: unknown) => (error instanceof CloudError ? error.failure.declined : error),
        );
        assert.equal(asked, isRefused ? true : 'sent');
        await t.accounts.signOut(account.id);
      }
    });
  }

  it('goes over from an account to the role that it takes on, where the role’s own decisions last', async () => {
    const { account } = (await ways['password']?.(allBut(roma))) ?? assert.fail();
    const taken = await signInWithAgency(t.accounts, account.id, role, signal);
    assert.ok(taken);
    const of = async (): Promise<unknown[]> => {
      const { failure } = await failureOf(t.harness.listInstances(t.accounts, taken.account, partner.projects[0]));
      return [failure.accept, failure.declined];
    };
    assert.deepEqual(await of(), [roma, true]);
    await t.accounts.accept(account.id, roma);
    await t.accounts.decide(taken.account.id, { accepted: [], declined: [roma] });
    assert.ok(await signInWithAgency(t.accounts, account.id, role, signal));
    assert.deepEqual(await of(), [roma, true]);
  });

  it('leads from a role whose account has not accepted its IAM to the sign-in of that account', async () => {
    const { account } = await t.harness.signIn(t.accounts);
    const taken = await signInWithAgency(t.accounts, account.id, role, signal);
    assert.ok(taken);
    t.harness.now += 25 * 60 * 60_000;
    t.harness.sitesSetting = { demo: { ...sampleSite(t.cloud.url), iam: elsewhere } };
    await t.accounts.accept(taken.account.id, elsewhere);
    await t.cloud.control.clearRequests();
    const { kind, failure } = await failureOf(t.harness.listProjects(t.accounts, taken.account));
    assert.deepEqual([kind, failure.accept], ['unauthenticated', undefined]);
    assert.deepEqual(await t.cloud.control.requests(), []);
  });

  it('is asked for with the place that the address comes from', async () => {
    const origins = (address: string, account: Account): unknown =>
      originsOf(address, account, readSites(t.harness.sitesSetting).sites.get(account.site)).map(({ text }) =>
        /setting|of the account that|The profile \{0\}/.exec(text)?.join(),
      );
    const { account } = await t.harness.signIn(t.accounts);
    assert.deepEqual(origins(roma, account), ['setting']);
    profileOf(cloudsYaml(elsewhere));
    const used = await t.harness.profile();
    const { account: ofProfile } =
      (await signInWithProfile(t.accounts, unasked(elsewhere), used, yes, signal)) ?? assert.fail();
    assert.deepEqual(origins(elsewhere, ofProfile), ['The profile {0}']);
    assert.deepEqual(origins(roma, ofProfile), ['setting']);
    const { account: ofRole } = (await signInWithAgency(t.accounts, ofProfile.id, role, signal)) ?? assert.fail();
    assert.deepEqual(origins(elsewhere, ofRole), ['of the account that']);
    t.harness.sitesSetting = { demo: { ...sampleSite(t.cloud.url), iam: elsewhere } };
    assert.deepEqual(origins(elsewhere, ofProfile), ['setting', 'The profile {0}']);
  });

  it('is asked for once per address of the settings, not for built-in ones', () => {
    const asked = (setting: unknown, id: string, accepted: readonly string[] = []): unknown =>
      t.accounts
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
