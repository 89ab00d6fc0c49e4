import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as pause } from 'node:timers/promises';

/** Heap size after garbage collection, bytes. */
export async function heap(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  let least = Infinity;
  // Finalizers may free more: collect until five runs in a row free no more.
  for (let unchanged = 0; unchanged < 5;) {
    collect();
    await pause(100);
    const { heapUsed } = process.memoryUsage();
    unchanged = heapUsed < least * 0.999 ? 0 : unchanged + 1;
    least = Math.min(least, heapUsed);
  }
  return least;
}
