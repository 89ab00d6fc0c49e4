import { CloudError, cancelled } from './errors';
import type { Purpose } from './ports';
import type { Clock } from '../base/clock';

/** No host is paused for longer at a time, whatever it asks for: a minute, in milliseconds. */
const longestPause = 60_000;

/** A host that answers nothing but 429 through pauses of this length in all is given up: 5 minutes, in milliseconds. */
const giveUpAfter = 300_000;

/** The first pause is about this long, each further one twice as long: milliseconds. */
const firstPause = 500;

/** When the limit is the account's and not that of one host: this many hosts were throttled within so many milliseconds. */
const ofAccount = { hosts: 3, within: 10_000 };

/**
 * The least time between two requests of a walk while the account is throttled: milliseconds. It doubles when the account is
 * throttled again, and is halved after each `halvedAfter` without a 429, until there is none.
 */
const walkInterval = { least: 250, most: 8000, halvedAfter: 60_000 };

/** What throttling needs. */
export interface ThrottlingDeps {
  readonly clock: Clock;
  /** Waits for a time in ms, or until the signal aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of each wait: its milliseconds, and nothing when it is over. */
  readonly waiting: (milliseconds: number | undefined) => void;
}

/** A host that answered 429 and nothing else since. */
interface Throttled {
  /** When its pause ends, how long that is, and which one of all pauses of the account it is. Times in milliseconds. */
  readonly until: number;
  readonly length: number;
  readonly number: number;
  /** How many pauses there were in a row, and how long those before the last one were in all. */
  readonly pauses: number;
  readonly paused: number;
  /** When the last 429 came. */
  readonly at: number;
}

/**
 * Pauses each host that answers 429: for as long as it asks (RFC 9110, section 10.2.3), within bounds, else longer each time.
 * Where several hosts are throttled at once, the walks of the account get slower. One for each account.
 */
export class Throttling {
  readonly #parts: ThrottlingDeps;
  readonly #hosts = new Map<string, Throttled>();
  /** How many pauses began so far: a request knows by it which ones began after it was sent. */
  #pauses = 0;
  /** When hosts were throttled last, since the interval changed. */
  readonly #recent = new Map<string, number>();
  #interval = 0;
  /** Since when the interval has been what it is, or when the last 429 came. */
  #intervalSince = 0;
  #lastWalk = -Infinity;
  #walkTurn: Promise<unknown> = Promise.resolve();

  constructor(parts: ThrottlingDeps) {
    this.#parts = parts;
  }

  /**
   * Waits while a host is paused, and with a request of a walk for its time.
   * @returns the number of pauses that began so far
   * @throws CloudError of kind `cancelled`
   */
  async ready(host: string, purpose: Purpose, signal: AbortSignal): Promise<number> {
    let isTimed = purpose === 'click';
    for (;;) {
      // Another pause may begin meanwhile.
      const left = this.#left(host);
      if (left > 0) {
        await this.wait(left, signal);
      } else if (!isTimed) {
        await this.#timeOfWalk(signal);
        isTimed = true;
      } else {
        return this.#pauses;
      }
    }
  }

  /** Whether a pause of a host began after so many pauses. */
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
   * How long to wait before something is sent again that was answered with 429: milliseconds.
   * @param times how often it was answered so, one after the other
   */
  waitFor(error: CloudError, times: number): number {
    return Math.max(this.#left(error.failure.host), this.#length(times, error.failure.retryAfter));
  }

  /**
   * Whether something, or its host, was throttled for too long to go on.
   * @param since when it was answered with 429 first
   */
  isGivenUp(error: CloudError, since: number): boolean {
    const isHostGivenUp = (this.#hosts.get(error.failure.host ?? '')?.paused ?? 0) >= giveUpAfter;
    return isHostGivenUp || this.#parts.clock() - since >= giveUpAfter;
  }

  /** Waits, and says so. @throws CloudError of kind `cancelled` */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#parts.waiting(milliseconds);
    try {
      await this.#pause(milliseconds, signal);
    } finally {
      this.#parts.waiting(undefined);
    }
  }

  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.#parts.pause(milliseconds, signal);
    if (signal.aborted) {
      throw cancelled();
    }
  }

  #left(host = ''): number {
    const { until, at } = this.#hosts.get(host) ?? { until: 0, at: 0 };
    const now = this.#parts.clock();
    // A clock that was set back must not make a pause longer.
    return now < at ? 0 : until - now;
  }

  #answered(host: string, since: number): void {
    const known = this.#hosts.get(host);
    if (known && known.number > since) {
      // What was sent before the pause does not end it, but the host does not refuse all.
      this.#hosts.set(host, { ...known, pauses: 0, paused: 0, length: 0 });
    } else {
      this.#hosts.delete(host);
    }
  }

  #throttled(host: string, since: number, asked: number | undefined): void {
    const now = this.#parts.clock();
    const known = this.#hosts.get(host);
    const before = known && now - known.at < giveUpAfter ? known : undefined;
    if (before && before.number > since) {
      // It was sent before the pause, which may get longer by it.
      const until = Math.max(before.until, now + Math.min(longestPause, asked ?? 0));
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
    const length = this.#length(pauses, asked);
    this.#hosts.set(host, { until: now + length, number: this.#pauses, length, pauses, paused, at: now });
    this.#slowDown(host, now);
  }

  // Between half and one and a half of the pause, so that many do not come back at once.
  #length(times: number, asked = 0): number {
    const backoff = firstPause * 2 ** Math.min(times - 1, 16) * (0.5 + this.#parts.random());
    return Math.min(longestPause, Math.max(asked, backoff));
  }

  #slowDown(host: string, now: number): void {
    this.#intervalSince = now;
    this.#recent.set(host, now);
    for (const [other, at] of this.#recent) {
      if (now - at > ofAccount.within) {
        this.#recent.delete(other);
      }
    }
    if (this.#recent.size >= ofAccount.hosts) {
      this.#recent.clear();
      this.#interval = Math.min(walkInterval.most, Math.max(walkInterval.least, this.#interval * 2));
    }
  }

  #speedUp(now: number): void {
    this.#intervalSince = Math.min(this.#intervalSince, now);
    while (this.#interval > 0 && now - this.#intervalSince >= walkInterval.halvedAfter) {
      this.#interval = this.#interval > walkInterval.least ? this.#interval / 2 : 0;
      this.#intervalSince += walkInterval.halvedAfter;
    }
  }

  // One after the other; what is given up takes no time of the next.
  async #timeOfWalk(signal: AbortSignal): Promise<void> {
    const turn = this.#walkTurn.then(async () => {
      this.#speedUp(this.#parts.clock());
      const left = Math.min(this.#interval, this.#lastWalk + this.#interval - this.#parts.clock());
      if (left > 0) {
        await this.#pause(left, signal);
      }
      this.#lastWalk = this.#parts.clock();
    });
    this.#walkTurn = turn.catch(() => undefined);
    await turn;
  }
}
