import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import fetch from 'node-fetch';
import * as v from 'valibot';
import type { Account } from '../../../src/accounts/account';
import { asText, inBody, text } from '../../../src/catalog/fields';
import { phrase } from '../../../src/base/phrase';
import { collection, type Collection, type Paging } from '../../../src/catalog/declaration';
import { detailOf } from '../../../src/explorer/present/keyDetails';
import { Explorer } from '../../../src/explorer/explorer';
import { Finder } from '../../../src/explorer/finder';
import { labelOf } from '../../../src/explorer/present/labels';
import type { ListNode, Node } from '../../../src/explorer/nodes';
import { Waits } from '../../../src/explorer/waits';
import { collectionOf } from '../../support/collections';
import { MemoryFilterStore, MemoryHiddenStore } from '../../support/memoryStores';
import { testClient } from '../../support/testClient';
import type { HostileCase } from './cases';
import { fieldOf } from '../../../src/base/guards';

/** The runner and its inputs. */
export interface RunnerOptions {
  readonly runner: 'product' | 'raw';
  readonly list: HostileCase['list'];
  /** URL of the answers. */
  readonly url: string;
  /** Answers that the product requested in each step, for the loop to request the same number. */
  readonly answers: readonly number[];
}

/** Cost of a case. */
export interface Cost {
  /** Longest block of the event loop, ms, and the step that it happened in. */
  readonly block: number;
  readonly step: string;
  /** Peak memory of the process, MiB. */
  readonly memory: number;
  /** Requested answers per step. */
  readonly answers: readonly number[];
}

type Steps = readonly (readonly [name: string, work: () => Promise<unknown>])[];

/** Requested answers so far. */
let asked = 0;

const named = (id: string, paging: Paging): Collection =>
  collection({
    id,
    label: phrase('Rows'),
    emptyStateText: phrase('rows'),
    docs: 'https://docs.example.com/',
    rowLabel: phrase('row'),
    icon: 'key',
    scope: 'account',
    path: '/rows',
    paging,
    rows: inBody('rows'),
    filters: [],
    row: v.looseObject({ id: text }),
    item: (row) => ({ id: asText(row.id) }),
    secrets: [],
    codes: {},
  });

/** Lists with forms of paging that the catalog does not use. */
const others: Readonly<Record<string, Collection>> = {
  numbered: named('numbered', { kind: 'page', size: { min: 1, max: 500 } }),
  marked: named('marked', {
    kind: 'marker',
    size: { min: 1, max: 500 },
    next: ({ body }) => asText(String(fieldOf(body, 'next'))),
  }),
};

/** All that a user can do with a list, by the product's code. */
function product({ list: id, url }: RunnerOptions): Steps {
  const declared = others[id] ?? collectionOf(id);
  const { children: _, displayNamesFrom: __, inline: ___, ...alone } = declared;
  const account: Account = {
    id: 'x:d:u',
    site: 'x',
    domain: { id: 'd', name: 'd' },
    user: { id: 'u', name: 'u' },
    signIn: 'password',
    generation: 'first',
    remember: 'session',
    accepted: [],
  };
  const { client } = testClient(600_000);
  const getPage: typeof client.getPage = async (...wish) => {
    asked += 1;
    return client.getPage(...wish);
  };
  const site = { id: 'x', label: 'x', iam: url, services: {}, fromSettings: [] };
  const explorer = new Explorer({
    accounts: {
      all: () => [account],
      client: () => Object.assign(Object.create(client), { getPage, forgive: () => client.forgive() }),
      site: () => site,
      noSite: () => {
        throw new Error('The site is there');
      },
    },
    catalog: [{ ...alone, scope: 'account', path: '/rows' }],
    pageSize: () => 500,
    showAllServices: () => false,
    filters: new MemoryFilterStore(),
    hidden: new MemoryHiddenStore(),
  });
  const [root] = explorer.roots();
  const [list] = root ? explorer.declaredChildren(root) : [];
  if (list?.kind !== 'list') {
    throw new Error('There is no list');
  }
  const rows = async (of: ListNode = list): Promise<readonly Node[]> => {
    const nodes = await explorer.children(of);
    nodes.forEach(labelOf);
    return nodes;
  };
  return [
    ['open', rows],
    [
      'load more',
      async () => {
        const pager = (await rows()).at(-1);
        if (pager?.kind === 'pager') {
          await explorer.loadMore(pager);
          await rows();
        }
      },
    ],
    [
      'refresh',
      async () => {
        await explorer.refresh(list);
        await rows();
      },
    ],
    [
      'page',
      async () => {
        const key = (await rows()).find(({ kind }) => kind === 'item');
        return key?.kind === 'item' ? detailOf(key) : undefined;
      },
    ],
    [
      'find',
      async () => {
        const finder = new Finder(explorer, { waits: new Waits(), show: () => undefined, active: () => undefined });
        finder.type('x');
        await finder.start();
        finder.showNow();
        finder.close();
      },
    ],
  ];
}

/** The minimum for the same number of answers: get and parse them. */
function raw({ url, answers }: RunnerOptions): Steps {
  return answers.map((count, step) => [
    `parse ${step}`,
    async () => {
      for (let number = 0; number < count; number += 1) {
        const answer = await (await fetch(`${url}/rows`)).text();
        try {
          JSON.parse(answer);
        } catch {
          // Not all answers are JSON.
        }
      }
    },
  ]);
}

async function main(): Promise<void> {
  const options: RunnerOptions = JSON.parse(process.argv[2] ?? '{}');
  const steps = { product, raw }[options.runner](options);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let worst = { block: 0, step: '' };
  const answers: number[] = [];
  for (const [step, work] of steps) {
    const before = asked;
    // Garbage of the previous step must not count.
    globalThis.gc?.();
    delay.reset();
    // A block shows only between two ticks of the monitor.
    await pause(5);
    // In sequence: each step continues from the state of the previous one.
    await work();
    await pause(5);
    const block = delay.max / 1e6;
    answers.push(asked - before);
    worst = block > worst.block ? { block, step } : worst;
  }
  const cost: Cost = { ...worst, memory: process.resourceUsage().maxRSS / 1024, answers };
  process.stdout.write(`${JSON.stringify(cost)}\n`);
  process.exit(0);
}

void main();
