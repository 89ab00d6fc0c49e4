import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as pause } from 'node:timers/promises';

/** The heap once nothing more can be collected: bytes. */
export async function heap(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  let least = Infinity;
  // What was collected may free more, by finalizers.
  for (let inVain = 0; inVain < 5;) {
    collect();
    await pause(100);
    const { heapUsed } = process.memoryUsage();
    inVain = heapUsed < least * 0.999 ? 0 : inVain + 1;
    least = Math.min(least, heapUsed);
  }
  return least;
}
