/** Below so many milliseconds of processor time a growth says nothing. */
const negligible = 50;

/** Work whose time grows more than so many times when its input doubles is not linear. */
const steepest = 3;

/** The fastest of so many runs counts: what else the machine does only makes one slower. */
const runs = 3;

/** Milliseconds of this process's own time. */
export function timeOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Whether the time of something grows more than linearly when its input doubles, and to an extent that matters.
 * @param make makes an input of a size; its time does not count
 * @param sizes each twice the one before
 */
export function growsSteeply<T>(
  make: (size: number) => T,
  work: (input: T) => unknown,
  sizes: readonly number[],
): boolean {
  let before = Infinity;
  for (const size of sizes) {
    const input = make(size);
    const time = Math.min(...Array.from({ length: runs }, () => timeOf(() => work(input))));
    if (time > negligible && time > steepest * before) {
      // Longer inputs could take hours.
      return true;
    }
    before = time;
  }
  return false;
}

/** So many, each twice the one before. */
export function doublings(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from * 2 ** index);
}
