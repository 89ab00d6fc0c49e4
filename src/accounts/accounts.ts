import { randomUUID } from 'node:crypto';
import type { Service } from '../catalog/declaration';
import type { ListClient } from '../cloud/client';
import { LazyClient } from '../cloud/lazyClient';
import type { RequestPolicy } from '../cloud/retryPolicy';
import type { Transport } from '../cloud/http';
import { Emitter } from '../base/emitter';
import { phrase, type Phrase } from '../base/phrase';
import { CloudError } from '../cloud/errors';
import type { Account, AccountStore } from './account';
import { addressesToAccept, applyDecisions, type AskedAddress, type AddressDecisions } from './addresses';
import type { Authenticated, IamAccess } from './authenticate';
import { AccountAuthorizer } from './authorizer';
import { Grants } from './grants';
import { storedToken, type IamToken } from './iamClient';
import { profileState, type UsedProfile } from './methods/profile';
import { parentToken } from './roleParent';
import { SharedAccountList } from './sharedAccountList';
import { SharedSignInAttempts } from './signInAttempts';
import { storeSignIn, succeeds } from './storeSignIn';
import type { StoredToken, SecretStore } from './accountSecret';
import { endpointOf, noSite, withIam, type Site, type Sites } from './sites';
import { WindowSync } from './windowSync';

export interface AccountsDeps {
  readonly store: AccountStore;
  readonly secretStore: SecretStore;
  readonly transport: Transport;
  readonly services: readonly Service[];
  /** The sites as the settings have them now. */
  readonly sites: () => Sites;
  /** Reads a profile of this machine, with its secret, as it is now. */
  readonly readProfile: (id: string) => Promise<UsedProfile | { readonly reason: Phrase }>;
  /** Makes the retry policy of an account. */
  readonly retryPolicy: () => RequestPolicy;
}

/** Asked before a sign-in replaces one by another method of the same identity. */
export type MayReplace = (account: Account) => Promise<boolean>;

/** Has IAM confirm an identity, in the way of a sign-in method. */
type Authenticate = (iam: IamAccess) => Promise<Authenticated>;

/** A successful sign-in. `notice`: something that the user should know. */
export interface SignedIn {
  readonly account: Account;
  readonly notice?: Phrase;
}

/** The accounts that are signed in, side by side. */
export class Accounts {
  readonly #deps: AccountsDeps;
  /** By the account's ID. */
  readonly #members = new Map<string, { readonly authorizer: AccountAuthorizer; readonly client: ListClient }>();
  readonly #grants: Grants;
  readonly #attempts: SharedSignInAttempts;
  readonly #sync: WindowSync;
  /** Sign-outs in progress, by account ID. A new sign-in waits for them, or the sign-out would delete it. */
  readonly #signOuts = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #changes = new Emitter<void>();
  readonly #departures = new Emitter<string>();
  /** Fires after an account came, went, or changed. */
  readonly onDidChange = this.#changes.event;
  /** Fires after this or another window signed an account out, with its ID. */
  readonly onDidSignOut = this.#departures.event;

  /** Adds the accounts of the list. Reads no secret and sends nothing. */
  constructor(deps: AccountsDeps) {
    this.#deps = deps;
    const notStored = (): void => this.#warnNotStored();
    const list = new SharedAccountList(deps.store, notStored);
    this.#grants = new Grants(list, notStored);
    this.#attempts = new SharedSignInAttempts({
      list,
      clock: deps.transport.clock,
      reread: () => this.reread(),
      notStored,
    });
    this.#sync = new WindowSync({
      list,
      authorizer: (id) => this.authorizer(id),
      add: (account) => this.#addMember(account, true),
      remove: (authorizer) => this.#signedOutElsewhere(authorizer),
      changed: () => this.#changes.fire(),
    });
    for (const account of list.accounts) {
      this.#addMember(account, true);
    }
  }

  /**
   * Applies the changes of other windows: accounts come, go at once, and forget their secrets if another window signed in.
   * To be called when the list may have changed; each request does so by itself. Sends nothing.
   */
  reread(): void {
    this.#sync.refresh();
  }

  /** In the order of their first sign-ins. */
  all(): readonly Account[] {
    return [...this.#members.values()].map(({ authorizer }) => authorizer.account);
  }

  /** The client that asks for an account; undefined after it signed out. */
  client(id: string): ListClient | undefined {
    return this.#members.get(id)?.client;
  }

  /** The authorizer of an account, for sign-in methods; undefined after it signed out. */
  authorizer(id: string): AccountAuthorizer | undefined {
    return this.#members.get(id)?.authorizer;
  }

  /**
   * Signs in with the identity that a method authenticates (`methods/`).
   * @param mayReplace if given, asked before it replaces a sign-in by another method, which may serve more
   * @returns undefined if it may not
   * @throws what `authenticate` throws; nothing is kept then
   */
  async signIn(authenticate: Authenticate, signal: AbortSignal): Promise<SignedIn>;
  async signIn(authenticate: Authenticate, signal: AbortSignal, mayReplace: MayReplace): Promise<SignedIn | undefined>;
  async signIn(
    authenticate: Authenticate,
    signal: AbortSignal,
    mayReplace: MayReplace = async () => true,
  ): Promise<SignedIn | undefined> {
    const before = this.all();
    const authenticated = await authenticate(this.#iamAccess(signal));
    const { id, signIn } = authenticated.account;
    const known = this.authorizer(id)?.account;
    return known && known.signIn !== signIn && !(await mayReplace(known))
      ? undefined
      : this.#keep(authenticated, before);
  }

  /** Requests a project's token for a signed-in account, and keeps it beside the others. @throws CloudError */
  async addProjectToken(
    id: string,
    projectId: string,
    request: (iam: IamAccess) => Promise<IamToken>,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const authorizer = this.authorizer(id);
    if (!authorizer) {
      return undefined;
    }
    const { account } = authorizer;
    const token = await request(this.#iamAccess(signal));
    await authorizer.addToken(projectId, storedToken(token, this.#deps.transport.clock));
    this.#changes.fire();
    return { account };
  }

  /** Whether the password of an account is held or stored, so that the user need not enter it. */
  async hasPassword(id: string): Promise<boolean> {
    return (await this.authorizer(id)?.password()) !== undefined;
  }

  /** A project's token, for an extension to which the user granted it. @throws CloudError */
  async token(id: string, projectId: string): Promise<StoredToken | undefined> {
    return this.authorizer(id)?.token({ kind: 'project', projectId });
  }

  /** The projects, by ID, whose tokens other extensions may have. */
  granted(account: Account): readonly string[] {
    return this.#grants.of(account);
  }

  /** Lets other extensions have a project's token, in every window. */
  async grant(account: Account, projectId: string): Promise<void> {
    await this.#grants.add(account, projectId);
    this.#grantsChanged();
  }

  /**
   * Takes a project's token away from other extensions, in every window.
   * @throws CloudError if the list could not be written
   */
  async revoke(account: Account, projectId: string): Promise<void> {
    try {
      await this.#grants.remove(account, projectId);
    } catch {
      throw new CloudError({
        kind: 'badAnswer',
        reason: phrase('The list of accounts could not be stored. Try again.'),
      });
    } finally {
      this.#grantsChanged();
    }
  }

  /** Requests new tokens now. @throws CloudError if the account cannot */
  async renewNow(id: string): Promise<void> {
    await this.authorizer(id)?.renewNow();
    this.#changes.fire();
  }

  /** When a sign-in ends by itself: milliseconds since 1970; undefined if it does not, or that is not known. */
  async ends(id: string): Promise<number | undefined> {
    return this.authorizer(id)?.ends();
  }

  /** Lets the sign-in that the cloud refused be tried again. */
  async tryAgain(id: string): Promise<void> {
    await this.change(id, { refused: undefined, refusalReason: undefined });
  }

  /** Changes the user's choices about an account. */
  async change(
    id: string,
    change: { readonly [Name in 'label' | 'hidden' | 'refused' | 'refusalReason']?: Account[Name] },
  ): Promise<void> {
    await this.#change(id, (account) => ({ ...account, ...change }));
  }

  /**
   * Removes every trace of an account. Resolves only when everything is removed, so that closing the window right after is
   * safe.
   * @throws CloudError if the list or the secret storage could not be written; the account stays, to be signed out again
   */
  async signOut(id: string): Promise<void> {
    this.reread();
    const authorizer = this.authorizer(id);
    if (!authorizer) {
      return;
    }
    const signOut = this.#sync
      .withPendingWrite(id, async () => this.#removeAccount(authorizer))
      .finally(() => {
        if (this.#signOuts.get(id) === signOut) {
          this.#signOuts.delete(id);
        }
      });
    this.#signOuts.set(id, signOut);
    await signOut;
  }

  /** An account's site as it is now; undefined if it is gone or cannot be used. */
  site(account: Account): Site | undefined {
    const site = this.#deps.sites().sites.get(account.site);
    return site && withIam(site, endpointOf(account));
  }

  /** The error of an account without a site, by the account's ID. */
  noSite(id: string): CloudError {
    return noSite(this.authorizer(id)?.account.site ?? id, this.#deps.sites());
  }

  /** The addresses of a site that the user has to accept first, given the decisions so far. */
  toAccept(site: Site, decisions: AddressDecisions): readonly AskedAddress[] {
    return addressesToAccept(site, decisions, this.#deps.services);
  }

  /** Lets an account's secrets go to an address. */
  async accept(id: string, address: string): Promise<void> {
    await this.decide(id, { accepted: [address] });
  }

  /** Applies the user's decisions about addresses; they last over later sign-ins. */
  async decide(id: string, decisions: AddressDecisions): Promise<void> {
    await this.#change(id, (account) => ({ ...account, ...applyDecisions(account, decisions) }));
  }

  /** Aborts every sign-in and token request under way. */
  close(): void {
    this.#closing.abort();
    for (const { authorizer } of this.#members.values()) {
      authorizer.close();
    }
  }

  // `before`: the accounts when the sign-in began.
  async #keep(authenticated: Authenticated, before: readonly Account[]): Promise<SignedIn> {
    const { id } = authenticated.account;
    await this.#signOuts.get(id)?.catch(() => undefined);
    this.reread();
    const signedIn = await this.#sync.withPendingWrite(id, async () => this.#store(authenticated, before));
    await this.#tryRolesOf(id);
    return signedIn;
  }

  async #store(authenticated: Authenticated, before: readonly Account[]): Promise<SignedIn> {
    const { account } = authenticated;
    const authorizer = this.authorizer(account.id) ?? this.#addMember(account, false);
    // A grant for a session ends with it.
    this.#grants.forget(account.id);
    const signedIn = await storeSignIn(authorizer, authenticated, before, {
      list: async (listed) => this.#sync.store(account.id, listed),
      notRemoved: () => this.#warnNotRemoved(),
    });
    this.#changes.fire();
    return signedIn;
  }

  // Roles that were signed out because their account was are tried again.
  async #tryRolesOf(id: string): Promise<void> {
    const roles = this.all().filter(
      ({ agency, refusalReason }) => agency?.parent === id && refusalReason !== undefined,
    );
    await Promise.all(roles.map(async (role) => succeeds(this.tryAgain(role.id))));
  }

  async #removeAccount(authorizer: AccountAuthorizer): Promise<void> {
    const { id } = authorizer.account;
    authorizer.close();
    // The list first: another window that is about to store a token finds out afterwards that it must not.
    const isUnlisted = await succeeds(this.#sync.store(id, undefined));
    const isForgotten = await succeeds(authorizer.signOut());
    if (isUnlisted && isForgotten) {
      this.#members.delete(id);
      this.#grants.forget(id);
      this.#departures.fire(id);
      this.#changes.fire();
      return;
    }
    // A sign-in with another generation: the secret that could not be removed is of no use to it.
    const rest = { ...authorizer.account, generation: randomUUID(), refused: true };
    await succeeds(this.#sync.store(id, this.#addMember(rest, !isForgotten).account));
    this.#changes.fire();
    throw new CloudError({
      kind: 'badAnswer',
      reason: isForgotten
        ? phrase('The list of accounts could not be stored. Sign out again.')
        : phrase('The secret storage of this machine did not remove the sign-in. Sign out again.'),
    });
  }

  #signedOutElsewhere(authorizer: AccountAuthorizer): void {
    const { id } = authorizer.account;
    this.#members.delete(id);
    this.#grants.forget(id);
    authorizer.leave().catch(() => this.#warnNotRemoved());
    this.#departures.fire(id);
  }

  #iamAccess(signal: AbortSignal): IamAccess {
    return { transport: this.#deps.transport, signal: AbortSignal.any([signal, this.#closing.signal]) };
  }

  #addMember(account: Account, isListed: boolean): AccountAuthorizer {
    const { secretStore, transport, services } = this.#deps;
    const retryPolicy = this.#deps.retryPolicy();
    const authorizer = new AccountAuthorizer(
      account,
      {
        retryPolicy,
        secretStore,
        transport,
        services,
        site: () => this.site(authorizer.account),
        noSite: () => noSite(account.site, this.#deps.sites()),
        isStillIn: () => {
          this.reread();
          return this.authorizer(account.id) === authorizer;
        },
        profile: async () => profileState(this.#deps.readProfile, authorizer.account),
        parentToken: async (id) => parentToken(this, id, this.site(authorizer.account)),
        attempts: this.#attempts,
        changed: async () => this.#persistRefusal(authorizer),
      },
      isListed,
    );
    this.#members.set(account.id, { authorizer, client: new LazyClient(authorizer, transport, retryPolicy) });
    return authorizer;
  }

  async #persistRefusal({ account }: AccountAuthorizer): Promise<void> {
    this.#changes.fire();
    const { refused, refusalReason } = account;
    await this.#sync
      .patchStored(account, (stored) => ({ ...stored, refused, refusalReason }))
      .catch(() => this.#warnNotStored());
  }

  async #change(id: string, change: (account: Account) => Account): Promise<void> {
    const authorizer = this.authorizer(id);
    if (authorizer) {
      authorizer.update(change(authorizer.account));
      this.#changes.fire();
      await this.#sync.patchStored(authorizer.account, change);
    }
  }

  #grantsChanged(): void {
    this.reread();
    this.#changes.fire();
  }

  #warnNotStored(): void {
    this.#deps.transport.log.warn('The list of accounts could not be stored.');
  }

  #warnNotRemoved(): void {
    this.#deps.transport.log.warn('The secret storage could not be changed.');
  }
}
