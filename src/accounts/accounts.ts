import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Service } from '../catalog/declaration';
import { Client } from '../cloud/client';
import type { RetryPolicy } from '../cloud/retryPolicy';
import type { Transport } from '../cloud/http';
import { Emitter } from '../base/emitter';
import { phrase, type Phrase } from '../base/phrase';
import { CloudError } from '../cloud/errors';
import { endpointOf, type Account, type AccountStore, type Remember } from './account';
import { addressesToAccept, applyDecisions, type AskedAddress, type AddressDecisions } from './addresses';
import type * as authenticate from './authenticate';
import type { Authenticated, PasswordCredentials, AgencyRole, UsedProfile } from './authenticate';
import { AccountAuthorizer, type ProfileState } from './authorizer';
import { Grants } from './grants';
import { requestToken, storedToken } from './iamClient';
import { SharedAccountList, isSameEntry } from './sharedAccountList';
import { SharedSignInAttempts } from './signInAttempts';
import type { StoredKeys, StoredToken, SecretStore } from './accountSecret';
import { noSite, withIam, type ChosenSite, type Site, type Sites } from './sites';

// Loaded with the first sign-in, so that little is loaded at activation.
const authentication = async (): Promise<typeof authenticate> => import('./authenticate');

/** What the accounts need. */
export interface AccountsDeps {
  readonly store: AccountStore;
  readonly secretStore: SecretStore;
  readonly transport: Transport;
  readonly services: readonly Service[];
  /** The sites as the settings have them now. */
  readonly sites: () => Sites;
  /** Reads a profile of this machine, with its secret, as it is now. */
  readonly readProfile: (id: string) => Promise<UsedProfile | { readonly reason: Phrase }>;
  /** Makes what repeats an account's requests. */
  readonly retryPolicy: () => RetryPolicy;
}

/** What may take the place of another sign-in of the same identity. */
type MayReplace = (account: Account) => Promise<boolean>;

/** A sign-in that worked. `notice`: something that the user should know. */
export interface SignedIn {
  readonly account: Account;
  readonly notice?: Phrase;
}

/** One signed-in identity and the way to ask for it. */
interface Member {
  readonly gate: AccountAuthorizer;
  readonly client: Client;
}

/** The accounts that are signed in, side by side. */
export class Accounts {
  readonly #parts: AccountsDeps;
  readonly #members = new Map<string, Member>();
  readonly #list: SharedAccountList;
  readonly #grants: Grants;
  readonly #tries: SharedSignInAttempts;
  /** The entries of the list as they were taken up: what differs from them is what another window did. */
  readonly #taken = new Map<string, Account>();
  #takenGrants: SharedAccountList['grants'];
  /** How many changes of an account are on their way into the list, by ID: what that says of it waits for them. */
  readonly #busy = new Map<string, number>();
  /** The accounts that are being signed out, by ID: who signs in there again waits, or would go with them. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #changes = new Emitter<void>();
  readonly #signOuts = new Emitter<string>();
  /** Fires after an account came, went, or changed. */
  readonly onDidChange = this.#changes.event;
  /** Fires after this or another window signed an account out, with its ID. */
  readonly onDidSignOut = this.#signOuts.event;

  /** Takes up the accounts of the list. Reads no secret and asks nothing of the network. */
  constructor(parts: AccountsDeps) {
    this.#parts = parts;
    this.#list = new SharedAccountList(parts.store, () => this.#warnNotStored());
    this.#takenGrants = this.#list.grants;
    this.#grants = new Grants(this.#list, () => this.#warnNotStored());
    this.#tries = new SharedSignInAttempts({
      list: this.#list,
      clock: parts.transport.clock,
      look: () => this.reread(),
      notStored: () => this.#warnNotStored(),
    });
    for (const account of this.#list.accounts) {
      this.#taken.set(account.id, account);
      this.#admit(account, true);
    }
  }

  /**
   * Takes up what other windows did: accounts come, go at once, and forget what they hold where another window signed in.
   * To be called when the list may have changed; each request does so by itself. Asks nothing of the network.
   */
  reread(): void {
    if (this.#list.refresh()) {
      this.#takeUp();
    }
  }

  /** In the order in which they signed in first. */
  all(): readonly Account[] {
    return [...this.#members.values()].map(({ gate }) => gate.account);
  }

  /** The client that asks for an account; nothing after it signed out. */
  client(id: string): Client | undefined {
    return this.#members.get(id)?.client;
  }

  /**
   * Signs an IAM user in with a password, and a code where it has an MFA device. One code gives one token: temporary keys are
   * got for it, which sign for every project; without them a project's token is got for the account's.
   * @throws CloudError; nothing is kept then, and nothing is tried again
   */
  async signInWithPassword(
    site: ChosenSite,
    who: PasswordCredentials,
    remember: Remember,
    signal: AbortSignal,
  ): Promise<SignedIn> {
    const before = this.all();
    const authenticated = await (
      await authentication()
    ).authenticateWithPassword(site, who, remember, this.#asking(signal));
    const { account, secret } = authenticated;
    const signedIn = await this.#signIn(authenticated, before);
    return account.signIn !== 'mfa' || secret.keys || signedIn.notice
      ? signedIn
      : {
          ...signedIn,
          notice: phrase('IAM gave no temporary keys: a project may ask for a code of its own.'),
        };
  }

  /** Whether the password of an account is at hand, so that only a code is to be asked for. */
  async hasPassword(id: string): Promise<boolean> {
    return (await this.#members.get(id)?.gate.password()) !== undefined;
  }

  /**
   * Signs an account with an MFA device in again with a code.
   * @param password nothing where {@link hasPassword}
   * @param projectId the project whose token is wanted, where IAM gives no temporary keys: one code gives one token
   * @throws CloudError
   */
  async signInWithCode(
    id: string,
    { password, code }: { readonly password?: string | undefined; readonly code: string },
    projectId: string | undefined,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const member = this.#members.get(id);
    const known = password ?? (await member?.gate.password());
    // The settings may name another IAM by now, and another window may have refused it.
    member?.gate.refuseOtherIam();
    const account = member?.gate.account;
    const site = account && this.site(account);
    if (!member || !site || known === undefined) {
      return undefined;
    }
    const { domain, user, remember, accepted, declined = [] } = account;
    const who = {
      accountName: domain.name,
      userName: user.name,
      password: known,
      passcode: { userId: user.id, code },
    };
    if (projectId === undefined || (await member.gate.signs())) {
      return this.signInWithPassword({ ...site, accepted, declined }, who, remember, signal);
    }
    member.gate.refuseOtherIam();
    const scope = { project: { id: projectId } };
    const asking = this.#asking(signal);
    const token = await requestToken(site.iam, { kind: 'password', ...who }, scope, asking.transport, asking.signal);
    await member.gate.addToken(projectId, storedToken(token, asking.transport.clock));
    this.#changes.fire();
    return { account };
  }

  /**
   * Signs in with a token that was made elsewhere. It cannot be renewed, and serves its own project only.
   * @param mayReplace asked before it takes the place of another sign-in, which serves more
   * @returns nothing where it may not
   * @throws CloudError; `unauthenticated` where IAM does not know the token
   */
  async signInWithToken(
    site: ChosenSite,
    value: string,
    remember: Remember,
    mayReplace: MayReplace,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const before = this.all();
    return this.#inPlaceOf(
      await (await authentication()).authenticateWithToken(site, value, remember, this.#asking(signal)),
      before,
      mayReplace,
    );
  }

  /**
   * Signs in with access keys, permanent or temporary.
   * @throws CloudError; `unauthenticated` where they are refused
   */
  async signInWithKeys(
    site: ChosenSite,
    keys: StoredKeys,
    remember: Remember,
    mayReplace: MayReplace,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const before = this.all();
    return this.#inPlaceOf(
      await (await authentication()).authenticateWithKeys(site, keys, remember, this.#asking(signal)),
      before,
      mayReplace,
    );
  }

  /**
   * Signs in with a profile of this machine, which is read anew for each use and not copied.
   * @param chosen where it is; an address that the profile itself names takes the place of its IAM
   * @throws CloudError
   */
  async signInWithProfile(
    chosen: ChosenSite,
    used: UsedProfile,
    mayReplace: MayReplace,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const before = this.all();
    return this.#inPlaceOf(
      await (await authentication()).authenticateWithProfile(chosen, used, this.#asking(signal)),
      before,
      mayReplace,
    );
  }

  /**
   * Takes on the role of an agency of another account, as a further account: its tokens are got for those of the one that
   * takes it on (`methods: ["assume_role"]`).
   * @throws CloudError; `forbidden` where the role may not be taken on, or the account has no token to show
   */
  async signInWithAgency(parentId: string, role: AgencyRole, signal: AbortSignal): Promise<SignedIn | undefined> {
    const gate = this.#members.get(parentId)?.gate;
    // The settings may name another IAM by now, and what is held is given without asking that.
    gate?.refuseOtherIam();
    const site = gate && this.site(gate.account);
    if (!gate || !site) {
      return undefined;
    }
    const token = await this.#parentToken(parentId, site);
    gate.refuseOtherIam();
    const before = this.all();
    return this.#signIn(
      await (await authentication()).authenticateWithAgency(site, gate.account, token, role, this.#asking(signal)),
      before,
    );
  }

  /** A project's token, for an extension that the user lets have it. @throws CloudError */
  async token(id: string, projectId: string): Promise<StoredToken | undefined> {
    return this.#members.get(id)?.gate.token({ kind: 'project', projectId });
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
   * Lets no other extension have a project's token any more, in any window.
   * @throws CloudError where the list could not be written
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

  /** Gets new tokens now. @throws CloudError where the account cannot */
  async renewNow(id: string): Promise<void> {
    await this.#members.get(id)?.gate.renewNow();
    this.#changes.fire();
  }

  /** When a sign-in ends by itself: milliseconds since 1970; nothing where it does not, or nobody knows. */
  async ends(id: string): Promise<number | undefined> {
    return this.#members.get(id)?.gate.ends();
  }

  /** Lets the cloud be asked again with the sign-in that it refused. */
  async tryAgain(id: string): Promise<void> {
    await this.change(id, { refused: undefined, refusalReason: undefined });
  }

  /** Changes what the user chose about an account. */
  async change(
    id: string,
    change: { readonly [Name in 'label' | 'hidden' | 'refused' | 'refusalReason']?: Account[Name] },
  ): Promise<void> {
    await this.#change(id, (account) => ({ ...account, ...change }));
  }

  /**
   * Removes every trace of an account. Said only once it is so: whoever closes the window at the word must be signed out.
   * @throws CloudError where the vault did not let go; the account stays in the list, so that it can be tried again
   */
  async signOut(id: string): Promise<void> {
    this.reread();
    const gate = this.#members.get(id)?.gate;
    if (!gate) {
      return;
    }
    const leaving = this.#alone(id, async () => {
      gate.close();
      // The list first: another window that is about to store a token finds out afterwards that it must not.
      const isUnlisted = await succeeds(this.#put(id, undefined));
      const isForgotten = await succeeds(gate.signOut());
      if (isUnlisted && isForgotten) {
        this.#members.delete(id);
        this.#grants.forget(id);
        this.#signOuts.fire(id);
        this.#changes.fire();
        return;
      }
      // A sign-in of another name: what could not be removed is of no use any more.
      const { account } = this.#admit({ ...gate.account, generation: randomUUID(), refused: true }, !isForgotten).gate;
      await succeeds(this.#put(id, account));
      this.#changes.fire();
      throw new CloudError({
        kind: 'badAnswer',
        reason: isForgotten
          ? phrase('The list of accounts could not be stored. Sign out again.')
          : phrase('The secret storage of this machine did not remove the sign-in. Sign out again.'),
      });
    }).finally(() => {
      if (this.#leaving.get(id) === leaving) {
        this.#leaving.delete(id);
      }
    });
    this.#leaving.set(id, leaving);
    await leaving;
  }

  /** An account's site as it is now; undefined if it is gone or cannot be used. */
  site(account: Account): Site | undefined {
    const site = this.#parts.sites().sites.get(account.site);
    return site && withIam(site, endpointOf(account));
  }

  /** Why there is none for an account. */
  noSite(id: string): CloudError {
    return noSite(id.split(':', 1).map(decodeURIComponent)[0] ?? '', this.#parts.sites());
  }

  /** The addresses of a site that the user has to accept first, by what was decided about them. */
  toAccept(site: Site, decisions: AddressDecisions): readonly AskedAddress[] {
    return addressesToAccept(site, decisions, this.#parts.services);
  }

  /** Lets an account's secrets go to an address. */
  async accept(id: string, address: string): Promise<void> {
    await this.decide(id, { accepted: [address] });
  }

  /** Takes up what the user decided about addresses; it lasts over later sign-ins. */
  async decide(id: string, decisions: AddressDecisions): Promise<void> {
    await this.#change(id, (account) => ({ ...account, ...applyDecisions(account, decisions) }));
  }

  /** Gives up every sign-in under way, and every token that is being got. */
  close(): void {
    this.#closing.abort();
    for (const { gate } of this.#members.values()) {
      gate.close();
    }
  }

  // `before`: the accounts when it began.
  async #signIn({ account, secret, fingerprint }: Authenticated, before: readonly Account[]): Promise<SignedIn> {
    await this.#leaving.get(account.id)?.catch(() => undefined);
    this.reread();
    return this.#alone(account.id, async () => {
      const { gate } = this.#members.get(account.id) ?? this.#admit(account, false);
      const was = before.find(({ id }) => id === account.id);
      let kept = { ...account, ...remembered(gate.account, account, was) };
      // What is granted for a session ends with it.
      this.#grants.forget(account.id);
      let notice: Phrase | undefined;
      if (!(await succeeds(gate.signedIn(kept, secret, fingerprint)))) {
        notice =
          account.remember === 'session'
            ? phrase('The secret storage of this machine did not remove the earlier sign-in. Sign out to remove it.')
            : phrase('The secret storage of this machine did not take the sign-in. It lasts for this session only.');
        kept = this.#forSession(gate, kept);
      }
      if (!(await succeeds(this.#put(account.id, kept)))) {
        notice ??= phrase('The list of accounts could not be stored. The sign-in lasts for this session only.');
        kept = this.#forSession(gate, kept);
      }
      this.#changes.fire();
      return { account: kept, ...(notice ? { notice } : {}) };
    }).then(async (signedIn) => {
      await this.#tryRolesOf(account.id);
      return signedIn;
    });
  }

  // The roles that were signed out with an account are back with it.
  async #tryRolesOf(id: string): Promise<void> {
    const roles = this.all().filter(
      ({ agency, refusalReason }) => agency?.parent === id && refusalReason !== undefined,
    );
    await Promise.all(roles.map(async (role) => succeeds(this.tryAgain(role.id))));
  }

  // Nobody waits for a vault that failed before.
  #forSession(gate: AccountAuthorizer, account: Account): Account {
    const kept = { ...account, remember: 'session' } as const;
    gate.holdOnly(kept).catch(() => this.#parts.transport.log.warn('The vault does not take changes.'));
    return kept;
  }

  // An identity is one account: another way to sign in takes the place of the one before.
  async #inPlaceOf(
    authenticated: Authenticated,
    before: readonly Account[],
    mayReplace: MayReplace,
  ): Promise<SignedIn | undefined> {
    const { account } = authenticated;
    const known = this.#members.get(account.id)?.gate.account;
    return known && known.signIn !== account.signIn && !(await mayReplace(known))
      ? undefined
      : this.#signIn(authenticated, before);
  }

  #asking(signal: AbortSignal): { readonly transport: Transport; readonly signal: AbortSignal } {
    return { transport: this.#parts.transport, signal: AbortSignal.any([signal, this.#closing.signal]) };
  }

  async #parentToken(parentId: string, at: Site | undefined): Promise<string> {
    const parent = this.#members.get(parentId);
    // Roles are taken on by users; one that a list says to be taken on by itself would wait for itself.
    if (!parent || parent.gate.account.agency) {
      throw new CloudError({
        kind: 'unauthenticated',
        signIn: 'ofRole',
        reason: phrase('The account that takes on this role is signed out.'),
      });
    }
    // It may be signed in at another IAM by now, whose tokens are nothing to the one that gave the role.
    if (this.site(parent.gate.account)?.iam !== at?.iam) {
      throw new CloudError({
        kind: 'unauthenticated',
        reason: phrase('The account that takes on this role is signed in at another address now. Use the role anew.'),
      });
    }
    try {
      return (await parent.gate.token({ kind: 'account' })).value;
    } catch (error) {
      // The address is to be accepted for the account that takes on the role, by signing in to that again.
      if (error instanceof CloudError && error.failure.accept !== undefined) {
        const { reason } = error.failure;
        throw new CloudError({ kind: 'unauthenticated', ...(reason ? { reason } : {}) });
      }
      const isOut = error instanceof CloudError && error.kind === 'unauthenticated';
      throw isOut ? error.as({ signIn: error.failure.signIn ?? 'ofRole' }) : error;
    }
  }

  async #profileState(account: Account): Promise<ProfileState> {
    const read = await this.#parts.readProfile(account.profile?.id ?? '');
    if ('reason' in read) {
      throw new CloudError({ kind: 'unauthenticated', reason: read.reason });
    }
    const { secretOf } = await authentication();
    return { secret: secretOf(read, account), fingerprint: read.profile.fingerprint };
  }

  #admit(account: Account, isListed: boolean): Member {
    const patience = this.#parts.retryPolicy();
    const gate = new AccountAuthorizer(
      account,
      {
        retryPolicy: patience,
        secretStore: this.#parts.secretStore,
        transport: this.#parts.transport,
        services: this.#parts.services,
        site: () => this.site(gate.account),
        noSite: () => this.noSite(account.id),
        isStillIn: () => {
          this.reread();
          return this.#members.get(account.id)?.gate === gate;
        },
        profile: async () => this.#profileState(gate.account),
        parentToken: async (id) => this.#parentToken(id, this.site(gate.account)),
        tries: this.#tries,
        changed: async () => this.#refusedOrNot(gate),
      },
      isListed,
    );
    const member = { gate, client: new Client(gate, this.#parts.transport, patience) };
    this.#members.set(account.id, member);
    return member;
  }

  async #refusedOrNot({ account }: AccountAuthorizer): Promise<void> {
    this.#changes.fire();
    const { refused, refusalReason } = account;
    await this.#amend(account, (listed) => ({ ...listed, refused, refusalReason })).catch(() => this.#warnNotStored());
  }

  async #change(id: string, change: (account: Account) => Account): Promise<void> {
    const gate = this.#members.get(id)?.gate;
    if (gate) {
      gate.update(change(gate.account));
      this.#changes.fire();
      await this.#amend(gate.account, change);
    }
  }

  // Another window may have changed the entry as well: only the change itself goes there, and only for the same sign-in.
  async #amend({ id, generation, remember }: Account, change: (listed: Account) => Account): Promise<void> {
    if (remember !== 'session') {
      await this.#alone(id, async () =>
        this.#list.change((accounts) =>
          accounts.map((each) => (each.id === id && each.generation === generation ? change(each) : each)),
        ),
      );
    }
  }

  // What is for this session only leaves no trace, not even a name; the list is not touched where it has none.
  async #put(id: string, account: Account | undefined): Promise<void> {
    const own = account && account.remember !== 'session' ? [account] : [];
    const isOther = ({ id: otherId }: Account): boolean => otherId !== id;
    if (own.length > 0 || !this.#list.accounts.every(isOther)) {
      await this.#list.change((accounts) => {
        const at = accounts.findIndex((each) => !isOther(each));
        return at === -1
          ? [...accounts, ...own]
          : [...accounts.slice(0, at), ...own, ...accounts.slice(at + 1).filter(isOther)];
      });
    }
  }

  // While a change is on its way into the list, that does not yet say what is so.
  async #alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#busy.set(id, (this.#busy.get(id) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const others = (this.#busy.get(id) ?? 1) - 1;
      if (others > 0) {
        this.#busy.set(id, others);
      } else {
        this.#busy.delete(id);
      }
      this.#list.refresh();
      this.#takeUp();
    }
  }

  #takeUp(): void {
    const listed = new Map(this.#list.accounts.map((account) => [account.id, account]));
    let isChanged = false;
    for (const id of new Set([...this.#taken.keys(), ...listed.keys()])) {
      const account = listed.get(id);
      if (this.#busy.has(id) || isSameEntry(account, this.#taken.get(id))) {
        continue;
      }
      if (account) {
        this.#taken.set(id, account);
      } else {
        this.#taken.delete(id);
      }
      isChanged = this.#follow(id, account) || isChanged;
    }
    if (!isDeepStrictEqual(this.#list.grants, this.#takenGrants)) {
      this.#takenGrants = this.#list.grants;
      isChanged = true;
    }
    if (isChanged) {
      this.#changes.fire();
    }
  }

  #grantsChanged(): void {
    this.reread();
    this.#changes.fire();
  }

  // Does here what another window did. @returns whether it was not so already
  #follow(id: string, account: Account | undefined): boolean {
    const gate = this.#members.get(id)?.gate;
    if (!gate) {
      if (account) {
        this.#admit(account, true);
      }
      return account !== undefined;
    }
    // Whoever signed in here for this session stays so, whatever other windows do.
    if (gate.account.remember === 'session' || isSameEntry(account, gate.account)) {
      return false;
    }
    if (!account) {
      this.#members.delete(id);
      this.#grants.forget(id);
      gate.leave().catch(() => this.#parts.transport.log.warn('The vault does not take changes.'));
      this.#signOuts.fire(id);
    } else if (account.generation === gate.account.generation) {
      gate.update(account);
    } else {
      gate.reread(account);
    }
    return true;
  }

  #warnNotStored(): void {
    this.#parts.transport.log.warn('The list of accounts could not be stored.');
  }
}

// Whether something was done; one that says `false` was not.
async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    (done) => done !== false,
    () => false,
  );
}

// What the user chose about an account outlives another sign-in, and so do the names by which others know it. A role comes with
// the decisions about addresses of the account that takes it on, which are older than its own.
function remembered(
  known: Account,
  now: Account,
  was: Account | undefined,
): Pick<Account, 'label' | 'hidden' | 'firstNames' | 'accepted' | 'declined'> {
  const { label, hidden, firstNames, user, domain } = known;
  const isRenamed = user.name !== now.user.name || domain.name !== now.domain.name;
  const names = firstNames ?? (isRenamed ? { user: user.name, domain: domain.name } : undefined);
  return {
    ...(label === undefined ? {} : { label }),
    ...(hidden ? { hidden } : {}),
    ...(names ? { firstNames: names } : {}),
    ...(now.agency ? applyDecisions(now, known) : applyDecisions(known, newIn(now, was))),
  };
}

// What was so before the sign-in began may have been decided otherwise since, in another window.
function newIn(
  { accepted, declined = [] }: AddressDecisions,
  before: AddressDecisions = { accepted: [] },
): AddressDecisions {
  return {
    accepted: accepted.filter((address) => !before.accepted.includes(address)),
    declined: declined.filter((address) => !before.declined?.includes(address)),
  };
}
