import { setImmediate } from 'node:timers/promises';

/** What is read of answers longer than this waits for its turn: characters. */
const long = 2 ** 20;

/** Work in parts, between which other work may be done. */
export type Steps<T> = Generator<undefined, T, undefined>;

let last: Promise<unknown> = Promise.resolve();

/**
 * Reads an answer. Long ones are read one after the other, with a turn of the event loop before and after each step: answers
 * that come at the same time would stop everything else for the time of all of them.
 * @param length how many characters it has
 */
export async function parseInTurn<T>(length: number, read: () => Steps<T>): Promise<T> {
  if (length <= long) {
    return atOnce(read());
  }
  const mine = last.then(async () => stepByStep(read()));
  // Not the answer itself, which would be kept until the next long one.
  const over = (): void => undefined;
  last = mine.then(over, over);
  return mine;
}

/** Does all steps without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) {
      return step.value;
    }
  }
}

async function stepByStep<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    // The pause is what this is for.
    await setImmediate();
    const step = steps.next();
    if (step.done === true) {
      // What is done with it does not lengthen the last step.
      await setImmediate();
      return step.value;
    }
  }
}
