/** Below so many milliseconds of processor time a growth says nothing. */
const negligible = 50;

/** Work whose time grows more than so many times when its input doubles is not linear. */
const steepest = 3;

/** What grows too steeply in each of so many runs does so by itself, and not by what else the machine does. */
const runs = 3;

/** Milliseconds of this process's own time. */
export function timeOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Whether the time of something grows more than linearly, a doubling of its input at a time, and to an extent that matters.
 * @param sizes each twice the one before
 */
export function growsSteeply(work: (size: number) => unknown, sizes: readonly number[]): boolean {
  for (let run = 0; run < runs; run += 1) {
    let before = 0;
    const isSteep = sizes.some((size) => {
      const time = timeOf(() => work(size));
      const grew = time > negligible && time > steepest * before && before > 0;
      before = time;
      return grew;
    });
    if (!isSteep) {
      return false;
    }
  }
  return true;
}

/** So many, each twice the one before. */
export function doublings(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from * 2 ** index);
}
