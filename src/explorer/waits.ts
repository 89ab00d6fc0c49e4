import { Emitter } from '../base/emitter';
import { phrase, type Phrase } from '../base/phrase';

/** The waits of throttled requests, of all accounts. */
export class Waits {
  #count = 0;
  #label: Phrase | undefined;
  readonly #changes = new Emitter<void>();
  /** Fires when a wait begins or ends. */
  readonly onDidChange = this.#changes.event;

  /** Text for the user; undefined if nothing waits. */
  get label(): Phrase | undefined {
    return this.#label;
  }

  /** Begins a wait, in ms; undefined ends one. */
  note(milliseconds: number | undefined): void {
    this.#count += milliseconds === undefined ? -1 : 1;
    if (milliseconds !== undefined) {
      this.#label = phrase('The cloud is busy: trying again in {0} s', Math.ceil(milliseconds / 1000));
    } else if (this.#count === 0) {
      this.#label = undefined;
    }
    this.#changes.fire();
  }
}
