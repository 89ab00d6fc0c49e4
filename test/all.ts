/** The test command: every check, one after the other, and at the end one line that counts them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Each counts as one check, or, where it runs tests, as their number. */
const steps = [
  ['formatting', 'check:format'],
  ['lint', 'check:lint'],
  ['types', 'check:types'],
  ['dead code', 'check:unused'],
  ['unit tests', 'test:unit'],
  ['integration tests in VS Code', 'test:integration'],
  ['integration tests in the oldest VS Code', 'test:floor'],
  ['end-to-end tests of the packaged extension', 'test:e2e'],
] as const;

interface Counts {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}

const folder = mkdtempSync(path.join(tmpdir(), 'key-explorer-counts-'));
const outcomes = steps.map(([name, script]) => {
  const file = path.join(folder, script.replace(':', '-'));
  writeFileSync(file, '');
  process.stdout.write(`\n== ${name} (npm run ${script})\n`);
  const started = Date.now();
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    stdio: 'inherit',
    env: { ...process.env, TEST_COUNTS: file },
    shell: process.platform === 'win32',
  });
  return { name, failed: status !== 0, counts: countsIn(file), seconds: Math.round((Date.now() - started) / 1000) };
});
rmSync(folder, { recursive: true, force: true });

let passed = 0;
let failed = 0;
process.stdout.write('\n');
for (const { name, failed: broke, counts, seconds } of outcomes) {
  const tests = counts.length > 0;
  const passes = tests ? sum(counts, 'passes') : broke ? 0 : 1;
  const pending = sum(counts, 'pending');
  // A run that broke without a failed test, such as one that found none, is a failure all the same.
  const failures = Math.max(sum(counts, 'failures') + pending, broke ? 1 : 0);
  passed += passes;
  failed += failures;
  process.stdout.write(
    `${failures > 0 ? 'FAILED' : 'ok'}  ${name}: ${passes} passed, ${failures} failed, ${seconds} s\n`,
  );
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

function countsIn(file: string): Counts[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line): Counts => JSON.parse(line));
}

function sum(counts: readonly Counts[], field: keyof Counts): number {
  return counts.reduce((total, each) => total + each[field], 0);
}
