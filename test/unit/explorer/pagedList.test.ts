import assert from 'node:assert/strict';
import type { ListPage } from '../../../src/cloud/client';
import { CloudError, cancelled } from '../../../src/cloud/errors';
import type { Position } from '../../../src/cloud/pages';
import type { Row } from '../../../src/cloud/rows';
import { PagedList } from '../../../src/explorer/pagedList';

const signal = new AbortController().signal;
const broken = (): CloudError => new CloudError({ kind: 'server' });

/** A row of this ID; `content` tells rows of one ID apart. */
const row = (id: string | undefined, content = ''): Row => ({ raw: { id, content }, item: { id }, bad: [] });
/** Rows in short: `a` is an ID, `a2` the same ID with other content, `-` no ID. */
const rows = (text: string): Row[] =>
  [...text.matchAll(/([a-z-])(\d?)/g)].map(([, id = '', content]) => row(id === '-' ? undefined : id, content));

/** A page of these rows; `next` counts on where it is not said. */
function page(text: string, more: Partial<ListPage> = {}): ListPage {
  return { rows: rows(text), next: 1, partial: false, truncated: false, ...more };
}

/** A page that is known to be the last. */
function lastPage(text: string, more: Partial<ListPage> = {}): ListPage {
  const { next: _, ...rest } = page(text, more);
  return rest;
}

/** A list whose pages are answered one after the other; an error is thrown. */
function listOf(...pages: readonly (ListPage | CloudError)[]): { list: PagedList; asked: (Position | undefined)[] } {
  const asked: (Position | undefined)[] = [];
  const list = new PagedList((at) => {
    const next = pages[asked.length];
    asked.push(at);
    return next === undefined || next instanceof CloudError ? Promise.reject(next ?? broken()) : Promise.resolve(next);
  });
  return { list, asked };
}

/** The rows of a list: the IDs in order, `!` behind those that clash, `†` behind those that are gone. */
const shown = ({ rows: listed }: PagedList): string =>
  listed.map(({ row: { item }, clash, gone }) => `${item.id ?? '-'}${clash ? '!' : ''}${gone ? '†' : ''}`).join(' ');

// Pages; then the rows, whether the list ended, was cut, and its total.
const outcomes: readonly (readonly [string, readonly ListPage[], string, boolean, boolean, number?])[] = [
  ['in order', [page('cab'), page('d')], 'c a b d', false, false],
  ['a short page without a total', [page('ab', { partial: true })], 'a b', true, false],
  ['a short page with a total', [page('ab', { partial: true, total: 3 })], 'a b', false, false, 3],
  ['its total', [page('ab', { total: 3 }), page('c')], 'a b c', true, false, 3],
  ['its total at once', [page('ab', { total: 2 })], 'a b', true, false, 2],
  ['an empty page', [page('ab'), page('')], 'a b', true, false],
  ['nothing at all', [page('', { total: 0 })], '', true, false, 0],
  ['no next page', [lastPage('ab')], 'a b', true, false],
  ['a total that is too small', [page('abc', { total: 1 })], 'a b c', false, false],
  ['too small and short', [page('abc', { total: 1, partial: true })], 'a b c', true, false],
  ['a total that is too large', [page('ab', { total: 9 }), page('', { total: 9 })], 'a b', true, false],
  ['a total that lied stays unknown', [page('abc', { total: 1 }), page('d', { total: 9 })], 'a b c d', false, false],
  ['a total that changes', [page('ab', { total: 9 }), page('c', { total: 3 })], 'a b c', true, false, 3],
  [
    'a total that only one page has',
    [page('ab', { total: 4 }), page('c', { partial: true })],
    'a b c',
    false,
    false,
    4,
  ],
  ['equal twins', [page('ab'), page('bc')], 'a b c', false, false],
  ['equal twins on one page', [page('aab')], 'a b', false, false],
  ['a total counts twins', [page('ab', { total: 4 }), page('bc')], 'a b c', true, false, 4],
  ['other twins', [page('a1b'), page('a2')], 'a! b a!', false, false],
  ['three of them, one twice', [page('a1a2a3'), page('a2b')], 'a! a! a! b', false, false],
  ['no ID', [page('-a-')], '- a -', false, false],
  ['the same page again', [page('ab'), page('ab')], 'a b', true, false],
  ['the same page again before the total', [page('ab', { total: 9 }), page('ab')], 'a b', true, true, 9],
  ['the same page again without IDs', [page('-1-2'), page('-1-2')], '- -', true, false],
  ['beyond reach', [page('ab'), lastPage('', { truncated: true })], 'a b', true, true],
  ['beyond reach of a total', [page('ab', { total: 9 }), page('', { truncated: true })], 'a b', true, true, 9],
];

describe('paged list', () => {
  it('shows rows in their order, and ends where it is honest to', async () => {
    for (const [name, pages, expected, ended, cut, total] of outcomes) {
      const { list } = listOf(...pages);
      for (const _ of pages) {
        await list.loadMore(signal);
      }
      assert.deepEqual(
        [shown(list), list.done, list.truncated, list.total, list.error, list.notLoaded],
        [expected, ended, cut, total, undefined, false],
        name,
      );
      assert.equal(list.received, pages.flatMap((each) => each.rows).length, name);
      assert.equal(new Set(list.rows.map(({ key }) => key)).size, list.rows.length, `${name}: keys`);
    }
  });

  it('does not believe an answer without any of the rows that it counts, and keeps what there was', async () => {
    const { list } = listOf(page('', { total: 3 }), page('ab', { total: 3, next: 2 }), page('', { total: 3 }));
    await list.loadMore(signal);
    assert.deepEqual([list.error?.kind, list.error?.failure.reason?.args, list.done], ['badAnswer', [3], false]);
    await list.retry(signal);
    assert.deepEqual([shown(list), list.error], ['a b', undefined]);
    await list.reload(signal);
    assert.deepEqual([shown(list), list.error?.kind, list.done], ['a b', 'badAnswer', false]);

    // A part of a long list is as good as a list.
    const part = new PagedList(async () => page('', { total: 1500 }), true, { from: 1000, until: 2000 });
    await part.loadMore(signal);
    assert.equal(part.error?.kind, 'badAnswer');
    const behind = new PagedList(async () => page('', { total: 1000 }), true, { from: 1000, until: 2000 });
    await behind.loadMore(signal);
    assert.deepEqual([behind.error, behind.done], [undefined, true]);
  });

  it('starts each page where the one before said, and asks for nothing behind the end', async () => {
    const { list, asked } = listOf(
      page('a', { next: 20 }),
      page('b', { next: 'marker' }),
      page('c', { partial: true }),
    );
    for (let times = 0; times < 6; times += 1) {
      await list.loadMore(signal);
    }
    assert.deepEqual(asked, [undefined, 20, 'marker']);
  });

  it('gives each row a key of its own that any text can carry', async () => {
    const names = ['a', 'a', '#0', 'a#2', '', 'x\ud800', 'x\udc00', '__proto__', 'constructor'];
    const odd = [row(undefined), row(undefined), ...names.map((id, index) => row(id, String(index)))];
    const { list } = listOf({ rows: odd, partial: true, truncated: false });
    await list.loadMore(signal);
    const keys = list.rows.map(({ key }) => key);
    assert.equal(keys.length, odd.length);
    assert.equal(new Set(keys.map(encodeURIComponent)).size, odd.length);
    assert.equal(keys[2], 'a');
  });

  it('keeps its rows when a page fails, and goes on where it stopped', async () => {
    const { list, asked } = listOf(page('ab', { next: 2, total: 3 }), broken(), broken(), page('c'));
    await list.loadMore(signal);
    for (const times of [1, 2]) {
      await (times === 1 ? list.loadMore(signal) : list.retry(signal));
      assert.deepEqual([shown(list), list.error?.kind, list.done, list.loading], ['a b', 'server', false, false]);
    }
    await list.retry(signal);
    assert.deepEqual([shown(list), list.error, list.done], ['a b c', undefined, true]);
    assert.deepEqual(asked, [undefined, 2, 2, 2]);
  });

  it('is touched by a first page that failed, but not by one that was given up', async () => {
    const failed = listOf(broken()).list;
    await failed.loadMore(signal);
    assert.deepEqual([failed.notLoaded, failed.error?.kind, failed.done], [false, 'server', false]);

    const { list, asked } = listOf(cancelled(), page('a'));
    assert.equal(list.notLoaded, true);
    await list.loadMore(signal);
    assert.deepEqual([list.notLoaded, list.error, list.done, list.loading], [true, undefined, false, false]);
    await list.loadMore(signal);
    assert.deepEqual([shown(list), asked.length], ['a', 2]);

    // Whatever it fails with: its asker had gone.
    const gone = listOf(broken()).list;
    await gone.loadMore(AbortSignal.abort());
    assert.deepEqual([gone.notLoaded, gone.error], [true, undefined]);

    // An error before stays for the next try.
    const before = listOf(broken(), cancelled()).list;
    await before.loadMore(signal);
    await before.retry(signal);
    assert.equal(before.error?.kind, 'server');
  });

  it('turns a fault of this program into an error', async () => {
    const list = new PagedList(() => Promise.reject(new TypeError('oops')));
    await list.loadMore(signal);
    assert.deepEqual([list.error?.kind, list.error?.failure.reason?.args], ['badAnswer', ['oops']]);
  });

  it('asks once, however many want the next page', async () => {
    const { list, asked } = listOf(page('a'), page('b'));
    const all = [list.loadMore(signal), list.loadMore(signal), list.loadMore(signal)];
    assert.equal(list.loading, true);
    await Promise.all(all);
    assert.deepEqual([asked.length, shown(list), list.loading], [1, 'a', false]);
    await list.loadMore(signal);
    assert.equal(shown(list), 'a b');
  });

  it('reloads as many rows as there were, and shows the old ones until then', async () => {
    let done = (): void => undefined;
    const answers = [page('ab'), page('cd'), page('xy', { next: 7 }), page('zc', { next: 9, total: 5 })];
    const asked: (Position | undefined)[] = [];
    const list = new PagedList(async (at) => {
      asked.push(at);
      const next = answers.shift();
      if (asked.length === 4) {
        await new Promise<void>((resolve) => (done = resolve));
      }
      return next ?? page('');
    });
    await list.loadMore(signal);
    await list.loadMore(signal);
    const reloading = list.reload(signal);
    for (let turns = 0; asked.length < 4 && turns < 100; turns += 1) {
      await Promise.resolve();
    }
    assert.deepEqual([shown(list), list.loading], ['a b c d', true]);
    done();
    await reloading;
    assert.deepEqual([shown(list), list.loading, list.total, list.done], ['x y z c', false, 5, false]);
    assert.deepEqual(asked, [undefined, 1, undefined, 7]);
    await list.loadMore(signal);
    assert.equal(asked.at(-1), 9);
  });

  it('keeps the old rows when a reload fails, and retries the reload', async () => {
    const first = [page('ab'), page('cd', { next: 4 })];
    const { list, asked } = listOf(
      ...first,
      page('xy'),
      broken(),
      page('xy'),
      page('z', { partial: true }),
      cancelled(),
    );
    await list.loadMore(signal);
    await list.loadMore(signal);
    await list.reload(signal);
    assert.deepEqual([shown(list), list.error?.kind, list.received, list.done], ['a b c d', 'server', 4, false]);
    await list.retry(signal);
    assert.deepEqual([shown(list), list.error, list.done], ['a† b† c† d† x y z', undefined, true]);
    await list.reload(signal);
    assert.deepEqual([shown(list), list.error, asked.length], ['a† b† c† d† x y z', undefined, 7]);
  });

  it('ends a reload of a list that became shorter', async () => {
    const { list } = listOf(page('ab'), page('c'), page('a', { partial: true }));
    await list.loadMore(signal);
    await list.loadMore(signal);
    await list.reload(signal);
    assert.deepEqual([shown(list), list.done], ['a b† c†', true]);
  });

  it('drops answers that come after it was forgotten', async () => {
    const waiting: { take: (answer: ListPage) => void; fail: (error: Error) => void }[] = [];
    const list = new PagedList(() => new Promise((take, fail) => void waiting.push({ take, fail })));
    const late = list.loadMore(signal);
    list.reset();
    assert.deepEqual([list.notLoaded, list.loading], [true, false]);
    const failing = list.loadMore(signal);
    list.reset();
    const now = list.loadMore(signal);
    waiting[0]?.take(page('old'));
    waiting[1]?.fail(broken());
    await Promise.all([late, failing]);
    assert.deepEqual([shown(list), list.error, list.loading], ['', undefined, true]);
    waiting[2]?.take(page('n'));
    await now;
    assert.deepEqual([shown(list), list.loading, list.notLoaded], ['n', false, false]);
    list.reset();
    assert.deepEqual([shown(list), list.received, list.notLoaded, list.done], ['', 0, true, false]);
  });

  it('requests a page again right after the same request was cancelled', async () => {
    const waiting: ((answer: ListPage) => void)[] = [];
    const list = new PagedList(
      (_, giveUp) =>
        new Promise((take, fail) => {
          waiting.push(take);
          giveUp.addEventListener('abort', () => fail(cancelled()));
        }),
    );
    const first = list.loadMore(signal);
    list.cancel();
    const second = list.loadMore(signal);
    await first;
    await new Promise(setImmediate);
    assert.deepEqual([waiting.length, list.notLoaded, list.loading], [2, true, true]);
    waiting[1]?.(page('ab'));
    await second;
    assert.equal(shown(list), 'a b');
    const reloading = list.reload(signal);
    list.cancel();
    const again = [list.reload(signal), list.reload(signal)];
    await reloading;
    await new Promise(setImmediate);
    assert.equal(waiting.length, 4, 'those who want it again share one request');
    waiting[3]?.(page('cd'));
    await Promise.all(again);
    assert.equal(shown(list), 'c d');
  });

  it('never throws, however deep two rows of one ID are nested', async () => {
    const nested = (end: string): Row => {
      const raw: unknown = JSON.parse(`${'['.repeat(50_000)}"${end}"${']'.repeat(50_000)}`);
      return { raw: { id: 'a', raw }, item: { id: 'a' }, bad: [] };
    };
    const { list } = listOf({ rows: [nested('x'), nested('y')], partial: true, truncated: false });
    await list.loadMore(signal);
    assert.equal(list.loading, false);
    assert.ok(list.rows.length === 2 || list.error);
  });
});
