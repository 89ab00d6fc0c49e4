import type { CloudError } from './errors';

// What the client needs from others, so that it can be tested without them.

/** What a request's authorization is for: the whole account, or one project. */
export type TokenScope = { readonly kind: 'account' } | { readonly kind: 'project'; readonly projectId: string };

/** Purpose of a request: the user waits for it, or it is one step of a scan of all lists. */
export type Purpose = 'click' | 'scan';

/** A request before it is authorized. */
export interface RequestToAuthorize {
  readonly method: 'GET';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A click, if nothing else. */
  readonly purpose?: Purpose;
}

/**
 * What can be done where a service refused a token: another one was got; the refused one is good, so that the service has
 * reasons of its own; or the account cannot get any.
 */
export type Renewal = 'renewed' | 'needless' | 'impossible';

/** Says who asks. */
export interface Authorizer {
  /** The headers that authorize a request. @throws CloudError where the account cannot */
  authorize(
    request: RequestToAuthorize,
    scope: TokenScope,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>>;
  /** Told that a service refused these headers as unauthenticated. @throws CloudError where IAM does not answer as it should */
  renew(refused: Readonly<Record<string, string>>, scope: TokenScope, purpose?: Purpose): Promise<Renewal>;
  /**
   * Told what became of each request with these headers.
   * @returns the error as whoever authorized the request sees it
   */
  reportResult(headers: Readonly<Record<string, string>>, error: CloudError | undefined): CloudError | undefined;
  /** Whether the account's IAM host answers at all: tells a missing service from a missing network. */
  isIamReachable(signal: AbortSignal): Promise<boolean>;
}
