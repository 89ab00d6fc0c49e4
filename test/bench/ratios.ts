/** Quartiles of a distribution. */
export interface Quartiles {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Quartiles, linearly interpolated. */
export function quartiles(numbers: readonly number[]): Quartiles {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const place = (sorted.length - 1) * share;
    const [below = Number.NaN, above = below] = sorted.slice(Math.floor(place), Math.floor(place) + 2);
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), lower: at(0.25), upper: at(0.75) };
}

/** Compares pairs of measurements: the ratio of the first to the second, or their difference. */
export function compared<T>(
  pairs: readonly T[],
  of: (pair: T) => readonly [number, number],
  how: 'ratio' | 'difference' = 'ratio',
): Quartiles {
  return quartiles(pairs.map(of).map(([one, other]) => (how === 'ratio' ? one / other : one - other)));
}
