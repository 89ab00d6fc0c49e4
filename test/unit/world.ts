import assert from 'node:assert/strict';
import type { Account, AccountStore, Remember } from '../../src/accounts/account';
import { Accounts, type SignedIn } from '../../src/accounts/accounts';
import type { UsedProfile } from '../../src/accounts/authenticate';
import {
  parseAccountSecret,
  secretStoreKey,
  type AccountSecret,
  type SecretStore,
} from '../../src/accounts/accountSecret';
import type { ProfilePlaces } from '../../src/accounts/profiles/profile';
import { findProfiles, readProfile } from '../../src/accounts/profiles/profiles';
import { addressOf, readSites, type ChosenSite } from '../../src/accounts/sites';
import { catalog, services } from '../../src/catalog/catalog';
import { isService, type Service } from '../../src/catalog/declaration';
import type { ListPage } from '../../src/cloud/client';
import { CloudError } from '../../src/cloud/errors';
import type { RetryPolicy } from '../../src/cloud/retryPolicy';
import type { Transport } from '../../src/cloud/http';
import type { FilterValue } from '../../src/cloud/client';
import { Explorer } from '../../src/explorer/explorer';
import type { FilterStore, HiddenStore } from '../../src/explorer/deps';
import { labelOf } from '../../src/explorer/present/labels';
import type { Node } from '../../src/explorer/nodes';
import { allAccepted } from '../accepted';
import { sampleSite, type LoggedRequest } from '../cloud/control';
import { SAMPLE, type Project } from '../cloud/data';
import type { StandIn } from '../cloud/start';
import { impatient } from './localServer';

export const minute = 60_000;
export const [north, , , east] = SAMPLE.projects;

/** Secrets in memory, with a count of what was done, and the failures that a keyring can have. */
export class MemoryVault implements SecretStore {
  readonly entries = new Map<string, string>();
  reads = 0;
  writes = 0;
  readonly failing = new Set<'read' | 'write' | 'remove'>();
  /** While set, writing waits for it. */
  slow: Promise<void> | undefined;

  async read(key: string): Promise<string | undefined> {
    this.reads += 1;
    this.#mayFail('read');
    return this.entries.get(key);
  }

  async write(key: string, value: string): Promise<void> {
    this.writes += 1;
    await this.slow;
    this.#mayFail('write');
    this.entries.set(key, value);
  }

  async remove(key: string): Promise<void> {
    this.#mayFail('remove');
    this.entries.delete(key);
  }

  #mayFail(what: 'read' | 'write' | 'remove'): void {
    if (this.failing.has(what)) {
      throw new Error(`The keyring is locked: ${what}`);
    }
  }
}

/** The list of accounts in memory, through JSON as a file has it. */
class MemoryStore implements AccountStore {
  list: unknown;
  writes = 0;
  failing = false;

  /** The accounts that are in it. */
  get text(): string {
    const { accounts = [] } = (this.list ?? {}) as { accounts?: readonly Account[] };
    return JSON.stringify(accounts);
  }

  read(): unknown {
    return this.list;
  }

  async write(change: (newest: unknown) => unknown): Promise<void> {
    const newest = this.list;
    const text = JSON.stringify(change(newest));
    // As a file: another window may be faster.
    await new Promise(setImmediate);
    if (this.failing) {
      throw new Error('The disk is full');
    }
    if (this.list !== newest) {
      await this.write(change);
      return;
    }
    this.writes += 1;
    this.list = JSON.parse(text);
  }
}

/** Filters by list, as an editor's state keeps them. */
export class MemoryFilters implements FilterStore {
  readonly kept = new Map<string, FilterValue>();

  read(listId: string): FilterValue | undefined {
    return this.kept.get(listId);
  }

  write(listId: string, filter: FilterValue | undefined): void {
    if (filter) {
      this.kept.set(listId, filter);
    } else {
      this.kept.delete(listId);
    }
  }

  forget(nodeId: string): void {
    for (const listId of this.kept.keys()) {
      if (listId.startsWith(`${nodeId}/`)) {
        this.kept.delete(listId);
      }
    }
  }
}

/** Hidden services, those that last and those of a session. */
export class MemoryHidden implements HiddenStore {
  readonly lasting = new Set<string>();
  readonly #passing = new Set<string>();

  has(nodeId: string): boolean {
    return this.lasting.has(nodeId) || this.#passing.has(nodeId);
  }

  add(nodeId: string, lasting: boolean): void {
    (lasting ? this.lasting : this.#passing).add(nodeId);
  }

  forget(nodeId: string): void {
    for (const ids of [this.lasting, this.#passing]) {
      for (const id of ids) {
        if (id.startsWith(`${nodeId}/`)) {
          ids.delete(id);
        }
      }
    }
  }
}

/** All that accounts need, around a stand-in: what outlives a restart, a clock that stands, and what was logged. */
export class World {
  vault = new MemoryVault();
  /** How long was waited before something was sent again: milliseconds. */
  readonly waits: number[] = [];
  /** The person's own folder and environment; empty at first. */
  places: ProfilePlaces = { home: '/home', platform: 'linux', env: {}, readFile: async () => undefined };
  readonly store = new MemoryStore();
  readonly filters = new MemoryFilters();
  hidden = new MemoryHidden();
  readonly lines: string[] = [];
  readonly cloud: StandIn;
  /** The setting `keyExplorer.sites`. */
  setting: Readonly<Record<string, unknown>>;
  now = Date.now();
  changes = 0;
  /** The accounts that signed out, by ID: once a window. */
  readonly signOuts: string[] = [];
  timeout = 20_000;
  /** The answer of whoever is asked whether a token may take a password's place. */
  mayReplace = true;
  /** Makes what has requests wait their turn. */
  patience: () => RetryPolicy = () => impatient(this.waits, () => this.now);
  readonly transport: Transport = {
    timeout: () => this.timeout,
    clock: () => this.now,
    log: { info: (line) => this.lines.push(line), warn: (line) => this.lines.push(line) },
  };

  constructor(cloud: StandIn) {
    this.cloud = cloud;
    this.setting = { demo: sampleSite(cloud.url) };
  }

  /** What a window holds right after its start. */
  accounts(store: AccountStore = this.store): Accounts {
    const accounts = new Accounts({
      store,
      secretStore: this.vault,
      transport: this.transport,
      services,
      sites: () => readSites(this.setting),
      retryPolicy: () => this.patience(),
      readProfile: async (id) => readProfile(this.places, id),
    });
    accounts.onDidChange(() => {
      this.changes += 1;
    });
    accounts.onDidSignOut((id) => this.signOuts.push(id));
    return accounts;
  }

  /** A site as the user chose it who accepted all of its addresses. */
  site(id = 'demo'): ChosenSite {
    const site = readSites(this.setting).sites.get(id);
    assert.ok(site);
    return allAccepted(site);
  }

  async signIn(
    accounts: Accounts,
    remember: Remember = 'always',
    user: { name: string; password: string } = SAMPLE.operator,
  ): Promise<SignedIn> {
    const who = { accountName: SAMPLE.domain.name, userName: user.name, password: user.password };
    return accounts.signInWithPassword(this.site(), who, remember, new AbortController().signal);
  }

  async withToken(accounts: Accounts, token: string, remember: Remember = 'always'): Promise<SignedIn> {
    const signedIn = await accounts.signInWithToken(
      this.site(),
      token,
      remember,
      async () => this.mayReplace,
      new AbortController().signal,
    );
    assert.ok(signedIn);
    return signedIn;
  }

  /** Asks for the account's projects: the first step of discovery. */
  async projects(accounts: Accounts, { id }: Pick<Account, 'id'>): Promise<ListPage> {
    const [collection] = catalog;
    assert.ok(collection && !isService(collection));
    const { iam } = this.site(siteOf(id));
    const list = { collection, base: iam, scope: { kind: 'account' }, pathParams: {} } as const;
    return clientOf(accounts, id).getPage(list, undefined, 100, new AbortController().signal);
  }

  /** The one profile that the person has, with its secret. */
  async profile(): Promise<UsedProfile> {
    const [profile] = (await findProfiles(this.places)).profiles;
    const used = await readProfile(this.places, profile?.id ?? '');
    return 'because' in used ? assert.fail(used.because.text) : used;
  }

  /** Asks for a project's first ROMA Connect instances. */
  async instances(
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
   * The log of requests: those that asked IAM for a token, those for the names of regions, which come in the background
   * at any time, or all the others.
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

  /** The account's vault entry, read. */
  kept({ id }: Pick<Account, 'id'>): AccountSecret | undefined {
    const listed: readonly Account[] = JSON.parse(this.store.text);
    return parseAccountSecret(
      this.vault.entries.get(secretStoreKey(id)),
      listed.find((account) => account.id === id)?.generation ?? '',
    );
  }
}

export function serviceOf(id: string): Service {
  const service = services.find((each) => each.id === id);
  assert.ok(service);
  return service;
}

function clientOf(accounts: Accounts, id: string): NonNullable<ReturnType<Accounts['client']>> {
  const client = accounts.client(id);
  assert.ok(client, `no account ${id}`);
  return client;
}

function siteOf(accountId: string): string | undefined {
  return accountId.split(':')[0];
}

/** The error of something that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<CloudError> {
  try {
    await work;
  } catch (thrown) {
    assert.ok(thrown instanceof CloudError, String(thrown));
    return thrown;
  }
  return assert.fail('It did not fail.');
}

/** A promise, and what fulfils it. */
export function door(): { readonly opened: Promise<void>; open(): void } {
  let open: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open?.() };
}

/** The model that people walk, for the accounts of a world; `changed` lists the IDs of what was to be shown anew. */
export function explorerFor(
  world: World,
  accounts: Accounts,
  settings: { pageSize?: number; showAllServices?: boolean } = {},
): { readonly explorer: Explorer; readonly changed: (string | undefined)[] } {
  const changed: (string | undefined)[] = [];
  const explorer = new Explorer({
    accounts,
    catalog,
    pageSize: () => settings.pageSize ?? 100,
    showAllServices: () => settings.showAllServices ?? false,
    filters: world.filters,
    hidden: world.hidden,
  });
  explorer.onDidChange((node) => changed.push(node?.id));
  accounts.onDidChange(() => explorer.accountsChanged());
  return { explorer, changed };
}

/** A row's label as English text; a note's or pager's with what goes into it. */
export function said(node: Node): string {
  const label = labelOf(node);
  return typeof label === 'string' ? label : label.text.replace(/\{(\d)\}/g, (_, at) => String(label.args[Number(at)]));
}

/** Walks down by labels from the first account, and gives the row at the end. */
export async function walk(explorer: Explorer, ...labels: readonly string[]): Promise<Node> {
  let [here] = explorer.roots() as readonly Node[];
  for (const label of labels) {
    assert.ok(here);
    const below = await explorer.children(here);
    here = below.find((node) => said(node) === label);
    assert.ok(here, `${label} is not among ${below.map(said).join(', ')}`);
  }
  assert.ok(here);
  return here;
}
