import { phrase } from '../base/phrase';
import type { Service } from '../catalog/declaration';
import { CloudError, cancelled } from '../cloud/errors';
import type { RetryPolicy } from '../cloud/retryPolicy';
import type { Authorizer, RequestToAuthorize, Purpose, Renewal, TokenScope } from '../cloud/ports';
import type { Transport } from '../cloud/http';
import type { Account } from './account';
import type { AccountSecret, StoredKeys, StoredToken, SecretStore } from './accountSecret';
import { AddressPolicy, iamUrl } from './addressPolicy';
import { CredentialCache } from './credentialCache';
import { isReachable } from './iamClient';
import { RequestSigner } from './requestSigner';
import type { SharedSignInAttempts } from './signInAttempts';
import { SignInState } from './signInState';
import type { Site } from './sites';
import { TokenCache } from './tokenCache';

export interface AuthorizerDeps {
  readonly secretStore: SecretStore;
  readonly transport: Transport;
  /** Makes requests wait while their host is paused. */
  readonly retryPolicy: Pick<RetryPolicy, 'runOnce'>;
  /** The account's site as it is now; undefined if it cannot be used. */
  readonly site: () => Site | undefined;
  /** The error of an account without a site. */
  readonly noSite: () => CloudError;
  /** Applies what other windows did. @returns whether the account is still signed in */
  readonly isStillIn: () => boolean;
  /** The services whose own addresses a token may go to. */
  readonly services: readonly Service[];
  /** The state of the account's profile now. @throws CloudError */
  readonly profile: () => Promise<ProfileState>;
  /** The token of the account that takes on the role. @throws CloudError */
  readonly parentToken: (accountId: string) => Promise<string>;
  /** The sign-in attempts of all windows. */
  readonly attempts: Pick<SharedSignInAttempts, 'begin' | 'withoutRole' | 'claimRenewal' | 'renewedWell' | 'forgive'>;
  /** Called when the account changed. @returns when other windows can know it; never rejected */
  readonly changed: () => Promise<void>;
}

/** The secret of a profile on disk. `fingerprint` changes with it. */
export interface ProfileState {
  readonly secret: AccountSecret;
  readonly fingerprint: string;
}

/** Authorizes the requests of one account, with tokens or signatures. */
export class AccountAuthorizer implements Authorizer {
  readonly #deps: AuthorizerDeps;
  readonly #state: SignInState;
  readonly #credentials: CredentialCache;
  readonly #addresses: AddressPolicy;
  readonly #tokens: TokenCache;
  readonly #signer: RequestSigner;
  /** The profile's fingerprint when it was last read. */
  #fingerprint: string | undefined;

  /** @param isListed whether it is in the list that all windows share: its secret is in the secret storage then */
  constructor(account: Account, deps: AuthorizerDeps, isListed: boolean) {
    const state = new SignInState(account, deps.changed);
    const credentials = new CredentialCache(deps.secretStore, deps.transport.clock, isListed && !account.profile);
    const addresses = new AddressPolicy({ ...deps, account: () => state.account });
    this.#deps = deps;
    this.#state = state;
    this.#credentials = credentials;
    this.#addresses = addresses;
    this.#tokens = new TokenCache({ ...deps, state, credentials, addresses });
    this.#signer = new RequestSigner({ ...deps, state, addresses });
  }

  get account(): Account {
    return this.#state.account;
  }

  /**
   * Replaces the sign-in.
   * @param fingerprint the state of the profile that it is from
   * @returns whether the secret storage keeps it
   * @throws what the secret storage throws; the sign-in is then held in memory all the same
   */
  async signedIn(account: Account, secret: AccountSecret, fingerprint?: string): Promise<boolean> {
    this.#state.account = account;
    this.#fingerprint = fingerprint;
    this.#resetSession(secret);
    await this.#tokens.store(secret, () => true);
    return this.#credentials.isKept(account, secret);
  }

  /** Follows a sign-in of another window: forgets the held secret, and reads it again. */
  reread(account: Account): void {
    this.#state.account = account;
    this.#fingerprint = undefined;
    this.#resetSession(undefined);
    if (!account.profile) {
      this.#credentials.markStored();
    }
  }

  /**
   * A token of a scope.
   * @throws CloudError; `forbidden` for an account whose requests are signed: it has none
   */
  async token(scope: TokenScope): Promise<StoredToken> {
    const secret = await this.#secret();
    if (secret.keys && !secret.tokens['account']) {
      throw new CloudError({ kind: 'forbidden', reason: phrase('An account with access keys has no token.') });
    }
    return this.#tokens.get(scope, secret);
  }

  /** Requests the account's own token now, and those of projects when they are next needed. @throws CloudError */
  async renewNow(): Promise<void> {
    await this.#tokens.renewAll(await this.#secret());
  }

  /** Adds a project's token that was requested elsewhere. */
  async addToken(projectId: string, token: StoredToken): Promise<void> {
    await this.#tokens.add({ kind: 'project', projectId }, token);
  }

  /** The password, if it is stored or held. It leaves the room `accounts` only for IAM. */
  async password(): Promise<string | undefined> {
    return (await this.#credentials.read(this.account))?.password;
  }

  /** Whether requests are signed with keys. */
  async signs(): Promise<boolean> {
    return (await this.#credentials.read(this.account))?.keys !== undefined;
  }

  /** When the sign-in ends by itself: milliseconds since 1970; undefined if it does not, or that is not known. */
  async ends(): Promise<number | undefined> {
    const secret = await this.#credentials.read(this.account);
    return secret?.keys ? secret.keys.expires : secret?.tokens['account']?.expires;
  }

  /** Replaces the account, without another sign-in. */
  update(account: Account): void {
    this.#state.account = account;
  }

  /** Forgets everything, here and in the secret storage, and aborts requests. */
  async signOut(): Promise<void> {
    this.#state.end();
    await this.#credentials.remove(this.account.id);
  }

  /** Follows another window that signed the account out. */
  async leave(): Promise<void> {
    this.#state.end();
    await this.#credentials.forget(this.account);
  }

  /** Removes the sign-in from the secret storage, and goes on with the held secret. @throws what the secret storage throws */
  async holdOnly(account: Account): Promise<void> {
    this.#state.account = account;
    await this.#credentials.takeOut(account.id);
  }

  /** @throws CloudError if the account's IAM is at an address that the user did not accept */
  assertIamAllowed(): void {
    const site = this.#deps.site();
    if (site) {
      this.#addresses.assertAllowedAddress(iamUrl(site));
    }
  }

  /** Aborts running requests, without forgetting anything. */
  close(): void {
    this.#state.close();
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
    const token = await this.#tokens.get(scope, secret, request.purpose);
    // The user may have refused the address meanwhile, here or in another window.
    this.#addresses.assertAllowedAddress(request.url);
    return { 'x-auth-token': token.value };
  }

  reportResult(headers: Readonly<Record<string, string>>, error: CloudError | undefined): CloudError | undefined {
    if (!error) {
      this.#state.confirm();
    }
    if (headers['authorization'] !== undefined) {
      return this.#signer.reportResult(headers, error);
    }
    this.#tokens.reportResult(headers['x-auth-token'] ?? '', error);
    return error;
  }

  async renew(refused: Readonly<Record<string, string>>, scope: TokenScope, purpose?: Purpose): Promise<Renewal> {
    return refused['authorization'] === undefined
      ? this.#tokens.renew(refused['x-auth-token'] ?? '', scope, purpose)
      : 'impossible';
  }

  async isIamReachable(signal: AbortSignal): Promise<boolean> {
    const site = this.#deps.site();
    return site !== undefined && this.#addresses.isIamAllowed && isReachable(site.iam, this.#deps.transport, signal);
  }

  async #sign(
    request: RequestToAuthorize,
    scope: TokenScope,
    keys: StoredKeys,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>> {
    if (keys.expires !== undefined && keys.expires <= this.#deps.transport.clock()) {
      throw this.#tokens.expired(scope);
    }
    return (await this.#signer.sign(request, scope, keys, signal)) ?? this.authorize(request, scope, signal);
  }

  // The secret of the current sign-in. @throws CloudError if it may not be used
  async #secret(): Promise<AccountSecret> {
    if (this.#state.signal.aborted) {
      throw cancelled();
    }
    if (this.account.profile) {
      await this.#readProfile();
    }
    if (!this.#deps.isStillIn()) {
      throw cancelled();
    }
    this.#state.assertNotRefused();
    const secret = await this.#credentials.read(this.account);
    if (secret) {
      return secret;
    }
    if (this.account.agency) {
      return { tokens: {} };
    }
    throw new CloudError({
      kind: 'unauthenticated',
      reason: phrase(
        'The sign-in of this account is no longer stored on this machine. If you signed in in another window, reload this one.',
      ),
    });
  }

  // A changed profile is another sign-in of the same account: it is tried even if the one before was refused. If another window
  // saw the refusal, it may be of this very profile: each window would try it once more, and a few tries lock a key.
  async #readProfile(): Promise<void> {
    const { secret, fingerprint } = await this.#deps.profile();
    if (fingerprint === this.#fingerprint) {
      return;
    }
    const isFirst = this.#fingerprint === undefined;
    const { isRefusedHere } = this.#state;
    this.#fingerprint = fingerprint;
    this.#resetSession(secret);
    if (!isFirst && isRefusedHere) {
      this.#state.clearRefusal();
    }
  }

  #resetSession(secret: AccountSecret | undefined): void {
    this.#state.reset();
    if (secret) {
      this.#credentials.hold(Promise.resolve(secret));
    } else {
      this.#credentials.drop();
    }
    this.#tokens.reset();
    this.#signer.reset();
  }
}
