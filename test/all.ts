/** The test command: every check and test, with a closing line that counts them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lost, readCounts, writeCounts, type Counts } from './counts';

type Step = readonly [name: string, script: string];

/** Each counts as one check. */
const checks: readonly Step[] = [
  ['formatting', 'check:format'],
  ['lint', 'check:lint'],
  ['types', 'check:types'],
  ['dead code', 'check:unused'],
];

/** Tests in plain Node. Each step with tests counts as their number. */
const plainTests: readonly Step[] = [
  ['unit tests', 'test:unit'],
  ['component tests', 'test:component'],
];

const editorTests: readonly Step[] = [
  ['integration tests in VS Code', 'test:integration'],
  ['integration tests in the oldest VS Code', 'test:floor'],
  ['end-to-end tests of the packaged extension', 'test:e2e'],
];

const folder = mkdtempSync(path.join(tmpdir(), 'key-explorer-counts-'));

interface Outcome {
  readonly name: string;
  readonly failed: boolean;
  readonly counts: readonly Counts[];
  readonly seconds: number;
}

/** Runs one step. With `pipe` its output appears at its end, so that the outputs of two steps do not mix. */
async function run([name, script]: Step, output: 'inherit' | 'pipe'): Promise<Outcome> {
  const file = path.join(folder, script.replace(':', '-'));
  writeCounts(file, []);
  const started = Date.now();
  const title = `\n== ${name} (npm run ${script})\n`;
  if (output === 'inherit') {
    process.stdout.write(title);
  }
  const child = spawn('npm', ['run', '--silent', script], {
    stdio: ['ignore', output, output],
    env: { ...process.env, TEST_COUNTS: file },
    shell: process.platform === 'win32',
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [status]: unknown[] = await once(child, 'close');
  if (output === 'pipe') {
    process.stdout.write(title);
    process.stdout.write(Buffer.concat(chunks));
  }
  return { name, failed: status !== 0, counts: readCounts(file), seconds: Math.round((Date.now() - started) / 1000) };
}

async function inTurn(steps: readonly Step[], output: 'inherit' | 'pipe'): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    outcomes.push(await run(step, output));
  }
  return outcomes;
}

async function runAll(): Promise<readonly Outcome[]> {
  // The checks fit beside the unit and component tests, which wait more than they compute.
  const [checked, tested] = await Promise.all([inTurn(checks, 'pipe'), inTurn(plainTests, 'pipe')]);
  // These share `dist`: one at a time.
  return [...checked, ...tested, ...(await inTurn(editorTests, 'inherit'))];
}

async function main(): Promise<void> {
  const outcomes = await runAll();
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
}

void main();
