import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import fetch from 'node-fetch';
import { SAMPLE } from '../../cloud/data';
import { Window } from '../../e2e/window';
import type { Pages } from '../start';
import { activate, settle, welcome, type Pair } from './activation';
import { firstRows, firstStillRows, flatLists, loadMore, loadMoreFlat, longList, names, openInstances } from './lists';
import { setBenchStage, type BenchStage } from './stage';

/** Times until content is first visible, ms. One pair per round. */
export interface FirstSights {
  readonly welcome: readonly Pair[];
  readonly activate: readonly Pair[];
  /** By the number of rows. `standIn`: the time that a bare client takes for the same page. */
  readonly firstRows: Readonly<Record<number, readonly (Pair & { readonly standIn: number })[]>>;
  /** Requests of a signed-in, idle window before its view is opened. */
  readonly idleRequests: number;
}

/** Time of a further page, early and late in a list, ms. */
interface Growth {
  readonly early: number;
  readonly late: number;
}

/**
 * Times of further pages, ms. Each round measures the product and lists in memory. `inPart`: in a list in memory that is as long as
 * the product's range row.
 */
export type FurtherPages = readonly {
  readonly product: Growth;
  readonly flat: Growth & { readonly inPart: number };
}[];

/** Reports the current measurement and the number of rounds done. */
type Progress = (what: string, done: number) => void;

const counts = [100, 500];

/** Measures the first visible content in VS Code, in a browser: the welcome view and the first rows of lists. */
export async function firstSights(rounds: number, progress: Progress): Promise<FirstSights> {
  const lists = samplesFor(rounds).flatMap((sample) =>
    counts.map((count) => ({ name: names.first(count, sample), count, grows: false })),
  );
  await using stage = await setBenchStage(lists, lists, 500);
  const { probe, pages, nameAt } = stage;
  const window = await Window.open(stage);
  const each = repeater(rounds, progress);
  const activated = await each('activate', async (sample) => activate(window, probe, sample % 2 === 0));
  const welcomed = await each('welcome', async (sample) =>
    inTurn(
      sample,
      async () => welcome(window, 'product'),
      async () => welcome(window, 'still'),
    ),
  );

  await window.showKeys();
  await window.signIn(SAMPLE.operator, 'Remember,');
  const idleRequests = await requestsAtRest(window, stage);
  await openInstances(window);
  const first: Record<number, (Pair & { standIn: number })[]> = {};
  for (const count of counts) {
    first[count] = await each(`first ${count} rows`, async (sample) => ({
      ...(await inTurn(
        sample,
        async () => firstRows(window, count, sample, nameAt(0)),
        async () => firstStillRows(window, count, sample, nameAt(0)),
      )),
      standIn: await shareOf(pages, names.first(count, sample)),
    }));
  }
  return { activate: activated, welcome: welcomed, idleRequests, firstRows: first };
}

/** Measures further pages of a list in VS Code, in a browser. */
export async function furtherPages(rounds: number, progress: Progress): Promise<FurtherPages> {
  const samples = samplesFor(rounds);
  const long = samples.map((sample) => ({ name: names.long(sample), count: longList }));
  const flat = samples.flatMap((sample) =>
    flatLists.map((count) => ({ name: names.flat(count, sample), count, grows: true })),
  );
  await using stage = await setBenchStage(long, flat, 100);
  const { nameAt } = stage;
  const window = await Window.open(stage);
  await window.showKeys();
  await window.signIn(SAMPLE.operator, 'Remember,');
  return await repeater(rounds, progress)('load more', async (sample) => ({
    flat: await loadMoreFlat(window, sample, nameAt),
    product: await loadMore(window, sample, nameAt),
  }));
}

// Spare samples replace rounds in which the workbench ignored a click. All lists are in one tree of up to two screens, so that each
// is visible from its top or from its end.
function samplesFor(rounds: number): readonly number[] {
  return Array.from({ length: rounds + 4 }, (_, sample) => sample);
}

function repeater(
  rounds: number,
  progress: Progress,
): <T>(what: string, work: (sample: number) => Promise<T>) => Promise<T[]> {
  return async <T>(what: string, work: (sample: number) => Promise<T>) => {
    const made: T[] = [];
    const failures: unknown[] = [];
    for (const sample of samplesFor(rounds)) {
      if (made.length === rounds) {
        return made;
      }
      try {
        // In sequence: parallel measurements would disturb each other.
        made.push(await work(sample));
      } catch (error) {
        failures.push(error);
        progress(`${what} (ignored: ${String(error)})`, made.length);
      }
      progress(what, made.length);
    }
    if (made.length < rounds) {
      throw new AggregateError(failures, `${what}: measured ${made.length} times of ${rounds}`);
    }
    return made;
  };
}

// The order alternates from round to round.
async function inTurn(sample: number, product: () => Promise<number>, other: () => Promise<number>): Promise<Pair> {
  if (sample % 2 === 0) {
    return { product: await product(), other: await other() };
  }
  const second = await other();
  return { product: await product(), other: second };
}

async function requestsAtRest(window: Window, { cloud, pages }: BenchStage): Promise<number> {
  await window.showKeys(/^Explorer/);
  // Requests that are still running finish first.
  await wait(2000);
  await cloud.control.clearRequests();
  await pages.asked();
  await settle(window);
  return (await cloud.control.requests()).length + (await pages.asked()).length;
}

// The same page, fetched by this process.
async function shareOf(pages: Pages, instance: string): Promise<number> {
  const started = performance.now();
  const answer = await fetch(`${pages.url}/cn-north-4/v2/p/apic/instances/${instance}/signs?offset=0&limit=500`);
  await answer.text();
  return performance.now() - started;
}
