/** Below so many milliseconds of processor time a growth says nothing. */
const negligible = 50;

/** Work whose time grows more than so many times when its input doubles is not linear. */
const steepest = 3;

/** What grows too steeply at the same size in each of so many runs does so by itself, and not by what else the machine does. */
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
  let suspects = sizes.slice(1);
  for (let run = 0; run < runs && suspects.length > 0; run += 1) {
    suspects = steepSizes(make, work, sizes).filter((size) => suspects.includes(size));
  }
  return suspects.length > 0;
}

// Longer inputs than the first that grows too steeply are not tried: they could take hours.
function steepSizes<T>(make: (size: number) => T, work: (input: T) => unknown, sizes: readonly number[]): number[] {
  let before = Infinity;
  for (const size of sizes) {
    const input = make(size);
    const time = timeOf(() => work(input));
    if (time > negligible && time > steepest * before) {
      return [size];
    }
    before = time;
  }
  return [];
}

/** So many, each twice the one before. */
export function doublings(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from * 2 ** index);
}
