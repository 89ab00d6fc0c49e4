import { phrase } from '../base/phrase';
import type { Service } from '../catalog/declaration';
import { CloudError, cancelled, type SignInFault } from '../cloud/errors';
import type { RetryPolicy } from '../cloud/retryPolicy';
import type { Authorizer, RequestToAuthorize, Purpose, Renewal, TokenScope } from '../cloud/ports';
import type { Transport } from '../cloud/http';
import { traitsOf, usesPastedToken, type Account } from './account';
import { AddressPolicy, iamUrl } from './addressPolicy';
import { isReachable, requestToken, storedToken, tokenState, type AskedScope, type Identity } from './iamClient';
import { CredentialCache } from './credentialCache';
import type { AccountSecret, StoredKeys, StoredToken, SecretStore } from './accountSecret';
import { signedHeaders } from './sign';
import { Signatures } from './signatures';
import type { Site } from './sites';
import type { SignInTraits } from './methods/method';
import { withoutRoleFor, type SharedSignInAttempts } from './signInAttempts';

/** A token with less left than this is renewed on the next request: 10 minutes, in milliseconds. */
const renewBefore = 10 * 60 * 1000;

/**
 * A token that came so lately is used whatever its end: tokens of a short life, or a clock that is wrong, must not cost a
 * sign-in a request. A minute, in milliseconds.
 */
const newFor = 60_000;

/** A try with a password takes a request's time and a little more, and one with a key counts for so long: milliseconds. */
const tryLasts = { longerThanRequest: 5000, ofKey: 10_000 };

/** So many renewals may be in vain, though IAM called the token ended, before a refused token is not renewed any more. */
const mostInVain = 3;

/** So many projects may refuse a token while the account's own is good, before the sign-in counts as refused. */
const doubtful = 3;

/** The gateway does not know who asks. */
const gatewayRefusal = /^APIGW?\.030[157]$/;

/** What a gate needs. */
export interface AuthorizerDeps {
  readonly secretStore: SecretStore;
  readonly transport: Transport;
  /** What has requests wait while their host is paused. */
  readonly retryPolicy: Pick<RetryPolicy, 'runOnce'>;
  /** The account's site as it is now; undefined if it cannot be used. */
  readonly site: () => Site | undefined;
  /** Why there is none. */
  readonly noSite: () => CloudError;
  /** Takes up what other windows did. @returns whether the account is still signed in */
  readonly isStillIn: () => boolean;
  /** The services whose own addresses a token may go to. */
  readonly services: readonly Service[];
  /** What the account's profile holds now. @throws CloudError */
  readonly profile: () => Promise<ProfileState>;
  /** The account's token of the account that takes on the agency's role. @throws CloudError */
  readonly parentToken: (accountId: string) => Promise<string>;
  /** The tries of sign-ins, over all windows. */
  readonly attempts: Pick<SharedSignInAttempts, 'begin' | 'withoutRole' | 'claimRenewal' | 'renewedWell' | 'forgive'>;
  /** Called when what is known of the account changed. @returns when other windows can know it; never rejected */
  readonly changed: () => Promise<void>;
}

/** What a profile on disk holds. `fingerprint` changes with it. */
export interface ProfileState {
  readonly secret: AccountSecret;
  readonly fingerprint: string;
}

/**
 * Authorizes the requests of one account: fetches a token for each scope when it is first needed, renews it on use,
 * never by a timer, and asks IAM once for however many requests wait for it.
 */
export class AccountAuthorizer implements Authorizer {
  #account: Account;
  readonly #parts: AuthorizerDeps;
  readonly #closing = new AbortController();
  readonly #fetching = new Map<string, Promise<StoredToken>>();
  readonly #kept: CredentialCache;
  readonly #addresses: AddressPolicy;
  readonly #signatures = new Signatures();
  /** What the profile held when it was last read. */
  #fingerprint: string | undefined;
  /** Whether the cloud refused it to this very window, which thus knows what was refused. */
  #isRefusedHere = false;
  /** When a token could not be renewed. */
  readonly #unrenewedAt = new Map<string, number>();
  /** The renewals that are under way, by the token that was refused. */
  readonly #renewing = new Map<string, Promise<Renewal>>();
  /** The tokens that were got since a service refused the one before, and when. */
  readonly #renewedAt = new Map<string, number>();
  /** How many of those were refused at once: the service that refuses them has reasons of its own. */
  #inVain = 0;
  /** What is on its way to the other windows. */
  #noted: Promise<void> = Promise.resolve();
  /** Passwords are sent in turn, so that the refusal of one keeps the next from being sent. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Projects that IAM gave no token for, and when; not asked again for an hour, or before the next sign-in. */
  readonly #withoutRole = new Map<string, { readonly error: CloudError; readonly at: number }>();
  /** Counts sign-ins, so that an answer to an older one is not taken for this one's. */
  #generation = 0;

  /** @param isListed whether it is in the list that all windows share: its secret is in the vault then */
  constructor(account: Account, parts: AuthorizerDeps, isListed: boolean) {
    this.#account = account;
    this.#parts = parts;
    this.#addresses = new AddressPolicy({ ...parts, account: () => this.#account });
    this.#kept = new CredentialCache(parts.secretStore, parts.transport.clock, isListed && !account.profile);
  }

  get account(): Account {
    return this.#account;
  }

  /**
   * Puts a new sign-in in place of what there was.
   * @param fingerprint the state of the profile that it is from
   * @returns whether the vault keeps it
   * @throws what the vault throws; the sign-in is then held in memory all the same
   */
  async signedIn(account: Account, secret: AccountSecret, fingerprint?: string): Promise<boolean> {
    this.#account = account;
    this.#fingerprint = fingerprint;
    this.#resetSession(secret);
    await this.#store(secret, () => true);
    return this.#kept.isKept(account, secret);
  }

  /** Takes up that another window signed in: forgets what it holds, and reads again. */
  reread(account: Account): void {
    this.#account = account;
    this.#fingerprint = undefined;
    this.#resetSession(undefined);
    if (!account.profile) {
      this.#kept.markStored();
    }
  }

  /**
   * A token for a scope, for whoever may hold one.
   * @throws CloudError; `forbidden` for an account whose requests are signed: it has none
   */
  async token(scope: TokenScope): Promise<StoredToken> {
    const secret = await this.#secret();
    if (secret.keys && !secret.tokens['account']) {
      throw new CloudError({ kind: 'forbidden', reason: phrase('An account with access keys has no token.') });
    }
    return this.#token(scope, secret);
  }

  /** Has new tokens fetched with the next requests, and the account's own one now. @throws CloudError */
  async renewNow(): Promise<void> {
    const secret = await this.#secret();
    const scope = { kind: 'account' } as const;
    if (!this.#canFetch(secret, scope)) {
      throw this.#cannotFetch(scope);
    }
    this.#withoutRole.clear();
    this.#inVain = 0;
    await this.#parts.attempts.forgive(this.#account);
    await this.#kept.change((held) => ({ ...held, tokens: {} }));
    await this.#fetch(scope, secret);
  }

  /** Puts a project's token beside the others. */
  async addToken(projectId: string, token: StoredToken): Promise<void> {
    // Where another window signed in meanwhile, what that put into the vault is not held yet, and would be overwritten.
    await this.#kept.read(this.#account);
    await this.#keepToken({ kind: 'project', projectId }, token, this.#generation);
  }

  /** The password, where it is kept or still in memory. It leaves the room `accounts` only for IAM. */
  async password(): Promise<string | undefined> {
    return (await this.#kept.read(this.#account))?.password;
  }

  /** Whether requests are signed with keys. */
  async signs(): Promise<boolean> {
    return (await this.#kept.read(this.#account))?.keys !== undefined;
  }

  /** When the sign-in ends by itself: milliseconds since 1970; nothing where it does not, or nobody knows. */
  async ends(): Promise<number | undefined> {
    const secret = await this.#kept.read(this.#account);
    return secret?.keys ? secret.keys.expires : secret?.tokens['account']?.expires;
  }

  /** Takes what is now known of the account. */
  update(account: Account): void {
    this.#account = account;
  }

  /** Forgets everything, here and in the vault; requests under way are given up. */
  async signOut(): Promise<void> {
    this.#end();
    await this.#kept.remove(this.#account.id);
  }

  /** Follows another window that signed the account out. */
  async leave(): Promise<void> {
    this.#end();
    await this.#kept.forget(this.#account);
  }

  /** Takes the sign-in out of the vault, and goes on with what is held. @throws what the vault throws */
  async holdOnly(account: Account): Promise<void> {
    this.#account = account;
    await this.#kept.takeOut(account.id);
  }

  /** @throws CloudError if the account's IAM is at an address that the user did not accept */
  assertIamAllowed(): void {
    const site = this.#parts.site();
    if (site) {
      this.#addresses.assertAllowedAddress(iamUrl(site));
    }
  }

  /** Gives up what is under way, without forgetting anything. */
  close(): void {
    this.#closing.abort();
  }

  async authorize(
    request: RequestToAuthorize,
    scope: TokenScope,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>> {
    this.#addresses.assertAllowedAddress(request.url);
    const secret = await this.#secret();
    if (secret.keys) {
      return this.#sign(request, scope, secret.keys, signal);
    }
    const token = await this.#token(scope, secret, request.purpose);
    // The user may have refused the address meanwhile, here or in another window.
    this.#addresses.assertAllowedAddress(request.url);
    return { 'x-auth-token': token.value };
  }

  reportResult(headers: Readonly<Record<string, string>>, error: CloudError | undefined): CloudError | undefined {
    if (!error) {
      this.#isGoodAgain();
    }
    if (headers['authorization'] === undefined) {
      const token = headers['x-auth-token'] ?? '';
      if (error?.kind === 'unauthenticated' && this.#isNew(this.#renewedAt.get(token))) {
        this.#renewedAt.delete(token);
        this.#inVain += 1;
      } else if (!error && this.#inVain === 0 && this.#renewedAt.delete(token)) {
        void this.#parts.attempts.renewedWell(this.#account);
      }
      return error;
    }
    // What comes late says nothing of another sign-in, or of one that is to be proved anew.
    if (!this.#signatures.areOfNow(headers)) {
      return error;
    }
    const isRefused = error?.kind === 'unauthenticated';
    const { signIn, code = '' } = error?.failure ?? {};
    // A key that was accepted is not doubted for what one service alone says of it.
    if (isRefused && this.#signatures.accepted && !signIn && !gatewayRefusal.test(code)) {
      return error.as({ kind: 'forbidden' });
    }
    if (isRefused) {
      // Whoever tries the key again tries it once: five refusals in a row lock it.
      this.#refused(signIn);
      this.#signatures.reset();
      return error;
    }
    // What never reached the cloud, and what a proxy or a gateway may say before it looks, says nothing of the key.
    this.#signatures.settled(!error || (error.kind === 'forbidden' && code !== ''));
    return error;
  }

  async renew(refused: Readonly<Record<string, string>>, scope: TokenScope, purpose?: Purpose): Promise<Renewal> {
    if (refused['authorization'] !== undefined) {
      return 'impossible';
    }
    const token = refused['x-auth-token'] ?? '';
    const underWay = this.#renewing.get(token);
    if (underWay) {
      return underWay;
    }
    const renewing = this.#renew(token, scope, purpose).finally(() => this.#renewing.delete(token));
    this.#renewing.set(token, renewing);
    return renewing;
  }

  async #renew(refused: string, scope: TokenScope, purpose: Purpose | undefined): Promise<Renewal> {
    const secret = await this.#kept.read(this.#account);
    const held = secret?.tokens[keyOf(scope)];
    if (held && held.value !== refused) {
      return 'renewed';
    }
    if (!secret || !this.#canFetch(secret, scope)) {
      return held ? this.#checked(held, scope) : 'impossible';
    }
    if (held && (await this.#isGoodStill(held))) {
      return 'needless';
    }
    try {
      const { value } = await this.#fetch(scope, secret, purpose);
      this.#renewedAt.set(value, this.#parts.transport.clock());
      return 'renewed';
    } catch (error) {
      if (error instanceof CloudError && error.kind === 'unauthenticated') {
        return 'impossible';
      }
      throw error;
    }
  }

  // A service that refuses every token must not have the password sent for each of its lists: while one renewal is not
  // proved, and once one was in vain, IAM is asked first, with the token alone.
  async #isGoodStill(held: StoredToken): Promise<boolean> {
    const site = this.#parts.site();
    if (this.#isNew(held.received) || !site || this.#inVain >= mostInVain) {
      return true;
    }
    if (this.#inVain === 0 && (await this.#parts.attempts.claimRenewal(this.#account))) {
      return false;
    }
    return (await this.#stateOf(held, site)) !== 'ended';
  }

  // A token that cannot be renewed has ended, or is good and this service has reasons of its own.
  async #checked(held: StoredToken, scope: TokenScope): Promise<Renewal> {
    const site = this.#parts.site();
    if (!site || this.#account.refused) {
      return 'impossible';
    }
    const generation = this.#generation;
    const state = await this.#stateOf(held, site);
    const isWholeSignIn = scope.kind === 'account' || usesPastedToken(this.#account);
    if (state === 'ended' && isWholeSignIn && generation === this.#generation) {
      this.#hasEnded();
    }
    return state === 'good' ? 'needless' : 'impossible';
  }

  async #stateOf(held: StoredToken, site: Site): ReturnType<typeof tokenState> {
    this.#addresses.assertAllowedAddress(iamUrl(site));
    return tokenState(site.iam, held.value, this.#parts.transport, this.#closing.signal);
  }

  // A moment in the future is one before the clock was set.
  #isNew(moment = -Infinity): boolean {
    const age = this.#parts.transport.clock() - moment;
    return age >= 0 && age < newFor;
  }

  async isIamReachable(signal: AbortSignal): Promise<boolean> {
    const site = this.#parts.site();
    return site !== undefined && this.#addresses.isIamAllowed && isReachable(site.iam, this.#parts.transport, signal);
  }

  // What the account signs in with, where it may be used at all.
  async #secret(): Promise<AccountSecret> {
    if (this.#closing.signal.aborted) {
      throw cancelled();
    }
    if (this.#account.profile) {
      await this.#readProfile();
    }
    if (!this.#parts.isStillIn()) {
      throw cancelled();
    }
    this.#assertNotRefused();
    const secret = await this.#kept.read(this.#account);
    if (secret) {
      return secret;
    }
    if (this.#account.agency) {
      return { tokens: {} };
    }
    throw new CloudError({
      kind: 'unauthenticated',
      reason: phrase(
        'The sign-in of this account is no longer stored on this machine. If you signed in in another window, reload this one.',
      ),
    });
  }

  // A profile that changed is another sign-in of the same account: it is tried, whatever became of the one before. What
  // another window saw refused may be this very one: each window would try it once more, and a few tries lock a key.
  async #readProfile(): Promise<void> {
    const { secret, fingerprint } = await this.#parts.profile();
    if (fingerprint === this.#fingerprint) {
      return;
    }
    const isFirst = this.#fingerprint === undefined;
    const isOlderRefused = this.#account.refused && this.#isRefusedHere;
    this.#fingerprint = fingerprint;
    this.#resetSession(secret);
    if (!isFirst && isOlderRefused) {
      const { refused: _, refusalReason: __, ...account } = this.#account;
      this.#account = account;
      this.#noted = this.#parts.changed();
    }
  }

  async #sign(
    request: RequestToAuthorize,
    scope: TokenScope,
    keys: StoredKeys,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>> {
    const { clock } = this.#parts.transport;
    if (keys.expires !== undefined && keys.expires <= clock()) {
      throw this.#over(scope);
    }
    const generation = this.#generation;
    const giveBack = await this.#signatures.turn(signal, async () => {
      const either = AbortSignal.any([signal, this.#closing.signal]);
      const end = await this.#parts.attempts.begin(this.#account, tryLasts.ofKey, either);
      return () => void this.#noted.then(async () => end());
    });
    try {
      if (generation === this.#generation) {
        // One that waited may have seen the one before it refused, here or in another window.
        this.#assertNotRefused();
        this.#addresses.assertAllowedAddress(request.url);
        const place = scope.kind === 'project' ? { projectId: scope.projectId } : { domainId: this.#account.domain.id };
        return this.#signatures.made(signedHeaders(request, keys, place, clock()));
      }
    } catch (error) {
      giveBack();
      throw error;
    }
    // Another sign-in came while it waited: these keys are of no use any more.
    giveBack();
    return this.authorize(request, scope, signal);
  }

  async #token(scope: TokenScope, secret: AccountSecret, purpose?: Purpose): Promise<StoredToken> {
    const { transport } = this.#parts;
    const held = secret.tokens[keyOf(scope)];
    const left = held ? held.expires - transport.clock() : 0;
    const isUsed = held && (this.#isNew(held.received) || this.#isNew(this.#unrenewedAt.get(held.value)));
    if (held && (isUsed || left > renewBefore || (left > 0 && !this.#canGain(secret, scope, held)))) {
      return held;
    }
    if (!this.#canFetch(secret, scope)) {
      const isAnyLeft = Object.values(secret.tokens).some(({ expires }) => expires > transport.clock());
      throw isAnyLeft ? this.#cannotFetch(scope) : this.#over(scope);
    }
    try {
      return await this.#fetch(scope, secret, purpose);
    } catch (error) {
      // IAM being out of reach does not end a token that still has minutes. Whoever repeats a read does not repeat this.
      if (held && left > 0 && error instanceof CloudError && error.kind !== 'unauthenticated') {
        this.#unrenewedAt.set(held.value, transport.clock());
        return held;
      }
      throw error;
    }
  }

  // One request to IAM, however many wait for it.
  #fetch(scope: TokenScope, secret: AccountSecret, purpose: Purpose = 'click'): Promise<StoredToken> {
    const key = keyOf(scope);
    const underWay = this.#fetching.get(key);
    if (underWay) {
      return underWay;
    }
    const fetching = this.#request(scope, secret, purpose).finally(() => {
      if (this.#fetching.get(key) === fetching) {
        this.#fetching.delete(key);
      }
    });
    this.#fetching.set(key, fetching);
    return fetching;
  }

  async #request(scope: TokenScope, secret: AccountSecret, purpose: Purpose): Promise<StoredToken> {
    const site = this.#parts.site();
    if (!site) {
      throw this.#parts.noSite();
    }
    const iam = iamUrl(site);
    this.#addresses.assertAllowedAddress(iam);
    const generation = this.#generation;
    const asking = async (): Promise<StoredToken> => this.#askIam(scope, secret, site, generation);
    const sendsPassword = this.#sendsPassword(secret);
    const asUnpaused = async (): Promise<StoredToken> =>
      this.#parts.retryPolicy.runOnce(
        iam.host,
        async () => (sendsPassword ? this.#asOneWindow(scope, secret, site, asking) : asking()),
        this.#closing.signal,
        purpose,
      );
    const turn = sendsPassword ? this.#turn.then(asUnpaused) : asUnpaused();
    this.#turn = turn.catch(() => undefined);
    const stored = await turn;
    if (!this.#parts.isStillIn()) {
      throw cancelled();
    }
    await this.#keepToken(scope, stored, generation);
    return stored;
  }

  // Each window that sends a password that is no longer right counts towards the lock: one of them tries it.
  async #asOneWindow(
    scope: TokenScope,
    secret: AccountSecret,
    site: Site,
    ask: () => Promise<StoredToken>,
  ): Promise<StoredToken> {
    const { attempts, transport } = this.#parts;
    const lasts = transport.timeout() + tryLasts.longerThanRequest;
    const end = await attempts.begin(this.#account, lasts, this.#closing.signal);
    try {
      return (await this.#gotElsewhere(scope, secret, site)) ?? (await ask());
    } finally {
      await this.#noted;
      await end(scope.kind === 'project' && this.#withoutRole.has(keyOf(scope)) ? scope.projectId : undefined);
    }
  }

  // The token that another window got, where it is newer than that of this one.
  async #gotElsewhere(scope: TokenScope, secret: AccountSecret, site: Site): Promise<StoredToken | undefined> {
    const key = keyOf(scope);
    const held = secret.tokens[key];
    const there = (await this.#kept.stored(this.#account))?.tokens[key];
    if (there?.received === undefined || there.value === held?.value || there.received < (held?.received ?? 0)) {
      return undefined;
    }
    if (this.#isNew(there.received)) {
      return there;
    }
    const goesOn = (token: StoredToken): boolean => token.expires - this.#parts.transport.clock() > renewBefore;
    if (!goesOn(there)) {
      return undefined;
    }
    // Where a service refused what this window has, the other may be refused as well.
    return held && goesOn(held) && (await this.#stateOf(there, site)) !== 'good' ? undefined : there;
  }

  async #keepToken(scope: TokenScope, token: StoredToken, generation: number): Promise<void> {
    // A sign-in that was replaced or ended meanwhile, here or in another window, must not be overwritten.
    const isStillThis = (): boolean => this.#parts.isStillIn() && generation === this.#generation;
    if (!isStillThis()) {
      return;
    }
    const secret = await this.#kept.change((kept) => ({
      ...kept,
      tokens: { ...kept?.tokens, [keyOf(scope)]: token },
    }));
    // A vault that fails costs a request after the next start, no more.
    await this.#store(secret, isStillThis).catch(() =>
      this.#parts.transport.log.warn('The token could not be stored.'),
    );
    // Where another window signed out while the vault was written, that is undone.
    this.#parts.isStillIn();
  }

  async #askIam(scope: TokenScope, secret: AccountSecret, site: Site, generation: number): Promise<StoredToken> {
    // It may have waited for its turn, and the sign-in may be another one by now.
    if (!this.#parts.isStillIn() || generation !== this.#generation) {
      throw cancelled();
    }
    this.#assertNotRefused();
    this.#assertHasRole(scope);
    const { transport } = this.#parts;
    try {
      const identity = await this.#identity(secret);
      this.#addresses.assertAllowedAddress(iamUrl(site));
      const token = await requestToken(site.iam, identity, this.#asked(scope), transport, this.#closing.signal);
      return storedToken(token, transport.clock);
    } catch (error) {
      if (error instanceof CloudError && error.kind === 'unauthenticated' && generation === this.#generation) {
        throw await this.#refusal(error, scope, secret, site, generation);
      }
      throw error;
    }
  }

  // IAM refuses a wrong password and a project that the user has no role in alike. While the account's own token is
  // good, the password is taken to be so too; but not often, since wrong passwords lock an account.
  async #refusal(
    error: CloudError,
    scope: TokenScope,
    secret: AccountSecret,
    site: Site,
    generation: number,
  ): Promise<CloudError> {
    const account = secret.tokens['account'];
    // A lock, or a password that has ended, is not said of a project.
    const isDoubtful = scope.kind === 'project' && this.#sendsPassword(secret) && error.failure.signIn === undefined;
    if (isDoubtful && account && this.#projectsWithoutRole < doubtful) {
      const { transport } = this.#parts;
      const state = this.#addresses.isIamAllowed
        ? await tokenState(site.iam, account.value, transport, this.#closing.signal)
        : 'unknown';
      // Another sign-in came meanwhile, of which this says nothing.
      if (generation !== this.#generation) {
        return cancelled();
      }
      if (state === 'good') {
        const forbidden = error.as(withoutToken);
        this.#withoutRole.set(keyOf(scope), { error: forbidden, at: transport.clock() });
        return forbidden;
      }
    }
    if (this.#sendsPassword(secret)) {
      this.#refused(error.failure.signIn);
    } else if (account && this.#renewal === 'password' && (await this.#stateOf(account, site)) === 'ended') {
      // A refused exchange leaves the other tokens of the account as good as they were, unless what was exchanged has ended.
      if (generation === this.#generation) {
        this.#hasEnded();
      }
    }
    return this.#renewal === 'code' ? error.as({ signIn: 'code' }) : error;
  }

  get #projectsWithoutRole(): number {
    const here = [...this.#withoutRole].filter(([, { at }]) => this.#isOfLate(at)).map(([key]) => key);
    return new Set([...here, ...this.#parts.attempts.withoutRole(this.#account).map(keyOfProject)]).size;
  }

  #assertHasRole(scope: TokenScope): void {
    if (scope.kind === 'account') {
      return;
    }
    const key = keyOf(scope);
    const here = this.#withoutRole.get(key);
    // Of an account that other windows know, these may have got new tokens since.
    const isHere = this.#account.remember === 'session' && here !== undefined && this.#isOfLate(here.at);
    if (isHere || this.#parts.attempts.withoutRole(this.#account).includes(scope.projectId)) {
      throw here?.error ?? new CloudError(withoutToken);
    }
    this.#withoutRole.delete(key);
  }

  #isOfLate(at: number): boolean {
    return Math.abs(this.#parts.transport.clock() - at) < withoutRoleFor;
  }

  #assertNotRefused(): void {
    const { refused, refusalReason: signIn } = this.#account;
    if (refused) {
      throw new CloudError({
        kind: 'unauthenticated',
        reason: phrase('The cloud refused the sign-in.'),
        ...(signIn ? { signIn } : {}),
      });
    }
  }

  #refused(signIn: SignInFault | undefined): void {
    const { refusalReason: _, ...account } = this.#account;
    this.#isRefusedHere = true;
    this.#account = { ...account, refused: true, ...(signIn ? { refusalReason: signIn } : {}) };
    this.#noted = this.#parts.changed();
  }

  // With an MFA device the password alone is refused, and each refusal counts towards the lock.
  #sendsPassword({ password }: AccountSecret): boolean {
    return password !== undefined && this.#renewal === 'password';
  }

  get #renewal(): SignInTraits['renewal'] {
    return traitsOf(this.#account).renewal;
  }

  async #identity(secret: AccountSecret): Promise<Identity> {
    const { agency, domain, user } = this.#account;
    if (agency) {
      const token = await this.#tokenOfParent(agency.parent);
      return { kind: 'agency', token, agencyName: agency.name, domainName: agency.domainName };
    }
    if (secret.password !== undefined && this.#sendsPassword(secret)) {
      return { kind: 'password', accountName: domain.name, userName: user.name, password: secret.password };
    }
    return { kind: 'token', token: secret.tokens['account']?.value ?? '' };
  }

  // A role is signed out with the account that takes it on, and because of the same.
  async #tokenOfParent(id: string): Promise<string> {
    const generation = this.#generation;
    try {
      return await this.#parts.parentToken(id);
    } catch (error) {
      const signIn = error instanceof CloudError ? error.failure.signIn : undefined;
      if (signIn !== undefined && generation === this.#generation) {
        this.#hasEnded(signIn);
      }
      throw error;
    }
  }

  #asked(scope: TokenScope): AskedScope {
    return scope.kind === 'account'
      ? { domain: { id: this.#account.domain.id } }
      : { project: { id: scope.projectId } };
  }

  // Without the password, a project's token can still be had for the account's, while that lasts.
  #canFetch(secret: AccountSecret, scope: TokenScope): boolean {
    if (this.#renewal === 'role' || this.#renewal === 'never') {
      return this.#renewal === 'role';
    }
    const account = secret.tokens['account'];
    const exchangeable = account !== undefined && account.expires > this.#parts.transport.clock();
    return this.#sendsPassword(secret) || (scope.kind === 'project' && exchangeable);
  }

  // A token that was exchanged ends with the one it was got with: exchanging that again gains nothing.
  #canGain(secret: AccountSecret, scope: TokenScope, held: StoredToken): boolean {
    const lasts = this.#sendsPassword(secret) || this.#renewal === 'role';
    return this.#canFetch(secret, scope) && (lasts || (secret.tokens['account']?.expires ?? 0) > held.expires);
  }

  // Nothing that is held serves any more, by this machine's clock.
  #over(scope: TokenScope): CloudError {
    const error = this.#cannotFetch(scope);
    if (error.kind === 'unauthenticated') {
      this.#hasEnded();
    }
    return error;
  }

  // No refusal, so that what may be good again, such as a clock, is tried: it is said until then.
  #hasEnded(refusalReason: SignInFault = this.#endedBy): void {
    if (!this.#account.refused && this.#account.refusalReason !== refusalReason) {
      this.#account = { ...this.#account, refusalReason };
      this.#noted = this.#parts.changed();
    }
  }

  #isGoodAgain(): void {
    const { refusalReason, ...account } = this.#account;
    if (refusalReason && !account.refused) {
      this.#account = account;
      this.#noted = this.#parts.changed();
    }
  }

  get #endedBy(): SignInFault {
    return this.#renewal === 'code' ? 'code' : 'expired';
  }

  #cannotFetch(scope: TokenScope): CloudError {
    const { project } = this.#account;
    if (usesPastedToken(this.#account) && scope.kind === 'project' && project?.id !== scope.projectId) {
      return new CloudError({ kind: 'forbidden', reason: phrase('The pasted token does not serve this project.') });
    }
    return new CloudError({
      kind: 'unauthenticated',
      reason: phrase('The sign-in has expired.'),
      signIn: this.#endedBy,
    });
  }

  #end(): void {
    this.#closing.abort();
    this.#generation += 1;
  }

  #resetSession(secret: AccountSecret | undefined): void {
    this.#generation += 1;
    if (secret) {
      this.#kept.hold(Promise.resolve(secret));
    } else {
      this.#kept.drop();
    }
    this.#fetching.clear();
    this.#withoutRole.clear();
    this.#renewedAt.clear();
    this.#inVain = 0;
    this.#isRefusedHere = false;
    this.#signatures.reset();
  }

  async #store(secret: AccountSecret, may: () => boolean): Promise<void> {
    await this.#kept.write(this.#account, secret, () => !this.#closing.signal.aborted && may());
  }
}

/** What is known of a project that IAM gives no token for. */
const withoutToken = {
  kind: 'forbidden',
  reason: phrase(
    'IAM gives this user no token for the project. It is asked again after an hour, or with Renew Now in Manage Accounts.',
  ),
} as const;

function keyOf(scope: TokenScope): string {
  return scope.kind === 'account' ? 'account' : keyOfProject(scope.projectId);
}

function keyOfProject(projectId: string): string {
  return `project:${projectId}`;
}
