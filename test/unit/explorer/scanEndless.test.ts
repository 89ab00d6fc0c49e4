import assert from 'node:assert/strict';
import type { Collection } from '../../../src/catalog/declaration';
import type { Client } from '../../../src/cloud/client';
import type { Explorer } from '../../../src/explorer/explorer';
import { Finder, type SearchState } from '../../../src/explorer/finder';
import { Waits } from '../../../src/explorer/waits';
import { Scan, type Hit } from '../../../src/explorer/scan';
import { keyList, stubExplorer } from '../../support/stubExplorer';

const declared = (id: string, more: Partial<Collection> = {}): Collection =>
  keyList(500, { id, path: `/${id}`, ...more });

/** The lists of an account, by the ID of their collection: how many rows, and how many characters an answer has. */
type Lists = Readonly<Record<string, { readonly rows: number; readonly characters?: number }>>;

class Service {
  readonly asked: string[] = [];
  readonly explorer: Explorer;

  constructor(catalog: readonly Collection[], lists: Lists) {
    const getPage: Client['getPage'] = async ({ collection: { id }, pathParams: values, filter }, at, wanted) => {
      const { rows: count = 0, characters = 100 } = lists[id] ?? {};
      this.asked.push(`${id}${filter ? `?${filter.text}` : ''}`);
      const from = Number(at ?? 0);
      const rows = Array.from({ length: filter ? 1 : Math.max(0, Math.min(wanted, count - from)) }, (_, index) => {
        const row = `${id} ${Object.values(values).join(' ')} ${filter ? filter.text : from + index}`;
        return { raw: { row }, item: { id: row, name: row, pathParams: { above: String(from + index) } }, bad: [] };
      });
      return { rows, next: from + rows.length, partial: rows.length < wanted, truncated: false, length: characters };
    };
    this.explorer = stubExplorer(catalog, getPage, 500);
  }

  requests(id: string): number {
    return this.asked.filter((one) => one === id).length;
  }
}

describe('a walk through lists without an end', () => {
  let met: Hit[];
  const walkOf = async ({ explorer }: Service): Promise<Scan> => {
    met = [];
    const { signal } = new AbortController();
    const walk = new Scan(explorer, { onHits: (keys) => met.push(...keys), onProgress: () => undefined, signal });
    await walk.scanAll();
    return walk;
  };
  const distinct = (): number => new Set(met.map(({ listNode, listed }) => `${listNode.id} ${listed.key}`)).size;

  it('stops at 20,000 rows, and continues there on request', async () => {
    const service = new Service([declared('endless'), declared('short')], {
      endless: { rows: 1e9 },
      short: { rows: 700 },
    });
    const walk = await walkOf(service);
    assert.deepEqual(
      walk.lists.map(({ kind: stage }) => stage),
      ['paused', 'done'],
    );
    const { rows = 0, listNode } = walk.lists[0] ?? assert.fail();
    assert.ok(rows >= 20_000 && rows < 20_500, `${rows} rows`);
    assert.equal(met.length, rows + 700);
    const asked = service.requests('endless');
    assert.ok(asked < 45, `${asked} requests`);

    await walk.resumeList(listNode);
    const { rows: more = 0, kind: stage } = walk.lists[0] ?? assert.fail();
    assert.ok(stage === 'paused' && more >= 40_000 && more < 41_000, `${stage} ${more} rows`);
    assert.deepEqual([met.length, distinct()], [more + 700, more + 700]);
    assert.ok(service.requests('endless') < 2 * asked + 3);
  });

  it('does not stop where that was all', async () => {
    const service = new Service([declared('endless')], { endless: { rows: 20_100 } });
    const walk = await walkOf(service);
    assert.deepEqual([walk.lists[0]?.kind, met.length], ['done', 20_100]);
  });

  it('stops earlier where each answer is huge, and where all answers together are', async () => {
    const huge = { rows: 1e9, characters: 16 * 2 ** 20 };
    const many = Array.from({ length: 20 }, (_, index) => `l${index}`);
    const service = new Service(
      many.map((id) => declared(id)),
      Object.fromEntries(many.map((id) => [id, huge])),
    );
    const walk = await walkOf(service);
    assert.ok(walk.lists.every(({ kind: stage }) => stage === 'paused'));
    assert.ok(walk.lists.every(({ rows = 0 }) => rows <= 1500));
    assert.ok(service.asked.length < 32, `${service.asked.length} answers`);
    const last = walk.lists.at(-1) ?? assert.fail();
    const before = service.asked.length;
    await walk.resumeList(last.listNode);
    const { kind: stage, rows = 0 } = walk.lists.at(-1) ?? assert.fail();
    assert.ok(stage === 'paused' && rows > (last.rows ?? 0));
    assert.ok(service.asked.length - before < 6);
  });

  it('stops at 1,000 rows that others stand below, and goes on with those that are new', async () => {
    const keys = declared('keys');
    const service = new Service([declared('above', { children: [keys] })], { above: { rows: 1e9 }, keys: { rows: 1 } });
    const walk = await walkOf(service);
    const { kind: stage, rows = 0, listNode } = walk.lists[0] ?? assert.fail();
    assert.ok(stage === 'paused' && rows >= 1000 && rows < 1500, `${stage} ${rows}`);
    assert.deepEqual([service.requests('keys'), met.length], [rows, rows]);
    await walk.resumeList(listNode);
    const { rows: more = 0 } = walk.lists[0] ?? assert.fail();
    assert.ok(more >= 2000 && more < 3000);
    assert.deepEqual([service.requests('keys'), met.length, distinct()], [more, more, more]);
  });

  it('is named behind the results with what was searched', async () => {
    const service = new Service([declared('endless')], { endless: { rows: 1e9 } });
    let finds: SearchState | undefined;
    const finder = new Finder(service.explorer, {
      waits: new Waits(),
      show: (now) => (finds = now),
      active: () => undefined,
    });
    try {
      await finder.start();
      finder.showNow();
      const [left, ...others] = finds?.unsearched ?? [];
      assert.ok(left && others.length === 0);
      assert.deepEqual([left.error, left.rows, finds?.keys], [undefined, finds?.keys, left.rows]);
      assert.deepEqual([finds?.listsDone, finds?.listsKnown, finds?.searching], [1, 1, false]);
      const before = left.rows ?? 0;
      await finder.resume(left.listNode);
      finder.showNow();
      assert.ok((finds?.unsearched[0]?.rows ?? 0) >= before + 20_000);
    } finally {
      finder.close();
    }
  });
});
