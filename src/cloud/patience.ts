import { setTimeout } from 'node:timers/promises';
import { CloudError, cancelled } from './errors';
import type { Clock } from './ports';

/** A request is sent so often at most. */
const mostTries = 3;

/** A service that wants longer than this is not waited for: a minute, in milliseconds. */
const longestWait = 60_000;

/** The first wait is about this long, each further one twice as long: milliseconds. */
const firstWait = 500;

/**
 * So many repetitions an account may have at once in hand; one comes back every so many milliseconds. A service that is
 * broken is not hammered by all that its users opened.
 */
const budget = { most: 10, oneEvery: 10_000 };

/** Connections that did not come about, or broke off. A certificate or a name that is wrong stays so. */
const passing = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** What repeating needs. */
export interface PatienceParts {
  readonly clock: Clock;
  /** Waits so many milliseconds. @throws CloudError of kind `cancelled` */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of each wait: its milliseconds, and nothing when it is over. */
  readonly waiting: (milliseconds: number | undefined) => void;
}

/** Repeats what only reads, where the next try may well succeed. One for each account. */
export class Patience {
  readonly #parts: PatienceParts;
  #left = budget.most;
  #since: number;

  constructor(parts: PatienceParts) {
    this.#parts = parts;
    this.#since = parts.clock();
  }

  /**
   * Does something up to three times: after connection errors, 429, 502, 503 and 504, and as late as the service asks for.
   * What got no answer in time is not repeated: its user waited long enough.
   * @throws CloudError what the last try threw
   */
  async repeat<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        // Each try comes after the one before it.
        // oxlint-disable-next-line no-await-in-loop
        return await work();
      } catch (error) {
        const wait = tries < mostTries && error instanceof CloudError ? this.#waitFor(error, tries) : undefined;
        if (wait === undefined || !this.#take()) {
          throw error;
        }
        this.#parts.waiting(wait);
        try {
          // oxlint-disable-next-line no-await-in-loop
          await this.#parts.pause(wait, signal);
        } finally {
          this.#parts.waiting(undefined);
        }
      }
    }
  }

  // Milliseconds; nothing where another try makes no sense.
  #waitFor({ failure }: CloudError, tries: number): number | undefined {
    const { kind, status = 0, code = '', retryAfter, call = '' } = failure;
    // A sign-in on the way is sent once: repeated, it could lock an account.
    if (call.startsWith('POST ')) {
      return undefined;
    }
    const isPassing = kind === 'throttled' || (kind === 'server' && [502, 503, 504].includes(status));
    if (!isPassing && !(kind === 'network' && passing.has(code))) {
      return undefined;
    }
    if (retryAfter !== undefined) {
      return retryAfter <= longestWait ? retryAfter : undefined;
    }
    // Between half and one and a half of it, so that many do not come back at once.
    return firstWait * 2 ** (tries - 1) * (0.5 + this.#parts.random());
  }

  #take(): boolean {
    const now = this.#parts.clock();
    const back = Math.max(0, Math.floor((now - this.#since) / budget.oneEvery));
    this.#left = Math.min(budget.most, this.#left + back);
    this.#since = this.#left === budget.most ? now : this.#since + back * budget.oneEvery;
    if (this.#left === 0) {
      return false;
    }
    this.#left -= 1;
    return true;
  }
}

/** Waits by this machine's clock. @throws CloudError of kind `cancelled` as soon as the signal says so */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal });
  } catch {
    throw cancelled();
  }
}
