import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import * as v from 'valibot';
import { asText, inBody, text } from '../../../src/catalog/fields';
import { phrase } from '../../../src/base/phrase';
import { collection, type Collection, type Paging } from '../../../src/catalog/declaration';
import { PagedList } from '../../../src/explorer/pagedList';
import { type LocalServer, serve } from '../../support/localServer';
import { pageOf, testClient, type TestClient } from '../../support/testClient';
import { fieldOf } from '../../../src/base/guards';

type Query = (name: string) => number;

/** Tiny rows: `r0`, `r1` … */
const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `r${index}`);

const size = { min: 1, max: 10 };
const byOffset: Paging = { kind: 'offset', offset: { min: 0 }, size };
const byNumber: Paging = { kind: 'page', size };
const byMarker: Paging = {
  kind: 'marker',
  size,
  next: ({ body }) => {
    const marker = fieldOf(body, 'next');
    return typeof marker === 'string' ? marker : undefined;
  },
};

function listed(paging: Paging): Collection {
  return collection({
    id: 'tiny',
    label: phrase('Tiny rows'),
    emptyStateText: phrase('rows'),
    docs: 'https://docs.example.com/',
    rowLabel: phrase('row'),
    icon: 'key',
    scope: 'account',
    path: '/tiny',
    paging,
    rows: inBody('rows'),
    total: inBody('total'),
    filters: [],
    row: v.looseObject({ id: text, name: text }),
    item: (row) => ({ id: asText(row.id), name: asText(row.name) }),
    secrets: [],
    codes: {},
  });
}

describe('an answer with more rows than requested', () => {
  let servers: LocalServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.map(async (server) => server.close()));
    servers = [];
  });

  async function start(listener: RequestListener): Promise<LocalServer> {
    const server = await serve(listener);
    servers.push(server);
    return server;
  }

  /** Loads a list to its end from a service that answers like this; rows have an ID unless `withIds` says otherwise. */
  async function loaded(
    paging: Paging,
    answer: (query: URLSearchParams, number: Query) => { rows: readonly string[]; next?: string; total?: number },
    withIds = true,
  ): Promise<{ list: PagedList; shown: readonly unknown[]; asked: readonly string[]; asking: TestClient }> {
    const server = await start(({ url = '' }, response) => {
      const query = new URL(url, 'http://x').searchParams;
      const { rows, ...more } = answer(query, (name) => Number(query.get(name)));
      response.end(JSON.stringify({ rows: rows.map((id) => (withIds ? { id } : { name: id })), ...more }));
    });
    const asking = testClient();
    const { url } = server;
    const address = { collection: listed(paging), base: url, scope: { kind: 'account' }, pathParams: {} } as const;
    const list = new PagedList((at) => pageOf(asking, address, at, 4), paging.kind === 'offset');
    for (let pages = 0; !list.done && pages < 50; pages += 1) {
      // Each page starts where the one before it ended.
      await list.loadMore(new AbortController().signal);
      assert.equal(list.error, undefined);
    }
    assert.ok(list.done, 'it never ends');
    const shown = list.rows.map(({ row: { item } }) => item.id ?? item.name);
    return { list, shown, asked: server.requests.map(({ url: each = '' }) => each.replace(/^.*\?/, '')), asking };
  }

  for (const withIds of [true, false]) {
    const rows = withIds ? 'rows' : 'rows without IDs';
    const all = ids(11);

    it(`shows all ${rows} of an offset-paged service that ignores the requested size`, async () => {
      const answer = (_: URLSearchParams, number: Query) => ({ rows: all.slice(number('offset')) });
      const { list, shown, asked } = await loaded(byOffset, answer, withIds);
      assert.deepEqual([shown, list.truncated], [all, false]);
      assert.deepEqual(asked.slice(0, 3), ['offset=0&limit=4', 'offset=3&limit=4', 'offset=6&limit=4']);
    });

    it(`shows all ${rows} of a service whose numbered pages are longer than its page size`, async () => {
      const answer = (_: URLSearchParams, number: Query) => ({ rows: all.slice((number('page') - 1) * 4).slice(0, 7) });
      const { list, shown, asked } = await loaded(byNumber, answer, withIds);
      assert.deepEqual([shown, list.truncated], [all, false]);
      assert.deepEqual(asked, ['page=1&limit=4', 'page=2&limit=4', 'page=3&limit=4']);
    });

    it(`shows all ${rows} of a service whose numbered pages have a size of their own`, async () => {
      const answer = (_: URLSearchParams, number: Query) => ({ rows: all.slice((number('page') - 1) * 6).slice(0, 6) });
      const { list, shown } = await loaded(byNumber, answer, withIds);
      assert.deepEqual([shown, list.truncated], [all, false]);
    });

    it(`shows all ${rows} of a service that sends the same for each page number`, async () => {
      const { list, shown } = await loaded(byNumber, () => ({ rows: all }), withIds);
      assert.deepEqual([shown, list.truncated], [all, false]);
    });
  }

  it('continues after the ID of the last kept row if markers are IDs', async () => {
    const all = ids(11);
    const { list, shown, asked } = await loaded(byMarker, (query) => {
      const rows = all.slice(all.indexOf(query.get('marker') ?? '') + 1).slice(0, 7);
      return rows.at(-1) === all.at(-1) ? { rows } : { rows, next: rows.at(-1) ?? '' };
    });
    assert.deepEqual(shown, all.slice(0, 8));
    assert.deepEqual(asked, ['limit=4', 'marker=r3&limit=4']);
    // The last answer names no marker: the rows behind those kept cannot be asked for.
    assert.ok(list.truncated);
  });

  it('ends as truncated if markers are not row IDs', async () => {
    const { list, shown, asked } = await loaded(byMarker, () => ({ rows: ids(7), next: 'opaque' }));
    assert.deepEqual([shown, list.truncated, asked.length], [ids(4), true, 1]);
  });

  it('ends as truncated if the list has no pages', async () => {
    const { list } = await loaded({ kind: 'none' }, () => ({ rows: ids(20_000) }));
    assert.deepEqual([list.rows.length, list.truncated], [5000, true]);
    const whole = await loaded({ kind: 'none' }, () => ({ rows: ids(5000) }));
    assert.deepEqual([whole.list.rows.length, whole.list.truncated], [5000, false]);
  });

  it('ends as truncated if the service ignores the start of a page', async () => {
    const { list, shown } = await loaded(byOffset, () => ({ rows: ids(11) }));
    assert.deepEqual([shown, list.truncated], [ids(4), true]);
  });

  it('is sliced before its rows are parsed, and logged in one line', async () => {
    const many = Array.from({ length: 2_000_000 }, () => 0);
    let read = 0;
    const counting = new Proxy(many, {
      get: (target, name, receiver) => {
        read += 1;
        return Reflect.get(target, name, receiver);
      },
    });
    const server = await start((_, response) => response.end('{}'));
    const asking = testClient();
    const tiny = { ...listed(byOffset), rows: () => counting };
    const address = { collection: tiny, base: server.url, scope: { kind: 'account' }, pathParams: {} } as const;
    const page = await pageOf(asking, address, undefined, 4);
    assert.deepEqual([page.rows.length, page.next, page.partial, page.truncated], [4, 4, false, false]);
    assert.ok(read < 50, `${read} reads`);
    const [line, ...more] = asking.lines.filter((each) => each.startsWith('tiny list:'));
    assert.match(line ?? '', /4 of 2000000 rows.*4 .*do not fit/);
    assert.equal(more.length, 0);
  });
});

describe('a row that does not match its document', () => {
  it('names each bad field once, however many of its values are wrong', async () => {
    const collected = {
      ...listed(byOffset),
      row: v.looseObject({
        id: text,
        tags: v.nullish(v.array(v.looseObject({ key: text }))),
        names: v.nullish(v.array(v.string())),
      }),
    };
    const rows = [
      { id: 'a', tags: Array.from({ length: 1000 }, () => ({ key: 1 })), names: Array.from({ length: 1000 }, () => 1) },
      { id: 1 },
    ];
    const server = await serve((_, response) => response.end(JSON.stringify({ rows })));
    try {
      const asking = testClient();
      const address = { collection: collected, base: server.url, scope: { kind: 'account' }, pathParams: {} } as const;
      const page = await pageOf(asking, address);
      assert.deepEqual(
        page.rows.map(({ bad, item }) => [bad, item.id]),
        [
          [['tags.0.key', 'names.0'], 'a'],
          [['id'], undefined],
        ],
      );
      const lines = asking.lines.filter((each) => each.startsWith('tiny list:'));
      assert.deepEqual(lines, ['tiny list: 2 of 2 rows do not fit their document at tags, names, id']);
    } finally {
      await server.close();
    }
  });
});
