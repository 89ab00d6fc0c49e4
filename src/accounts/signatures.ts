import { orAborted } from '../base/abort';
import { cancelled } from '../cloud/errors';

/** A service that does not answer keeps the others waiting for no longer than this: 5 seconds, in milliseconds. */
const longestTurn = 5000;

/**
 * Lets the first signed request of an account go alone: five failures in a row lock a key, and a wrong one must not be
 * tried by every request that waits (facts, section 3.2). Once one was accepted, all go at once.
 */
export class Signatures {
  #accepted = false;
  /** The headers that were signed since the key is what it is. */
  #made = new WeakSet<object>();
  #first: { readonly ended: Promise<void>; end: () => void } | undefined;

  /** Whether the cloud took a signature of this key. */
  get accepted(): boolean {
    return this.#accepted;
  }

  /**
   * Waits until a request may be signed.
   * @param begin called for one that goes alone: waits for other windows, and gives what is called when it is over
   * @returns gives the turn back, where nothing was signed in it
   * @throws CloudError where it was given up meanwhile
   */
  async turn(signal: AbortSignal, begin: () => Promise<() => void>): Promise<() => void> {
    while (!this.#accepted && this.#first) {
      // One after the other, until one is accepted.
      await orAborted(this.#first.ended, signal, cancelled);
    }
    if (this.#accepted) {
      return () => undefined;
    }
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const first = { ended, end };
    this.#first = first;
    const giveBack = (): void => {
      if (this.#first === first) {
        this.settled(false);
      }
    };
    try {
      const over = await begin();
      const late = setTimeout(giveBack, longestTurn);
      void ended.then(() => {
        clearTimeout(late);
        over();
      });
    } catch (error) {
      giveBack();
      throw error;
    }
    return giveBack;
  }

  /** Told of headers that were signed. */
  made<T extends object>(headers: T): T {
    this.#made.add(headers);
    return headers;
  }

  /** Whether headers were signed with this key, and since it is to be proved: only then has what became of them a say. */
  areOfNow(headers: object): boolean {
    return this.#made.has(headers);
  }

  /** Told what became of a signed request; whoever took a turn has to. */
  settled(accepted: boolean): void {
    this.#accepted ||= accepted;
    const first = this.#first;
    this.#first = undefined;
    first?.end();
  }

  /** Another key, or one that was refused, is to be proved anew. */
  reset(): void {
    this.#made = new WeakSet();
    this.#accepted = false;
    this.settled(false);
  }
}
