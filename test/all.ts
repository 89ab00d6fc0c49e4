/** The test command: every check, one after the other, and at the end one line that counts them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lost, readCounts, writeCounts } from './counts';

/** Each counts as one check, or, where it runs tests, as their number. */
const steps = [
  ['formatting', 'check:format'],
  ['lint', 'check:lint'],
  ['types', 'check:types'],
  ['dead code', 'check:unused'],
  ['unit tests', 'test:unit'],
  ['component tests', 'test:component'],
  ['integration tests in VS Code', 'test:integration'],
  ['integration tests in the oldest VS Code', 'test:floor'],
  ['end-to-end tests of the packaged extension', 'test:e2e'],
] as const;

const folder = mkdtempSync(path.join(tmpdir(), 'key-explorer-counts-'));
const outcomes = steps.map(([name, script]) => {
  const file = path.join(folder, script.replace(':', '-'));
  writeCounts(file, []);
  process.stdout.write(`\n== ${name} (npm run ${script})\n`);
  const started = Date.now();
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    stdio: 'inherit',
    env: { ...process.env, TEST_COUNTS: file },
    shell: process.platform === 'win32',
  });
  return { name, failed: status !== 0, counts: readCounts(file), seconds: Math.round((Date.now() - started) / 1000) };
});
rmSync(folder, { recursive: true, force: true });

let passed = 0;
let failed = 0;
process.stdout.write('\n');
for (const { name, failed: broke, counts, seconds } of outcomes) {
  const tests = counts.length > 0;
  const passes = tests ? counts.reduce((total, each) => total + each.passes, 0) : broke ? 0 : 1;
  // A run that broke without a failed test, such as one that found none, is a failure all the same.
  const failures = Math.max(
    counts.reduce((total, each) => total + lost(each), 0),
    broke ? 1 : 0,
  );
  passed += passes;
  failed += failures;
  process.stdout.write(
    `${failures > 0 ? 'FAILED' : 'ok'}  ${name}: ${passes} passed, ${failures} failed, ${seconds} s\n`,
  );
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
