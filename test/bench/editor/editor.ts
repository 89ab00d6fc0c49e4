import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import fetch from 'node-fetch';
import { sampleSite } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { Random } from '../../cloud/random';
import { signRow } from '../../cloud/rows';
import { startStandIn } from '../../cloud/start';
import { vsix, Window, type Stage } from '../../e2e/window';
import { launchBrowser } from '../../host/browser';
import { ensureHost } from '../../host/install';
import { repoRoot } from '../../host/processes';
import { startWorkbench } from '../../host/workbench';
import { startPages, type Pages } from '../start';
import { activate, Probe, settle, welcome, type Pair } from './activation';
import { firstRows, firstStillRows, loadMore, loadMoreFlat, longList, names, openInstances } from './lists';

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

const counts = [100, 500];

/** Measures in one VS Code in one browser what a person waits for. */
export async function editor(rounds: number, progress: (what: string, done: number) => void): Promise<Editor> {
  const host = await ensureHost({ log: () => undefined });
  const samples = Array.from({ length: rounds }, (_, sample) => sample);
  const folder = mkdtempSync(join(tmpdir(), 'key-explorer-bench-'));
  const random = new Random(1, 'bench');
  const rows = Array.from({ length: longList }, (_, at) => signRow(random, at)).map(({ name, sign_type: type }) => ({
    label: String(name),
    description: String(type),
  }));
  const nameAt = (place: number): string => `${rows[place]?.label},`;
  const rowsFile = join(folder, 'rows.json');
  const lists = samples.flatMap((sample) => [
    ...counts.map((count) => ({ name: names.first(count, sample), count, grows: false })),
    ...[100, 9900].map((count) => ({ name: names.flat(count, sample), count, grows: true })),
  ]);
  writeFileSync(rowsFile, JSON.stringify({ lists, rows }));
  const instances = samples.flatMap((sample): [string, number][] => [
    ...counts.map((count): [string, number] => [names.first(count, sample), count]),
    [names.long(sample), longList],
  ]);

  const probe = new Probe();
  const [cloud, pages] = await Promise.all([startStandIn(), startPages(Object.fromEntries(instances))]);
  const site = sampleSite(cloud.url);
  const extensions = join(repoRoot, 'test/bench/editor/extensions');
  const [workbench, browser] = await Promise.all([
    startWorkbench({
      host,
      vsix,
      companions: ['empty', 'probe', 'still'].map((name) => join(extensions, name)),
      settings: {
        'keyExplorer.sites': { demo: { ...site, services: { ...site.services, roma: `${pages.url}/{region}` } } },
        'keyExplorer.pageSize': 500,
        'workbench.tree.enableStickyScroll': false,
      },
      env: { KEY_EXPLORER_BENCH_PROBE: await probe.listen(), KEY_EXPLORER_BENCH_ROWS: rowsFile },
    }),
    launchBrowser(host),
  ]);
  const stage: Stage = { cloud, workbench, browser, close: async () => undefined };
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
  try {
    const window = await Window.open(stage);
    const activations = await each('activate', async (sample) => activate(window, probe, sample % 2 === 0));
    const welcomes = await each('welcome', async (sample) =>
      inTurn(
        sample,
        async () => welcome(window, 'product'),
        async () => welcome(window, 'still'),
      ),
    );

    await window.showKeys();
    await window.signIn(SAMPLE.operator, 'Remember,');
    const idleRequests = await requestsAtRest(window, stage, pages);
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
    workbench.updateSettings({ 'keyExplorer.pageSize': 100 });
    const flat: { early: number; late: number }[] = [];
    const more = await each('load more', async (sample) => {
      flat.push(await loadMoreFlat(window, sample, nameAt));
      return loadMore(window, sample, nameAt);
    });
    return {
      welcome: welcomes,
      activate: activations,
      firstRows: first,
      loadMore: more,
      loadMoreFlat: flat,
      idleRequests,
    };
  } finally {
    await browser.close();
    await Promise.all([workbench.close(), cloud.close(), pages.close()]);
    probe.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

// Which goes first changes from round to round.
async function inTurn(sample: number, product: () => Promise<number>, other: () => Promise<number>): Promise<Pair> {
  if (sample % 2 === 0) {
    return { product: await product(), other: await other() };
  }
  const second = await other();
  return { product: await product(), other: second };
}

async function requestsAtRest(window: Window, { cloud }: Stage, pages: Pages): Promise<number> {
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
