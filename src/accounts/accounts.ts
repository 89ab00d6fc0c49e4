import * as v from 'valibot';
import type { Service } from '../catalog/shape';
import { Client } from '../cloud/client';
import type { Patience } from '../cloud/patience';
import type { Transport } from '../cloud/send';
import { phrase, type Phrase } from '../catalog/phrase';
import { CloudError } from '../cloud/errors';
import { accountId, accountSchema, type Account, type AccountStore, type Remember } from './account';
import { Gate, type ProfileState } from './gate';
import { checkToken, ownerOf, requestKeys, requestToken, type Passcode, type Token } from './iam';
import type { Profile, ProfileSecret } from './profiles/profile';
import type { Secret, StoredKeys, StoredToken, Vault } from './secret';
import { withIam, type Site } from './sites';

/** What the accounts need. */
export interface AccountsParts {
  readonly store: AccountStore;
  readonly vault: Vault;
  readonly transport: Transport;
  readonly services: readonly Service[];
  readonly site: (id: string) => Site | undefined;
  /** Reads a profile of this machine, with its secret, as it is now. */
  readonly readProfile: (id: string) => Promise<UsedProfile | { readonly because: Phrase }>;
  /** Makes what repeats an account's requests. */
  readonly patience: () => Patience;
  /** Called after an account came, went, or changed. */
  readonly changed: () => void;
}

/** A profile and what it signs in with. */
export interface UsedProfile {
  readonly profile: Profile;
  readonly secret: ProfileSecret;
}

/** What may take the place of another sign-in of the same identity. */
type MayReplace = (account: Account) => Promise<boolean>;

/** A sign-in that worked. `notice`: something that its user should know. */
export interface SignedIn {
  readonly account: Account;
  readonly notice?: Phrase;
}

/** One signed-in identity and the way to ask for it. */
interface Member {
  readonly gate: Gate;
  readonly client: Client;
}

/** The accounts that are signed in, side by side. */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #members = new Map<string, Member>();

  /** Takes up the stored accounts. Reads no secret and asks nothing of the network. */
  constructor(parts: AccountsParts) {
    this.#parts = parts;
    for (const account of this.#stored()) {
      this.#admit(account);
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
  async withPassword(
    site: Site,
    who: {
      readonly accountName: string;
      readonly userName: string;
      readonly password: string;
      readonly passcode?: Passcode;
    },
    remember: Remember,
    signal: AbortSignal,
  ): Promise<SignedIn> {
    const { transport } = this.#parts;
    const scope = { domain: { name: who.accountName } };
    const token = await requestToken(site.iam, { by: 'password', ...who }, scope, transport, signal);
    const account = { ...identity(site, token), remember };
    const secret = { password: who.password, tokens: { account: storedToken(token) } };
    if (!who.passcode) {
      return this.#signIn({ ...account, signIn: 'password' }, secret);
    }
    const keys = await keysFor(site, token, transport, signal);
    const signedIn = await this.#signIn({ ...account, signIn: 'mfa' }, { ...secret, ...(keys ? { keys } : {}) });
    return keys || signedIn.notice
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
  async withCode(
    id: string,
    { password, code }: { readonly password?: string | undefined; readonly code: string },
    projectId: string | undefined,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const member = this.#members.get(id);
    const account = member?.gate.account;
    const site = account && this.site(account);
    const known = password ?? (await member?.gate.password());
    if (!member || !account || !site || known === undefined) {
      return undefined;
    }
    const { domain, user, remember } = account;
    const who = {
      accountName: domain.name,
      userName: user.name,
      password: known,
      passcode: { userId: user.id, code },
    };
    if (projectId === undefined || (await member.gate.signs())) {
      return this.withPassword(site, who, remember, signal);
    }
    const scope = { project: { id: projectId } };
    const token = await requestToken(site.iam, { by: 'password', ...who }, scope, this.#parts.transport, signal);
    await member.gate.addToken(projectId, storedToken(token));
    this.#parts.changed();
    return { account };
  }

  /**
   * Signs in with a token that was made elsewhere. It cannot be renewed, and serves its own project only.
   * @param mayReplace asked before it takes the place of another sign-in, which serves more
   * @returns nothing where it may not
   * @throws CloudError; `unauthenticated` where IAM does not know the token
   */
  async withToken(
    site: Site,
    value: string,
    remember: Remember,
    mayReplace: MayReplace,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const token = await this.#check(site, value, signal);
    return this.#inPlaceOf(
      { ...identity(site, token), ...ofToken(token), signIn: 'token', remember },
      { tokens: tokensOf(token) },
      mayReplace,
    );
  }

  /**
   * Signs in with access keys, permanent or temporary.
   * @throws CloudError; `unauthenticated` where they are refused
   */
  async withKeys(
    site: Site,
    keys: StoredKeys,
    remember: Remember,
    mayReplace: MayReplace,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const owner = await ownerOf(site.iam, keys, this.#parts.transport, signal);
    const account = { ...identity(site, owner), signIn: 'accessKey', remember } as const;
    return this.#inPlaceOf(account, { keys, tokens: {} }, mayReplace);
  }

  /**
   * Signs in with a profile of this machine, which is read anew for each use and not copied.
   * @param site where it is; an address that the profile itself names takes the place of its IAM, and counts as agreed to
   * @throws CloudError
   */
  async withProfile(
    chosen: Site,
    { profile, secret }: UsedProfile,
    mayReplace: MayReplace,
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const { transport } = this.#parts;
    const site = withIam(chosen, profile.endpoint);
    const source = {
      id: profile.id,
      kind: secret.kind,
      name: profile.name,
      from: profile.from.join(', '),
    };
    const endpoint = profile.endpoint === undefined ? {} : { endpoint: profile.endpoint };
    const common = { signIn: 'profile', remember: 'always', profile: { ...source, ...endpoint } } as const;
    switch (secret.kind) {
      case 'accessKey': {
        const keys = keysIn(secret);
        const owner = await ownerOf(site.iam, keys, transport, signal);
        return this.#inPlaceOf({ ...identity(site, owner), ...common }, { keys, tokens: {} }, mayReplace);
      }
      case 'password': {
        const scope = { domain: { name: secret.accountName } };
        const token = await requestToken(site.iam, { by: 'password', ...secret }, scope, transport, signal);
        const held = { password: secret.password, tokens: { account: storedToken(token) } };
        return this.#inPlaceOf({ ...identity(site, token), ...common }, held, mayReplace);
      }
      case 'token': {
        const token = await this.#check(site, secret.token, signal);
        const account = { ...identity(site, token), ...ofToken(token), ...common };
        return this.#inPlaceOf(account, { tokens: tokensOf(token) }, mayReplace);
      }
    }
  }

  /**
   * Takes on the role of an agency of another account, as a further account: its tokens are got for those of the one that
   * takes it on (`methods: ["assume_role"]`).
   * @throws CloudError; `forbidden` where the role may not be taken on, or the account has no token to show
   */
  async withAgency(
    parentId: string,
    role: { readonly agencyName: string; readonly domainName: string },
    signal: AbortSignal,
  ): Promise<SignedIn | undefined> {
    const parent = this.#members.get(parentId)?.gate.account;
    const site = parent && this.site(parent);
    if (!parent || !site) {
      return undefined;
    }
    const by = { by: 'agency', token: await this.#parentToken(parentId), ...role } as const;
    const token = await requestToken(
      site.iam,
      by,
      { domain: { name: role.domainName } },
      this.#parts.transport,
      signal,
    );
    const account: Account = {
      ...identity(site, token),
      accepted: parent.accepted,
      signIn: 'agency',
      remember: parent.remember === 'session' ? 'session' : 'untilExpiry',
      agency: { parent: parentId, name: role.agencyName, domainName: role.domainName },
    };
    return this.#signIn(account, { tokens: { account: storedToken(token) } });
  }

  /** A project's token, for whoever its user lets have it. @throws CloudError */
  async token(id: string, projectId: string): Promise<StoredToken | undefined> {
    return this.#members.get(id)?.gate.token({ of: 'project', projectId });
  }

  /** Gets new tokens now. @throws CloudError where the account cannot */
  async renewNow(id: string): Promise<void> {
    await this.#members.get(id)?.gate.renewNow();
    this.#parts.changed();
  }

  /** When a sign-in ends by itself: milliseconds since 1970; nothing where it does not, or nobody knows. */
  async ends(id: string): Promise<number | undefined> {
    return this.#members.get(id)?.gate.ends();
  }

  /** Lets the cloud be asked again with the sign-in that it refused. */
  async tryAgain(id: string): Promise<void> {
    await this.change(id, { refused: undefined, refusedFor: undefined });
  }

  /** Changes what its user chose about an account. */
  async change(
    id: string,
    change: { readonly [Name in 'label' | 'hidden' | 'refused' | 'refusedFor']?: Account[Name] },
  ): Promise<void> {
    const member = this.#members.get(id);
    if (member) {
      member.gate.update({ ...member.gate.account, ...change });
      this.#parts.changed();
      await this.#save(id);
    }
  }

  /**
   * Removes every trace of an account. Said only once it is so: whoever closes the window at the word must be signed out.
   * @throws CloudError where the vault did not let go; the account stays in the list, so that it can be tried again
   */
  async signOut(id: string): Promise<void> {
    const member = this.#members.get(id);
    if (!member) {
      return;
    }
    try {
      await member.gate.signOut();
    } catch {
      this.#admit({ ...member.gate.account, refused: true });
      await this.#save(id);
      this.#parts.changed();
      throw new CloudError({
        kind: 'badAnswer',
        reason: phrase('The secret storage of this machine did not remove the sign-in. Sign out again.'),
      });
    }
    this.#members.delete(id);
    await this.#save(id);
    this.#parts.changed();
  }

  /** An account's site as it is now; nothing where the settings no longer have it. */
  site({ site: id, profile }: Account): Site | undefined {
    const site = this.#parts.site(id);
    return site && withIam(site, profile?.endpoint);
  }

  /** The addresses of an account's site that came into the settings after its user signed in. */
  unaccepted(account: Account): readonly string[] {
    const { accepted } = account;
    return (this.site(account)?.fromSettings ?? []).filter((address) => !accepted.includes(address));
  }

  /** Lets an account's secrets go to an address of the settings. */
  async accept(id: string, address: string): Promise<void> {
    const member = this.#members.get(id);
    if (member) {
      const { account } = member.gate;
      member.gate.update({ ...account, accepted: [...account.accepted, address] });
      this.#parts.changed();
      await this.#save(id);
    }
  }

  /** Gives up every request under way. */
  close(): void {
    for (const { gate } of this.#members.values()) {
      gate.close();
    }
  }

  async #signIn(account: Account, secret: Secret): Promise<SignedIn> {
    const { gate } = this.#members.get(account.id) ?? this.#admit(account);
    let kept = { ...remembered(gate.account), ...account };
    let notice: Phrase | undefined;
    const isKept = await gate.signedIn(kept, secret).catch(() => false);
    if (!isKept) {
      kept = { ...kept, remember: 'session' };
      await gate.signedIn(kept, secret).catch(() => this.#parts.transport.log.warn('The vault does not take changes.'));
      notice = phrase('The secret storage of this machine did not take the sign-in. It lasts for this session only.');
    }
    try {
      await this.#save(account.id);
    } catch {
      kept = { ...kept, remember: 'session' };
      gate.update(kept);
      notice ??= phrase('The list of accounts could not be stored. The sign-in lasts for this session only.');
    }
    this.#parts.changed();
    return { account: kept, ...(notice ? { notice } : {}) };
  }

  // An identity is one account: another way to sign in takes the place of the one before.
  async #inPlaceOf(account: Account, secret: Secret, mayReplace: MayReplace): Promise<SignedIn | undefined> {
    const known = this.#members.get(account.id)?.gate.account;
    return known && known.signIn !== account.signIn && !(await mayReplace(known))
      ? undefined
      : this.#signIn(account, secret);
  }

  async #check(site: Site, value: string, signal: AbortSignal): Promise<Token> {
    const token = await checkToken(site.iam, value, this.#parts.transport, signal);
    if (token.expires <= this.#parts.transport.clock()) {
      throw new CloudError({ kind: 'unauthenticated', reason: phrase('The token has expired.') });
    }
    return token;
  }

  async #parentToken(parentId: string): Promise<string> {
    const parent = this.#members.get(parentId);
    if (!parent) {
      throw new CloudError({
        kind: 'unauthenticated',
        reason: phrase('The account that takes on this role is signed out.'),
      });
    }
    return (await parent.gate.token({ of: 'account' })).value;
  }

  async #profileState(account: Account): Promise<ProfileState> {
    const read = await this.#parts.readProfile(account.profile?.id ?? '');
    if ('because' in read) {
      throw new CloudError({ kind: 'unauthenticated', reason: read.because });
    }
    const { profile, secret } = read;
    // Whoever may write the file could name a host of their own.
    if (profile.endpoint !== account.profile?.endpoint) {
      throw new CloudError({
        kind: 'unauthenticated',
        reason: phrase('The profile names another address now: {0}. Sign in with it again.', profile.endpoint ?? '-'),
      });
    }
    return { secret: heldFrom(secret, account), fingerprint: profile.fingerprint };
  }

  #admit(account: Account): Member {
    const gate = new Gate(account, {
      vault: this.#parts.vault,
      transport: this.#parts.transport,
      services: this.#parts.services,
      site: () => this.site(account),
      isListed: () => this.#stored().some(({ id }) => id === account.id),
      signedOutElsewhere: () => {
        this.#members.get(account.id)?.gate.close();
        this.#members.delete(account.id);
        this.#parts.changed();
      },
      profile: async () => this.#profileState(account),
      parentToken: async (id) => this.#parentToken(id),
      changed: () => {
        this.#parts.changed();
        this.#save(account.id).catch(() => this.#parts.transport.log.warn('The list of accounts could not be stored.'));
      },
    });
    const member = { gate, client: new Client(gate, this.#parts.transport, this.#parts.patience()) };
    this.#members.set(account.id, member);
    return member;
  }

  #stored(): readonly Account[] {
    const entries = v.safeParse(v.array(v.unknown()), this.#parts.store.read());
    return (entries.success ? entries.output : []).flatMap((entry) => {
      const account = v.safeParse(accountSchema, entry);
      return account.success && hasItsOwnId(account.output) ? [account.output] : [];
    });
  }

  // Changes one account's entry only: another window may have changed the others.
  async #save(id: string): Promise<void> {
    const account = this.#members.get(id)?.gate.account;
    // What is for this session only leaves no trace, not even a name.
    const own = account && account.remember !== 'session' ? [account] : [];
    const stored = this.#stored();
    const at = stored.findIndex((each) => each.id === id);
    await this.#parts.store.write(
      at === -1 ? [...stored, ...own] : [...stored.slice(0, at), ...own, ...stored.slice(at + 1)],
    );
  }
}

// The ID names the account's secret and its site: one that is another identity's is not taken.
function hasItsOwnId({ id, site, domain, user }: Account): boolean {
  return id === accountId(site, domain.id, user.id);
}

function identity(
  site: Site,
  { domain, user }: Pick<Token, 'domain' | 'user'>,
): Pick<Account, 'id' | 'site' | 'domain' | 'user' | 'accepted'> {
  return {
    id: accountId(site.id, domain.id, user.id),
    site: site.id,
    domain,
    user,
    // Choosing the site is accepting the addresses that it has now.
    accepted: [...site.fromSettings],
  };
}

// What its user chose about an account outlives another sign-in.
function remembered({ label, hidden }: Account): Pick<Account, 'label' | 'hidden'> {
  return { ...(label === undefined ? {} : { label }), ...(hidden ? { hidden } : {}) };
}

function ofToken({ expires, project }: Token): Pick<Account, 'expires' | 'project'> {
  return { expires, ...(project ? { project } : {}) };
}

function storedToken({ value, expires }: Token): StoredToken {
  return { value, expires };
}

function tokensOf(token: Token): Secret['tokens'] {
  const stored = storedToken(token);
  return { account: stored, ...(token.project ? { [`project:${token.project.id}`]: stored } : {}) };
}

function keysIn({ accessKey, secretKey, securityToken }: ProfileSecret & { readonly kind: 'accessKey' }): StoredKeys {
  return { access: accessKey, secret: secretKey, ...(securityToken === undefined ? {} : { securityToken }) };
}

// What a profile holds now, for the account that was signed in with it.
function heldFrom(secret: ProfileSecret, { domain, user, project, expires }: Account): Secret {
  switch (secret.kind) {
    case 'accessKey':
      return { keys: keysIn(secret), tokens: {} };
    case 'password':
      if (secret.userName !== user.name || secret.accountName !== domain.name) {
        throw new CloudError({
          kind: 'unauthenticated',
          reason: phrase('The profile names another user now. Sign in with it again.'),
        });
      }
      return { password: secret.password, tokens: {} };
    case 'token': {
      const token = { value: secret.token, expires: expires ?? 0 };
      return { tokens: { account: token, ...(project ? { [`project:${project.id}`]: token } : {}) } };
    }
  }
}

// Where IAM does not give any, the account's token has to do.
async function keysFor(
  site: Site,
  token: Token,
  transport: Transport,
  signal: AbortSignal,
): Promise<StoredKeys | undefined> {
  try {
    return await requestKeys(site.iam, token.value, transport, signal);
  } catch (error) {
    if (error instanceof CloudError && error.kind === 'cancelled') {
      throw error;
    }
    return undefined;
  }
}
