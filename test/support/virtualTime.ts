import { cancelled } from '../../src/cloud/errors';
import { RetryPolicy } from '../../src/cloud/retryPolicy';

/** A clock that stands until the test advances it, with the waits that depend on it. */
export class VirtualTime {
  now = 1_000_000;
  /** The reports of each wait: its milliseconds, and undefined at its end. */
  readonly reported: (number | undefined)[] = [];
  readonly #timers = new Set<{ readonly at: number; readonly ring: () => void }>();

  readonly clock = (): number => this.now;

  readonly pause = async (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#timers.delete(timer);
        reject(cancelled());
      };
      const ring = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const timer = { at: this.now + milliseconds, ring };
      this.#timers.add(timer);
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) {
        giveUp();
      }
    });

  /** A retry policy by this clock; random numbers are 0.5. */
  readonly patience = (): RetryPolicy =>
    new RetryPolicy({
      clock: this.clock,
      pause: this.pause,
      random: () => 0.5,
      waiting: (wait) => this.reported.push(wait),
    });

  /** How many waits are under way. */
  get waits(): number {
    return this.#timers.size;
  }

  /** Goes on to the next wait's end. */
  next(): void {
    const [timer] = [...this.#timers].toSorted((one, other) => one.at - other.at);
    if (timer) {
      this.now = Math.max(this.now, timer.at);
      this.#timers.delete(timer);
      timer.ring();
    }
  }

  /** Goes on by so many milliseconds, and lets what waited do what it does without waiting. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (;;) {
      // Each may make others.
      await settle();
      const due = [...this.#timers].filter(({ at }) => at <= end);
      if (due.length === 0) {
        break;
      }
      this.next();
    }
    this.now = end;
  }
}

/** Lets what was promised come, and what that promised. */
export async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 5; rounds += 1) {
    await new Promise(setImmediate);
  }
}
