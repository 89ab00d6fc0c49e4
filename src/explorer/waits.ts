import { phrase, type Phrase } from '../base/phrase';

/** What is waited for because the cloud answered that it is busy, in all accounts. */
export class Waits {
  #count = 0;
  #label: Phrase | undefined;
  readonly #listeners = new Set<() => void>();

  /** What there is to say of it; undefined if nothing waits. */
  get label(): Phrase | undefined {
    return this.#label;
  }

  /** Told of each wait: its milliseconds, and undefined when it is over. */
  note(milliseconds: number | undefined): void {
    this.#count += milliseconds === undefined ? -1 : 1;
    if (milliseconds !== undefined) {
      this.#label = phrase('The cloud is busy: trying again in {0} s', Math.ceil(milliseconds / 1000));
    } else if (this.#count === 0) {
      this.#label = undefined;
    }
    this.#listeners.forEach((listener) => listener());
  }

  /**
   * Calls a listener after each change.
   * @returns what ends that
   */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
