import assert from 'node:assert/strict';
import type { ListPage } from '../../../src/cloud/client';
import type { Row } from '../../../src/cloud/rows';
import { PagedList } from '../../../src/explorer/pagedList';

const never = new AbortController().signal;

/** A list on a server that changes, two rows a page, asked by offset. */
class Server {
  rows: string[];
  readonly asked: number[] = [];
  readonly list: PagedList;
  /** Called before each page is answered. */
  before: (page: number) => void = () => undefined;

  constructor(...rows: string[]) {
    this.rows = rows;
    this.list = new PagedList(async (at) => this.#page(Number(at ?? 0)), true);
  }

  #page(at: number): ListPage {
    this.asked.push(at);
    this.before(this.asked.length);
    const ids = this.rows.slice(at, at + 3);
    const rows = ids.map((id): Row =>
      id === '?' ? { raw: 7, item: {}, bad: [''] } : { raw: { id }, item: { id }, bad: [] },
    );
    return { rows, total: this.rows.length, next: at + rows.length, partial: rows.length < 3, truncated: false };
  }

  get shown(): string {
    return this.list.rows.map(({ key, gone }) => `${key}${gone ? '†' : ''}`).join('');
  }
}

describe('a list that changes between two pages', () => {
  it('reads one row of overlap, and nothing twice where nothing changed', async () => {
    const server = new Server('a', 'b', 'c', 'd', 'e', 'f', 'g');
    while (!server.list.done) {
      await server.list.loadMore(never);
    }
    assert.equal(server.shown, 'abcdefg');
    assert.deepEqual(server.asked, [0, 2, 4]);
    assert.ok(!server.list.unstable);
  });

  it('loads again, once, when a row was inserted before known ones: none is missed, none comes twice', async () => {
    const server = new Server('a', 'b', 'c', 'd', 'e', 'f');
    await server.list.loadMore(never);
    server.rows.unshift('0');
    await server.list.loadMore(never);
    assert.deepEqual(server.asked, [0, 2, 0, 2]);
    assert.equal(server.shown, '0abcd');
    assert.ok(!server.list.unstable && !server.list.done);
    await server.list.loadMore(never);
    assert.equal(server.shown, '0abcdef');
  });

  it('loads again when a row went: the one that would have been skipped is there', async () => {
    const server = new Server('a', 'b', 'c', 'd', 'e');
    await server.list.loadMore(never);
    server.rows.shift();
    await server.list.loadMore(never);
    assert.equal(server.shown, 'a†bcde');
    assert.ok(server.list.done);
  });

  it('keeps known rows if the place of the last one has something that is no row', async () => {
    const server = new Server('a', 'b', 'c', 'd', 'e', 'f');
    await server.list.loadMore(never);
    server.rows = ['?', '?', '?', 'd', '?', 'f'];
    await server.list.loadMore(never);
    assert.equal(server.shown, 'abcd#4');
    assert.deepEqual(server.asked, [0, 2]);
    await server.list.loadMore(never);
    assert.equal(server.shown, 'abcd#4f');
  });

  it('says so where it shifts again', async () => {
    const server = new Server('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    await server.list.loadMore(never);
    server.before = (page) => server.rows.unshift(`${page}`);
    await server.list.loadMore(never);
    assert.ok(server.list.unstable && server.list.error === undefined);
    server.before = () => undefined;
    await server.list.reload(never);
    assert.ok(!server.list.unstable);
  });

  it('marks what a refresh no longer brings, where it stood, and drops it with the next', async () => {
    const server = new Server('a', 'b', 'c');
    await server.list.loadMore(never);
    server.rows = ['a', 'c', 'x'];
    await server.list.reload(never);
    assert.equal(server.shown, 'ab†cx');
    await server.list.reload(never);
    assert.equal(server.shown, 'acx');
  });
});
