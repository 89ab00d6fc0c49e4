import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import fetch from 'node-fetch';
import { SAMPLE } from '../../cloud/data';
import { Window } from '../../e2e/window';
import type { Pages } from '../start';
import { activate, settle, welcome, type Pair } from './activation';
import { firstRows, firstStillRows, loadMore, loadMoreFlat, longList, names, openInstances } from './lists';
import { setBenchStage, type BenchStage } from './stage';

/** What was measured in the editor: milliseconds, a pair a round. */
export interface Editor {
  readonly welcome: readonly Pair[];
  readonly activate: readonly Pair[];
  /** By the number of rows. `standIn`: what of the product's time is the answer's own. */
  readonly firstRows: Readonly<Record<number, readonly (Pair & { readonly standIn: number })[]>>;
  readonly loadMore: readonly { readonly early: number; readonly late: number }[];
  readonly loadMoreFlat: readonly { readonly early: number; readonly late: number }[];
  /** Requests that were sent while a signed-in window rested, before its view was opened. */
  readonly idleRequests: number;
}

type Each = <T>(what: string, work: (sample: number) => Promise<T>) => Promise<T[]>;

const counts = [100, 500];

/** Measures in VS Code, in a browser, what a person waits for. */
export async function editor(rounds: number, progress: (what: string, done: number) => void): Promise<Editor> {
  const samples = Array.from({ length: rounds }, (_, sample) => sample);
  const each = async <T>(what: string, work: (sample: number) => Promise<T>): Promise<T[]> => {
    const made: T[] = [];
    for (const sample of samples) {
      // One after the other: they share the machine.
      // oxlint-disable-next-line no-await-in-loop
      made.push(await work(sample));
      progress(what, sample + 1);
    }
    return made;
  };
  return { ...(await firstSights(samples, each)), ...(await furtherPages(samples, each)) };
}

async function firstSights(
  samples: readonly number[],
  each: Each,
): Promise<Pick<Editor, 'activate' | 'welcome' | 'idleRequests' | 'firstRows'>> {
  const lists = samples.flatMap((sample) =>
    counts.map((count) => ({ name: names.first(count, sample), count, grows: false })),
  );
  await using stage = await setBenchStage(lists, lists, 500);
  const { probe, pages, nameAt } = stage;
  const window = await Window.open(stage);
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
    // oxlint-disable-next-line no-await-in-loop
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

async function furtherPages(
  samples: readonly number[],
  each: Each,
): Promise<Pick<Editor, 'loadMore' | 'loadMoreFlat'>> {
  const long = samples.map((sample) => ({ name: names.long(sample), count: longList }));
  const flat = samples.flatMap((sample) =>
    [100, 9900].map((count) => ({ name: names.flat(count, sample), count, grows: true })),
  );
  await using stage = await setBenchStage(long, flat, 100);
  const { nameAt } = stage;
  const window = await Window.open(stage);
  await window.showKeys();
  await window.signIn(SAMPLE.operator, 'Remember,');
  await openInstances(window);
  const pairs = await each('load more', async (sample) => ({
    flat: await loadMoreFlat(window, sample, nameAt),
    product: await loadMore(window, sample, nameAt),
  }));
  return { loadMore: pairs.map(({ product }) => product), loadMoreFlat: pairs.map((pair) => pair.flat) };
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
