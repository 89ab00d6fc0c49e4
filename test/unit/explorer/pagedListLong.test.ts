import assert from 'node:assert/strict';
import type { ListPage } from '../../../src/cloud/client';
import type { Row } from '../../../src/cloud/rows';
import { PagedList } from '../../../src/explorer/pagedList';

const never = new AbortController().signal;

/** Rows whose contents are counted each time they are read. */
class Counted {
  reads = 0;

  row(id: string | undefined, content: unknown): Row {
    const raw = { id };
    Object.defineProperty(raw, 'content', {
      enumerable: true,
      get: () => {
        this.reads += 1;
        return content;
      },
    });
    return { raw, item: { id }, bad: [] };
  }
}

const whole = (rows: readonly Row[]): ListPage => ({ rows, partial: true, truncated: false });

/** A list of these pages, loaded to its end. */
async function loaded(...pages: readonly ListPage[]): Promise<PagedList> {
  let asked = 0;
  const list = new PagedList(async () => pages[asked++] ?? whole([]));
  for (const _ of pages) {
    // Each page starts where the one before it ended.
    await list.loadMore(never);
  }
  return list;
}

describe('a list of thousands of rows', () => {
  it('reads rows of one ID once each, however many there are', async () => {
    const counted = new Counted();
    const rows = Array.from({ length: 8000 }, (_, index) => counted.row('a', index));
    const list = await loaded(whole(rows));
    assert.equal(list.rows.length, 8000);
    assert.ok(list.rows.every(({ clash }) => clash));
    assert.equal(new Set(list.rows.map(({ key }) => key)).size, 8000);
    assert.ok(counted.reads <= 16_000, `${counted.reads} reads`);
    // The same rows once more, on pages that begin elsewhere: nothing is new.
    counted.reads = 0;
    const shifted = [whole(rows.slice(0, 4000)), whole(rows.slice(2000, 6000))];
    const again = await loaded(...shifted.map((page, index) => ({ ...page, partial: false, next: index + 1 })));
    assert.equal(again.rows.length, 6000);
    assert.ok(counted.reads <= 16_000, `${counted.reads} reads`);
  });

  it('compares a page with the one before it only as far as they are the same', async () => {
    const counted = new Counted();
    const page = (from: number): ListPage => ({
      ...whole(Array.from({ length: 500 }, (_, index) => counted.row(undefined, from + index))),
      partial: false,
      next: from + 500,
    });
    const list = await loaded(...Array.from({ length: 20 }, (_, index) => page(index * 500)));
    assert.equal(list.rows.length, 10_000);
    assert.ok(counted.reads <= 100, `${counted.reads} reads`);
  });

  it('keeps replaced rows where they stood without going through all of them for each', async () => {
    const count = 20_000;
    const pages = [0, 1].map((round) =>
      Array.from({ length: count }, (_, index): Row => {
        // Every tenth row stays.
        const id = index % 10 === 0 ? `stays ${index}` : `${round} ${index}`;
        return { raw: { id }, item: { id }, bad: [] };
      }),
    );
    let round = 0;
    const list = new PagedList(async () => whole(pages[round++] ?? []));
    await list.loadMore(never);
    let reads = 0;
    const rows = list.rows.map(
      (listed) =>
        new Proxy(listed, {
          get: (target, name, receiver) => {
            reads += 1;
            return Reflect.get(target, name, receiver);
          },
        }),
    );
    list.rows.forEach((_, at) => Object.assign(list.rows, { [at]: rows[at] }));
    await list.reload(never);
    assert.ok(reads <= 20 * count, `${reads} reads`);
    const gone = list.rows.filter((listed) => listed.gone).map(({ key }) => key);
    assert.deepEqual([list.rows.length, gone.length], [count * 1.9, count * 0.9]);
    // Rows below a row that stays are still below it, in order, above the new ones.
    assert.deepEqual(
      list.rows.slice(0, 20).map(({ key }) => key),
      [
        'stays 0',
        ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `0 ${at}`),
        ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `1 ${at}`),
        'stays 10',
      ],
    );
  });

  it('makes up keys without trying those that are taken again and again', async () => {
    const halves = Array.from({ length: 2000 }, (_, index) => `x${String.fromCharCode(0xd800 + index)}`);
    const taken = Array.from(
      { length: 2000 },
      (_, index) => `a${'#2'.repeat(1 + (index % 50))}${'#'.repeat(index % 40)}`,
    );
    const twins = Array.from({ length: 2000 }, () => 'a');
    const ids = [...halves, ...taken, ...twins, ...halves.map((id) => `${id}#2`)];
    const list = await loaded(whole(ids.map((id, index) => ({ raw: { id, index }, item: { id }, bad: [] }))));
    const keys = list.rows.map(({ key }) => encodeURIComponent(key));
    assert.equal(new Set(keys).size, ids.length);
    // A key that is tried in vain would make the next one longer.
    const added = list.rows.map(({ key, row: { item } }) => key.length - (item.id?.length ?? 0));
    assert.ok(Math.max(...added) < 12, `${Math.max(...added)} characters`);
  });

  it('makes short keys of long IDs, the same each time', async () => {
    const long = 'x'.repeat(20_000);
    const ids = Array.from({ length: 300 }, (_, index) => `${long}${index}`);
    const rows = ids.map((id): Row => ({ raw: { id }, item: { id }, bad: [] }));
    const list = await loaded(whole([...rows, ...rows]));
    const keys = list.rows.map(({ key }) => key);
    assert.deepEqual([keys.length, new Set(keys).size], [300, 300]);
    assert.ok(keys.every((key) => key.length < 500));
    assert.deepEqual(
      (await loaded(whole(rows))).rows.map(({ key }) => key),
      keys,
    );
  });

  it('shows rows of one ID that are too large to be compared, each of them', async () => {
    const large = (): Row => ({
      raw: { id: 'a', many: Array.from({ length: 300_000 }, () => 1) },
      item: { id: 'a' },
      bad: [],
    });
    const list = await loaded(whole([large(), large(), large()]));
    assert.deepEqual(
      list.rows.map(({ clash }) => clash),
      [true, true, true],
    );
  });

  it('shows rows of one ID of which only an equal part was kept, each of them', async () => {
    const part = (): Row => ({ raw: { id: 'a' }, item: { id: 'a' }, bad: [], partial: true });
    const list = await loaded(whole([part(), part()]));
    assert.deepEqual(
      list.rows.map(({ clash }) => clash),
      [true, true],
    );
  });
});

describe('a list that changes with each page', () => {
  it('is loaded again a few times, and then read as it comes', async () => {
    let asked = 0;
    const ask = async (at: unknown, _: AbortSignal, most = 10): Promise<ListPage> => {
      asked += 1;
      const from = Number(at ?? 0);
      const rows = Array.from({ length: most }, (__, index): Row => {
        const id = `${asked} ${index}`;
        return { raw: { id }, item: { id }, bad: [] };
      });
      return { rows, next: from + most, partial: false, truncated: false };
    };
    const list = new PagedList(ask, true);
    for (let pages = 0; pages < 60; pages += 1) {
      // Each page starts where the one before it ended.
      await list.loadMore(never);
    }
    assert.ok(list.unstable && list.rows.length > 500);
    assert.ok(asked < 100, `${asked} requests`);
    const before = asked;
    await list.reload(never);
    assert.ok(!list.unstable && asked - before < 70);
  });
});
