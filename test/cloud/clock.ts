/** The stand-in's clock, which a test can set fast or slow. */
export class Clock {
  /** How far it is ahead of this machine's, in milliseconds. */
  offset = 0;

  /** The time that the cloud takes it to be, in milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.offset;
  }
}
