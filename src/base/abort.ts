import { setTimeout as wait } from 'node:timers/promises';

/**
 * The result of some work, or an error as soon as the signal aborts. The work itself goes on.
 * @param reason makes the error
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal, reason: () => Error): Promise<T> {
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(reason());
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/**
 * The result of some work. The work itself goes on after the deadline.
 * @param deadline ms
 * @throws Error if the work takes longer
 */
export async function within<T>(work: Promise<T>, deadline: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadline} ms`)), deadline);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for a time in ms, or until the signal aborts. Never rejects: the caller checks the signal. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => undefined);
}
