import assert from 'node:assert/strict';
import dns from 'node:dns';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { ApiResponse } from '../../../src/catalog/declaration';
import type { ListRequest, ListPage } from '../../../src/cloud/client';
import { CloudError } from '../../../src/cloud/errors';
import { collectionOf } from '../../support/collections';
import { answering, type LocalServer, serve } from '../../support/localServer';
import { errorFrom, FakeAuthorizer, pageOf, testClient } from '../../support/testClient';

const largest = 16 * 2 ** 20;

/** How many values there are in some, and in how many levels. */
function countsOf(all: readonly unknown[]): { values: number; levels: number } {
  let level = all;
  const counts = { values: 0, levels: 0 };
  for (; level.length > 0; counts.levels += 1) {
    counts.values += level.length;
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return counts;
}

describe('client, against hostile answers', () => {
  let servers: LocalServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    servers = [];
  });

  async function start(listener: RequestListener, host?: string): Promise<LocalServer> {
    const server = await serve(listener, host);
    servers.push(server);
    return server;
  }

  const signsAt = (base: string, instance = 'i'): ListRequest => ({
    collection: collectionOf('signs'),
    base,
    scope: { kind: 'project', projectId: 'p' },
    pathParams: { project_id: 'p', instance_id: instance },
  });

  /** Takes requests without answering them; `came` waits until there are so many. */
  function holding(): { listener: RequestListener; held: ServerResponse[]; came: (count: number) => Promise<void> } {
    const held: ServerResponse[] = [];
    let arrived = (): void => undefined;
    return {
      held,
      listener: (_, response) => {
        held.push(response);
        arrived();
      },
      came: (count) =>
        new Promise((resolve) => {
          arrived = () => (held.length >= count ? resolve() : undefined);
          arrived();
        }),
    };
  }

  const answer = (response: ServerResponse): unknown => response.end('{"signs":[]}');

  for (const [what, head] of [
    ['a header that is none', 'HTTP/1.1 200 OK\r\nx y: z\r\n\r\n{}'],
    ['a control character in a header', 'HTTP/1.1 200 OK\r\nx: a\u0001b\r\n\r\n{}'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ] as const) {
    it(`reports a bad answer, not a missing connection, for ${what}`, async () => {
      const { url } = await start((request) => request.socket.end(head));
      const { kind, failure } = await errorFrom(pageOf(testClient(), signsAt(url)));
      assert.equal(kind, 'badAnswer');
      assert.match(failure.code ?? '', /^HPE_/);
      assert.equal(failure.reason?.text, 'The service sent an answer that could not be understood.');
    });
  }

  it('cancels a request that waits in the queue, for the answer, or for the rest of the body', async () => {
    const { listener, held, came } = holding();
    const server = await start(listener);
    const asking = testClient();
    const abort = new AbortController();
    const page = (signal: AbortSignal): Promise<unknown> =>
      asking.client.getPage(signsAt(server.url), undefined, 100, signal);

    const answered = page(new AbortController().signal);
    await came(1);
    const waiting = errorFrom(page(abort.signal));
    const queued = errorFrom(page(abort.signal));
    await came(2);
    const gone = held[1] && once(held[1], 'close');
    abort.abort();
    assert.deepEqual([(await waiting).kind, (await queued).kind], ['cancelled', 'cancelled']);
    await gone;
    held.slice(0, 1).forEach(answer);
    await answered;
    // Its turn came, and nothing was done with it.
    assert.equal(server.requests.length, 2);
    assert.equal(asking.authorizer.asked.length, 2);

    const already = await errorFrom(page(AbortSignal.abort()));
    assert.equal(already.kind, 'cancelled');

    const inBody = new AbortController();
    const streaming = errorFrom(page(inBody.signal));
    await came(3);
    // More than any buffer between the two holds, so that the client is reading when the last of it is taken.
    await new Promise((resolve) => held[2]?.write(Buffer.alloc(15 * 2 ** 20, ' '), resolve));
    const ended = held[2] && once(held[2], 'close');
    inBody.abort();
    assert.equal((await streaming).kind, 'cancelled');
    await ended;
    assert.match(asking.lines.at(-1) ?? '', / 200 - cancelled/);
    assert.equal(server.requests.length, 3);
    assert.equal(asking.authorizer.asked.length, 3);
  });

  it('times out on a body that never ends', async () => {
    const server = await start((_, response) => void response.write('{"signs":'));
    const { failure } = await errorFrom(pageOf(testClient(200), signsAt(server.url)));
    assert.equal(failure.kind, 'timeout');
  });

  it('parses large answers one after the other and yields to the event loop in between', async () => {
    const { listener, held, came } = holding();
    const server = await start(listener);
    const order: string[] = [];
    const asking = testClient();
    const pages = [1, 2].map(async (number) => {
      const list = signsAt(server.url, `i${number}`);
      const rows = list.collection.rows.bind(list.collection);
      const watched = {
        ...list.collection,
        rows: (read: ApiResponse) => {
          order.push(String(number));
          return rows(read);
        },
      };
      await asking.client.getPage({ ...list, collection: watched }, undefined, 100, new AbortController().signal);
    });
    await came(2);
    const body = `{"signs":[${' '.repeat(2 * 2 ** 20)}]}`;
    held.forEach((response) => response.end(body));
    let isOver = false;
    const turn = (): void => {
      order.push('turn');
      if (!isOver) {
        setImmediate(turn);
      }
    };
    turn();
    // Both have come before either is read.
    await Promise.all(held.map(async (response) => response.writableFinished || once(response, 'finish')));
    await Promise.all(pages);
    isOver = true;
    const reads = order
      .join(' ')
      .split(/(?: ?turn ?)+/)
      .filter(Boolean);
    // Each is read in one turn, and rows are made of it in another.
    assert.ok(reads.length >= 4 && reads.every((each) => new Set(each.split(' ')).size === 1), order.join());
  });

  it('shortens the rows of a large answer but keeps their IDs', async () => {
    const ids = (page: ListPage): unknown[] => page.rows.map(({ item }) => item.id);
    for (const [size, body] of [
      [1, `{"signs":[{"deep":${'['.repeat(600_000)}${']'.repeat(600_000)},"id":"0"}]}`],
      [1, `{"signs":[{"id":"0","many":[${'{},'.repeat(510_000)}{}]}]}`],
      [1, `{"signs":[{${Array.from({ length: 510_000 }, (_, index) => `"k${index}":{}`).join()},"id":"0"}]}`],
      [
        100,
        `{"signs":[${Array.from({ length: 100 }, (_, index) => `{"many":[${'[],'.repeat(9000)}[]],"id":"${index}"}`).join()}]}`,
      ],
    ] as const) {
      const server = await start((_, response) => response.end(body));
      const page = await pageOf(testClient(), signsAt(server.url));
      assert.deepEqual(
        ids(page),
        Array.from({ length: size }, (_, index) => String(index)),
      );
      assert.ok(page.rows.every(({ partial, bad }) => partial === true && bad.length === 0));
      const counts = countsOf(page.rows.map(({ raw }) => raw));
      assert.ok(counts.values < 520_000 && counts.levels < 70, JSON.stringify(counts));
    }
    const fields = Array.from({ length: 400 }, (_, index) => `"k${index}":[{}]`).join();
    const rows = `[${Array.from({ length: 400 }, (_, index) => `{"id":"${index}",${fields}}`).join()}]`;
    const server = await start((_, response) => response.end(`{"signs":${rows}}`));
    const page = await pageOf(testClient(), signsAt(server.url), undefined, 400);
    assert.deepEqual(
      page.rows.map(({ raw, partial }) => [raw, partial]),
      JSON.parse(rows).map((raw: unknown) => [raw, undefined]),
    );
  });

  it('accepts an answer of 16 MiB and refuses a larger one, compressed or not', async () => {
    const body = '{"signs":[{"id":"a"}]}';
    const sized = (bytes: number): Buffer => Buffer.concat([Buffer.alloc(bytes - body.length, ' '), Buffer.from(body)]);
    for (const packed of [false, true]) {
      for (const bytes of [largest, largest + 1, 64 * 2 ** 20]) {
        const server = await start((_, response) => {
          response.writeHead(200, packed ? { 'content-encoding': 'gzip' } : {});
          response.end(packed ? gzipSync(sized(bytes)) : sized(bytes));
        });
        const page = pageOf(testClient(), signsAt(server.url));
        if (bytes === largest) {
          assert.equal((await page).rows.length, 1);
        } else {
          const { failure } = await errorFrom(page);
          assert.equal(failure.kind, 'badAnswer', `${bytes} ${packed}`);
          assert.deepEqual(failure.reason?.args, [16]);
        }
      }
    }
  });

  it('does not follow redirects: the other host gets no request, and the connection is closed', async () => {
    const other = await start(answering({ signs: [] }));
    for (const status of [300, 301, 302, 303, 307, 308]) {
      let closed: Promise<unknown> = Promise.resolve();
      const server = await start((_, response) => {
        closed = once(response, 'close');
        // Its body never ends.
        response.writeHead(status, { location: `${other.url}/stolen?x=1`, 'x-request-id': 'r-1' }).write(' ');
      });
      const asking = testClient();
      const { failure } = await errorFrom(pageOf(asking, signsAt(server.url)));
      assert.deepEqual([failure.kind, failure.status, failure.requestId], ['badAnswer', status, 'r-1']);
      assert.deepEqual(failure.reason?.args, [`127.0.0.1:${other.port}`]);
      await closed;
      assert.ok(!asking.lines.join().includes('stolen'));
    }
    for (const location of ['', '/inside', 'http://']) {
      const server = await start((_, response) => response.writeHead(302, { location }).end());
      assert.equal((await errorFrom(pageOf(testClient(), signsAt(server.url)))).kind, 'badAnswer');
    }
    assert.equal(other.requests.length, 0);
  });

  it('sends nothing over plain HTTP except to localhost, 127.0.0.1 and [::1]', async () => {
    const server = await start(answering({ signs: [] }), '0.0.0.0');
    const port = String(server.port);
    for (const base of [
      // Addresses that reach this server, but VS Code sends them to a proxy.
      `http://0.0.0.0:${port}`,
      `http://127.0.0.2:${port}`,
      `http://127.255.255.254:${port}`,
      `http://2130706434:${port}`,
      `http://[::ffff:127.0.0.1]:${port}`,
      `http://localhost.:${port}`,
      'http://localhost.example.com',
      'http://127.0.0.1.example.com',
      'http://127.0.0.1@example.com',
      'http://roma.cn-north-4.myhuaweicloud.com',
      'ftp://127.0.0.1',
      'file:///etc',
      'data:text/plain,x',
    ]) {
      const { failure } = await errorFrom(pageOf(testClient(), signsAt(base)));
      assert.equal(failure.kind, 'invalidRequest', base);
      assert.ok(failure.reason, base);
    }
    assert.equal(server.requests.length, 0);
    for (const base of [
      server.url,
      `http://localhost:${port}`,
      `http://127.1:${port}/`,
      `HTTP://LOCALHOST:${port}//`,
    ]) {
      assert.deepEqual((await pageOf(testClient(), signsAt(base))).rows, []);
    }
    assert.equal(server.requests.length, 4);
  });

  it('keeps every value of a path within its own segment', async () => {
    const server = await start(answering({ signs: [] }));
    const asking = testClient();
    for (const value of ['', '.', '..', '\ud800', 'a\udc00']) {
      const { failure } = await errorFrom(pageOf(asking, signsAt(server.url, value)));
      assert.deepEqual(
        [failure.kind, failure.reason?.args],
        ['invalidRequest', ['instance_id']],
        JSON.stringify(value),
      );
    }
    const { pathParams: _, ...bare } = signsAt(server.url);
    assert.equal(
      (await errorFrom(pageOf(asking, { ...bare, pathParams: { project_id: 'p' } }))).kind,
      'invalidRequest',
    );
    assert.equal((await errorFrom(pageOf(asking, signsAt('no address')))).kind, 'invalidRequest');
    assert.deepEqual([server.requests.length, asking.authorizer.asked.length], [0, 0]);
    for (const value of ['a/b', '/', '../x', '..\\x', '%2e%2e', 'a?b#c', '{project_id}', '名 x', '$&', '😀']) {
      await pageOf(asking, signsAt(`${server.url}/base`, value));
      const url = server.requests.at(-1)?.url ?? '';
      assert.equal(url, `/base/v2/p/apic/instances/${encodeURIComponent(value)}/signs?offset=0&limit=100`);
    }
  });

  it('reports a host that does not resolve as a missing service only if IAM answers', async () => {
    const { lookup } = dns;
    const resolving = (code: string): typeof lookup =>
      // The one form that connections use.
      // oxlint-disable-next-line no-unsafe-type-assertion
      ((_: string, __: unknown, done: (error: Error) => void) => {
        process.nextTick(done, Object.assign(new Error(code), { code }));
      }) as unknown as typeof lookup;
    try {
      for (const [code, reaches, kind, iamAsked] of [
        ['ENOTFOUND', true, 'notOffered', 1],
        ['ENOTFOUND', false, 'network', 1],
        ['EAI_AGAIN', true, 'network', 0],
      ] as const) {
        dns.lookup = resolving(code);
        const asking = testClient();
        asking.authorizer.reaches = reaches;
        const { failure } = await errorFrom(pageOf(asking, signsAt('https://x.invalid')));
        assert.deepEqual([failure.kind, failure.code, asking.authorizer.iamAsked], [kind, code, iamAsked]);
        assert.match(failure.call ?? '', /^GET x\.invalid \/v2\/\{project_id\}/);
      }
    } finally {
      dns.lookup = lookup;
    }
  });

  it('reports a host that refuses connections', async () => {
    const server = await serve(answering({}));
    await server.close();
    const asking = testClient();
    asking.authorizer.reaches = true;
    const { failure } = await errorFrom(pageOf(asking, signsAt(server.url)));
    assert.deepEqual([failure.kind, failure.code, asking.authorizer.iamAsked], ['network', 'ECONNREFUSED', 0]);
  });

  it('keeps and marks a row with a bad field, and logs the name of the field without its value', async () => {
    const rows = [
      { id: 'a', name: 7, sign_key: { hidden: 'value-1' }, sign_secret: 'value-2' },
      'value-3',
      { id: 'b' },
    ];
    const server = await start(answering({ signs: rows, total: 3 }));
    const asking = testClient();
    const page = await pageOf(asking, signsAt(server.url));
    assert.deepEqual(
      page.rows.map(({ raw, item, bad }) => [raw, item.id, bad]),
      [
        [rows[0], 'a', ['name', 'sign_key']],
        [rows[1], undefined, ['']],
        [rows[2], 'b', []],
      ],
    );
    const warnings = asking.lines.filter((line) => line.startsWith('signs list:'));
    assert.deepEqual(warnings, ['signs list: 2 of 3 rows do not fit their document at name, sign_key, *']);
    assert.ok(!/value-\d/.test(asking.lines.join()));
  });

  it('sends the authorization headers, accepts JSON, and passes on errors of the authorizer', async () => {
    const server = await start((request: IncomingMessage, response) => {
      response.writeHead(request.headers['x-auth-token'] === 'the-token' ? 200 : 500).end('{"signs":[]}');
    });
    await pageOf(testClient(), signsAt(server.url));
    assert.deepEqual(
      [server.requests[0]?.method, server.requests[0]?.headers.accept, server.requests[0]?.headers['content-type']],
      ['GET', 'application/json', undefined],
    );
    const unable = new FakeAuthorizer();
    unable.authorize = () => Promise.reject(new CloudError({ kind: 'unauthenticated' }));
    assert.equal((await errorFrom(pageOf(testClient(1000, unable), signsAt(server.url)))).kind, 'unauthenticated');
    assert.deepEqual([unable.refused.length, server.requests.length], [0, 1]);
  });

  it('reports an account that cannot renew its token as signed out, not as forbidden', async () => {
    const server = await start((_, response) => response.writeHead(401).end());
    const authorizer = new FakeAuthorizer();
    authorizer.renews = true;
    authorizer.authorize = () =>
      authorizer.refused.length === 0
        ? Promise.resolve({ 'x-auth-token': 'old' })
        : Promise.reject(new CloudError({ kind: 'unauthenticated' }));
    const { failure } = await errorFrom(pageOf(testClient(1000, authorizer), signsAt(server.url)));
    assert.equal(failure.kind, 'unauthenticated');
    assert.equal(server.requests.length, 1);
  });
});
