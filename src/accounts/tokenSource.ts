import { phrase } from '../base/phrase';
import { CloudError, cancelled } from '../cloud/errors';
import type { Purpose, TokenScope } from '../cloud/ports';
import { traitsOf } from './account';
import type { AccountSecret, StoredToken } from './accountSecret';
import { iamUrl, type AddressPolicy } from './addressPolicy';
import type { AuthorizerDeps } from './authorizer';
import type { CredentialCache } from './credentialCache';
import { requestToken, storedToken, tokenState, type AskedScope, type Identity } from './iamClient';
import { withoutRoleFor } from './signInAttempts';
import type { SignInState } from './signInState';
import type { Site } from './sites';

/** Remaining life below which a token is renewed on the next request, ms. */
export const renewBefore = 10 * 60 * 1000;

/**
 * Grace period, ms: a token received less than a minute ago is used even if it looks expired. Otherwise short-lived tokens or
 * a wrong clock would cost one sign-in per request.
 */
const graceTime = 60_000;

/** How much longer than a request an attempt with a password may take, ms. */
const attemptExtra = 5000;

/** After this many projects refuse a token, the password counts as refused, before IAM locks the account. */
const maxDoubts = 3;

export interface TokenDeps extends Pick<
  AuthorizerDeps,
  'transport' | 'retryPolicy' | 'site' | 'noSite' | 'isStillIn' | 'parentToken' | 'attempts'
> {
  readonly state: SignInState;
  readonly addresses: AddressPolicy;
  readonly credentials: CredentialCache;
}

/** Requests tokens from IAM for one account, so that a wrong password is sent as rarely as possible. */
export class TokenSource {
  readonly #deps: TokenDeps;
  /** Passwords are sent one after the other, so that the refusal of one keeps the next from being sent. */
  #lastPassword: Promise<unknown> = Promise.resolve();
  /** Projects that IAM gave no token for, and when; not asked again for an hour, or before the next sign-in. */
  readonly #withoutRole = new Map<string, { readonly error: CloudError; readonly at: number }>();

  constructor(deps: TokenDeps) {
    this.#deps = deps;
  }

  /** Forgets which projects IAM gave no token for. */
  reset(): void {
    this.#withoutRole.clear();
  }

  /** Whether a new token can be requested. Without the password, the account's token is exchanged for a project's. */
  canRequest(secret: AccountSecret, scope: TokenScope): boolean {
    const { renewal } = traitsOf(this.#deps.state.account);
    if (renewal === 'role' || renewal === 'never') {
      return renewal === 'role';
    }
    const account = secret.tokens['account'];
    const exchangeable = account !== undefined && account.expires > this.#deps.transport.clock();
    return this.#sendsPassword(secret) || (scope.kind === 'project' && exchangeable);
  }

  /** Whether a new token would last longer: an exchanged token ends with the one that it was exchanged for. */
  canGain(secret: AccountSecret, scope: TokenScope, held: StoredToken): boolean {
    const lasts = this.#sendsPassword(secret) || traitsOf(this.#deps.state.account).renewal === 'role';
    return this.canRequest(secret, scope) && (lasts || (secret.tokens['account']?.expires ?? 0) > held.expires);
  }

  /** A new token, from IAM or from another window that has just got one. @throws CloudError */
  async request(scope: TokenScope, secret: AccountSecret, purpose: Purpose): Promise<StoredToken> {
    const { site: siteNow, noSite, addresses, retryPolicy, state, isStillIn } = this.#deps;
    const site = siteNow();
    if (!site) {
      throw noSite();
    }
    const iam = iamUrl(site);
    addresses.assertAllowedAddress(iam);
    const { generation } = state;
    const ask = async (): Promise<StoredToken> => this.#askIam(scope, secret, site, generation);
    const sendsPassword = this.#sendsPassword(secret);
    const askUnpaused = async (): Promise<StoredToken> =>
      retryPolicy.runOnce(
        iam.host,
        async () => (sendsPassword ? this.#asOneWindow(scope, secret, site, ask) : ask()),
        state.signal,
        purpose,
      );
    const asking = sendsPassword ? this.#lastPassword.then(askUnpaused) : askUnpaused();
    this.#lastPassword = asking.catch(() => undefined);
    const token = await asking;
    if (!isStillIn()) {
      throw cancelled();
    }
    return token;
  }

  /** The state of a token according to IAM. @throws CloudError if IAM's address is not allowed */
  async stateOf(token: StoredToken, site: Site): ReturnType<typeof tokenState> {
    const { addresses, transport, state } = this.#deps;
    addresses.assertAllowedAddress(iamUrl(site));
    return tokenState(site.iam, token.value, transport, state.signal);
  }

  /** Whether a moment was less than a minute ago. A moment in the future is one before the clock was set. */
  isRecent(moment = -Infinity): boolean {
    const age = this.#deps.transport.clock() - moment;
    return age >= 0 && age < graceTime;
  }

  // Each window that sends a password that is no longer right counts towards the lock: one of them tries it.
  async #asOneWindow(
    scope: TokenScope,
    secret: AccountSecret,
    site: Site,
    ask: () => Promise<StoredToken>,
  ): Promise<StoredToken> {
    const { attempts, transport, state } = this.#deps;
    const end = await attempts.begin(state.account, transport.timeout() + attemptExtra, state.signal);
    try {
      return (await this.#fromOtherWindow(scope, secret, site)) ?? (await ask());
    } finally {
      await state.noted;
      await end(scope.kind === 'project' && this.#withoutRole.has(keyOf(scope)) ? scope.projectId : undefined);
    }
  }

  // The token that another window stored, if it is newer than the one of this window.
  async #fromOtherWindow(scope: TokenScope, secret: AccountSecret, site: Site): Promise<StoredToken | undefined> {
    const { credentials, state, transport } = this.#deps;
    const key = keyOf(scope);
    const held = secret.tokens[key];
    const stored = (await credentials.stored(state.account))?.tokens[key];
    if (stored?.received === undefined || stored.value === held?.value || stored.received < (held?.received ?? 0)) {
      return undefined;
    }
    if (this.isRecent(stored.received)) {
      return stored;
    }
    const goesOn = (token: StoredToken): boolean => token.expires - transport.clock() > renewBefore;
    if (!goesOn(stored)) {
      return undefined;
    }
    // If a service refused the token of this window, it may have refused the other one as well.
    return held && goesOn(held) && (await this.stateOf(stored, site)) !== 'good' ? undefined : stored;
  }

  async #askIam(scope: TokenScope, secret: AccountSecret, site: Site, generation: number): Promise<StoredToken> {
    const { state, addresses, transport, isStillIn } = this.#deps;
    // Another sign-in may have come while this one waited for its turn.
    if (!isStillIn() || generation !== state.generation) {
      throw cancelled();
    }
    state.assertNotRefused();
    this.#assertHasRole(scope);
    try {
      const identity = await this.#identity(secret);
      addresses.assertAllowedAddress(iamUrl(site));
      const token = await requestToken(site.iam, identity, this.#iamScope(scope), transport, state.signal);
      return storedToken(token, transport.clock);
    } catch (error) {
      if (error instanceof CloudError && error.kind === 'unauthenticated' && generation === state.generation) {
        throw await this.#refusal(error, scope, secret, site, generation);
      }
      throw error;
    }
  }

  // IAM refuses a wrong password and a project without a role alike. While the account's own token is good, the password is
  // assumed to be good; but only a few times, since wrong passwords lock an account.
  async #refusal(
    error: CloudError,
    scope: TokenScope,
    secret: AccountSecret,
    site: Site,
    generation: number,
  ): Promise<CloudError> {
    const { state, addresses, transport } = this.#deps;
    const { renewal } = traitsOf(state.account);
    const account = secret.tokens['account'];
    const sendsPassword = this.#sendsPassword(secret);
    // A lock, or an expired password, has nothing to do with the project.
    const isDoubtful = scope.kind === 'project' && sendsPassword && error.failure.signIn === undefined;
    if (isDoubtful && account && this.#countWithoutRole() < maxDoubts) {
      const known = addresses.isIamAllowed
        ? await tokenState(site.iam, account.value, transport, state.signal)
        : 'unknown';
      // Another sign-in came meanwhile, to which this does not apply.
      if (generation !== state.generation) {
        return cancelled();
      }
      if (known === 'good') {
        const forbidden = error.as(withoutToken);
        this.#withoutRole.set(keyOf(scope), { error: forbidden, at: transport.clock() });
        return forbidden;
      }
    }
    if (sendsPassword) {
      state.refuse(error.failure.signIn);
    } else if (account && renewal === 'password' && (await this.stateOf(account, site)) === 'ended') {
      // A refused exchange does not affect the other tokens, unless the exchanged token has ended.
      if (generation === state.generation) {
        state.expire();
      }
    }
    return renewal === 'code' ? error.as({ signIn: 'code' }) : error;
  }

  #countWithoutRole(): number {
    const { attempts, state } = this.#deps;
    const here = [...this.#withoutRole].filter(([, { at }]) => this.#isWithinHour(at)).map(([key]) => key);
    return new Set([...here, ...attempts.withoutRole(state.account).map(keyOfProject)]).size;
  }

  #assertHasRole(scope: TokenScope): void {
    if (scope.kind === 'account') {
      return;
    }
    const { attempts, state } = this.#deps;
    const key = keyOf(scope);
    const here = this.#withoutRole.get(key);
    // Other windows that know the account may have got new tokens since.
    const isHere = state.account.remember === 'session' && here !== undefined && this.#isWithinHour(here.at);
    if (isHere || attempts.withoutRole(state.account).includes(scope.projectId)) {
      throw here?.error ?? new CloudError(withoutToken);
    }
    this.#withoutRole.delete(key);
  }

  #isWithinHour(at: number): boolean {
    return Math.abs(this.#deps.transport.clock() - at) < withoutRoleFor;
  }

  // With an MFA device the password alone is refused, and each refusal counts towards the lock.
  #sendsPassword({ password }: AccountSecret): boolean {
    return password !== undefined && traitsOf(this.#deps.state.account).renewal === 'password';
  }

  async #identity(secret: AccountSecret): Promise<Identity> {
    const { agency, domain, user } = this.#deps.state.account;
    if (agency) {
      const token = await this.#tokenOfParent(agency.parent);
      return { kind: 'agency', token, agencyName: agency.name, domainName: agency.domainName };
    }
    if (secret.password !== undefined && this.#sendsPassword(secret)) {
      return { kind: 'password', accountName: domain.name, userName: user.name, password: secret.password };
    }
    return { kind: 'token', token: secret.tokens['account']?.value ?? '' };
  }

  // A role is signed out with the account that takes it on, for the same reason.
  async #tokenOfParent(id: string): Promise<string> {
    const { state, parentToken } = this.#deps;
    const { generation } = state;
    try {
      return await parentToken(id);
    } catch (error) {
      const signIn = error instanceof CloudError ? error.failure.signIn : undefined;
      if (signIn !== undefined && generation === state.generation) {
        state.expire(signIn);
      }
      throw error;
    }
  }

  #iamScope(scope: TokenScope): AskedScope {
    return scope.kind === 'account'
      ? { domain: { id: this.#deps.state.account.domain.id } }
      : { project: { id: scope.projectId } };
  }
}

/** The key of a scope's token in a secret. */
export function keyOf(scope: TokenScope): string {
  return scope.kind === 'account' ? 'account' : keyOfProject(scope.projectId);
}

function keyOfProject(projectId: string): string {
  return `project:${projectId}`;
}

/** The failure of a project that IAM gives no token for. */
const withoutToken = {
  kind: 'forbidden',
  reason: phrase(
    'IAM gives this user no token for the project. It is asked again after an hour, or with Renew Now in Manage Accounts.',
  ),
} as const;
