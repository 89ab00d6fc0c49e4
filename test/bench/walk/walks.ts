import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { startStandIn } from '../../cloud/start';
import { ensureHost } from '../../host/install';
import { cleanEnvironment, repoRoot, startOwned } from '../../host/processes';
import { startPages } from '../start';
import type { Cost, WalkerOptions } from './walker';

/** One round: each walker once, in an order that rotates from round to round. */
type Round = Readonly<Record<WalkerOptions['walker'], Cost>>;

/** Results of all rounds. */
export interface Walks {
  readonly rounds: readonly Round[];
  /** Requests of the product for the list, and the smallest possible number with pages that overlap by a row. */
  readonly requests: { readonly sent: number; readonly least: number };
}

const rows = 100_000;
const largestPage = 500;

/**
 * Scans 100,000 signature keys with the product, with a bare loop, and with the cloud's SDK, each in its own process.
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
      // Only node-fetch's form parsing uses it.
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
        throw new Error(`The scan by ${name} failed:\n${child.output()}`);
      }
      const cost: Cost = JSON.parse(child.output());
      if (cost.rows !== rows) {
        throw new Error(`${name} got ${cost.rows} rows instead of ${rows}`);
      }
      return cost;
    };
    const profiled = async (name: WalkerOptions['walker']): Promise<Cost> =>
      run(name, ['--cpu-prof', `--cpu-prof-dir=${made}`, `--cpu-prof-name=${name}.cpuprofile`]);
    // A first run prepares the pages and records the product's requests.
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
