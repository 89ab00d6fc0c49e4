import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { product } from './product';
import { raw } from './raw';
import { sdk } from './sdk';

/** Goes through a list and keeps its rows, up to about so many. @returns how many came */
export type Walk = (upTo: number) => Promise<number>;

/** Who walks, and where. */
export interface WalkerOptions {
  readonly walker: 'product' | 'raw' | 'sdk';
  /** The stand-in, where the product signs in. */
  readonly cloud: string;
  /** Where the pages come from. */
  readonly pages: string;
  /** The pages' paths, as the product asks for them, one a line. */
  readonly paths: string;
  /** An empty folder. */
  readonly folder: string;
}

/** What one walk cost. */
export interface Cost {
  readonly rows: number;
  readonly milliseconds: number;
  /** The most memory that the process took, in MiB. */
  readonly memory: number;
  /** The longest that nothing else could run, in milliseconds. */
  readonly block: number;
}

/** So many rows are walked through before, so that what is measured is not the compiling. */
const warmUp = 20_000;

async function main(): Promise<void> {
  const options: WalkerOptions = JSON.parse(process.argv[2] ?? '{}');
  const paths = readFileSync(options.paths, 'utf8').split('\n').filter(Boolean);
  const walk = await {
    product: async () => product(options.cloud, options.pages, options.folder),
    raw: async () => raw(options.pages, paths),
    sdk: async () => sdk(options.pages, paths),
  }[options.walker]();
  await walk(warmUp);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const rows = await walk(Infinity);
  const milliseconds = performance.now() - started;
  delay.disable();
  const cost: Cost = {
    rows,
    milliseconds,
    memory: process.resourceUsage().maxRSS / 1024,
    block: delay.max / 1e6,
  };
  process.stdout.write(`${JSON.stringify(cost)}\n`);
}

void main();
