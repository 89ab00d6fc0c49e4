import type { ErrorKind } from '../catalog/declaration';
import { phrase, type Phrase } from '../base/phrase';
import { textOfError } from './redact';

/**
 * Why a sign-in failed, if the cloud says so.
 * - `expired`: the token, password or key is past its end
 * - `otherRegion`: the token belongs to another region
 * - `keyUnknown`: the access key does not exist or is disabled
 * - `wrongSignature`: the signature does not match, usually because the secret key is wrong
 * - `locked`: too many failed attempts
 * - `wrongClock`: this machine's clock is off
 * - `code`: a code of an MFA device is required
 * - `ofRole`: the account that the role is taken on with is missing
 */
export const signInFaults = [
  'expired',
  'otherRegion',
  'keyUnknown',
  'wrongSignature',
  'locked',
  'wrongClock',
  'code',
  'ofRole',
] as const;
export type SignInFault = (typeof signInFaults)[number];

/** The facts about a failed call. Every text comes from outside and is untrusted; none is a secret. */
export interface Failure {
  readonly kind: ErrorKind;
  /** The call for people to read: method, host and path template. Never a query or a value. */
  readonly call?: string | undefined;
  /** The host that was called, with its port. */
  readonly host?: string | undefined;
  /** HTTP status of the answer. */
  readonly status?: number | undefined;
  /** The service's own error code and message. */
  readonly code?: string | undefined;
  readonly serviceMessage?: string | undefined;
  readonly requestId?: string | undefined;
  /** An explanation, if the service gives none. */
  readonly reason?: Phrase | undefined;
  readonly signIn?: SignInFault | undefined;
  /** The delay before a retry that the service asks for, ms. */
  readonly retryAfter?: number | undefined;
  /** False for a sign-in: sent again, it could lock the account. */
  readonly repeatable?: false | undefined;
  /** An address of the settings that the user has to accept first. */
  readonly accept?: string | undefined;
  /** True if the user refused that address before. */
  readonly declined?: true | undefined;
}

/** The facts that are known before there is an answer. */
export type Origin = Pick<Failure, 'call' | 'host' | 'repeatable'>;

/** An error code, such as `APIGW.0301` or `ECONNREFUSED`. */
const codeShape = /^(?=.{1,64}$)(?:[A-Za-z]+|\d{1,10})(?:[._-][A-Za-z\d]+)*$/;

/** The only error that `cloud` and `accounts` throw. Its `message` is for the log: it has no text of the cloud. */
export class CloudError extends Error {
  override readonly name = 'CloudError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    const code = codeShape.test(failure.code ?? '') ? failure.code : undefined;
    super([failure.kind, failure.status, code, failure.reason?.text].filter(Boolean).join(' '));
    this.failure = failure;
  }

  get kind(): ErrorKind {
    return this.failure.kind;
  }

  /** A copy with some facts changed. */
  as(change: Partial<Failure>): CloudError {
    return new CloudError({ ...this.failure, ...change });
  }
}

/** The error of a request that was cancelled. */
export function cancelled(): CloudError {
  return new CloudError({ kind: 'cancelled', reason: phrase('The request was cancelled.') });
}

/** The error of an answer that is not what the call's document says. */
export function badAnswer(known: Omit<Failure, 'kind' | 'reason'> = {}): CloudError {
  return new CloudError({
    ...known,
    kind: 'badAnswer',
    reason: phrase('The service sent an answer that could not be understood.'),
  });
}

/** Any thrown value as a {@link CloudError}; anything else is a bug of this program and becomes a `badAnswer`. */
export function asCloudError(thrown: unknown): CloudError {
  if (thrown instanceof CloudError) {
    return thrown;
  }
  return new CloudError({
    kind: 'badAnswer',
    reason: phrase('The answer could not be handled: {0}', textOfError(thrown)),
  });
}
