import { phrase } from '../base/phrase';
import { CloudError } from '../cloud/errors';
import type { Purpose, Renewal, TokenScope } from '../cloud/ports';
import { usesPastedToken } from './account';
import type { AccountSecret, StoredToken } from './accountSecret';
import { TokenSource, keyOf, renewBefore, type TokenDeps } from './tokenSource';

/** Refused renewals after which no refused token is renewed, until a new sign-in or the user's own renewal. */
const maxRenewalsInVain = 3;

/** The tokens of one account, one per scope: requested when first needed and renewed on use, never by a timer. */
export class TokenCache {
  readonly #deps: TokenDeps;
  readonly #source: TokenSource;
  /** Requests under way, by the key of the scope. */
  readonly #requests = new Map<string, Promise<StoredToken>>();
  /** Renewals under way, by the refused token. */
  readonly #renewals = new Map<string, Promise<Renewal>>();
  /** When a token could not be renewed, by the token. */
  readonly #unrenewedAt = new Map<string, number>();
  /** When a token replaced one that a service refused, by the new token. */
  readonly #renewedAt = new Map<string, number>();
  /** How many tokens of the account were refused within a minute of their renewal: a service may have reasons of its own. */
  #inVain = 0;

  constructor(deps: TokenDeps) {
    this.#deps = deps;
    this.#source = new TokenSource(deps);
  }

  /** Another sign-in begins. */
  reset(): void {
    this.#requests.clear();
    this.#source.reset();
    this.#renewedAt.clear();
    this.#inVain = 0;
  }

  /** The token of a scope, renewed if it is about to end. @throws CloudError */
  async get(scope: TokenScope, secret: AccountSecret, purpose?: Purpose): Promise<StoredToken> {
    const { clock } = this.#deps.transport;
    const held = secret.tokens[keyOf(scope)];
    const left = held ? held.expires - clock() : 0;
    const isUsed =
      held && (this.#source.isRecent(held.received) || this.#source.isRecent(this.#unrenewedAt.get(held.value)));
    if (held && (isUsed || left > renewBefore || (left > 0 && !this.#source.canGain(secret, scope, held)))) {
      return held;
    }
    if (!this.#source.canRequest(secret, scope)) {
      const isAnyLeft = Object.values(secret.tokens).some(({ expires }) => expires > clock());
      throw isAnyLeft ? this.#cannotRequest(scope) : this.expired(scope);
    }
    try {
      return await this.#request(scope, secret, purpose);
    } catch (error) {
      // An unreachable IAM does not end a token that still has minutes; repeating the read would not help.
      if (held && left > 0 && error instanceof CloudError && error.kind !== 'unauthenticated') {
        this.#unrenewedAt.set(held.value, clock());
        return held;
      }
      throw error;
    }
  }

  /** Drops all tokens and requests the account's own one. @throws CloudError if the account cannot get any */
  async renewAll(secret: AccountSecret): Promise<void> {
    const { attempts, state, credentials } = this.#deps;
    const scope = { kind: 'account' } as const;
    if (!this.#source.canRequest(secret, scope)) {
      throw this.#cannotRequest(scope);
    }
    this.#source.reset();
    this.#inVain = 0;
    await attempts.forgive(state.account);
    await credentials.change((held) => ({ ...held, tokens: {} }));
    await this.#request(scope, secret);
  }

  /** Adds a token that was requested elsewhere. */
  async add(scope: TokenScope, token: StoredToken): Promise<void> {
    const { credentials, state } = this.#deps;
    // After a sign-in of another window, its stored secret is not held yet, and would be overwritten.
    await credentials.read(state.account);
    await this.#keep(scope, token, state.generation);
  }

  /** Renews a token that a service refused: see `Authorizer.renew`. @throws CloudError */
  async renew(refused: string, scope: TokenScope, purpose: Purpose | undefined): Promise<Renewal> {
    const underWay = this.#renewals.get(refused);
    if (underWay) {
      return underWay;
    }
    const renewing = this.#renew(refused, scope, purpose).finally(() => this.#renewals.delete(refused));
    this.#renewals.set(refused, renewing);
    return renewing;
  }

  /** Concludes from the result of a request with a token. */
  reportResult(token: string, error: CloudError | undefined): void {
    if (error?.kind === 'unauthenticated' && this.#source.isRecent(this.#renewedAt.get(token))) {
      this.#renewedAt.delete(token);
      this.#inVain += 1;
    } else if (!error && this.#inVain === 0 && this.#renewedAt.delete(token)) {
      void this.#deps.attempts.renewedWell(this.#deps.state.account);
    }
  }

  /** Writes a secret, unless the account was signed out or `may` says no. @throws what the secret storage throws */
  async store(secret: AccountSecret, may: () => boolean): Promise<void> {
    const { credentials, state } = this.#deps;
    await credentials.write(state.account, secret, () => !state.signal.aborted && may());
  }

  /** Notes that no credential works any more, by this machine's clock. @returns the error that says so */
  expired(scope: TokenScope): CloudError {
    const error = this.#cannotRequest(scope);
    if (error.kind === 'unauthenticated') {
      this.#deps.state.expire();
    }
    return error;
  }

  async #renew(refused: string, scope: TokenScope, purpose: Purpose | undefined): Promise<Renewal> {
    const { credentials, state, transport } = this.#deps;
    const secret = await credentials.read(state.account);
    const held = secret?.tokens[keyOf(scope)];
    if (held && held.value !== refused) {
      return 'renewed';
    }
    if (!secret || !this.#source.canRequest(secret, scope)) {
      return held ? this.#checked(held, scope) : 'impossible';
    }
    if (held && (await this.#isStillGood(held))) {
      return 'needless';
    }
    try {
      const { value } = await this.#request(scope, secret, purpose);
      this.#renewedAt.set(value, transport.clock());
      return 'renewed';
    } catch (error) {
      if (error instanceof CloudError && error.kind === 'unauthenticated') {
        return 'impossible';
      }
      throw error;
    }
  }

  // A service that refuses every token must not cause the password to be sent for each of its lists: while a renewal is not
  // proved, and after one was in vain, IAM is asked first, with the token alone.
  async #isStillGood(held: StoredToken): Promise<boolean> {
    const { site: siteNow, attempts, state } = this.#deps;
    const site = siteNow();
    if (this.#source.isRecent(held.received) || !site || this.#inVain >= maxRenewalsInVain) {
      return true;
    }
    if (this.#inVain === 0 && (await attempts.claimRenewal(state.account))) {
      return false;
    }
    return (await this.#source.stateOf(held, site)) !== 'ended';
  }

  // A token that cannot be renewed has ended, or it is good and the service has reasons of its own.
  async #checked(held: StoredToken, scope: TokenScope): Promise<Renewal> {
    const { site: siteNow, state } = this.#deps;
    const site = siteNow();
    if (!site || state.account.refused) {
      return 'impossible';
    }
    const { generation } = state;
    const known = await this.#source.stateOf(held, site);
    const isWholeSignIn = scope.kind === 'account' || usesPastedToken(state.account);
    if (known === 'ended' && isWholeSignIn && generation === state.generation) {
      state.expire();
    }
    return known === 'good' ? 'needless' : 'impossible';
  }

  // One request to IAM, however many callers wait for it.
  #request(scope: TokenScope, secret: AccountSecret, purpose: Purpose = 'click'): Promise<StoredToken> {
    const key = keyOf(scope);
    const underWay = this.#requests.get(key);
    if (underWay) {
      return underWay;
    }
    const requesting = this.#requestAndKeep(scope, secret, purpose).finally(() => {
      if (this.#requests.get(key) === requesting) {
        this.#requests.delete(key);
      }
    });
    this.#requests.set(key, requesting);
    return requesting;
  }

  async #requestAndKeep(scope: TokenScope, secret: AccountSecret, purpose: Purpose): Promise<StoredToken> {
    const { generation } = this.#deps.state;
    const token = await this.#source.request(scope, secret, purpose);
    await this.#keep(scope, token, generation);
    return token;
  }

  async #keep(scope: TokenScope, token: StoredToken, generation: number): Promise<void> {
    const { credentials, isStillIn, state, transport } = this.#deps;
    // A sign-in that was replaced or ended meanwhile, here or in another window, must not be overwritten.
    const isCurrent = (): boolean => isStillIn() && generation === state.generation;
    if (!isCurrent()) {
      return;
    }
    const secret = await credentials.change((held) => ({
      ...held,
      tokens: { ...held?.tokens, [keyOf(scope)]: token },
    }));
    // If the secret storage fails, the next start costs one more request.
    await this.store(secret, isCurrent).catch(() => transport.log.warn('The token could not be stored.'));
    // If another window signed out during the write, this undoes the write.
    isStillIn();
  }

  #cannotRequest(scope: TokenScope): CloudError {
    const { state } = this.#deps;
    const { account } = state;
    if (usesPastedToken(account) && scope.kind === 'project' && account.project?.id !== scope.projectId) {
      return new CloudError({ kind: 'forbidden', reason: phrase('The pasted token does not serve this project.') });
    }
    return new CloudError({
      kind: 'unauthenticated',
      reason: phrase('The sign-in has expired.'),
      signIn: state.expiry,
    });
  }
}
