import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { services } from '../../../src/catalog/catalog';
import { holdsKeys } from '../../../src/catalog/declaration';
import { Scan, type Hit, type ListProgress } from '../../../src/explorer/scan';
import { documented } from '../../cloud/documented';
import { collectionsIn } from '../../support/collections';
import { HeldTimers } from '../../support/heldTimers';
import { minute } from '../../support/harness';
import { nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

/** The lists whose rows are keys. */
const keyLists = collectionsIn(services).flatMap((list) => (holdsKeys(list) ? [list.id] : []));

describe('a walk through all keys', function () {
  this.timeout(60_000);
  const t = useCloud({ signedIn: 'always' });
  let met: Hit[];
  let progress: [number, number][];
  beforeEach(async () => {
    met = [];
    progress = [];
  });

  const ended = ({ kind: stage }: ListProgress): boolean =>
    stage === 'done' || stage === 'truncated' || stage === 'failed';
  const start = (explorer = t.explorer, signal = new AbortController().signal): Scan => {
    const walk: Scan = new Scan(explorer, {
      onHits: (keys) => met.push(...keys),
      onProgress: () => progress.push([walk.lists.filter(ended).length, walk.lists.length]),
      signal,
    });
    return walk;
  };
  const go = async (explorer = t.explorer): Promise<Scan> => {
    const walk = start(explorer);
    await walk.scanAll();
    return walk;
  };
  const failed = (walk: Scan): readonly ListProgress[] => walk.lists.filter(({ kind: stage }) => stage === 'failed');
  const ids = (): Set<string> => new Set(met.map(({ listNode, listed }) => `${listNode.id}/${listed.key}`));

  it('meets every key once, and tells how far it is', async () => {
    const walk = await go();
    // The instances of cn-east-3 are more than one request reaches, but not more than two.
    assert.deepEqual([...new Set(walk.lists.map(({ kind: stage }) => stage))], ['done']);
    const lists = new Set(met.map(({ listNode }) => listNode.collection.id));
    assert.deepEqual([...lists].toSorted(), keyLists.toSorted());
    assert.equal(ids().size, met.length);
    const first = met.filter(({ listNode }) => listNode.id.includes('/roma/') && listNode.collection.id === 'signs');
    assert.ok(first.length >= 240);
    const [done, known] = progress.at(-1) ?? [0, 1];
    assert.equal(done, known);
    assert.ok(known > 20 && progress.every(([some, all]) => some <= all));
  });

  it('changes no visible row, and ignores filters', async () => {
    const list = await nodeAt(t.explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    assert.ok(list.kind === 'list');
    t.explorer.setFilter(list, { id: 'name', text: 'signature_demo', exact: true });
    const before = await t.explorer.children(list);
    await go();
    assert.deepEqual(await t.explorer.children(list), before);
    assert.equal(met.filter(({ listNode }) => listNode === list).length, 240);
  });

  it('names the lists that it could not see, and goes on with the others', async () => {
    await t.cloud.control.fault({
      match: '/signs',
      fault: { kind: 'answer', status: 403, body: documented('signs', 403) },
    });
    const missed = failed(await go());
    assert.ok(missed.length > 1);
    assert.ok(missed.every(({ listNode, error }) => listNode.collection.id === 'signs' && error?.kind === 'forbidden'));
    assert.ok(met.some(({ listNode }) => listNode.collection.id === 'boundApps'));
  });

  describe('of a list with more keys than the service returns', () => {
    const long = useCloud({ cloud: { rows: { credentials: 1300, instances: 0 } }, signedIn: 'always' });

    it('says of a list that the service shows in part that it was cut', async () => {
      const walk = await go(long.explorer);
      const cut = walk.lists.filter(({ kind: stage }) => stage === 'truncated');
      assert.deepEqual(
        cut.map(({ listNode, error }) => [listNode.collection.id, error]),
        [['credentials', undefined]],
      );
    });
  });

  it('scans a failed list again, with the lists below it, and nothing else', async () => {
    await t.cloud.control.fault({ match: '/roma/cn-north-4/.*/instances\\?', fault: { kind: 'answer', status: 500 } });
    const walk = await go();
    // Both projects of cn-north-4.
    const [first, second, ...others] = failed(walk);
    assert.ok(first && second && others.length === 0);
    assert.ok(!met.some(({ listNode }) => listNode.id.startsWith(`${first.listNode.id}/`)));
    const before = met.length;
    await t.cloud.control.clearFaults();
    await t.cloud.control.clearRequests();
    await walk.resumeList(first.listNode);
    assert.equal(walk.lists.find(({ listNode }) => listNode === first.listNode)?.kind, 'done');
    const below = met.slice(before);
    assert.ok(below.length > 300 && below.every(({ listNode }) => listNode.id.startsWith(`${first.listNode.id}/`)));
    assert.deepEqual(failed(walk), [second]);
    assert.equal(ids().size, met.length);
    const sent = await t.harness.requests();
    assert.ok(
      sent.length > 10 && sent.every(({ path }) => path.startsWith('/roma/cn-north-4/') || path.startsWith('/v3')),
    );
    await t.cloud.control.clearRequests();
    await walk.resumeList(first.listNode);
    assert.deepEqual(await t.harness.requests(), []);
  });

  describe('of few instances', () => {
    const few = useCloud({ cloud: { rows: { instances: 4 } }, signedIn: 'always' });

    it('goes on while lists hang, however many', async () => {
      const giveUp = new AbortController();
      const timers = new HeldTimers(5000);
      try {
        await few.cloud.control.fault({ match: '/signs', fault: { kind: 'hang' } });
        few.harness.timeout = 24 * 60 * minute;
        const walk = start(few.explorer, giveUp.signal);
        const going = walk.scanAll();
        const others = (): readonly ListProgress[] =>
          walk.lists.filter(
            ({ listNode }) => listNode.collection.id !== 'signs' && listNode.collection.id !== 'projects',
          );
        for (let tries = 0; tries < 200 && !(others().length > 20 && others().every(ended)); tries += 1) {
          timers.tick(1000);
          // It answers after what was asked before.
          await few.cloud.control.underWay();
        }
        const hanging = walk.lists.filter((walked) => !ended(walked)).map(({ listNode }) => listNode.collection.id);
        assert.ok(hanging.length > 4 && hanging.every((id) => id === 'signs'), hanging.join());
        assert.ok(others().length > 20, `${others().length} other lists`);
        giveUp.abort();
        await going;
      } finally {
        timers.release();
      }
    });
  });

  it('ends when it is given up, without another request', async () => {
    const giveUp = new AbortController();
    const walk = new Scan(t.explorer, {
      onHits: (keys) => {
        met.push(...keys);
        giveUp.abort();
      },
      onProgress: () => undefined,
      signal: giveUp.signal,
    });
    await walk.scanAll();
    assert.deepEqual(failed(walk), []);
    // Requests that were sent by then may still be pending.
    await pause(200);
    const sent = (await t.harness.requests()).length;
    const count = met.length;
    assert.ok(count > 0 && count < 240 && sent < 20);
    await pause(100);
    assert.deepEqual([(await t.harness.requests()).length, met.length], [sent, count]);
  });
});
