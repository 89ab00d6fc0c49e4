import assert from 'node:assert/strict';
import type { ErrorKind } from '../../../src/catalog/declaration';
import { catalog } from '../../../src/catalog/catalog';
import type { FilterValue, ListPage, ListRequest } from '../../../src/cloud/client';
import { inDomain, inProject, samplePaths, tokenFor } from '../../cloud/ask';
import { throttled, type Fault } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { errorsIn, kindOf, served } from '../../cloud/documented';
import { Lists, sampleOf } from '../../cloud/lists';
import { collectionOf, collectionsIn } from '../../support/collections';
import { errorFrom, FakeAuthorizer, pageOf, testClient, type TestClient } from '../../support/testClient';
import { useCloud } from '../../support/useCloud';

const [north, , singapore, east] = SAMPLE.projects;
const { instance } = samplePaths;
const sample = new Lists({});

/** Each list of the sample: its document, its declaration, where it is, and its rows. */
const lists = served.map((document) => {
  const place = sampleOf(document, sample);
  const collection = collectionsIn(catalog).find(({ path }) => `GET ${path}` === document.call);
  assert.ok(collection);
  return { document, collection, ...place, all: sample.rowsOf(document.document, place.values) };
});

// Each filter: a text, whether it is exact, the query that it makes, and how many rows that finds.
const filters: readonly (readonly [string, string, string, boolean, string, number])[] = [
  ['signs', 'name', 'SIGNATURE_UD', false, 'name=SIGNATURE_UD', 1],
  ['signs', 'name', 'Signature_udlu', true, 'name=Signature_udlu&precise_search=name', 1],
  ['signs', 'name', 'signature_', true, 'name=signature_&precise_search=name', 0],
  ['boundApps', 'name', 'app-demo&limit=1', false, 'app_name=app-demo%26limit%3D1', 0],
  ['boundApps', 'name', 'APP-DEMO', true, 'app_name=APP-DEMO', 1],
  ['instances', 'status', 'NONE', true, 'status=NONE', 0],
];

// Fault of the stand-in, and the expected outcome.
const faults: readonly (readonly [Fault, ErrorKind, string | undefined])[] = [
  [throttled, 'throttled', 'APIGW.0308'],
  [{ kind: 'reset' }, 'network', 'ECONNRESET'],
  [{ kind: 'truncate' }, 'badAnswer', undefined],
  [{ kind: 'truncate', abort: true }, 'network', 'ECONNRESET'],
  [{ kind: 'huge', bytes: 16 * 2 ** 20 + 1 }, 'badAnswer', undefined],
  [{ kind: 'answer', status: 502, body: '<html>bad</html>', contentType: 'text/html' }, 'server', undefined],
  [{ kind: 'answer', status: 503 }, 'server', undefined],
  [
    { kind: 'answer', status: 401, body: { error_code: 'CH.080401', error_msg: 'No Permission' } },
    'forbidden',
    'CH.080401',
  ],
];

describe('client', function () {
  this.timeout(60_000);
  const t = useCloud();
  let tokens: Readonly<Record<string, string>>;
  beforeEach(async () => {
    tokens = {
      [north.name]: await tokenFor(t.cloud.url, inProject(north)),
      [singapore.name]: await tokenFor(t.cloud.url, inProject(singapore)),
      [east.name]: await tokenFor(t.cloud.url, inProject(east)),
    };
    await t.cloud.control.clearRequests();
  });

  function addressOf(id: string): ListRequest & { project: string } {
    const { document, collection, project, values } =
      lists.find((list) => list.collection.id === id) ?? assert.fail(id);
    return {
      project: project.name,
      collection,
      base: `${t.cloud.url}/${document.service}/${project.name}`,
      scope: { kind: 'project', projectId: project.id },
      pathParams: values,
    };
  }

  function clientWith(...used: readonly (string | undefined)[]): TestClient {
    const authorizer = new FakeAuthorizer();
    authorizer.tokens = used.map((token) => token ?? '');
    return testClient(30_000, authorizer);
  }

  it('gets a page of each list, with the token of its project', async () => {
    for (const { document, collection, all } of lists) {
      const { id } = collection;
      const most = Object.values(document.answer).find(({ is }) => is === 'rows')?.maxItems;
      const limit = Math.min(150, most ?? document.parameters['limit']?.max ?? 0);
      const query = document.paging.kind === 'none' ? '' : `?offset=0&limit=${limit}`;
      const first = Math.min(limit, all.length);
      const { project, ...address } = addressOf(id);
      const asking = clientWith(tokens[project]);
      const page = await pageOf(asking, address, undefined, 150);
      assert.deepEqual(
        page.rows.map(({ raw }) => raw),
        all.slice(0, first),
        id,
      );
      assert.deepEqual(page.rows.map(({ bad }) => bad).flat(), [], id);
      assert.deepEqual([page.total, page.next, page.truncated], [all.length, first, false], id);
      assert.equal(page.partial, first < Number(new URLSearchParams(query).get('limit')), id);
      const [request, ...more] = await t.cloud.control.requests();
      assert.deepEqual([request?.method, request?.query, request?.status, more.length], ['GET', query, 200, 0], id);
      assert.deepEqual(
        asking.authorizer.asked.map(({ scope }) => scope),
        [address.scope],
      );
      await t.cloud.control.clearRequests();
    }
  });

  it('gets the projects of the account, in one page', async () => {
    const asking = clientWith(await tokenFor(t.cloud.url, inDomain));
    const address = {
      collection: collectionOf('projects'),
      base: t.cloud.url,
      scope: { kind: 'account' },
      pathParams: {},
    } as const;
    const page = await pageOf(asking, address);
    const names = page.rows.map(({ item }) => item.name);
    assert.deepEqual(
      names,
      SAMPLE.projects.map(({ name }) => name),
    );
    assert.deepEqual([page.next, page.total, page.partial, page.truncated], [undefined, undefined, false, false]);
    assert.equal((await t.cloud.control.requests()).at(-1)?.query, '');
  });

  it('filters as documented', async () => {
    const find = async (id: string, filter: FilterValue, query: string): Promise<ListPage> => {
      const { project, ...address } = addressOf(id);
      const page = await pageOf(clientWith(tokens[project]), { ...address, filter });
      assert.equal((await t.cloud.control.requests()).at(-1)?.query, `?offset=0&limit=100&${query}`);
      return page;
    };
    for (const [id, filter, text, exact, query, found] of filters) {
      const page = await find(id, { id: filter, text, exact }, query);
      assert.deepEqual([page.rows.length, page.total], [found, found], query);
    }
    for (const { document, collection, all } of lists) {
      for (const [at, { parameter, field, exact }] of document.filters.entries()) {
        const text = String(all[0]?.[field]);
        const query = new URLSearchParams({ [parameter]: text, ...exact }).toString();
        const page = await find(collection.id, { id: collection.filters[at]?.id ?? '', text, exact: true }, query);
        assert.deepEqual(page.rows[0]?.raw, all[0], query);
      }
    }
    const { project, ...address } = addressOf('signs');
    await pageOf(clientWith(tokens[project]), { ...address, filter: { id: 'none', text: 'x', exact: true } });
    assert.equal((await t.cloud.control.requests()).at(-1)?.query, '?offset=0&limit=100');
  });

  it('turns every documented error into its kind', async () => {
    for (const { document, collection } of lists) {
      const seen = new Map<number, number>();
      for (const error of errorsIn(document)) {
        const { status } = error;
        const index = seen.get(status) ?? 0;
        seen.set(status, index + 1);
        const { project: _, ...address } = addressOf(collection.id);
        const fault: Fault = { kind: 'document', document: document.document, status, index };
        await t.cloud.control.fault({ match: '', times: 1, fault });
        const { failure } = await errorFrom(pageOf(clientWith('x'), address));
        assert.deepEqual([failure.kind, failure.status], [kindOf(error), status], `${document.document} ${status}`);
        assert.match(failure.requestId ?? '', /^[0-9a-f]{32}$/);
      }
    }
  });

  it('stands everything that a cloud can do to an answer', async () => {
    const { project, ...address } = addressOf('signs');
    for (const [fault, kind, code] of faults) {
      await t.cloud.control.clearFaults();
      await t.cloud.control.fault({ match: '/signs', fault });
      const asking = clientWith(tokens[project]);
      // SSH keys alone have a code of their own for a missing permission.
      const collection = { ...address.collection, codes: collectionOf('sshKeys').codes };
      const { failure } = await errorFrom(pageOf(asking, { ...address, collection }));
      assert.deepEqual([failure.kind, failure.code], [kind, code], JSON.stringify(fault));
      assert.equal(failure.call, `GET ${new URL(t.cloud.url).host} ${collection.path}`);
      assert.deepEqual(asking.authorizer.refused, []);
    }
  });

  it('waits for the body no longer than the timeout', async () => {
    const { project, ...address } = addressOf('signs');
    const authorizer = new FakeAuthorizer();
    authorizer.tokens = [tokens[project] ?? ''];
    for (const fault of [{ kind: 'trickle', bytesPerSecond: 20 }, { kind: 'hang' }] as const) {
      await t.cloud.control.fault({ match: '/signs', times: 1, fault });
      const { failure } = await errorFrom(pageOf(testClient(300, authorizer), address));
      assert.equal(failure.kind, 'timeout');
      assert.deepEqual(failure.reason?.args, [0.3]);
    }
  });

  it('renews a refused token once, and goes on with the new one', async () => {
    const { project, ...address } = addressOf('signs');
    await t.cloud.control.expire();
    const asking = clientWith(tokens[project], await tokenFor(t.cloud.url, inProject(north)));
    asking.authorizer.renews = true;
    assert.equal((await pageOf(asking, address)).rows.length, 100);
    assert.deepEqual(asking.authorizer.refused, [{ 'x-auth-token': tokens[project] }]);
    const log = (await t.cloud.control.requests()).filter(({ method }) => method === 'GET');
    assert.deepEqual(
      log.map(({ status }) => status),
      [401, 200],
    );
  });

  it('takes a second refusal for a missing permission, and a first one without renewal for a missing sign-in', async () => {
    const { project: _, ...address } = addressOf('signs');
    for (const [renews, kind, requests] of [
      [true, 'forbidden', 2],
      [false, 'unauthenticated', 1],
    ] as const) {
      await t.cloud.control.clearRequests();
      const asking = clientWith('no', 'nor this');
      asking.authorizer.renews = renews;
      const { failure } = await errorFrom(pageOf(asking, address));
      assert.deepEqual([failure.kind, failure.status, failure.code], [kind, 401, 'APIG.1002']);
      assert.equal(asking.authorizer.refused.length, 1);
      assert.equal((await t.cloud.control.requests()).length, requests);
    }
  });

  it('logs calls and outcomes, never a query, a token, a value or a body', async () => {
    const { project, ...address } = addressOf('signs');
    const asking = clientWith(tokens[project]);
    const filtered = { ...address, filter: { id: 'name', text: 'Signature_udlu', exact: true } };
    await pageOf(asking, filtered);
    for (const fault of [throttled, { kind: 'answer', status: 400, body: 'Signature_udlu' }] as const) {
      await t.cloud.control.clearFaults();
      await t.cloud.control.fault({ match: '/signs', fault });
      await errorFrom(pageOf(asking, filtered));
    }
    const host = new URL(t.cloud.url).host;
    assert.deepEqual(
      asking.lines.map((line) => line.replace(/ [0-9a-f]{32} \d+ ms$/, '')),
      [200, 429, 429, 429, 400].map((status) => `GET ${host} ${address.collection.path} ${status}`),
    );
    const all = asking.lines.join('\n');
    for (const secret of [tokens[project] ?? '', 'Signature_udlu', 'limit', instance, north.id, 'ca50c5b670044c83']) {
      assert.ok(!all.includes(secret), secret);
    }
  });
});
