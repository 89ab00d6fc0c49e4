import type { ErrorKind } from '../catalog/declaration';
import { phrase, type Phrase } from '../base/phrase';
import { textOfError } from './redact';

/**
 * What is wrong with a sign-in, where the cloud tells: it has expired; a token is another region's; a key is unknown or
 * switched off; a signature is wrong, which a wrong secret key makes; too many tries locked it; this machine's clock is
 * off; a code of an MFA device is wanted; or a role has no account that takes it on.
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

/** What is known of a failed call. Every text in it comes from outside and is untrusted; none is a secret. */
export interface Failure {
  readonly kind: ErrorKind;
  /** The call as a person can recognise it: method, host and path template. Never a query or a value. */
  readonly call?: string;
  readonly status?: number;
  /** The service's own error code and message. */
  readonly code?: string;
  readonly serviceMessage?: string;
  readonly requestId?: string;
  /** What happened, where the service itself said nothing. */
  readonly reason?: Phrase;
  readonly signIn?: SignInFault;
  /** How long the service asks to be left alone: milliseconds. */
  readonly retryAfter?: number;
  /** An address of the settings that the user has to accept first. */
  readonly accept?: string;
  /** True if the user was asked about it before, and refused. */
  readonly declined?: true;
}

/** What the code of an error looks like, such as `APIGW.0301` or `ECONNREFUSED`. */
const codeShape = /^(?=.{1,64}$)(?:[A-Za-z]+|\d{1,10})(?:[._-][A-Za-z\d]+)*$/;

/** The one error that leaves the rooms `cloud` and `accounts`. Its `message` is for the log: nothing in it is the cloud's words. */
export class CloudError extends Error {
  override readonly name = 'CloudError';
  readonly failure: Failure;

  // What is loaded later is a bundle of its own, with a class of its own that is the same.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'CloudError' && 'failure' in value;
  }

  constructor(failure: Failure) {
    const code = codeShape.test(failure.code ?? '') ? failure.code : undefined;
    super([failure.kind, failure.status, code, failure.reason?.text].filter(Boolean).join(' '));
    this.failure = failure;
  }

  get kind(): ErrorKind {
    return this.failure.kind;
  }

  /** The same failure, seen as something else. */
  as(change: Partial<Failure>): CloudError {
    return new CloudError({ ...this.failure, ...change });
  }
}

/** The error of a call that its caller gave up. */
export function cancelled(): CloudError {
  return new CloudError({ kind: 'cancelled', reason: phrase('The request was cancelled.') });
}

/** Any thrown thing as a {@link CloudError}; one that is none is a fault of this program and says so. */
export function asCloudError(thrown: unknown): CloudError {
  if (thrown instanceof CloudError) {
    return thrown;
  }
  return new CloudError({
    kind: 'badAnswer',
    reason: phrase('The answer could not be handled: {0}', textOfError(thrown)),
  });
}
