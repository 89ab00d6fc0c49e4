import { cancelled } from '../cloud/errors';

/**
 * Lets the first signed request of an account go alone: five failures in a row lock a key, and a wrong one must not be
 * tried by every request that waits (facts, section 3.2). Once one was accepted, all go at once.
 */
export class Signatures {
  #accepted = false;
  #first: { readonly ended: Promise<void>; end: () => void } | undefined;

  /** Whether the cloud took a signature of this key. */
  get accepted(): boolean {
    return this.#accepted;
  }

  /** Waits until a request may be signed. @throws CloudError where it was given up meanwhile */
  async turn(signal: AbortSignal): Promise<void> {
    while (!this.#accepted && this.#first) {
      // One after the other, until one is accepted.
      // oxlint-disable-next-line no-await-in-loop
      await orAborted(this.#first.ended, signal);
    }
    if (!this.#accepted) {
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      this.#first = { ended, end };
    }
  }

  /** Told what became of a signed request; whoever took a turn has to. */
  settled(accepted: boolean): void {
    this.#accepted ||= accepted;
    const first = this.#first;
    this.#first = undefined;
    first?.end();
  }

  /** Another key is to be proved anew. */
  reset(): void {
    this.#accepted = false;
    this.settled(false);
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const giveUp = (): void => reject(cancelled());
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) {
      giveUp();
    }
    void work.then(() => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    });
  });
}
