import type { CloudError } from './errors';

// The client's dependencies, as interfaces, so that it can be tested without them.

/** The scope of a request's authorization: the whole account, or one project. */
export type TokenScope = { readonly kind: 'account' } | { readonly kind: 'project'; readonly projectId: string };

/** The purpose of a request: the user waits for it, or it is a step of a scan of all lists. */
export type Purpose = 'click' | 'scan';

/** A request before it is authorized. */
export interface RequestToAuthorize {
  readonly method: 'GET';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Default: `click`. */
  readonly purpose?: Purpose;
}

/**
 * The result of a renewal: there is a new token; the refused token is valid or must be assumed so; or the
 * account cannot get a token.
 */
export type Renewal = 'renewed' | 'needless' | 'impossible';

/** Authorizes the requests of one account. */
export interface Authorizer {
  /** The headers that authorize a request. @throws CloudError if the account cannot */
  authorize(
    request: RequestToAuthorize,
    scope: TokenScope,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>>;
  /** Renews the token of headers that a service refused with 401. @throws CloudError if IAM does not answer as documented */
  renew(refused: Readonly<Record<string, string>>, scope: TokenScope, purpose?: Purpose): Promise<Renewal>;
  /**
   * Reports the outcome of a request with these headers. Called once for each request that was sent.
   * @param error undefined if the request succeeded
   * @returns the error to show, which may differ: a valid key that one service refuses is `forbidden`
   */
  reportResult(headers: Readonly<Record<string, string>>, error: CloudError | undefined): CloudError | undefined;
  /** Whether IAM answers any request: if not, the network is down, and a missing host says nothing about the region. */
  isIamReachable(signal: AbortSignal): Promise<boolean>;
}
