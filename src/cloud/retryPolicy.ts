import { CloudError } from './errors';
import type { Purpose } from './ports';
import { Slots } from './slots';
import { Throttling, type ThrottlingDeps } from './throttling';

/** Concurrent requests of an account. Requests without an answer for a while do not count. */
const concurrency = { all: 5, perHost: 2 };

/** Maximum attempts per request. */
const maxAttempts = 3;

/** Maximum delay that a service may ask for, ms. A longer one fails the request. */
const maxRetryAfter = 60_000;

/** First retry delay, ms. Each further one is twice as long. */
const firstDelay = 500;

/**
 * Retry budget per account (token bucket): 10 retries, one refilled every 10 s, so that a failing service is not flooded.
 */
const retryBudget = { size: 10, refillInterval: 10_000 };

/** Codes of connections that failed or broke off. A wrong certificate or host name stays wrong. */
const transientErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/**
 * Throttled sign-ins of a full scan: three rounds, the last one 10 s after the second, then none for five minutes. More
 * attempts could lock the account. Times in ms.
 */
const signInRounds = { max: maxAttempts, lastDelay: 10_000, cooldown: 300_000 };

/** The host and the purpose of a request. */
export interface RequestTarget {
  readonly host: string;
  readonly purpose: Purpose;
}

/** A retry policy as its users see it. */
export type RequestPolicy = Pick<RetryPolicy, 'run' | 'runOnce' | 'forgive'>;

/** Limits how many requests of an account run at once, and retries reads that may succeed later. One for each account. */
export class RetryPolicy {
  readonly #deps: ThrottlingDeps;
  readonly #slots = new Slots(concurrency);
  readonly #throttling: Throttling;
  /** Retries left in the budget, and when it was last refilled. */
  #retriesLeft = retryBudget.size;
  #refilledAt: number;
  /** The last 429 of a sign-in, when it came, the number of pauses before it was sent, and the number of such rounds. */
  #throttledSignIn: { error: CloudError; at: number; since: number; rounds: number } | undefined;

  constructor(deps: ThrottlingDeps) {
    this.#deps = deps;
    this.#throttling = new Throttling(deps);
    this.#refilledAt = deps.clock();
  }

  /**
   * Runs a request when it is its turn, up to three times: after connection errors, 429, 502, 503 and 504, honouring
   * `Retry-After`. A scan continues after a 429 until it was throttled for five minutes. A timeout is not retried: the user
   * has waited long enough.
   * @throws CloudError of the last attempt
   */
  async run<T>(target: RequestTarget, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let attempts = 0;
    let throttled = 0;
    let throttledSince = Infinity;
    for (;;) {
      try {
        return await this.#inTurn(target, work, signal);
      } catch (error) {
        if (!(error instanceof CloudError)) {
          throw error;
        }
        const isThrottledScan = target.purpose === 'scan' && error.kind === 'throttled';
        attempts += isThrottledScan ? 0 : 1;
        if (error.kind === 'throttled') {
          throttled += 1;
          throttledSince = Math.min(throttledSince, this.#deps.clock());
        }
        const retries = isThrottledScan
          ? !this.#throttling.isGivenUp(error, throttledSince) && !(isSignIn(error) && this.#areSignInsGivenUp)
          : attempts < maxAttempts && isRetryable(error) && this.#spendRetry();
        if (!retries) {
          throw error;
        }
        const delay =
          error.kind === 'throttled' ? this.#throttling.delayFor(error, throttled) : this.#backoff(error, attempts);
        await this.#throttling.wait(isSignIn(error) ? Math.max(delay, this.#signInCooldown) : delay, signal);
      }
    }
  }

  /**
   * Runs a sign-in once, as soon as its host is not paused. It needs no slot: the requests that hold the slots wait for it.
   * A scan sends no sign-in for a while after IAM answered 429 twice in a row.
   * @throws CloudError of the sign-in
   */
  async runOnce<T>(host: string, work: () => Promise<T>, signal: AbortSignal, purpose: Purpose): Promise<T> {
    const assertNotThrottled = (): void => {
      if (purpose === 'scan' && this.#throttledSignIn && this.#signInCooldown > 0) {
        throw this.#throttledSignIn.error;
      }
    };
    assertNotThrottled();
    const since = await this.#throttling.ready(host, 'click', signal);
    assertNotThrottled();
    try {
      const done = await this.#throttling.record('signIn', host, since, work);
      this.#throttledSignIn = undefined;
      return done;
    } catch (error) {
      if (error instanceof CloudError && error.kind === 'throttled') {
        const { rounds = 0, since: last } = this.#throttledSignIn ?? {};
        // Sign-ins that were sent before the same pause are one round.
        this.#throttledSignIn = { error, at: this.#deps.clock(), since, rounds: rounds + (since === last ? 0 : 1) };
      }
      throw error;
    }
  }

  /** Lets scans sign in again, whatever the earlier answers were. */
  forgive(): void {
    this.#throttledSignIn = undefined;
  }

  get #areSignInsGivenUp(): boolean {
    return (this.#throttledSignIn?.rounds ?? 0) >= signInRounds.max;
  }

  // Ms until a scan may sign in.
  get #signInCooldown(): number {
    const { at = 0, rounds = 0 } = this.#throttledSignIn ?? {};
    const age = this.#deps.clock() - at;
    const { max, lastDelay, cooldown } = signInRounds;
    const delay = rounds >= max ? cooldown : rounds === max - 1 ? lastDelay : 0;
    // A clock that was set back must not lengthen it.
    return age < 0 ? 0 : Math.max(0, delay - age);
  }

  async #inTurn<T>({ host, purpose }: RequestTarget, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      const since = await this.#throttling.ready(host, purpose, signal);
      const slot = await this.#slots.take(host, purpose, signal);
      try {
        if (!this.#throttling.isPausedSince(host, since)) {
          return await this.#throttling.record('request', host, since, work);
        }
      } finally {
        slot.release();
      }
    }
  }

  // Ms, with a jitter of ±50 %.
  #backoff({ failure: { retryAfter = 0 } }: CloudError, attempts: number): number {
    return Math.max(retryAfter, firstDelay * 2 ** (attempts - 1) * (0.5 + this.#deps.random()));
  }

  /** Takes a retry from the budget. @returns false if there is none left */
  #spendRetry(): boolean {
    const now = this.#deps.clock();
    const { size, refillInterval } = retryBudget;
    const refilled = Math.max(0, Math.floor((now - this.#refilledAt) / refillInterval));
    this.#retriesLeft = Math.min(size, this.#retriesLeft + refilled);
    this.#refilledAt = this.#retriesLeft === size ? now : this.#refilledAt + refilled * refillInterval;
    if (this.#retriesLeft === 0) {
      return false;
    }
    this.#retriesLeft -= 1;
    return true;
  }
}

function isSignIn({ failure }: CloudError): boolean {
  return failure.repeatable === false;
}

function isRetryable(error: CloudError): boolean {
  const { kind, status = 0, code = '', retryAfter = 0 } = error.failure;
  if (retryAfter > maxRetryAfter || isSignIn(error)) {
    return false;
  }
  const isBusy = kind === 'throttled' || (kind === 'server' && [502, 503, 504].includes(status));
  return isBusy || (kind === 'network' && transientErrors.has(code));
}
