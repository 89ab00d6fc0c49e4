/**
 * Runs the end-to-end tests, two files at once: all, or the files that are named. A file in which something failed is run
 * once more, with a VS Code of its own: on a busy machine a workbench in a browser sometimes ignores a key or a click. A
 * test that passed only then is named at the end; a test that fails twice has failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lost, readCounts, writeCounts, type Counts } from '../counts';

const here = path.relative('.', __dirname);

/** Files that write or read what `npm run package` makes: they run before the others, which install it. */
const packaging = ['demo.test.ts', 'package.test.ts'];

/** mocha's options for two files at once: they wait more than they compute, and each has a workbench of its own. */
const twoAtOnce = ['--parallel', '--jobs', '2'];

/** @returns undefined if mocha ended before it had counted */
function run(files: readonly string[], options: readonly string[] = []): readonly Counts[] | undefined {
  if (files.length === 0) {
    return [];
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'key-explorer-counts-'));
  const counts = path.join(folder, 'counts');
  writeCounts(counts, []);
  const mocha = path.join('node_modules', 'mocha', 'bin', 'mocha.js');
  const { status } = spawnSync(process.execPath, [mocha, '--timeout', '120000', ...options, ...files], {
    stdio: 'inherit',
    env: { ...process.env, TEST_COUNTS: counts },
  });
  const counted = readCounts(counts);
  rmSync(folder, { recursive: true, force: true });
  const explained = status === 0 || counted.some((each) => lost(each) > 0);
  return counted.length > 0 && explained ? counted : undefined;
}

function main(): boolean {
  const named = process.argv.slice(2);
  const all = readdirSync(here).filter((name) => name.endsWith('.test.ts'));
  const files = named.length > 0 ? named : all.map((name) => path.join(here, name));
  const packages = (file: string): boolean => packaging.includes(path.basename(file));
  const alone = run(files.filter(packages));
  const others = run(
    files.filter((file) => !packages(file)),
    twoAtOnce,
  );
  if (!alone || !others) {
    return false;
  }
  const first = [...alone, ...others];
  const second = run(first.filter((each) => lost(each) > 0).map(({ file }) => file));
  if (!second) {
    return false;
  }
  const counts = [...first.filter((each) => lost(each) === 0), ...second];
  for (const { file } of second.filter((each) => lost(each) === 0)) {
    process.stdout.write(`Passed only the second time: ${path.relative('.', file)}\n`);
  }
  if (process.env['TEST_COUNTS']) {
    writeCounts(process.env['TEST_COUNTS'], counts);
  }
  return counts.every((each) => lost(each) === 0);
}

process.exitCode = main() ? 0 : 1;
