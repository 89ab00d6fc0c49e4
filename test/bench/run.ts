/**
 * The benchmark: `npm run bench`, with `-- --json` as JSON, `-- --rounds=N` for another number of pairs, `-- --part=walk`
 * (or `sights`, `pages`, `hostile`, `package`) for a part of it. Method and limits
 * are in README.md. Exits with code 1 if a figure misses its limit.
 */
import { statSync } from 'node:fs';
import { inspect, parseArgs } from 'node:util';
import { activationBytes } from '../bundles';
import { vsix } from '../e2e/window';
import { firstSights, furtherPages, type FirstSights, type FurtherPages } from './editor/editor';
import { compared, quartiles, type Quartiles } from './ratios';
import { hostile } from './hostile/hostile';
import { walks, type Walks } from './walk/walks';

/** One figure and its limit. */
interface Figure {
  readonly name: string;
  readonly value: Quartiles;
  /** The largest median allowed; undefined if the figure is only reported. */
  readonly limit?: number;
  /** True if the median must be smaller than the limit, not equal to it. */
  readonly below?: true;
}

function ofWalks({ rounds, requests }: Walks): Figure[] {
  return [
    {
      name: 'walk_vs_raw',
      value: compared(rounds, ({ product, raw }) => [product.milliseconds, raw.milliseconds]),
      limit: 1.25,
    },
    {
      name: 'walk_rss_mb',
      value: compared(rounds, ({ product, raw }) => [product.memory, raw.memory], 'difference'),
      limit: 40,
    },
    { name: 'walk_block', value: compared(rounds, ({ product, raw }) => [product.block, raw.block]), limit: 1.5 },
    {
      name: 'walk_vs_sdk',
      value: compared(rounds, ({ product, sdk }) => [product.milliseconds, sdk.milliseconds]),
      limit: 1,
      below: true,
    },
    { name: 'requests_per_list', value: exactly(requests.sent / requests.least), limit: 1 },
    { name: 'walk_ms', value: quartiles(rounds.map(({ product }) => product.milliseconds)) },
    { name: 'walk_raw_ms', value: quartiles(rounds.map(({ raw }) => raw.milliseconds)) },
    { name: 'walk_sdk_ms', value: quartiles(rounds.map(({ sdk }) => sdk.milliseconds)) },
  ];
}

function ofFirstSights(measured: FirstSights): Figure[] {
  return [
    { name: 'activation_vs_empty', value: compared(measured.welcome, both), limit: 1.3 },
    { name: 'activate_vs_empty', value: compared(measured.activate, both), limit: 2 },
    ...Object.entries(measured.firstRows).flatMap(([count, pairs]): Figure[] => [
      { name: `first_rows_vs_static_${count}`, value: compared(pairs, both), limit: 1.25 },
      {
        name: `first_rows_stand_in_share_${count}`,
        value: compared(pairs, ({ standIn, product }) => [standIn, product]),
      },
      { name: `first_rows_ms_${count}`, value: quartiles(pairs.map(({ product }) => product)) },
    ]),
    { name: 'idle_requests', value: exactly(measured.idleRequests), limit: 0 },
    { name: 'activation_ms', value: quartiles(measured.welcome.map(({ product }) => product)) },
    { name: 'activate_ms', value: quartiles(measured.activate.map(({ product }) => product)) },
  ];
}

function ofFurtherPages(pairs: FurtherPages): Figure[] {
  return [
    { name: 'load_more_growth', value: compared(pairs, ({ product }) => [product.late, product.early]), limit: 1.3 },
    { name: 'load_more_growth_static', value: compared(pairs, ({ flat }) => [flat.late, flat.early]) },
    { name: 'load_more_growth_static_part', value: compared(pairs, ({ flat }) => [flat.inPart, flat.early]) },
    { name: 'load_more_ms', value: quartiles(pairs.map(({ product }) => product.early)) },
  ];
}

/** Costs on top of getting and parsing: blocks in milliseconds, memory in MiB. */
function ofHostile(measured: Awaited<ReturnType<typeof hostile>>): Figure[] {
  return Object.entries(measured).flatMap(([name, pairs]): Figure[] => [
    {
      name: `block_${name}`,
      value: compared(pairs, ({ product, raw }) => [product.block, raw.block], 'difference'),
      limit: 200,
    },
    {
      name: `memory_${name}`,
      value: compared(pairs, ({ product, raw }) => [product.memory, raw.memory], 'difference'),
      limit: 200,
    },
  ]);
}

function packageFigures(): Figure[] {
  return [
    { name: 'bundle_kb', value: exactly(activationBytes() / 1000), limit: 140 },
    { name: 'vsix_kb', value: exactly(statSync(vsix).size / 1000), limit: 400 },
  ];
}

function both({ product, other }: { readonly product: number; readonly other: number }): readonly [number, number] {
  return [product, other];
}

function exactly(value: number): Quartiles {
  return { median: value, lower: value, upper: value };
}

function misses({ value, limit, below }: Figure): boolean {
  return limit !== undefined && !(below ? value.median < limit : value.median <= limit);
}

function line(figure: Figure): string {
  const { name, value, limit, below } = figure;
  const numbers = [value.median, value.lower, value.upper].map((number) => number.toFixed(2).padStart(9)).join('');
  const verdict = limit === undefined ? '' : `  ${below ? '<' : '≤'} ${limit}${misses(figure) ? '  MISSED' : ''}`;
  return `${name.padEnd(30)}${numbers}${verdict}\n`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      rounds: { type: 'string', default: '15' },
      part: { type: 'string' },
      case: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds);
  const progress = (what: string, done: number): void => {
    process.stderr.write(`${what}: ${done} of ${rounds}\n`);
  };
  const parts: Readonly<Record<string, () => Promise<Figure[]>>> = {
    sights: async () => ofFirstSights(await firstSights(rounds, progress)),
    pages: async () => ofFurtherPages(await furtherPages(rounds, progress)),
    walk: async () => ofWalks(await walks(rounds, progress)),
    // Much slower than a walk, with less spread: a fifth of the rounds.
    hostile: async () => ofHostile(await hostile(Math.ceil(rounds / 5), values.case, progress)),
    package: async () => packageFigures(),
  };
  const figures: Figure[] = [];
  const missed: string[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (values.part === undefined || values.part === name) {
      try {
        // In sequence: parallel parts would disturb each other.
        figures.push(...(await measure()));
      } catch (error) {
        // Keep the figures of the other parts.
        missed.push(name);
        process.stderr.write(`${name}: ${inspect(error)}\n`);
      }
    }
  }
  missed.push(...figures.filter(misses).map(({ name }) => name));
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ rounds, figures, missed }, undefined, 2)}\n`
      : `${''.padEnd(30)}${['median', 'lower', 'upper'].map((word) => word.padStart(9)).join('')}\n${figures.map(line).join('')}`,
  );
  process.exitCode = missed.length > 0 ? 1 : 0;
}

void main();
