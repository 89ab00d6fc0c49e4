import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Soak, type Scene } from './soak';
import { keptPerRow } from './still';

/** Parameters from the process that starts VS Code. */
export interface Plan extends Scene {
  readonly actions: number;
  /** Actions before the first measurement of the heap. */
  readonly warmUp: number;
}

/** Largest allowed ratio of the heaps, without the memory that VS Code itself keeps for rows. */
const growth = 1.1;

/** Bytes. Plausibility limit for the memory that VS Code itself keeps for a row; 162 to 229 were measured. */
const mostKept = 300;

/** Actions between two lines of progress. */
const step = 500;

/** Called by VS Code in its extension host. @throws if the heap grew too much, a list or row is lost, or a resource leaks */
export async function run(): Promise<void> {
  const plan: Plan = JSON.parse(process.env['KEY_EXPLORER_SOAK'] ?? '{}');
  const started = Date.now();
  const resources = countResources();
  const soak = new Soak(plan);
  await soak.begin();
  const first = await act(soak, plan.warmUp, started);
  const before = await soak.measure();
  say('before', before);
  const rest = await act(soak, plan.actions - plan.warmUp, started);
  const after = await soak.measure();
  say('after', { ...after, ratio: rounded(after.heap / before.heap) });
  const unreached = await soak.reach();
  say('unreached', unreached);
  const left = await soak.end();
  say('actions', soak.done);
  say('requests', { before: first, after: rest });
  say('left', left);
  say('resources of the host', { before: resources, after: countResources() });
  const kept = await keptPerRow();
  const ratio = (after.heap - kept * (after.given - before.given)) / before.heap;
  say('kept by VS Code for each row that it got', { bytes: Math.round(kept), ratioWithout: rounded(ratio) });
  say('seconds', secondsSince(started));
  assert.deepEqual([unreached, left.left, left.underWay], [[], [], 0]);
  assert.ok(left.taken > 0);
  assert.ok(kept <= mostKept, `VS Code keeps ${kept} bytes for a row: something else grew meanwhile`);
  assert.ok(ratio <= growth, `The heap grew by more than a tenth: ${ratio}`);
}

// Prints the progress. @returns the number of requests
async function act(soak: Soak, actions: number, started: number): Promise<number> {
  let requests = 0;
  const delay = monitorEventLoopDelay();
  delay.enable();
  for (let done = 0; done < actions; done += step) {
    requests += await soak.act(Math.min(step, actions - done));
    say('so far', {
      actions: Object.values(soak.done).reduce((sum, count) => sum + count),
      seconds: secondsSince(started),
      block: Math.round(delay.max / 1e6),
    });
    delay.reset();
  }
  delay.disable();
  return requests;
}

function rounded(ratio: number): number {
  return Number(ratio.toFixed(4));
}

function secondsSince(started: number): number {
  return Math.round((Date.now() - started) / 1000);
}

// Active resources of the process by kind; most are VS Code's own.
function countResources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function say(what: string, value: unknown): void {
  // oxlint-disable-next-line no-console
  console.log(`${what}: ${JSON.stringify(value)}`);
}
