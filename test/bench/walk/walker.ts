import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { product } from './product';
import { raw } from './raw';
import { sdk } from './sdk';

/** Scans a list up to about `upTo` rows and keeps them. @returns the number of rows */
export type Walk = (upTo: number) => Promise<number>;

/** The walker and its inputs. */
export interface WalkerOptions {
  readonly walker: 'product' | 'raw' | 'sdk';
  /** URL of the stand-in, where the product signs in. */
  readonly cloud: string;
  /** URL of the prepared pages. */
  readonly pages: string;
  /** File with the paths that the product requests, one per line. */
  readonly paths: string;
  /** An empty folder. */
  readonly folder: string;
}

/** Cost of one scan. */
export interface Cost {
  readonly rows: number;
  readonly milliseconds: number;
  /** Peak memory of the process, MiB. */
  readonly memory: number;
  /** Longest block of the event loop, ms. */
  readonly block: number;
}

/** Rows before the measurement, so that it does not include compiling. */
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
