import { createHash } from 'node:crypto';

/** A small deterministic source of made-up values: the same seed and name give the same values on every machine. */
export class Random {
  #state: number;

  constructor(seed: number, name: string) {
    this.#state = createHash('sha256').update(`${seed}/${name}`).digest().readUInt32LE(0);
  }

  /** From 0 up to, and without, 1 (the generator mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from `from` to `to`, both included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.integer(0, values.length - 1)];
    if (value === undefined) {
      throw new Error('Nothing to pick from');
    }
    return value;
  }

  /** Lower-case hex digits. */
  hex(length: number): string {
    let text = '';
    while (text.length < length) {
      text += this.integer(0, 15).toString(16);
    }
    return text;
  }

  uuid(): string {
    const h = this.hex(32);
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
  }

  /** A moment between 2019 and the end of 2025, in milliseconds since the epoch. */
  moment(): number {
    return Date.UTC(2019, 0, 1) + Math.floor(this.next() * 7 * 365 * 86_400_000);
  }
}
