import { setImmediate } from 'node:timers/promises';

/** Answers longer than this wait for their turn, characters. */
const longAnswer = 2 ** 20;

/** Work in steps, between which other work may run. */
export type Steps<T> = Generator<undefined, T, undefined>;

let last: Promise<unknown> = Promise.resolve();

/**
 * Parses an answer. Long answers are parsed one after the other, with a turn of the event loop around each step, so that
 * several of them do not block the extension host.
 * @param length length of the answer, characters
 */
export async function parseInTurn<T>(length: number, read: () => Steps<T>): Promise<T> {
  if (length <= longAnswer) {
    return atOnce(read());
  }
  const mine = last.then(async () => stepByStep(read()));
  // Without its result, which would stay in memory until the next long answer.
  const settled = (): void => undefined;
  last = mine.then(settled, settled);
  return mine;
}

/** Runs all steps at once. */
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
    await setImmediate();
    const step = steps.next();
    if (step.done === true) {
      // The caller's work does not lengthen the last step.
      await setImmediate();
      return step.value;
    }
  }
}
