/** Holds the timers of one length until the test fires them; all others run as usual. */
export class HeldTimers {
  readonly #length: number;
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;
  readonly #held = new Map<unknown, { left: number; readonly ring: () => void }>();

  /** @param length in milliseconds */
  constructor(length: number) {
    this.#length = length;
    const real = this.#setTimeout;
    globalThis.setTimeout = Object.assign((work: () => void, milliseconds?: number, ...args: []) => {
      const timer = real(work, milliseconds, ...args);
      if (milliseconds === length) {
        this.#clearTimeout(timer);
        this.#held.set(timer, { left: length, ring: work });
      }
      return timer;
    }, real);
    globalThis.clearTimeout = (timer) => {
      this.#held.delete(timer);
      this.#clearTimeout(timer);
    };
  }

  /** Lets so many milliseconds go by, for these timers alone. */
  tick(milliseconds = this.#length): void {
    for (const [timer, held] of this.#held) {
      held.left -= milliseconds;
      if (held.left <= 0) {
        this.#held.delete(timer);
        held.ring();
      }
    }
  }

  /** Puts the real ones back. */
  release(): void {
    globalThis.setTimeout = this.#setTimeout;
    globalThis.clearTimeout = this.#clearTimeout;
  }
}
