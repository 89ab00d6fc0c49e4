import assert from 'node:assert/strict';
import type { Account, AccountStore, Remember } from '../../src/accounts/account';
import { Accounts, type SignedIn } from '../../src/accounts/accounts';
import type { UsedProfile } from '../../src/accounts/methods/profile';
import { parseAccountSecret, secretStoreKey, type AccountSecret } from '../../src/accounts/accountSecret';
import type { ProfilePlaces } from '../../src/accounts/profiles/profile';
import { findProfiles, readProfile } from '../../src/accounts/profiles/profiles';
import { addressOf, readSites, type ChosenSite } from '../../src/accounts/sites';
import { catalog, services } from '../../src/catalog/catalog';
import { isService } from '../../src/catalog/declaration';
import type { ListPage } from '../../src/cloud/client';
import { CloudError } from '../../src/cloud/errors';
import type { RetryPolicy } from '../../src/cloud/retryPolicy';
import type { Transport } from '../../src/cloud/http';
import { allAccepted } from './accepted';
import { sampleSite, type LoggedRequest } from '../cloud/control';
import { SAMPLE, type Project } from '../cloud/data';
import type { StandIn } from '../cloud/start';
import { serviceOf } from './collections';
import { MemoryAccountStore, MemoryFilterStore, MemoryHiddenStore, MemorySecretStore } from './memoryStores';
import { instantRetries } from './testClient';
import { signInWithPassword } from '../../src/accounts/methods/password';
import { signInWithToken } from '../../src/accounts/methods/token';

export const minute = 60_000;
export const [north, , , east] = SAMPLE.projects;

/** The dependencies of accounts, around a stand-in cloud: storage that survives a restart, a clock that stands still, the log. */
export class Harness {
  secretStore = new MemorySecretStore();
  /** Pauses before retries, ms. */
  readonly retryWaits: number[] = [];
  /** The user's home folder and environment; empty by default. */
  profilePlaces: ProfilePlaces = { home: '/home', platform: 'linux', env: {}, readFile: async () => undefined };
  readonly accountStore = new MemoryAccountStore();
  readonly filters = new MemoryFilterStore();
  hidden = new MemoryHiddenStore();
  readonly logLines: string[] = [];
  readonly cloud: StandIn;
  /** The setting `keyExplorer.sites`. */
  sitesSetting: Readonly<Record<string, unknown>>;
  now = Date.now();
  changeCount = 0;
  /** IDs of accounts that signed out, once for each window. */
  readonly signOuts: string[] = [];
  timeout = 20_000;
  /** The user's answer to whether a token may replace a password. */
  mayReplacePassword = true;
  retryPolicy: () => RetryPolicy = () => instantRetries(this.retryWaits, () => this.now);
  readonly transport: Transport = {
    timeout: () => this.timeout,
    clock: () => this.now,
    log: { info: (line) => this.logLines.push(line), warn: (line) => this.logLines.push(line) },
  };

  constructor(cloud: StandIn) {
    this.cloud = cloud;
    this.sitesSetting = { demo: sampleSite(cloud.url) };
  }

  /** The accounts as a window has them right after its start. */
  accounts(store: AccountStore = this.accountStore): Accounts {
    const accounts = new Accounts({
      store,
      secretStore: this.secretStore,
      transport: this.transport,
      services,
      sites: () => readSites(this.sitesSetting),
      retryPolicy: () => this.retryPolicy(),
      readProfile: async (id) => readProfile(this.profilePlaces, id),
    });
    accounts.onDidChange(() => {
      this.changeCount += 1;
    });
    accounts.onDidSignOut((id) => this.signOuts.push(id));
    return accounts;
  }

  /** A site with all of its addresses accepted. */
  site(id = 'demo'): ChosenSite {
    const site = readSites(this.sitesSetting).sites.get(id);
    assert.ok(site);
    return allAccepted(site);
  }

  async signIn(
    accounts: Accounts,
    remember: Remember = 'always',
    user: { name: string; password: string } = SAMPLE.operator,
  ): Promise<SignedIn> {
    const who = { accountName: SAMPLE.domain.name, userName: user.name, password: user.password };
    return signInWithPassword(accounts, this.site(), who, remember, new AbortController().signal);
  }

  async signInWithToken(accounts: Accounts, token: string, remember: Remember = 'always'): Promise<SignedIn> {
    const signedIn = await signInWithToken(
      accounts,
      this.site(),
      token,
      remember,
      async () => this.mayReplacePassword,
      new AbortController().signal,
    );
    assert.ok(signedIn);
    return signedIn;
  }

  /** Requests the account's projects, the first step of discovery. */
  async listProjects(accounts: Accounts, { id }: Pick<Account, 'id'>): Promise<ListPage> {
    const [collection] = catalog;
    assert.ok(collection && !isService(collection));
    const { iam } = this.site(siteOf(id));
    const list = { collection, base: iam, scope: { kind: 'account' }, pathParams: {} } as const;
    return clientOf(accounts, id).getPage(list, undefined, 100, new AbortController().signal);
  }

  /** The user's only profile, with its secret. */
  async profile(): Promise<UsedProfile> {
    const [profile] = (await findProfiles(this.profilePlaces)).profiles;
    const used = await readProfile(this.profilePlaces, profile?.id ?? '');
    return 'reason' in used ? assert.fail(used.reason.text) : used;
  }

  /** Requests the first ROMA Connect instances of a project. */
  async listInstances(
    accounts: Accounts,
    { id }: Pick<Account, 'id'>,
    project: Project = north,
    signal = new AbortController().signal,
  ): Promise<ListPage> {
    const service = serviceOf('roma');
    const [collection] = service.collections;
    const base = addressOf(service, this.site(siteOf(id)), project.region);
    assert.ok(collection && base !== undefined);
    const scope = { kind: 'project', projectId: project.id } as const;
    const list = { collection, base, scope, pathParams: { project_id: project.id } };
    return clientOf(accounts, id).getPage(list, undefined, 10, signal);
  }

  /**
   * The log of requests: `signIns` are those for a token, `names` those for region names, which run in the background at
   * any time; `all` is everything but `names`.
   */
  async requests(which: 'all' | 'signIns' | 'names' = 'all'): Promise<readonly LoggedRequest[]> {
    const log = await this.cloud.control.requests();
    const isOfNames = ({ path }: LoggedRequest): boolean => path === '/v3/regions';
    switch (which) {
      case 'all':
        return log.filter((request) => !isOfNames(request));
      case 'names':
        return log.filter(isOfNames);
      case 'signIns':
        return log.filter(({ method }) => method === 'POST');
    }
  }

  /** The account's entry in the secret store, parsed. */
  storedSecret({ id }: Pick<Account, 'id'>): AccountSecret | undefined {
    const listed: readonly Account[] = JSON.parse(this.accountStore.text);
    return parseAccountSecret(
      this.secretStore.entries.get(secretStoreKey(id)),
      listed.find((account) => account.id === id)?.generation ?? '',
    );
  }
}

function clientOf(accounts: Accounts, id: string): NonNullable<ReturnType<Accounts['client']>> {
  const client = accounts.client(id);
  assert.ok(client, `no account ${id}`);
  return client;
}

function siteOf(accountId: string): string | undefined {
  return accountId.split(':')[0];
}

/** The `CloudError` that a promise rejects with. @throws if it resolves or rejects with anything else */
export async function failureOf(work: Promise<unknown>): Promise<CloudError> {
  try {
    await work;
  } catch (thrown) {
    assert.ok(thrown instanceof CloudError, String(thrown));
    return thrown;
  }
  return assert.fail('It did not fail.');
}
