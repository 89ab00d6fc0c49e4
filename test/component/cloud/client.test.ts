import assert from 'node:assert/strict';
import type { ErrorKind } from '../../../src/catalog/declaration';
import type { ListRequest } from '../../../src/cloud/client';
import { inDomain, inProject, samplePaths, tokenFor } from '../../cloud/ask';
import { throttled, type Fault } from '../../cloud/control';
import { Data, SAMPLE } from '../../cloud/data';
import { documents, type Row } from '../../cloud/documented';
import { startStandIn, type StandIn } from '../../cloud/start';
import { collectionOf } from '../../support/collections';
import { errorFrom, FakeAuthorizer, pageOf, testClient, type TestClient } from '../../support/testClient';

const [north, , singapore, east] = SAMPLE.projects;
const { instance } = samplePaths;
const data = new Data({});
const quota = String(data.quotas(instance)[0]?.['app_quota_id']);

// Each list of the sample: where it is, what it sends in all, and the query and rows of its first page of 150.
const lists: Readonly<
  Record<
    string,
    { service: string; project: { id: string; name: string }; all: readonly Row[]; query: string; first: number }
  >
> = {
  credentials: { service: 'nes', project: singapore, all: data.nesKeys(), query: '?offset=0&limit=100', first: 100 },
  sshKeys: {
    service: 'codeartsrepo',
    project: north,
    all: data.sshKeys('cn-north-4'),
    query: '?offset=0&limit=100',
    first: 45,
  },
  signs: { service: 'roma', project: north, all: data.signatures(instance), query: '?offset=0&limit=150', first: 150 },
  appQuotas: { service: 'roma', project: north, all: data.quotas(instance), query: '?offset=0&limit=150', first: 12 },
  boundApps: {
    service: 'roma',
    project: north,
    all: data.boundApps(instance, quota) ?? [],
    query: '?offset=0&limit=150',
    first: 135,
  },
  instances: { service: 'roma', project: east, all: data.instances(east.id), query: '?offset=0&limit=100', first: 100 },
};

// Each filter: a text, whether it is exact, the query that it makes, and how many rows that finds.
const filters: readonly (readonly [string, string, string, boolean, string, number])[] = [
  ['sshKeys', 'title', 'LSSH', false, 'query=LSSH', 1],
  ['signs', 'name', 'SIGNATURE_UD', false, 'name=SIGNATURE_UD', 1],
  ['signs', 'name', 'Signature_udlu', true, 'name=Signature_udlu&precise_search=name', 1],
  ['signs', 'name', 'signature_', true, 'name=signature_&precise_search=name', 0],
  ['signs', 'id', '9dc388382fba485aadd19f932303f4c9', true, 'id=9dc388382fba485aadd19f932303f4c9', 1],
  ['boundApps', 'name', 'app-demo&limit=1', false, 'app_name=app-demo%26limit%3D1', 0],
  ['boundApps', 'name', 'APP-DEMO', true, 'app_name=APP-DEMO', 1],
  ['appQuotas', 'name', 'clientquota', false, 'name=clientquota', 1],
  ['instances', 'status', 'NONE', true, 'status=NONE', 0],
];

// What the stand-in is told to do, and what comes of it.
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
  let cloud: StandIn;
  let tokens: Readonly<Record<string, string>>;
  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    tokens = {
      [north.name]: await tokenFor(cloud.url, inProject(north)),
      [singapore.name]: await tokenFor(cloud.url, inProject(singapore)),
      [east.name]: await tokenFor(cloud.url, inProject(east)),
    };
    await cloud.control.clearRequests();
  });

  function addressOf(id: string): ListRequest & { project: string } {
    const { service, project } = lists[id] ?? { service: '', project: north };
    return {
      project: project.name,
      collection: collectionOf(id),
      base: `${cloud.url}/${service}/${project.name}`,
      scope: { kind: 'project', projectId: project.id },
      pathParams: { project_id: project.id, instance_id: instance, app_quota_id: quota },
    };
  }

  function clientWith(...used: readonly (string | undefined)[]): TestClient {
    const authorizer = new FakeAuthorizer();
    authorizer.tokens = used.map((token) => token ?? '');
    return testClient(30_000, authorizer);
  }

  it('gets a page of each list, with the token of its project', async () => {
    for (const [id, { all, query, first }] of Object.entries(lists)) {
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
      const [request, ...more] = await cloud.control.requests();
      assert.deepEqual([request?.method, request?.query, request?.status, more.length], ['GET', query, 200, 0], id);
      assert.deepEqual(
        asking.authorizer.asked.map(({ scope }) => scope),
        [address.scope],
      );
      await cloud.control.clearRequests();
    }
  });

  it('gets the projects of the account, in one page', async () => {
    const asking = clientWith(await tokenFor(cloud.url, inDomain));
    const address = {
      collection: collectionOf('projects'),
      base: cloud.url,
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
    assert.equal((await cloud.control.requests()).at(-1)?.query, '');
  });

  it('filters as the documents say', async () => {
    for (const [id, filter, text, exact, query, found] of filters) {
      const { project, ...address } = addressOf(id);
      const page = await pageOf(clientWith(tokens[project]), { ...address, filter: { id: filter, text, exact } });
      assert.equal((await cloud.control.requests()).at(-1)?.query, `?offset=0&limit=100&${query}`);
      assert.deepEqual([page.rows.length, page.total], [found, found], query);
    }
    const { project, ...address } = addressOf('signs');
    await pageOf(clientWith(tokens[project]), { ...address, filter: { id: 'none', text: 'x', exact: true } });
    assert.equal((await cloud.control.requests()).at(-1)?.query, '?offset=0&limit=100');
  });

  it('turns every documented error into its kind', async () => {
    const kinds: Readonly<Record<number, ErrorKind>> = {
      400: 'invalidRequest',
      401: 'unauthenticated',
      403: 'forbidden',
      404: 'notFound',
      500: 'server',
    };
    const byDocument: Readonly<Record<string, string>> = {
      '000': 'credentials',
      '001': 'credentials',
      '002': 'sshKeys',
      '003': 'signs',
      '004': 'boundApps',
      roma: 'instances',
      quotas: 'appQuotas',
    };
    let seen = 0;
    for (const { document, answers } of documents) {
      const id = byDocument[document];
      for (const { status } of id === undefined ? [] : answers.filter((one) => one.status >= 400)) {
        const { project: _, ...address } = addressOf(id ?? '');
        await cloud.control.fault({ match: '', times: 1, fault: { kind: 'document', document, status } });
        const { failure } = await errorFrom(pageOf(clientWith('x'), address));
        assert.deepEqual([failure.kind, failure.status], [kinds[status], status], `${document} ${status}`);
        assert.match(failure.requestId ?? '', /^[0-9a-f]{32}$/);
        seen += 1;
      }
    }
    assert.equal(seen, 27);
  });

  it('stands everything that a cloud can do to an answer', async () => {
    const { project, ...address } = addressOf('signs');
    for (const [fault, kind, code] of faults) {
      await cloud.control.clearFaults();
      await cloud.control.fault({ match: '/signs', fault });
      const asking = clientWith(tokens[project]);
      // SSH keys alone have a code of their own for a missing permission.
      const collection = { ...address.collection, codes: collectionOf('sshKeys').codes };
      const { failure } = await errorFrom(pageOf(asking, { ...address, collection }));
      assert.deepEqual([failure.kind, failure.code], [kind, code], JSON.stringify(fault));
      assert.equal(failure.call, `GET ${new URL(cloud.url).host} ${collection.path}`);
      assert.deepEqual(asking.authorizer.refused, []);
    }
  });

  it('waits for the body no longer than the timeout', async () => {
    const { project, ...address } = addressOf('signs');
    const authorizer = new FakeAuthorizer();
    authorizer.tokens = [tokens[project] ?? ''];
    for (const fault of [{ kind: 'trickle', bytesPerSecond: 20 }, { kind: 'hang' }] as const) {
      await cloud.control.fault({ match: '/signs', times: 1, fault });
      const { failure } = await errorFrom(pageOf(testClient(300, authorizer), address));
      assert.equal(failure.kind, 'timeout');
      assert.deepEqual(failure.reason?.args, [0.3]);
    }
  });

  it('renews a refused token once, and goes on with the new one', async () => {
    const { project, ...address } = addressOf('signs');
    await cloud.control.expire();
    const asking = clientWith(tokens[project], await tokenFor(cloud.url, inProject(north)));
    asking.authorizer.renews = true;
    assert.equal((await pageOf(asking, address)).rows.length, 100);
    assert.deepEqual(asking.authorizer.refused, [{ 'x-auth-token': tokens[project] }]);
    const log = (await cloud.control.requests()).filter(({ method }) => method === 'GET');
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
      await cloud.control.clearRequests();
      const asking = clientWith('no', 'nor this');
      asking.authorizer.renews = renews;
      const { failure } = await errorFrom(pageOf(asking, address));
      assert.deepEqual([failure.kind, failure.status, failure.code], [kind, 401, 'APIG.1002']);
      assert.equal(asking.authorizer.refused.length, 1);
      assert.equal((await cloud.control.requests()).length, requests);
    }
  });

  it('logs calls and outcomes, never a query, a token, a value or a body', async () => {
    const { project, ...address } = addressOf('signs');
    const asking = clientWith(tokens[project]);
    const filtered = { ...address, filter: { id: 'name', text: 'Signature_udlu', exact: true } };
    await pageOf(asking, filtered);
    for (const fault of [throttled, { kind: 'answer', status: 400, body: 'Signature_udlu' }] as const) {
      await cloud.control.clearFaults();
      await cloud.control.fault({ match: '/signs', fault });
      await errorFrom(pageOf(asking, filtered));
    }
    const host = new URL(cloud.url).host;
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
