import assert from 'node:assert/strict';
import type { Accounts } from '../../../src/accounts/accounts';
import type { Explorer } from '../../../src/explorer/explorer';
import { Scan, type Hit, type ListProgress } from '../../../src/explorer/scan';
import { throttled } from '../../cloud/control';
import { HeldTimers } from '../../support/heldTimers';
import { VirtualTime } from '../../support/virtualTime';
import { Harness, minute } from '../../support/harness';
import { explorerFor } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

const second = 1000;

describe('a walk through a cloud that throttles', function () {
  this.timeout(60_000);
  const t = useCloud({ cloud: { rows: { instances: 1, appQuotas: 2, apps: 0 } } });
  let time: VirtualTime;
  let harness: Harness;
  let accounts: Accounts;
  let explorer: Explorer;
  let met: Hit[] = [];
  /** How many lists there are. */
  let listCount: number;
  /** Those of lists that wait for a page. */
  let timers: HeldTimers;

  before(async () => {
    const unthrottled = new Harness(t.cloud);
    const owner = unthrottled.accounts();
    await unthrottled.signIn(owner);
    const scan = walkThrough(explorerFor(unthrottled, owner).explorer);
    await scan.scanAll();
    listCount = scan.lists.length;
    assert.ok(listCount > 20);
  });
  beforeEach(async () => {
    time = new VirtualTime();
    harness = new Harness(t.cloud);
    harness.retryPolicy = time.patience;
    accounts = harness.accounts();
    await harness.signIn(accounts);
    ({ explorer } = explorerFor(harness, accounts));
    met = [];
    timers = new HeldTimers(5000);
  });
  afterEach(() => timers.release());

  /**
   * Lets time go on, here and in the cloud, whenever nothing else happens, until something is over.
   * @returns how much of it went by: milliseconds
   */
  const passTimeUntilOver = async (going: Promise<unknown>): Promise<number> => {
    const start = time.now;
    const state = { isOver: false };
    void going.finally(() => (state.isOver = true));
    while (!state.isOver) {
      const before = harness.logLines.length;
      // Each of them answers after what was asked before.
      const underWay = [await t.cloud.control.underWay(), await t.cloud.control.underWay()];
      if (!state.isOver && underWay.every((count) => count === 0) && harness.logLines.length === before) {
        const now = time.now;
        time.next();
        harness.now += time.now - now;
        timers.tick(time.now - now);
        await t.cloud.control.setClock(time.now - start);
      }
    }
    return time.now - start;
  };
  const walkThrough = (among: Explorer, signal = new AbortController().signal): Scan =>
    new Scan(among, { onHits: (keys) => met.push(...keys), onProgress: () => undefined, signal });
  const stages = ({ lists }: Scan): readonly ListProgress['kind'][] => [
    ...new Set(lists.map(({ kind: stage }) => stage)),
  ];
  const isFailed = ({ kind: stage }: ListProgress): boolean => stage === 'failed';

  for (const retryAfter of [undefined, '1', '0', '-5', '86400', new Date(0).toUTCString()]) {
    it(`searches all lists where ten requests a second are let through, and Retry-After is ${retryAfter}`, async () => {
      const limit = { kind: 'limit', requests: 10, within: second } as const;
      await t.cloud.control.fault({ match: '', fault: retryAfter === undefined ? limit : { ...limit, retryAfter } });
      const walk = walkThrough(explorer);
      await passTimeUntilOver(walk.scanAll());
      assert.deepEqual([walk.lists.length, stages(walk)], [listCount, ['done']]);
      assert.ok(met.length > 500);
      const refused = (await harness.requests()).filter(({ status }) => status === 429);
      assert.ok(refused.length > 3, `${refused.length} were refused`);
      assert.ok(time.reported.length > 0, 'it says that it waits');
    });
  }

  it('searches them in two windows at once', async () => {
    await t.cloud.control.fault({ match: '', fault: { kind: 'limit', requests: 10, within: second } });
    const others = harness.accounts();
    const walks = [walkThrough(explorer), walkThrough(explorerFor(harness, others).explorer)];
    await passTimeUntilOver(Promise.all(walks.map(async (walk) => walk.scanAll())));
    assert.deepEqual(walks.map(stages), [['done'], ['done']]);
  });

  it('names the lists that are throttled for five minutes, goes on with the others, and searches them again', async () => {
    await t.cloud.control.fault({ match: '/signs', fault: throttled });
    const walk = walkThrough(explorer);
    const took = await passTimeUntilOver(walk.scanAll());
    assert.ok(took >= 5 * minute && took < 8 * minute, `${took} ms`);
    const failed = walk.lists.filter(isFailed);
    assert.ok(failed.length > 1);
    assert.ok(failed.every(({ listNode, error }) => listNode.collection.id === 'signs' && error?.kind === 'throttled'));
    assert.ok(walk.lists.every((walked) => isFailed(walked) || walked.kind === 'done'));
    assert.equal(walk.lists.length, listCount);
    await t.cloud.control.clearFaults();
    await passTimeUntilOver(Promise.all(failed.map(async ({ listNode }) => walk.resumeList(listNode))));
    assert.deepEqual(stages(walk), ['done']);
  });

  it('has tokens got again that were throttled, and asks IAM for none in its pause', async () => {
    const fault = { kind: 'limit', requests: 1, within: 20 * second, retryAfter: '20' } as const;
    await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault });
    const walk = walkThrough(explorer);
    await passTimeUntilOver(walk.scanAll());
    assert.deepEqual(stages(walk), ['done']);
    const asked = await harness.requests('signIns');
    const refused = asked.filter(({ status }) => status === 429);
    // One for each project after the first, at the most.
    assert.ok(refused.length > 0 && refused.length < 5, `${refused.length} of ${asked.length}`);
  });

  for (const [what, requests] of [
    ['all of them', 0],
    ['all but the first', 1],
  ] as const) {
    it(`asks IAM three times at most where that refuses ${what} for long, until the user searches again`, async () => {
      const fault = { kind: 'limit', requests, within: 60 * minute } as const;
      await t.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault });
      const refusals = async (): Promise<number> =>
        (await harness.requests('signIns')).filter(({ status }) => status === 429).length;
      const walk = walkThrough(explorer);
      const took = await passTimeUntilOver(walk.scanAll());
      assert.equal(await refusals(), 3);
      assert.ok(took >= 10 * second && took < minute, `${took} ms`);
      const failed = walk.lists.filter(isFailed);
      assert.ok(failed.length > 0 && failed.every(({ error }) => error?.kind === 'throttled'));

      await passTimeUntilOver(Promise.all(failed.map(async ({ listNode }) => walk.resumeList(listNode))));
      assert.equal(await refusals(), 6);
      await passTimeUntilOver(walkThrough(explorer).scanAll());
      assert.equal(await refusals(), 9);

      await t.cloud.control.clearFaults();
      await passTimeUntilOver(Promise.all(failed.map(async ({ listNode }) => walk.resumeList(listNode))));
      assert.deepEqual([stages(walk), await refusals()], [['done'], 9]);
    });
  }

  it('ends in a pause when the user signs out, or gives up, and sends nothing more', async () => {
    await t.cloud.control.fault({ match: '', fault: { ...throttled, headers: { 'retry-after': '60' } } });
    const [account] = accounts.all();
    assert.ok(account);
    const signOut = async (): Promise<void> => accounts.signOut(account.id);
    for (const end of [async (giveUp: AbortController) => giveUp.abort(), signOut]) {
      const giveUp = new AbortController();
      const walk = walkThrough(explorer, giveUp.signal);
      const going = walk.scanAll();
      while (time.waits === 0) {
        await t.cloud.control.underWay();
      }
      await t.cloud.control.clearRequests();
      await end(giveUp);
      await going;
      assert.deepEqual([stages(walk), time.waits, await harness.requests()], [['done'], 0, []]);
      assert.equal(time.reported.filter((wait) => wait === undefined).length, time.reported.length / 2);
    }
  });
});
