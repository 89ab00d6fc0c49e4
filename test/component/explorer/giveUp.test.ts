import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { ListNode, Node } from '../../../src/explorer/nodes';
import { minute } from '../../support/harness';
import { labelText, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

describe('giving up what loads', function () {
  // Less than a request may take: one that is not given up is a failure.
  this.timeout(10_000);
  const t = useCloud({ signedIn: 'always' });
  let list: ListNode;
  beforeEach(async () => {
    const node = await nodeAt(t.explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    assert.ok(node.kind === 'list');
    list = node;
  });

  const hang = async (): Promise<void> => t.cloud.control.fault({ match: '/signs', fault: { kind: 'hang' } });
  /** Waits until so many requests are being answered. */
  const underWay = async (count: number): Promise<void> => {
    while ((await t.cloud.control.underWay()) !== count) {
      // One is on its way, or just given up.
    }
  };
  const rowsOf = async (node: Node): Promise<readonly Node[]> => {
    const rows = await t.explorer.children(node);
    return rows.filter(({ kind }) => kind === 'item');
  };

  describe('by a refresh', () => {
    it('stops the first page, and asks for it again', async () => {
      await hang();
      const opening = t.explorer.children(list);
      await underWay(1);
      t.changed.length = 0;
      const refreshing = t.explorer.refresh(list);
      assert.deepEqual([await opening, t.changed[0]], [[], list.id]);
      await refreshing;
      await underWay(0);
      assert.ok(list.list.notLoaded);
      await t.cloud.control.clearFaults();
      assert.equal((await rowsOf(list)).length, 100);
    });

    it('shows a list that it stopped at once, whatever else it loads', async () => {
      const other = await nodeAt(t.explorer, 'cn-north-4', 'CodeArts Repo', 'SSH keys');
      await t.explorer.children(other);
      await hang();
      const opening = t.explorer.children(list);
      await underWay(1);
      await t.cloud.control.clearFaults();
      await t.cloud.control.fault({ match: '/user/keys', fault: { kind: 'hang' } });
      t.changed.length = 0;
      const refreshing = t.explorer.refresh(undefined);
      await opening;
      assert.equal((await rowsOf(list)).length, 100);
      assert.deepEqual(t.changed, [list.id]);
      t.explorer.close();
      await refreshing;
    });

    it('stops a further page, and loads those again that there were', async () => {
      const pager = (await t.explorer.children(list)).at(-1);
      assert.ok(pager?.kind === 'pager');
      await hang();
      const loading = t.explorer.loadMore(pager);
      await underWay(1);
      await t.cloud.control.clearFaults();
      await t.cloud.control.clearRequests();
      await t.explorer.refresh(list);
      assert.equal(await loading, undefined);
      await underWay(0);
      const asked = (await t.harness.requests()).map(({ query }) => query);
      assert.deepEqual([asked, (await rowsOf(list)).length], [['?offset=0&limit=100'], 100]);
      assert.equal(labelText((await t.explorer.children(list)).at(-1) ?? list), 'Load more (100 of 240)');
    });

    it('stops a refresh that is under way', async () => {
      const before = (await rowsOf(list)).map(({ id }) => id);
      await hang();
      const first = t.explorer.refresh(list);
      await underWay(1);
      await t.cloud.control.clearFaults();
      await t.cloud.control.churn(5);
      await t.explorer.refresh(list);
      await first;
      await underWay(0);
      assert.ok((await rowsOf(list)).some(({ id }) => !before.includes(id)));
    });
  });

  it('of one list does not keep a refresh from showing another one', async () => {
    const keys = await nodeAt(t.explorer, 'cn-north-4', 'CodeArts Repo', 'SSH keys');
    await Promise.all([t.explorer.children(list), t.explorer.children(keys)]);
    t.changed.length = 0;
    await hang();
    const refreshing = t.explorer.refresh(undefined);
    while (!t.changed.includes(keys.id)) {
      await pause(10);
    }
    assert.deepEqual([t.changed.includes(list.id), t.changed.includes(undefined)], [false, false]);
    t.explorer.collapsed(list);
    await refreshing;
  });

  it('by deactivation stops every request, and starts no other', async () => {
    const quotas = await nodeAt(t.explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Credential quotas');
    await t.explorer.children(quotas);
    const keys = await nodeAt(t.explorer, 'cn-north-4', 'CodeArts Repo', 'SSH keys');
    await hang();
    await t.cloud.control.fault({ match: '/app-quotas|/auth/tokens', fault: { kind: 'hang' } });
    await t.cloud.control.expire();
    // A token younger than a minute would not be renewed.
    t.harness.now += 2 * minute;
    const loading = [t.explorer.children(list), t.explorer.refresh(quotas), t.explorer.children(keys)];
    await underWay(3);
    t.explorer.close();
    t.accounts.close();
    await Promise.all(loading);
    await underWay(0);
    await t.cloud.control.reset();
    assert.deepEqual(await Promise.all([t.explorer.children(list), t.explorer.children(keys)]), [[], []]);
    assert.deepEqual(await t.cloud.control.requests(), []);
  });

  it('leaves nothing that listens, however often it loaded', async () => {
    await t.cloud.control.fault({ match: '/signs', times: 2, fault: { kind: 'reset' } });
    await t.explorer.children(list);
    for (let time = 0; time < 20; time += 1) {
      const refreshing = t.explorer.refresh(list);
      if (time % 2 === 0) {
        t.explorer.collapsed(list);
      }
      await refreshing;
    }
    assert.equal(getEventListeners(list.signal, 'abort').length, 0);
  });
});
