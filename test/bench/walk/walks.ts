import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { startStandIn } from '../../cloud/start';
import { ensureHost } from '../../host/install';
import { cleanEnvironment, repoRoot, startOwned } from '../../host/processes';
import { startPages } from '../start';
import type { Cost, WalkerOptions } from './walker';

/** One round: each of them once, in an order that changes from round to round. */
type Round = Readonly<Record<WalkerOptions['walker'], Cost>>;

/** What walks came to. */
export interface Walks {
  readonly rounds: readonly Round[];
  /** Requests that the product sent for the list, and the least that can be with a row of overlap. */
  readonly requests: { readonly sent: number; readonly least: number };
}

const rows = 100_000;
const largestPage = 500;

/**
 * Walks through 100,000 signature keys: by the product, by a bare loop, and by the cloud's SDK, each in a process of its own.
 * Leaves CPU profiles of the first two in coverage/bench.
 */
export async function walks(rounds: number, progress: (what: string, done: number) => void): Promise<Walks> {
  const { node } = await ensureHost({ browser: false, log: () => undefined });
  const folder = mkdtempSync(join(tmpdir(), 'key-explorer-bench-'));
  const [cloud, pages] = await Promise.all([startStandIn(), startPages({ large: rows })]);
  try {
    const made = join(repoRoot, 'coverage', 'bench');
    const walker = join(made, 'walker.cjs');
    await build({
      entryPoints: [join(repoRoot, 'test/bench/walk/walker.ts')],
      outfile: walker,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      packages: 'bundle',
      external: ['@huaweicloud/*'],
      // node-fetch finds the type of nothing that is sent here.
      define: { 'import.meta.url': '""' },
      logLevel: 'warning',
    });
    let number = 0;
    const paths = join(folder, 'paths');
    const run = async (name: WalkerOptions['walker'], flags: readonly string[] = []): Promise<Cost> => {
      number += 1;
      const options: WalkerOptions = {
        walker: name,
        cloud: cloud.url,
        pages: pages.url,
        paths,
        folder: join(folder, String(number)),
      };
      const child = startOwned(node, [...flags, walker, JSON.stringify(options)], { env: cleanEnvironment() });
      const code = await child.ended;
      if (code !== 0) {
        throw new Error(`The walk of ${name} failed:\n${child.output()}`);
      }
      const cost: Cost = JSON.parse(child.output());
      if (cost.rows !== rows) {
        throw new Error(`${name} came by ${cost.rows} rows instead of ${rows}`);
      }
      return cost;
    };
    const profiled = async (name: WalkerOptions['walker']): Promise<Cost> =>
      run(name, ['--cpu-prof', `--cpu-prof-dir=${made}`, `--cpu-prof-name=${name}.cpuprofile`]);
    // Once to make the pages ready, and to see what the product asks for.
    writeFileSync(paths, '');
    await profiled('product');
    const all = (await pages.asked()).filter((path) => path.includes('/signs'));
    const asked = all.slice(all.findLastIndex((path) => path.includes('offset=0&')));
    writeFileSync(paths, asked.join('\n'));
    await profiled('raw');

    const done: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const order = (['product', 'raw', 'sdk'] as const).map((_, at, names) => names[(at + round) % names.length] ?? _);
      const costs: Partial<Record<WalkerOptions['walker'], Cost>> = {};
      for (const name of order) {
        costs[name] = await run(name);
      }
      const { product, raw, sdk } = costs;
      if (product && raw && sdk) {
        done.push({ product, raw, sdk });
      }
      progress('walk', round + 1);
    }
    const least = 1 + Math.ceil((rows - largestPage) / (largestPage - 1));
    return { rounds: done, requests: { sent: asked.length, least } };
  } finally {
    await Promise.all([cloud.close(), pages.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}
