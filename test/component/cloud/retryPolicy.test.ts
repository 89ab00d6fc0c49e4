import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { CloudError } from '../../../src/cloud/errors';
import { pause } from '../../../src/base/abort';
import { RetryPolicy } from '../../../src/cloud/retryPolicy';
import { collectionOf } from '../../support/collections';
import { type LocalServer, serve } from '../../support/localServer';
import { errorFrom, instantRetries } from '../../support/testClient';

const { signal } = new AbortController();
const click = { host: 'a', purpose: 'click' } as const;
const busy = new CloudError({ kind: 'server', status: 503 });

/** Work that fails the given number of times and counts its attempts. */
function failing(error: CloudError, times: number): { readonly work: () => Promise<string>; tried: () => number } {
  let tries = 0;
  return {
    work: async () => {
      tries += 1;
      if (tries <= times) {
        throw error;
      }
      return 'done';
    },
    tried: () => tries,
  };
}

describe('RetryPolicy', () => {
  it('makes at most three attempts with a growing delay', async () => {
    const waits: number[] = [];
    const twice = failing(busy, 2);
    assert.equal(await instantRetries(waits).run(click, twice.work, signal), 'done');
    assert.deepEqual(waits, [500, 1000]);
    const always = failing(busy, 9);
    assert.equal(await errorFrom(instantRetries().run(click, always.work, signal)), busy);
    assert.equal(always.tried(), 3);
  });

  for (const [what, failure, tries] of [
    ['too many requests', { kind: 'throttled', status: 429 }, 3],
    ['a bad gateway', { kind: 'server', status: 502 }, 3],
    ['a gateway that waited', { kind: 'server', status: 504 }, 3],
    ['a connection that broke off', { kind: 'network', code: 'ECONNRESET' }, 3],
    ['a service’s own failure', { kind: 'server', status: 500 }, 1],
    ['a name that is none', { kind: 'network', code: 'ENOTFOUND' }, 1],
    ['a certificate', { kind: 'network', code: 'CERT_HAS_EXPIRED' }, 1],
    ['no answer in time', { kind: 'timeout' }, 1],
    ['a missing permission', { kind: 'forbidden', status: 403 }, 1],
    ['a sign-in that did not come through', { kind: 'network', code: 'ECONNRESET', repeatable: false }, 1],
    ['a refused sign-in', { kind: 'unauthenticated', status: 401 }, 1],
  ] as const) {
    it(`${tries > 1 ? 'retries' : 'does not retry'} after ${what}`, async () => {
      const { work, tried } = failing(new CloudError(failure), 9);
      await errorFrom(instantRetries().run(click, work, signal));
      assert.equal(tried(), tries);
    });
  }

  it('honours a retry-after of up to a minute and does not retry after a longer one', async () => {
    const waits: number[] = [];
    const asks = (retryAfter: number): CloudError => new CloudError({ kind: 'throttled', status: 429, retryAfter });
    await instantRetries(waits).run(click, failing(asks(60_000), 1).work, signal);
    assert.deepEqual(waits, [60_000]);
    const longer = failing(asks(60_001), 1);
    await errorFrom(instantRetries(waits).run(click, longer.work, signal));
    assert.deepEqual([waits.length, longer.tried()], [1, 1]);
  });

  it('uses a growing delay if a failing service sends a retry-after of 0', async () => {
    const waits: number[] = [];
    const { work } = failing(new CloudError({ kind: 'server', status: 503, retryAfter: 0 }), 2);
    await instantRetries(waits).run(click, work, signal);
    assert.deepEqual(waits, [500, 1000]);
  });

  it('has a budget of ten retries and refills one every ten seconds', async () => {
    let now = 0;
    const retryPolicy = instantRetries([], () => now);
    const tries = async (): Promise<number> => {
      const { work, tried } = failing(busy, 99);
      await errorFrom(retryPolicy.run(click, work, signal));
      return tried();
    };
    const counts = [];
    for (let at = 0; at < 6; at += 1) {
      counts.push(await tries());
    }
    assert.deepEqual(counts, [3, 3, 3, 3, 3, 1]);
    now += 10_000;
    assert.deepEqual([await tries(), await tries()], [2, 1]);
    now += 3_600_000;
    assert.equal(await tries(), 3);
  });

  it('can be cancelled during a delay, and reports its start and end', async () => {
    const waits: (number | undefined)[] = [];
    const abort = new AbortController();
    const retryPolicy = new RetryPolicy({
      clock: Date.now,
      pause,
      random: () => 0.5,
      waiting: (wait) => {
        waits.push(wait);
        abort.abort();
      },
    });
    const { work, tried } = failing(new CloudError({ kind: 'throttled', retryAfter: 60_000 }), 1);
    assert.equal((await errorFrom(retryPolicy.run(click, work, abort.signal))).kind, 'cancelled');
    assert.deepEqual([waits, tried()], [[60_000, undefined], 1]);
  });
});

describe('the header retry-after', () => {
  let server: LocalServer;
  let answers: RequestListener;
  before(async () => {
    server = await serve((request, response) => answers(request, response));
  });
  after(() => server.close());

  for (const [what, header, least, most] of [
    ['in seconds', () => '7', 7000, 7000],
    ['by a date', () => new Date(Date.now() + 20_000).toUTCString(), 15_000, 20_000],
    ['by a date that is over', () => new Date(0).toUTCString(), 0, 0],
    ['in words', () => 'soon', undefined, undefined],
  ] as const) {
    it(`is parsed ${what}`, async () => {
      const { send } = await import('../../../src/cloud/http');
      const { errorOf } = await import('../../../src/cloud/parseError');
      answers = (_, response) => response.writeHead(429, { 'retry-after': header() }).end('{}');
      const transport = { timeout: () => 5000, log: { info: () => undefined, warn: () => undefined }, clock: Date.now };
      const url = new URL(server.url);
      const answer = await send({ method: 'GET', url, template: '/', headers: {} }, transport, signal);
      const { retryAfter } = errorOf(answer, collectionOf('signs').codes, []).failure;
      assert.ok(
        least === undefined
          ? retryAfter === undefined
          : retryAfter !== undefined && retryAfter >= least && retryAfter <= most,
        String(retryAfter),
      );
    });
  }
});
