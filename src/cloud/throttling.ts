import type { Clock } from '../base/clock';
import { CloudError, cancelled } from './errors';
import type { Purpose } from './ports';

/** Maximum pause of a host at a time, whatever it asks for, ms. */
const maxPause = 60_000;

/** A host whose pauses in a row, with no answer but 429, add up to this is given up, ms. */
const giveUpAfter = 300_000;

/** First pause, ms. Each further one is twice as long. */
const firstPause = 500;

/** Throttling counts as account-wide when this many hosts answer 429 within this time, ms. */
const accountWide = { hosts: 3, within: 10_000 };

/**
 * Minimum time between two requests of a scan during account-wide throttling, ms. It doubles with each further one, up to
 * `max`, and halves after each `halvingTime` without a 429, down to `min` and then to none.
 */
const scanInterval = { min: 250, max: 8000, halvingTime: 60_000 };

/** The dependencies of {@link Throttling}. */
export interface ThrottlingDeps {
  readonly clock: Clock;
  /** Waits for a time in ms, or until the signal aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Called at the start of each wait with its ms, and at its end with undefined. */
  readonly waiting: (milliseconds: number | undefined) => void;
}

/** A host that has answered nothing but 429 since its first pause. Times in ms. */
interface ThrottledHost {
  /** End of the current pause, its length, and its number among all pauses of the account. */
  readonly until: number;
  readonly length: number;
  readonly number: number;
  /** Pauses in a row, and the total length of all but the last. */
  readonly pauses: number;
  readonly paused: number;
  /** When the last 429 came. */
  readonly at: number;
}

/**
 * Pauses each host that answers 429, honouring `Retry-After` (RFC 9110, section 10.2.3) within bounds, else with
 * exponential backoff. Slows down scans when several hosts throttle at once. One for each account.
 */
export class Throttling {
  readonly #deps: ThrottlingDeps;
  readonly #hosts = new Map<string, ThrottledHost>();
  /** Pauses so far. A request that knows this number can tell which pauses began after it was sent. */
  #pauses = 0;
  /** When each host last answered 429, since the interval changed. */
  readonly #recent = new Map<string, number>();
  #interval = 0;
  /** When the interval last changed, or the last 429 came. */
  #intervalSince = 0;
  #lastScanRequest = -Infinity;
  #scanQueue: Promise<unknown> = Promise.resolve();

  constructor(deps: ThrottlingDeps) {
    this.#deps = deps;
  }

  /**
   * Waits while a host is paused, and for the interval between requests of a scan.
   * @returns the number of pauses so far
   * @throws CloudError of kind `cancelled`
   */
  async ready(host: string, purpose: Purpose, signal: AbortSignal): Promise<number> {
    let isSpaced = purpose === 'click';
    for (;;) {
      // Another pause may begin during a wait.
      const left = this.#timeLeft(host);
      if (left > 0) {
        await this.wait(left, signal);
      } else if (!isSpaced) {
        await this.#spaceScan(signal);
        isSpaced = true;
      } else {
        return this.#pauses;
      }
    }
  }

  /** Whether a pause of a host began after the given number of pauses. */
  isPausedSince(host: string, since: number): boolean {
    return (this.#hosts.get(host)?.number ?? 0) > since;
  }

  /**
   * Sends a request and records a 429. A sign-in that a request makes first records its own.
   * @param since the number of pauses when it was {@link ready}
   */
  async record<T>(kind: 'request' | 'signIn', host: string, since: number, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#answered(host, since);
      return result;
    } catch (error) {
      if (
        error instanceof CloudError &&
        error.failure.host === host &&
        (error.failure.repeatable === false) === (kind === 'signIn')
      ) {
        if (error.kind === 'throttled') {
          this.#throttled(host, since, error.failure.retryAfter);
        } else if (error.failure.status !== undefined) {
          this.#answered(host, since);
        }
      }
      throw error;
    }
  }

  /**
   * The delay before a throttled request is sent again, ms.
   * @param times how often in a row it was throttled
   */
  delayFor(error: CloudError, times: number): number {
    return Math.max(this.#timeLeft(error.failure.host), this.#pauseLength(times, error.failure.retryAfter));
  }

  /**
   * Whether a request, or its host, was throttled for too long to continue.
   * @param since when the request was first throttled
   */
  isGivenUp(error: CloudError, since: number): boolean {
    const isHostGivenUp = (this.#hosts.get(error.failure.host ?? '')?.paused ?? 0) >= giveUpAfter;
    return isHostGivenUp || this.#deps.clock() - since >= giveUpAfter;
  }

  /** Waits, and reports the wait. @throws CloudError of kind `cancelled` */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#deps.waiting(milliseconds);
    try {
      await this.#pause(milliseconds, signal);
    } finally {
      this.#deps.waiting(undefined);
    }
  }

  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.#deps.pause(milliseconds, signal);
    if (signal.aborted) {
      throw cancelled();
    }
  }

  #timeLeft(host = ''): number {
    const { until, at } = this.#hosts.get(host) ?? { until: 0, at: 0 };
    const now = this.#deps.clock();
    // A clock that was set back must not lengthen a pause.
    return now < at ? 0 : until - now;
  }

  #answered(host: string, since: number): void {
    const known = this.#hosts.get(host);
    if (known && known.number > since) {
      // A request from before the pause does not end it, but shows that the host does not refuse all.
      this.#hosts.set(host, { ...known, pauses: 0, paused: 0, length: 0 });
    } else {
      this.#hosts.delete(host);
    }
  }

  #throttled(host: string, since: number, retryAfter: number | undefined): void {
    const now = this.#deps.clock();
    const known = this.#hosts.get(host);
    const before = known && now - known.at < giveUpAfter ? known : undefined;
    if (before && before.number > since) {
      // The request is from before the pause: it may only lengthen it.
      const until = Math.max(before.until, now + Math.min(maxPause, retryAfter ?? 0));
      this.#pauses += 1;
      this.#hosts.set(host, { ...before, until, number: this.#pauses });
      return;
    }
    const paused = before ? before.paused + before.length : 0;
    if (before && paused >= giveUpAfter) {
      this.#hosts.set(host, { ...before, paused, length: 0, at: now });
      return;
    }
    this.#pauses += 1;
    const pauses = (before?.pauses ?? 0) + 1;
    const length = this.#pauseLength(pauses, retryAfter);
    this.#hosts.set(host, { until: now + length, number: this.#pauses, length, pauses, paused, at: now });
    this.#slowDown(host, now);
  }

  // Ms, with a jitter of ±50 %.
  #pauseLength(times: number, retryAfter = 0): number {
    const backoff = firstPause * 2 ** Math.min(times - 1, 16) * (0.5 + this.#deps.random());
    return Math.min(maxPause, Math.max(retryAfter, backoff));
  }

  #slowDown(host: string, now: number): void {
    this.#intervalSince = now;
    this.#recent.set(host, now);
    for (const [other, at] of this.#recent) {
      if (now - at > accountWide.within) {
        this.#recent.delete(other);
      }
    }
    if (this.#recent.size >= accountWide.hosts) {
      this.#recent.clear();
      this.#interval = Math.min(scanInterval.max, Math.max(scanInterval.min, this.#interval * 2));
    }
  }

  #speedUp(now: number): void {
    this.#intervalSince = Math.min(this.#intervalSince, now);
    while (this.#interval > 0 && now - this.#intervalSince >= scanInterval.halvingTime) {
      this.#interval = this.#interval > scanInterval.min ? this.#interval / 2 : 0;
      this.#intervalSince += scanInterval.halvingTime;
    }
  }

  // In turn. A cancelled request leaves its time to the next one.
  async #spaceScan(signal: AbortSignal): Promise<void> {
    const turn = this.#scanQueue.then(async () => {
      this.#speedUp(this.#deps.clock());
      const left = Math.min(this.#interval, this.#lastScanRequest + this.#interval - this.#deps.clock());
      if (left > 0) {
        await this.#pause(left, signal);
      }
      this.#lastScanRequest = this.#deps.clock();
    });
    this.#scanQueue = turn.catch(() => undefined);
    await turn;
  }
}
