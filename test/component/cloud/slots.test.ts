import assert from 'node:assert/strict';
import type { RequestListener, ServerResponse } from 'node:http';
import type { ListRequest, ListPage } from '../../../src/cloud/client';
import { RetryPolicy } from '../../../src/cloud/retryPolicy';
import { Slots, type Slot } from '../../../src/cloud/slots';
import { collectionOf } from '../../support/collections';
import { deferred } from '../../support/deferred';
import { type LocalServer, serve } from '../../support/localServer';
import { errorFrom, FakeAuthorizer, pageOf, testClient } from '../../support/testClient';
import { HeldTimers } from '../../support/heldTimers';
import { settle } from '../../support/virtualTime';

const { signal } = new AbortController();
/** Idle time after which a request loses its slot, ms. */
const idle = 5000;

let timers: HeldTimers;

describe('Slots', () => {
  let given: string[];
  let slots: Slots;
  beforeEach(() => {
    timers = new HeldTimers(idle);
    given = [];
    slots = new Slots({ all: 5, perHost: 2 });
  });
  afterEach(() => timers.release());

  const take = async (host: string, name = host): Promise<Slot> => {
    const slot = await slots.take(host, 'scan', signal);
    given.push(name);
    return slot;
  };
  /** Asks for a slot for each host, in this order. */
  const ask = (...hosts: readonly string[]): readonly Promise<Slot>[] => hosts.map((host) => take(host));

  it('allows five requests at once, at most two for one host', async () => {
    void ask('a', 'a', 'a', 'b', 'b', 'b', 'c', 'c');
    await settle();
    assert.deepEqual(given, ['a', 'a', 'b', 'b', 'c']);
  });

  it('serves hosts in turn, and the requests of a host in order', async () => {
    const [first] = ask('x', 'x', 'y', 'y', 'z');
    await settle();
    given = [];
    const asked = [
      take('a', 'a1'),
      take('a', 'a2'),
      take('a', 'a3'),
      take('b', 'b1'),
      take('c', 'c1'),
      take('b', 'b2'),
    ];
    (await first)?.release();
    for (const slot of asked) {
      await settle();
      // Each gives way to the next.
      void slot.then((one) => one.release());
    }
    await Promise.all(asked);
    assert.deepEqual(given, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('serves clicks before scans of the same host', async () => {
    const [held] = await Promise.all(ask('a', 'a'));
    const walk = take('a', 'scan');
    const click = slots.take('a', 'click', signal).then(() => given.push('click'));
    held?.release();
    await click;
    assert.deepEqual(given, ['a', 'a', 'click']);
    void walk;
  });

  it('takes a slot back once, after five seconds without progress', async () => {
    const [first, second] = await Promise.all(ask('a', 'a'));
    void ask('a', 'a', 'a');
    timers.tick(idle - 1);
    second?.progressed();
    timers.tick(1);
    await settle();
    assert.deepEqual([first?.isHeld, second?.isHeld, given], [false, true, ['a', 'a', 'a']]);
    // A release without a slot has no effect.
    first?.release();
    first?.progressed();
    await settle();
    assert.equal(given.length, 3);
    second?.release();
    second?.release();
    await settle();
    assert.equal(given.length, 4);
  });

  it('keeps two slots free of hosts with hanging requests until these end', async () => {
    const [first] = await Promise.all(ask('a', 'b', 'c', 'd', 'e'));
    void ask('a', 'b', 'c', 'd', 'e', 'a', 'b');
    for (let times = 0; times < 4; times += 1) {
      timers.tick(idle);
    }
    await settle();
    assert.equal(given.length, 12);
    given = [];
    void ask('a', 'b', 'c', 'd', 'e');
    await settle();
    assert.deepEqual(given, ['a', 'b', 'c']);
    for (const name of ['x1', 'x2', 'x3']) {
      (await take('x', name)).release();
    }
    assert.deepEqual(given, ['a', 'b', 'c', 'x1', 'x2', 'x3']);
    // Two more of `a` hang when the first has ended, however often it says so.
    first?.release();
    first?.release();
    first?.release();
    void ask('a');
    await settle();
    assert.equal(given.length, 6, given.join());
  });

  it('serves a host without a slot before hosts that hold a hanging one', async () => {
    void ask('a', 'b', 'c', 'd', 'e', 'a', 'b', 'c', 'd', 'e', 'x', 'x', 'x');
    await settle();
    given = [];
    timers.tick(idle);
    await settle();
    assert.equal(given[0], 'x', given.join());
  });

  it('gives no slot to a cancelled request', async () => {
    const held = await Promise.all(ask('a', 'a'));
    const giveUp = new AbortController();
    const gone = errorFrom(slots.take('a', 'scan', giveUp.signal));
    const next = take('a', 'next');
    giveUp.abort();
    assert.equal((await gone).kind, 'cancelled');
    assert.equal((await errorFrom(slots.take('b', 'scan', giveUp.signal))).kind, 'cancelled');
    held[0]?.release();
    await next;
    assert.deepEqual(given, ['a', 'a', 'next']);
  });
});

describe('requests of one account', () => {
  let servers: LocalServer[] = [];
  beforeEach(() => {
    timers = new HeldTimers(idle);
  });
  afterEach(async () => {
    timers.release();
    await Promise.all(servers.map((server) => server.close()));
    servers = [];
  });

  async function start(listener: RequestListener): Promise<LocalServer> {
    const server = await serve(listener);
    servers.push(server);
    return server;
  }
  /** A host that takes requests and answers none; `came` waits until there are so many. */
  async function deadHost(): Promise<{ url: string; held: ServerResponse[]; came: (count: number) => Promise<void> }> {
    const held: ServerResponse[] = [];
    let check = (): void => undefined;
    const { url } = await start((_, response) => {
      held.push(response);
      check();
    });
    const came = async (count: number): Promise<void> =>
      new Promise((resolve) => {
        check = () => (held.length >= count ? resolve() : undefined);
        check();
      });
    return { url, held, came };
  }
  const answer = (response: ServerResponse | undefined): unknown => response?.end('{"signs":[],"total":0}');
  const signsAt = (base: string): ListRequest => ({
    collection: collectionOf('signs'),
    base,
    scope: { kind: 'project', projectId: 'p' },
    pathParams: { project_id: 'p', instance_id: 'i' },
  });
  const ignoring = async (pages: readonly Promise<ListPage>[]): Promise<void> => {
    await Promise.allSettled(pages);
  };

  it('do not wait for hanging lists of another host', async () => {
    const dead = await deadHost();
    const live = await start((_, response) => answer(response));
    const asking = testClient();
    const hanging = Array.from({ length: 5 }, () => pageOf(asking, signsAt(dead.url)));
    await dead.came(2);
    assert.deepEqual((await pageOf(asking, signsAt(live.url))).rows, []);
    assert.equal(dead.held.length, 2);
    timers.tick(idle);
    await dead.came(4);
    // A list of the same host waits for its turn, and not for their end.
    const other = pageOf(asking, signsAt(dead.url));
    timers.tick(idle);
    await dead.came(6);
    answer(dead.held[5]);
    await other;
    for (const response of dead.held) {
      answer(response);
    }
    assert.equal((await Promise.all(hanging)).length, 5);
  });

  it('do not wait for five dead hosts', async () => {
    const dead = await Promise.all(Array.from({ length: 5 }, deadHost));
    const live = await start((_, response) => answer(response));
    const asking = testClient();
    const hanging = dead.map(({ url }) => pageOf(asking, signsAt(url)));
    await Promise.all(dead.map(({ came }) => came(1)));
    let isOver = false;
    const page = pageOf(asking, signsAt(live.url)).then(() => (isOver = true));
    await settle();
    assert.equal(isOver, false);
    timers.tick(idle);
    await page;
    // Nor does the next page, although more lists of theirs wait.
    const more = dead.flatMap(({ url }) => [pageOf(asking, signsAt(url)), pageOf(asking, signsAt(url))]);
    for (let pages = 0; pages < 3; pages += 1) {
      await pageOf(asking, signsAt(live.url));
    }
    const answering = Promise.allSettled([...hanging, ...more]);
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await answering;
  });

  it('give their slot back while they wait for a token, and request none before they have a slot', async () => {
    const token = deferred();
    const authorizer = new (class extends FakeAuthorizer {
      override async authorize(
        ...request: Parameters<FakeAuthorizer['authorize']>
      ): ReturnType<FakeAuthorizer['authorize']> {
        const headers = super.authorize(...request);
        if (request[0].url.host !== new URL(live.url).host) {
          await token.promise;
        }
        return headers;
      }
    })();
    const live = await start((_, response) => answer(response));
    const hosts = await Promise.all(Array.from({ length: 5 }, async () => start((_, response) => answer(response))));
    const asking = testClient(30_000, authorizer);
    const waiting = hosts.map(({ url }) => pageOf(asking, signsAt(url)));
    const page = pageOf(asking, signsAt(live.url));
    await settle();
    assert.equal(authorizer.asked.length, 5);
    timers.tick(idle);
    await page;
    token.resolve();
    await ignoring(waiting);
    assert.ok(hosts.every(({ requests }) => requests.length === 1));
  });

  it('hold no slot during the delay before a retry', async () => {
    const busy = await Promise.all(
      Array.from({ length: 5 }, async () => start((_, response) => response.writeHead(503).end())),
    );
    const live = await start((_, response) => answer(response));
    const pause = deferred();
    const allWait = deferred();
    let waits = 0;
    const retryPolicy = new RetryPolicy({
      clock: Date.now,
      pause: async () => {
        waits += 1;
        if (waits === busy.length) {
          allWait.resolve();
        }
        return pause.promise;
      },
      random: () => 0.5,
      waiting: () => undefined,
    });
    const asking = testClient(30_000, new FakeAuthorizer(), retryPolicy);
    const waiting = busy.map(({ url }) => pageOf(asking, signsAt(url)));
    await allWait.promise;
    await pageOf(asking, signsAt(live.url));
    assert.deepEqual(
      busy.map(({ requests }) => requests.length),
      busy.map(() => 1),
    );
    pause.resolve();
    await ignoring(waiting);
  });
});
