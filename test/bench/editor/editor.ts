import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import fetch from 'node-fetch';
import { SAMPLE } from '../../cloud/data';
import { Window } from '../../e2e/window';
import type { Pages } from '../start';
import { activate, settle, welcome, type Pair } from './activation';
import { firstRows, firstStillRows, flatLists, loadMore, loadMoreFlat, longList, names, openInstances } from './lists';
import { setBenchStage, type BenchStage } from './stage';

/** What is seen first: milliseconds, a pair a round. */
export interface FirstSights {
  readonly welcome: readonly Pair[];
  readonly activate: readonly Pair[];
  /** By the number of rows. `standIn`: what of the product's time is the answer's own. */
  readonly firstRows: Readonly<Record<number, readonly (Pair & { readonly standIn: number })[]>>;
  /** Requests that were sent while a signed-in window rested, before its view was opened. */
  readonly idleRequests: number;
}

/** A further page, early and late in a list: milliseconds. */
interface Growth {
  readonly early: number;
  readonly late: number;
}

/**
 * What further pages take, each round of the product and of lists in memory. `inPart`: as late in one of those as the product's
 * last part is long.
 */
export type FurtherPages = readonly {
  readonly product: Growth;
  readonly flat: Growth & { readonly inPart: number };
}[];

/** Told what is being measured, and how often it was. */
type Progress = (what: string, done: number) => void;

const counts = [100, 500];

/** Measures in VS Code, in a browser, what a person sees first: the welcome, and the first rows of lists. */
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

/** Measures in VS Code, in a browser, what a further page of a list takes. */
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

// A round in which the workbench passed over what was done is no measurement: others may take its place. All lists are in
// one tree, of two screens at most, so that each is seen from its top or from its end.
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
        // One after the other: they share the machine.
        made.push(await work(sample));
      } catch (error) {
        failures.push(error);
        progress(`${what} (passed over: ${String(error)})`, made.length);
      }
      progress(what, made.length);
    }
    if (made.length < rounds) {
      throw new AggregateError(failures, `${what}: measured ${made.length} times of ${rounds}`);
    }
    return made;
  };
}

// Which goes first changes from round to round.
async function inTurn(sample: number, product: () => Promise<number>, other: () => Promise<number>): Promise<Pair> {
  if (sample % 2 === 0) {
    return { product: await product(), other: await other() };
  }
  const second = await other();
  return { product: await product(), other: second };
}

async function requestsAtRest(window: Window, { cloud, pages }: BenchStage): Promise<number> {
  await window.showKeys(/^Explorer/);
  // What was under way still comes in.
  await wait(2000);
  await cloud.control.clearRequests();
  await pages.asked();
  await settle(window);
  return (await cloud.control.requests()).length + (await pages.asked()).length;
}

// The same page by itself, from this process.
async function shareOf(pages: Pages, instance: string): Promise<number> {
  const started = performance.now();
  const answer = await fetch(`${pages.url}/cn-north-4/v2/p/apic/instances/${instance}/signs?offset=0&limit=500`);
  await answer.text();
  return performance.now() - started;
}
