import { setImmediate } from 'node:timers/promises';

/** What is read of answers longer than this waits for its turn: characters. */
const long = 2 ** 20;

let last: Promise<unknown> = Promise.resolve();

/**
 * Reads an answer. Long ones are read one after the other with a turn of the event loop in between: answers that come at the
 * same time would stop everything else for the time of all of them.
 * @param length how many characters it has
 */
export async function inTurn<T>(length: number, read: () => T): Promise<T> {
  if (length <= long) {
    return read();
  }
  const mine = last.then(async () => setImmediate()).then(read);
  // Not the answer itself, which would be kept until the next long one.
  const over = (): void => undefined;
  last = mine.then(over, over);
  return mine;
}
