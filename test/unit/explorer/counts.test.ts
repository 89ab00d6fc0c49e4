import assert from 'node:assert/strict';
import { phrase } from '../../../src/base/phrase';
import type { Paging } from '../../../src/catalog/declaration';
import { pageQuery } from '../../../src/cloud/pages';
import type { Client } from '../../../src/cloud/client';
import { CloudError } from '../../../src/cloud/errors';
import type { Explorer } from '../../../src/explorer/explorer';
import { countLabel, countsOf } from '../../../src/explorer/present/labels';
import type { ListNode, Node } from '../../../src/explorer/nodes';
import { firstList, keyList, stubExplorer } from '../../support/stubExplorer';
import { labelText } from '../../support/tree';

/** Rows in short: `h` is one that nobody is shown, any other letter an ID. */
interface Service {
  rows: readonly string[];
  readonly paging: Paging;
  readonly withTotal: boolean;
  /** A total that is not that of the rows. */
  total?: number;
  readonly asked: string[];
  fails: boolean;
}

const byOffset = (max: number): Paging => ({ kind: 'offset', offset: { min: 0 }, size: { min: 1, max } });

function serviceOf(rows: readonly string[], paging: Paging, withTotal = true): Service {
  return { rows, paging, withTotal, asked: [], fails: false };
}

function explorerOver(
  service: Service,
  pageSize = 4,
  changed: (node: Node | undefined) => void = () => undefined,
): { explorer: Explorer; list: ListNode } {
  const { paging } = service;
  const getPage: Client['getPage'] = async (_, at, wanted) => {
    const query = pageQuery(paging, at, wanted);
    assert.ok(query);
    service.asked.push(Object.values(query.query).join('+'));
    if (service.fails) {
      throw new CloudError({ kind: 'server' });
    }
    const { offset = '0', limit = '1000000' } = query.query;
    const some = service.rows.slice(Number(offset), Number(offset) + Number(limit));
    return {
      rows: some.map((id) => ({ raw: { id }, item: { id, hidden: id.startsWith('h') }, bad: [] })),
      ...(paging.kind === 'none' ? {} : { next: Number(offset) + some.length }),
      partial: some.length < query.fullSize,
      truncated: false,
      ...(service.withTotal ? { total: service.total ?? service.rows.length } : {}),
    };
  };
  const explorer = stubExplorer([keyList(1, { paging })], getPage, pageSize);
  explorer.onDidChange(changed);
  return { explorer, list: firstList(explorer) };
}

/** The rows below a list, page by page: their number, and the label of the row below them. */
async function seen(explorer: Explorer, list: ListNode): Promise<(readonly [number, string])[]> {
  const all: (readonly [number, string])[] = [];
  for (;;) {
    // Each page starts where the one before it ended.
    const rows = await explorer.children(list);
    const last = rows.at(-1);
    all.push([rows.filter(({ kind }) => kind === 'item').length, last && last.kind !== 'item' ? labelText(last) : '']);
    if (last?.kind !== 'pager') {
      return all;
    }
    await explorer.loadMore(last);
  }
}

const letters = (count: number): string[] => Array.from({ length: count }, (_, index) => `a${index}`);

describe('how many rows there are', () => {
  it('grows by a whole page each time, though each page begins with a row that is known', async () => {
    const service = serviceOf(letters(10), byOffset(100));
    const { explorer, list } = explorerOver(service);
    assert.deepEqual(await seen(explorer, list), [
      [4, 'Load more (4 of 10)'],
      [8, 'Load more (8 of 10)'],
      [10, ''],
    ]);
    assert.deepEqual(service.asked, ['0+4', '3+5', '7+5']);
  });

  it('is that of the rows where a call cannot be asked for one more', async () => {
    const service = serviceOf(letters(10), byOffset(4), false);
    const { explorer, list } = explorerOver(service);
    assert.deepEqual(await seen(explorer, list), [
      [4, 'Load more (4 so far)'],
      [7, 'Load more (7 so far)'],
      [10, 'Load more (10 so far)'],
      [10, ''],
    ]);
    assert.deepEqual(service.asked, ['0+4', '3+4', '6+4', '9+4']);
  });

  it('never includes rows that nobody sees: hidden ones, and those that came twice', async () => {
    const rows = ['a', 'h1', 'b', 'c', 'c', 'd', 'h2', 'e', 'f', 'g', 'i', 'j'];
    const { explorer, list } = explorerOver(serviceOf(rows, byOffset(100)));
    assert.deepEqual(await seen(explorer, list), [
      [3, 'Load more (3 of 11)'],
      [5, 'Load more (5 of 9)'],
      [9, ''],
    ]);
    const untold = explorerOver(serviceOf(rows, byOffset(100), false));
    assert.deepEqual(await seen(untold.explorer, untold.list), [
      [3, 'Load more (3 so far)'],
      [5, 'Load more (5 so far)'],
      [9, 'Load more (9 so far)'],
      [9, ''],
    ]);
  });

  it('is that of the part of a long list', async () => {
    const rows = letters(1300).map((id, index) => (index === 501 ? 'h' : id));
    const { explorer, list } = explorerOver(serviceOf(rows, byOffset(250)), 250);
    assert.deepEqual((await seen(explorer, list)).slice(0, 1), [[250, 'Load more (250 of 1300)']]);
    const [, range] = (await explorer.children(list)).filter((row) => row.kind === 'list');
    assert.ok(range);
    assert.deepEqual(await seen(explorer, range), [
      [250, 'Load more (250 of 300)'],
      [300, ''],
    ]);
    const [first] = (await explorer.children(list)).filter((row) => row.kind === 'list');
    assert.ok(first);
    assert.deepEqual(await seen(explorer, first), [
      [249, 'Load more (249 of 499)'],
      [498, 'Load more (498 of 499)'],
      [499, ''],
    ]);
  });

  it('is that of the rows above where a refresh fails, and of those that match a filter', async () => {
    const service = serviceOf(['a', 'h1', 'b', 'h2', 'c'], { kind: 'none' }, false);
    const { explorer, list } = explorerOver(service);
    await explorer.children(list);
    service.fails = true;
    await explorer.refresh(list);
    assert.equal((await explorer.children(list)).at(-1)?.kind, 'pager');
    assert.equal(countsOf(list).seen, 3);
    service.fails = false;
    explorer.setFilter(list, { id: 'name', text: 'x', exact: false });
    await explorer.children(list);
    assert.equal(countLabel(list), '3');
    const long = explorerOver(serviceOf(['a', 'h1', 'b', 'b', 'c', 'd'], byOffset(100)));
    explorer.close();
    long.explorer.setFilter(long.list, { id: 'name', text: 'x', exact: false });
    await long.explorer.children(long.list);
    assert.equal(countLabel(long.list), '4');
  });

  it('goes on where only the first part came of a filtered list of unknown length', async () => {
    const { explorer, list } = explorerOver(serviceOf(letters(750), byOffset(500), false), 500);
    explorer.setFilter(list, { id: 'name', text: 'x', exact: false });
    await explorer.children(list);
    assert.deepEqual(countLabel(list), phrase('{0} so far', 500));
  });

  it('leads from a page to its first row that is seen', async () => {
    const { explorer, list } = explorerOver(serviceOf(['a', 'b', 'c', 'd', 'h1', 'e', 'f'], byOffset(100)));
    const pager = (await explorer.children(list)).at(-1);
    assert.ok(pager?.kind === 'pager');
    assert.equal((await explorer.loadMore(pager))?.listed.key, 'e');
  });
});

describe('a list whose total is out of all proportion', () => {
  it('lists two hundred of its parts, and each further one when the last of them is full', async () => {
    const service = { ...serviceOf(letters(101_500), byOffset(500)), total: Number.MAX_SAFE_INTEGER };
    const changes: (Node | undefined)[] = [];
    const { explorer, list } = explorerOver(service, 500, (node) => changes.push(node));
    await seen(explorer, list);
    const parts = async (): Promise<readonly ListNode[]> =>
      (await explorer.children(list)).filter((row) => row.kind === 'list');
    const first = await parts();
    assert.deepEqual([first.length, labelText(first[0] ?? list)], [200, `501 to 1000 of ${Number.MAX_SAFE_INTEGER}`]);
    for (const [count, pageSize] of [
      [201, 500],
      [202, 500],
    ] as const) {
      const last = (await parts()).at(-1) ?? assert.fail();
      assert.equal((await explorer.children(last)).length, pageSize);
      assert.equal((await parts()).length, count);
    }
    assert.equal((await parts()).at(-1)?.range?.from, 101_000);
  });

  it('has the next part listed as soon as a page fills the one before it', async () => {
    const service = { ...serviceOf(letters(101_500), byOffset(500)), total: Number.MAX_SAFE_INTEGER };
    const changes: (Node | undefined)[] = [];
    const { explorer, list } = explorerOver(service, 251, (node) => changes.push(node));
    await seen(explorer, list);
    const last = (await explorer.children(list)).at(-1);
    assert.ok(last?.kind === 'list' && last.range?.from === 100_000);
    const pager = (await explorer.children(last)).at(-1);
    assert.ok(pager?.kind === 'pager');
    changes.length = 0;
    await explorer.loadMore(pager);
    assert.deepEqual(
      changes.filter((node) => node !== pager),
      [list],
    );
    assert.equal((await explorer.children(list)).filter((row) => row.kind === 'list').length, 201);
  });
});
