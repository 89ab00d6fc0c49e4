import assert from 'node:assert/strict';
import { CloudError } from '../../../src/cloud/errors';
import type { RetryPolicy } from '../../../src/cloud/retryPolicy';
import type { Purpose } from '../../../src/cloud/ports';
import { minute } from '../../support/harness';
import { errorFrom } from '../../support/testClient';
import { VirtualTime, settle } from '../../support/virtualTime';

const second = 1000;
const { signal } = new AbortController();

describe('a host that answers 429', () => {
  let time: VirtualTime;
  let retryPolicy: RetryPolicy;
  /** When something was sent, in milliseconds since the start, and where. */
  let sent: { readonly host: string; readonly at: number }[];
  let start: number;
  /** The behaviour of each host. */
  let answers: Record<string, () => void>;

  beforeEach(() => {
    time = new VirtualTime();
    retryPolicy = time.patience();
    sent = [];
    start = time.now;
    answers = {};
  });

  const refuse = (host: string, retryAfter?: number): never => {
    throw new CloudError({
      kind: 'throttled',
      status: 429,
      host,
      retryAfter,
    });
  };
  const ask = async (host: string, purpose: Purpose, giveUp: AbortSignal = signal): Promise<void> =>
    retryPolicy.run(
      { host, purpose },
      async () => {
        sent.push({ host, at: time.now - start });
        await new Promise(setImmediate);
        answers[host]?.();
      },
      giveUp,
    );
  /** Refuses so often, and then no more. */
  const refusing = (host: string, times: number, retryAfter?: number): (() => void) => {
    let left = times;
    return () => {
      left -= 1;
      if (left >= 0) {
        refuse(host, retryAfter);
      }
    };
  };
  const timesOf = (host: string): readonly number[] => sent.filter((one) => one.host === host).map(({ at }) => at);

  it('gets no requests for as long as it asks, while other hosts do', async () => {
    answers['a'] = refusing('a', 1, 7 * second);
    const first = ask('a', 'scan');
    await time.advance(100);
    const others = [ask('a', 'click'), ask('a', 'scan'), ask('b', 'click'), ask('b', 'scan')];
    await time.advance(6800);
    assert.deepEqual([timesOf('a'), timesOf('b')], [[0], [100, 100]]);
    assert.deepEqual(time.reported.slice(0, 3), [7000, 6900, 6900]);
    await time.advance(200);
    await Promise.all([first, ...others]);
    assert.deepEqual(timesOf('a'), [0, 7000, 7000, 7000]);
    assert.equal(time.reported.filter((wait) => wait === undefined).length, 3);
  });

  for (const [what, asked, first] of [
    ['for days', 3 * 24 * 60 * minute, minute],
    ['for no time', 0, 500],
    ['for nothing', undefined, 500],
  ] as const) {
    it(`is paused within bounds if it asks to wait ${what}`, async () => {
      answers['a'] = refusing('a', 1, asked);
      const walk = ask('a', 'scan');
      await time.advance(2 * minute);
      await walk;
      assert.deepEqual(timesOf('a'), [0, first]);
    });
  }

  it('gets requests of a scan at growing intervals, outside the retry budget, for five minutes', async () => {
    answers['a'] = () => refuse('a');
    const failed = errorFrom(ask('a', 'scan'));
    await time.advance(10 * minute);
    assert.equal((await failed).kind, 'throttled');
    const times = timesOf('a');
    const ended = times.at(-1) ?? 0;
    assert.ok(ended >= 5 * minute && ended < 6 * minute, `${ended} ms`);
    assert.deepEqual(
      times.slice(1, 8).map((at, before) => at - (times[before] ?? 0)),
      [500, 1000, 2000, 4000, 8000, 16_000, 32_000],
    );
    assert.ok(times.length < 15);
    // The budget of ten retries is still there.
    answers['b'] = () => {
      throw new CloudError({ kind: 'server', status: 503 });
    };
    const broken = Promise.all(Array.from({ length: 5 }, async () => errorFrom(ask('b', 'click'))));
    await time.advance(5 * second);
    await broken;
    assert.equal(timesOf('b').length, 15);
  });

  it('fails at once for the rest of a scan after five minutes, and gets requests again later', async () => {
    answers['a'] = () => refuse('a');
    const failed = errorFrom(ask('a', 'scan'));
    await time.advance(6 * minute);
    await failed;
    const before = sent.length;
    const rest = Promise.all(Array.from({ length: 10 }, async () => errorFrom(ask('a', 'scan'))));
    await time.advance(second);
    assert.deepEqual([...new Set((await rest).map(({ kind }) => kind))], ['throttled']);
    assert.equal(sent.length, before + 10);
    await time.advance(6 * minute);
    answers['a'] = refusing('a', 2);
    const again = ask('a', 'scan');
    await time.advance(2 * second);
    await again;
  });

  it('is given up for one list that it always throttles, while its other lists continue', async () => {
    let refusals = 0;
    const walk = errorFrom(
      retryPolicy.run(
        { host: 'a', purpose: 'scan' },
        async () => {
          refusals += 1;
          return refuse('a');
        },
        signal,
      ),
    );
    let others = 0;
    for (let at = 0; at < 9 * minute; at += 10 * second) {
      void ask('a', 'scan').then(() => (others += 1));
      await time.advance(10 * second);
    }
    assert.equal((await walk).kind, 'throttled');
    assert.ok(refusals < 15, `${refusals} refusals`);
    assert.equal(others, 54);
  });

  it('gets three attempts of a click, and is not waited for longer than a minute', async () => {
    answers['a'] = () => refuse('a', minute);
    const click = errorFrom(ask('a', 'click'));
    await time.advance(5 * minute);
    assert.equal((await click).kind, 'throttled');
    assert.deepEqual(timesOf('a'), [0, minute, 2 * minute]);
    answers['b'] = () => refuse('b', minute + 1);
    await errorFrom(ask('b', 'click'));
    assert.equal(timesOf('b').length, 1);
  });

  it('is not paused longer by requests from before the pause, unless it asks for that', async () => {
    const walks = [ask('a', 'scan'), ask('a', 'scan')];
    answers['a'] = () => refuse('a');
    await settle();
    answers['a'] = () => undefined;
    await time.advance(600);
    await Promise.all(walks);
    assert.deepEqual(timesOf('a'), [0, 0, 500, 500]);
  });

  it('is not waited for by cancelled requests', async () => {
    answers['a'] = () => refuse('a', minute);
    const giveUp = new AbortController();
    const walk = errorFrom(ask('a', 'scan', giveUp.signal));
    await time.advance(second);
    const other = errorFrom(ask('a', 'click', giveUp.signal));
    await settle();
    assert.equal(time.waits, 2);
    giveUp.abort();
    assert.deepEqual([(await walk).kind, (await other).kind], ['cancelled', 'cancelled']);
    assert.deepEqual([time.reported, time.waits], [[60_000, 59_000, undefined, undefined], 0]);
    assert.equal((await errorFrom(ask('a', 'scan', giveUp.signal))).kind, 'cancelled');
    assert.equal(sent.length, 1);
  });

  it('is not paused longer if the clock is set back', async () => {
    answers['a'] = refusing('a', 1, 30 * second);
    const walk = ask('a', 'scan');
    await settle();
    time.now -= 60 * minute;
    const click = ask('a', 'click');
    await settle();
    assert.equal(sent.length, 2);
    await time.advance(90 * minute);
    await Promise.all([walk, click]);
  });

  describe('with two other throttled hosts within ten seconds', () => {
    beforeEach(async () => {
      for (const host of ['a', 'b', 'c']) {
        answers[host] = refusing(host, 1);
      }
    });
    const throttle = async (pauseBetween: number): Promise<void> => {
      for (const host of ['a', 'b', 'c']) {
        void ask(host, 'scan');
        await time.advance(pauseBetween);
      }
      await time.advance(5 * second);
      sent = [];
    };
    /** The times between the requests of a scan to six hosts. */
    const walked = async (): Promise<readonly number[]> => {
      sent = [];
      const walks = Promise.all(['d', 'e', 'f', 'g', 'h', 'i'].map(async (host) => ask(host, 'scan')));
      await time.advance(minute / 2);
      await walks;
      return sent.slice(1).map(({ at }, before) => at - (sent[before]?.at ?? 0));
    };

    it('slows down the scans of the account, but no click', async () => {
      await throttle(100);
      assert.deepEqual(await walked(), Array(5).fill(250));
      sent = [];
      await Promise.all(['d', 'e', 'f', 'g', 'h', 'i'].map(async (host) => ask(host, 'click')));
      assert.deepEqual(new Set(sent.map(({ at }) => at)).size, 1);
    });

    it('slows scans down more if it happens again, and less after a minute without', async () => {
      await throttle(100);
      for (const host of ['a', 'b', 'c']) {
        answers[host] = refusing(host, 1);
      }
      await throttle(300);
      assert.deepEqual(await walked(), Array(5).fill(500));
      await time.advance(minute);
      assert.deepEqual(await walked(), Array(5).fill(250));
      await time.advance(minute);
      assert.deepEqual(await walked(), Array(5).fill(0));
    });

    it('does not slow scans down if it takes longer than ten seconds', async () => {
      await throttle(6 * second);
      assert.deepEqual(await walked(), Array(5).fill(0));
    });
  });
});
