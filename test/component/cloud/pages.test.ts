import assert from 'node:assert/strict';
import type { ApiResponse, Paging } from '../../../src/catalog/declaration';
import type { ListRequest } from '../../../src/cloud/client';
import { firstPosition, nextPosition, pageQuery, type Position } from '../../../src/cloud/pages';
import { PagedList } from '../../../src/explorer/pagedList';
import { inProject, tokenFor } from '../../cloud/ask';
import { SAMPLE } from '../../cloud/data';
import { Lists } from '../../cloud/lists';
import { startStandIn, type StandIn } from '../../cloud/start';
import { collectionOf } from '../../support/collections';
import { answering, serve } from '../../support/localServer';
import { FakeAuthorizer, pageOf, testClient } from '../../support/testClient';

const [, , , east] = SAMPLE.projects;
const answer = (body: unknown): ApiResponse => ({ body, header: () => undefined });

const nes = collectionOf('credentials').paging;
const ssh = collectionOf('sshKeys').paging;
const signs = collectionOf('signs').paging;
const instances = collectionOf('instances').paging;
const size = { min: 1, max: 50 };
const numbered: Paging = { kind: 'page', size };
const named: Paging = { kind: 'page', size, names: ['page', 'per_page'], first: 0 };
const marked: Paging = { kind: 'marker', size, next: () => undefined };
const chosen: Paging = { kind: 'offset', size: { oneOf: [10, 20, 50] }, offset: { min: 0 } };
const fromOne: Paging = { kind: 'offset', size, offset: { min: 1 }, names: ['start', 'count'] };

// Paging, where, rows wanted; the query, how many rows of the answer are taken, how many of them are known already, and how
// many a full answer has.
const queries: readonly (readonly [
  Paging,
  Position | undefined,
  number,
  string | undefined,
  number?,
  number?,
  number?,
])[] = [
  [nes, undefined, 1, 'offset=0&limit=1', 1],
  [nes, undefined, 100, 'offset=0&limit=100', 100],
  [nes, 100, 500, 'offset=100&limit=100', 100],
  [nes, 1000, 1000, 'offset=1000&limit=100', 100],
  [nes, 1001, 10, 'offset=1000&limit=1000', 1000, 1],
  [nes, 1999, 100, 'offset=1000&limit=1000', 1000, 999],
  [nes, 2000, 100, undefined],
  [ssh, undefined, 500, 'offset=0&limit=100', 100],
  [ssh, 2147483647, 20, 'offset=2147483647&limit=20', 20],
  [ssh, 2147483648, 20, 'offset=2147483647&limit=100', 100, 1],
  [signs, 0, 501, 'offset=0&limit=500', 500],
  [signs, 0, 0, 'offset=0&limit=1', 1],
  [signs, 10_000_000_000, 20, 'offset=10000000000&limit=20', 20],
  [instances, undefined, 30, 'offset=0&limit=30', 30],
  [instances, 100, 30, 'offset=100&limit=30', 30],
  [instances, 101, 30, 'offset=100&limit=100', 100, 1],
  [instances, 199, 30, 'offset=100&limit=100', 100, 99],
  [instances, 200, 30, undefined],
  [numbered, undefined, 500, 'page=1&limit=50', 50],
  [named, undefined, 5, 'page=0&per_page=5', 5],
  [numbered, 3, 20, 'page=3&limit=20', 20],
  [named, 0, 20, 'page=0&per_page=20', 20],
  [named, { page: 0, behind: 20 }, 20, 'page=0&per_page=20', 40, 20, 20],
  [marked, undefined, 20, 'limit=20', 20],
  [marked, 'a&b', 20, 'marker=a%26b&limit=20', 20],
  [chosen, 0, 100, 'offset=0&limit=50', 50],
  [chosen, 0, 49, 'offset=0&limit=20', 20],
  [chosen, 0, 10, 'offset=0&limit=10', 10],
  [chosen, 0, 3, 'offset=0&limit=10', 10],
  [fromOne, undefined, 3, 'start=1&count=3', 3],
  [{ kind: 'none' }, undefined, 3, '', 5000, 0, 0],
];

// Paging, where, rows received, the marker in the answer; where the next page is.
const nexts: readonly (readonly [Paging, Position | undefined, number, Position | undefined])[] = [
  [signs, undefined, 20, 20],
  [signs, 40, 7, 47],
  [signs, 40, 0, 40],
  [fromOne, undefined, 3, 4],
  [numbered, undefined, 3, 2],
  [numbered, 4, 50, 5],
  [named, undefined, 50, 1],
  [named, { page: 0, behind: 20 }, 20, 1],
  [{ kind: 'none' }, undefined, 50, undefined],
  ...(
    [
      ['b', 'a', 'b'],
      ['a', 'a', undefined],
      ['', 'a', undefined],
      [undefined, 'a', undefined],
      ['a', undefined, 'a'],
    ] as const
  ).map(([marker, at, next]) => [{ kind: 'marker', size, next: () => marker }, at, 5, next] as const),
];

describe('paging', function () {
  this.timeout(60_000);

  it('requests each page within the limits of the call', () => {
    for (const [paging, at, wanted, query, until, from = 0, full = until] of queries) {
      const asked = pageQuery(paging, at, wanted);
      const name = `${paging.kind} ${JSON.stringify(at)} ${wanted}`;
      assert.equal(asked && new URLSearchParams(asked.query).toString(), query, name);
      if (asked) {
        assert.deepEqual([asked.end, asked.start, asked.fullSize], [until, from, full], name);
      }
    }
  });

  it('computes the position of the next page', () => {
    for (const [paging, at, received, next] of nexts) {
      assert.equal(
        nextPosition(paging, at, received, answer({})),
        next,
        `${paging.kind} ${JSON.stringify(at)} ${received}`,
      );
    }
  });

  it('computes the first position of a list', () => {
    assert.deepEqual([signs, fromOne, numbered, named, marked, { kind: 'none' } as const].map(firstPosition), [
      0,
      1,
      1,
      0,
      undefined,
      undefined,
    ]);
  });

  it('loads every instance once with any page size, although no page may start after offset 100', async () => {
    const cloud: StandIn = await startStandIn();
    try {
      const authorizer = new FakeAuthorizer();
      authorizer.tokens = [await tokenFor(cloud.url, inProject(east))];
      const asking = testClient(30_000, authorizer);
      const address = listAt(`${cloud.url}/roma/cn-east-3`);
      const all = new Lists({})
        .rowsOf('instances', { region: east.region, project_id: east.id })
        .map((row) => row['id']);
      for (const [wanted, requests] of [
        [30, 5],
        [50, 3],
        [100, 2],
        [1, 102],
        [500, 2],
      ] as const) {
        await cloud.control.clearRequests();
        const list = await walked((at, signal) => asking.client.getPage(address, at, wanted, signal));
        assert.deepEqual(
          list.rows.map(({ row }) => row.item.id),
          all,
          `by ${wanted}`,
        );
        assert.deepEqual([list.total, list.done, list.truncated, list.received], [130, true, false, 130]);
        assert.equal((await cloud.control.requests()).length, requests, `by ${wanted}`);
      }
    } finally {
      await cloud.close();
    }
  });

  it('marks a list as truncated if no request reaches the rest, without sending such requests', async () => {
    for (const [amount, withTotal, reached, cut] of [
      [250, true, 200, true],
      [250, false, 200, true],
      [200, true, 200, false],
      [199, false, 199, false],
      [101, true, 101, false],
    ] as const) {
      const rows = Array.from({ length: amount }, (_, index) => ({ id: `i${index}` }));
      const server = await serve((request, response) => {
        const query = new URL(request.url ?? '', 'http://x').searchParams;
        const [offset, limit] = ['offset', 'limit'].map((name) => Number(query.get(name)));
        if (offset === undefined || limit === undefined || offset > 100 || limit > 100) {
          response.writeHead(400).end();
          return;
        }
        const some = rows.slice(offset, offset + limit);
        answering({ instances: some, ...(withTotal ? { total: amount } : {}) })(request, response);
      });
      try {
        for (const wanted of [30, 100]) {
          const list = await walked((at) => pageOf(testClient(), listAt(server.url), at, wanted));
          const name = `${amount} by ${wanted}`;
          assert.deepEqual([list.rows.length, list.truncated, list.error], [reached, cut, undefined], name);
        }
      } finally {
        await server.close();
      }
    }
  });

  it('requests the largest page at the maximum offset before it marks a list of API keys as truncated', async () => {
    // Keys that there are, the most that the service sends at once, and whether it counts only up to 1,000 as documented;
    // the keys that come, and whether the list says that it is cut.
    for (const [amount, most, counted, reached, cut] of [
      [1050, 100, true, 1050, false],
      [1100, 100, true, 1100, true],
      [1100, 100, false, 1100, false],
      [1300, 100, true, 1100, true],
      [1300, 500, true, 1300, false],
      [1300, 1000, true, 1300, false],
      [2500, 1000, true, 2000, true],
      [2500, 1000, false, 2000, true],
      [1000, 100, true, 1000, false],
      [900, 100, true, 900, false],
    ] as const) {
      const rows = Array.from({ length: amount }, (_, index) => ({ id: `k${index}` }));
      const server = await serve((request, response) => {
        const query = new URL(request.url ?? '', 'http://x').searchParams;
        const [offset = 0, limit = 0] = ['offset', 'limit'].map((name) => Number(query.get(name)));
        if (offset > 1000 || limit > 1000 || limit < 1) {
          response.writeHead(400).end();
          return;
        }
        const credentials = rows.slice(offset, offset + Math.min(limit, most));
        answering({ credentials, count: counted ? Math.min(amount, 1000) : amount })(request, response);
      });
      const address = { ...listAt(server.url), collection: collectionOf('credentials'), values: { project_id: 'p' } };
      try {
        for (const wanted of [50, 100]) {
          const { signal } = new AbortController();
          const client = testClient();
          const before = server.requests.length;
          const list = new PagedList(
            (at, _, limit = wanted, known = 0) => pageOf(client, address, at, Math.min(limit, wanted + known)),
            true,
          );
          const name = `${amount} of ${most} by ${wanted}`;
          while (!list.done) {
            await list.loadMore(signal);
            assert.equal(list.error, undefined, name);
          }
          assert.deepEqual([list.rows.length, list.truncated], [reached, cut], name);
          const limits = server.requests
            .slice(before)
            .map(({ url = '' }) => new URL(url, 'http://x').searchParams.get('limit'));
          const tried = limits.filter((limit) => limit === '1000').length;
          assert.ok(amount <= 1000 ? tried === 0 : tried <= 1, name);
          assert.ok(!cut || tried === 1, name);
        }
      } finally {
        await server.close();
      }
    }
  });

  function listAt(base: string): ListRequest {
    return {
      collection: collectionOf('instances'),
      base,
      scope: { kind: 'project', projectId: east.id },
      pathParams: { project_id: east.id },
    };
  }

  async function walked(ask: ConstructorParameters<typeof PagedList>[0]): Promise<PagedList> {
    const list = new PagedList(ask);
    for (let pages = 0; !list.done && pages < 500; pages += 1) {
      await list.loadMore(new AbortController().signal);
      assert.equal(list.error, undefined);
    }
    return list;
  }
});
