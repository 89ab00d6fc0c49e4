import { readFileSync, writeFileSync } from 'node:fs';

/** The tests of one file, as `countingReporter.cjs` writes them down. */
export interface Counts {
  readonly file: string;
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}

/** Reads what was counted, a line for each file of tests. */
export function readCounts(path: string): readonly Counts[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line): Counts => JSON.parse(line));
}

/** Writes it as it is read. */
export function writeCounts(path: string, counts: readonly Counts[]): void {
  writeFileSync(path, counts.map((each) => `${JSON.stringify(each)}\n`).join(''));
}

/** Tests that did not pass: one that was skipped has not, either. */
export function lost({ failures, pending }: Counts): number {
  return failures + pending;
}
