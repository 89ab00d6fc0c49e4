import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ensureHost } from '../../host/install';
import { cleanEnvironment, repoRoot, startOwned } from '../../host/processes';
import { cases, type HostileCase } from './cases';
import type { Cost, RunnerOptions } from './runner';

/** Costs of one case: of the product, and of a loop that only parses. */
type Pair = Readonly<Record<RunnerOptions['runner'], Cost>>;

/**
 * Gets hostile answers with the product and with a loop that only parses them, each in its own process.
 * @param only the name of one case; all of them if undefined
 */
export async function hostile(
  rounds: number,
  only: string | undefined,
  progress: (what: string, done: number) => void,
): Promise<Readonly<Record<string, readonly Pair[]>>> {
  const { node } = await ensureHost({ browser: false, log: () => undefined });
  const runner = join(repoRoot, 'coverage', 'bench', 'runner.cjs');
  await build({
    entryPoints: [join(repoRoot, 'test/bench/hostile/runner.ts')],
    outfile: runner,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    define: { 'import.meta.url': '""' },
    logLevel: 'warning',
  });
  const done: Record<string, Pair[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const hostileCase of cases.filter(({ name }) => only === undefined || name === only)) {
      // In sequence: parallel measurements would disturb each other.
      const pair = await measured(hostileCase, node, runner);
      done[hostileCase.name] = [...(done[hostileCase.name] ?? []), pair];
      progress(`${hostileCase.name}, longest in ${pair.product.step}`, round + 1);
    }
  }
  return done;
}

async function measured({ list, status = 200, body }: HostileCase, node: string, runner: string): Promise<Pair> {
  let answers = 0;
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body(answers));
    answers += 1;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const run = async (options: RunnerOptions): Promise<Cost> => {
    answers = 0;
    const child = startOwned(node, ['--expose-gc', runner, JSON.stringify(options)], { env: cleanEnvironment() });
    if ((await child.ended) !== 0) {
      throw new Error(`${options.runner} failed:\n${child.output()}`);
    }
    return JSON.parse(child.output());
  };
  try {
    const product = await run({ runner: 'product', list, url, answers: [] });
    return { product, raw: await run({ runner: 'raw', list, url, answers: product.answers }) };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
