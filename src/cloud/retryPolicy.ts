import { CloudError } from './errors';
import type { Purpose } from './ports';
import { Slots } from './slots';
import { Throttling, type ThrottlingDeps } from './throttling';

/** How many requests of one account are under way at once; those that are not answered for a while do not count. */
const requestsAtOnce = { all: 5, perHost: 2 };

/** A request is sent so often at most. */
const maxAttempts = 3;

/** A service that wants longer than this is not waited for: a minute, in milliseconds. */
const longestWait = 60_000;

/** The first wait is about this long, each further one twice as long: milliseconds. */
const firstWait = 500;

/**
 * So many repetitions an account may have at once in hand; one comes back every so many milliseconds. A service that is
 * broken is not hammered by all that its users opened.
 */
const retryBudget = { most: 10, oneEvery: 10_000 };

/** Connections that did not come about, or broke off. A certificate or a name that is wrong stays so. */
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
 * A walk sends a sign-in no more often than a click repeats a request, the last time ten seconds later, and then no more for five
 * minutes: a lock needs no more than a few tries. Milliseconds.
 */
const signIns = { rounds: maxAttempts, lastAfter: 10_000, againAfter: 300_000 };

/** Where a request goes, and what for. */
export interface RequestTarget {
  readonly host: string;
  readonly purpose: Purpose;
}

/** Has requests wait for their turn, and repeats what only reads, where the next try may well succeed. One for each account. */
export class RetryPolicy {
  readonly #parts: ThrottlingDeps;
  readonly #slots = new Slots(requestsAtOnce);
  readonly #throttling: Throttling;
  #left = retryBudget.most;
  #since: number;
  /** The last 429 that a sign-in got, when, behind how many pauses it was sent, and how many such rounds there were. */
  #throttledSignIn: { error: CloudError; at: number; since: number; rounds: number } | undefined;

  constructor(parts: ThrottlingDeps) {
    this.#parts = parts;
    this.#throttling = new Throttling(parts);
    this.#since = parts.clock();
  }

  /**
   * Does something in its turn, up to three times: after connection errors, 429, 502, 503 and 504, and as late as the service
   * asks for. A walk goes on after a 429 until it was throttled for five minutes. What got no answer in time is not repeated:
   * the user waited long enough.
   * @throws CloudError what the last try threw
   */
  async run<T>(turn: RequestTarget, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let tries = 0;
    let throttled = 0;
    let throttledSince = Infinity;
    for (;;) {
      try {
        // Each try comes after the one before it.
        return await this.#inTurn(turn, work, signal);
      } catch (error) {
        if (!(error instanceof CloudError)) {
          throw error;
        }
        const isThrottledScan = turn.purpose === 'scan' && error.kind === 'throttled';
        tries += isThrottledScan ? 0 : 1;
        if (error.kind === 'throttled') {
          throttled += 1;
          throttledSince = Math.min(throttledSince, this.#parts.clock());
        }
        const goesOn = isThrottledScan
          ? !this.#throttling.isGivenUp(error, throttledSince) && !(isSignIn(error) && this.#areSignInsGivenUp)
          : tries < maxAttempts && mayRepeat(error) && this.#take();
        if (!goesOn) {
          throw error;
        }
        const wait =
          error.kind === 'throttled' ? this.#throttling.waitFor(error, throttled) : this.#backoff(error, tries);
        await this.#throttling.wait(isSignIn(error) ? Math.max(wait, this.#untilSignIn) : wait, signal);
      }
    }
  }

  /**
   * Signs in, beside the requests that have turns, which wait for it: as soon as its host is not paused, and once. A walk sends
   * no sign-in for a while after IAM answered 429 twice in a row.
   * @throws CloudError what it throws
   */
  async runOnce<T>(host: string, work: () => Promise<T>, signal: AbortSignal, purpose: Purpose): Promise<T> {
    const refuseThrottled = (): void => {
      if (purpose === 'scan' && this.#throttledSignIn && this.#untilSignIn > 0) {
        throw this.#throttledSignIn.error;
      }
    };
    refuseThrottled();
    const since = await this.#throttling.ready(host, 'click', signal);
    refuseThrottled();
    try {
      const done = await this.#throttling.record('signIn', host, since, work);
      this.#throttledSignIn = undefined;
      return done;
    } catch (error) {
      if (error instanceof CloudError && error.kind === 'throttled') {
        const { rounds = 0, since: last } = this.#throttledSignIn ?? {};
        // Those that were sent before the same pause are one round.
        this.#throttledSignIn = { error, at: this.#parts.clock(), since, rounds: rounds + (since === last ? 0 : 1) };
      }
      throw error;
    }
  }

  /** Has a walk send sign-ins again, whatever became of those before. */
  forgive(): void {
    this.#throttledSignIn = undefined;
  }

  get #areSignInsGivenUp(): boolean {
    return (this.#throttledSignIn?.rounds ?? 0) >= signIns.rounds;
  }

  // How long a walk has to wait before it may sign in: milliseconds.
  get #untilSignIn(): number {
    const { at = 0, rounds = 0 } = this.#throttledSignIn ?? {};
    const age = this.#parts.clock() - at;
    const wait = rounds >= signIns.rounds ? signIns.againAfter : rounds === signIns.rounds - 1 ? signIns.lastAfter : 0;
    // A clock that was set back must not make it longer.
    return age < 0 ? 0 : Math.max(0, wait - age);
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

  // Milliseconds.
  #backoff({ failure: { retryAfter = 0 } }: CloudError, tries: number): number {
    // Between half and one and a half of it, so that many do not come back at once.
    return Math.max(retryAfter, firstWait * 2 ** (tries - 1) * (0.5 + this.#parts.random()));
  }

  #take(): boolean {
    const now = this.#parts.clock();
    const back = Math.max(0, Math.floor((now - this.#since) / retryBudget.oneEvery));
    this.#left = Math.min(retryBudget.most, this.#left + back);
    this.#since = this.#left === retryBudget.most ? now : this.#since + back * retryBudget.oneEvery;
    if (this.#left === 0) {
      return false;
    }
    this.#left -= 1;
    return true;
  }
}

function isSignIn({ failure }: Pick<CloudError, 'failure'>): boolean {
  return failure.repeatable === false;
}

function mayRepeat({ failure }: CloudError): boolean {
  const { kind, status = 0, code = '', retryAfter = 0 } = failure;
  // A sign-in on the way is sent once: repeated, it could lock an account.
  if (retryAfter > longestWait || isSignIn({ failure })) {
    return false;
  }
  const isBusy = kind === 'throttled' || (kind === 'server' && [502, 503, 504].includes(status));
  return isBusy || (kind === 'network' && transientErrors.has(code));
}
