import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Accounts } from '../../../src/accounts/accounts';
import type { Explorer } from '../../../src/explorer/explorer';
import type { ListNode, Node } from '../../../src/explorer/nodes';
import { startStandIn, type StandIn } from '../../cloud/start';
import { Harness, minute } from '../../support/harness';
import { explorerFor, labelText, nodeAt } from '../../support/tree';

describe('giving up what loads', function () {
  // Less than a request may take: one that is not given up is a failure.
  this.timeout(10_000);
  let cloud: StandIn;
  let harness: Harness;
  let accounts: Accounts;
  let explorer: Explorer;
  let changed: (string | undefined)[];
  let list: ListNode;

  before(async function () {
    this.timeout(30_000);
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    harness = new Harness(cloud);
    accounts = harness.accounts();
    await harness.signIn(accounts);
    ({ explorer, changed } = explorerFor(harness, accounts));
    const node = await nodeAt(explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    assert.ok(node.kind === 'list');
    list = node;
  });

  const hang = async (): Promise<void> => cloud.control.fault({ match: '/signs', fault: { kind: 'hang' } });
  /** Waits until so many requests are being answered. */
  const underWay = async (count: number): Promise<void> => {
    while ((await cloud.control.underWay()) !== count) {
      // One is on its way, or just given up.
    }
  };
  const rowsOf = async (node: Node): Promise<readonly Node[]> => {
    const rows = await explorer.children(node);
    return rows.filter(({ kind }) => kind === 'item');
  };

  describe('by a refresh', () => {
    it('stops the first page, and asks for it again', async () => {
      await hang();
      const opening = explorer.children(list);
      await underWay(1);
      changed.length = 0;
      const refreshing = explorer.refresh(list);
      assert.deepEqual([await opening, changed[0]], [[], list.id]);
      await refreshing;
      await underWay(0);
      assert.ok(list.list.notLoaded);
      await cloud.control.clearFaults();
      assert.equal((await rowsOf(list)).length, 100);
    });

    it('shows a list that it stopped at once, whatever else it loads', async () => {
      const other = await nodeAt(explorer, 'cn-north-4', 'CodeArts Repo', 'SSH keys');
      await explorer.children(other);
      await hang();
      const opening = explorer.children(list);
      await underWay(1);
      await cloud.control.clearFaults();
      await cloud.control.fault({ match: '/user/keys', fault: { kind: 'hang' } });
      changed.length = 0;
      const refreshing = explorer.refresh(undefined);
      await opening;
      assert.equal((await rowsOf(list)).length, 100);
      assert.deepEqual(changed, [list.id]);
      explorer.close();
      await refreshing;
    });

    it('stops a further page, and loads those again that there were', async () => {
      const pager = (await explorer.children(list)).at(-1);
      assert.ok(pager?.kind === 'pager');
      await hang();
      const loading = explorer.loadMore(pager);
      await underWay(1);
      await cloud.control.clearFaults();
      await cloud.control.clearRequests();
      await explorer.refresh(list);
      assert.equal(await loading, undefined);
      await underWay(0);
      const asked = (await harness.requests()).map(({ query }) => query);
      assert.deepEqual([asked, (await rowsOf(list)).length], [['?offset=0&limit=100'], 100]);
      assert.equal(labelText((await explorer.children(list)).at(-1) ?? list), 'Load more (100 of 240)');
    });

    it('stops a refresh that is under way', async () => {
      const before = (await rowsOf(list)).map(({ id }) => id);
      await hang();
      const first = explorer.refresh(list);
      await underWay(1);
      await cloud.control.clearFaults();
      await cloud.control.churn(5);
      await explorer.refresh(list);
      await first;
      await underWay(0);
      assert.ok((await rowsOf(list)).some(({ id }) => !before.includes(id)));
    });
  });

  it('of one list does not keep a refresh from showing another one', async () => {
    const keys = await nodeAt(explorer, 'cn-north-4', 'CodeArts Repo', 'SSH keys');
    await Promise.all([explorer.children(list), explorer.children(keys)]);
    changed.length = 0;
    await hang();
    const refreshing = explorer.refresh(undefined);
    while (!changed.includes(keys.id)) {
      await pause(10);
    }
    assert.deepEqual([changed.includes(list.id), changed.includes(undefined)], [false, false]);
    explorer.collapsed(list);
    await refreshing;
  });

  it('by deactivation stops every request, and starts no other', async () => {
    const quotas = await nodeAt(explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Credential quotas');
    await explorer.children(quotas);
    const keys = await nodeAt(explorer, 'cn-north-4', 'CodeArts Repo', 'SSH keys');
    await hang();
    await cloud.control.fault({ match: '/app-quotas|/auth/tokens', fault: { kind: 'hang' } });
    await cloud.control.expire();
    // A token younger than a minute would not be renewed.
    harness.now += 2 * minute;
    const loading = [explorer.children(list), explorer.refresh(quotas), explorer.children(keys)];
    await underWay(3);
    explorer.close();
    accounts.close();
    await Promise.all(loading);
    await underWay(0);
    await cloud.control.reset();
    assert.deepEqual(await Promise.all([explorer.children(list), explorer.children(keys)]), [[], []]);
    assert.deepEqual(await cloud.control.requests(), []);
  });

  it('leaves nothing that listens, however often it loaded', async () => {
    await cloud.control.fault({ match: '/signs', times: 2, fault: { kind: 'reset' } });
    await explorer.children(list);
    for (let time = 0; time < 20; time += 1) {
      const refreshing = explorer.refresh(list);
      if (time % 2 === 0) {
        explorer.collapsed(list);
      }
      await refreshing;
    }
    assert.equal(getEventListeners(list.signal, 'abort').length, 0);
  });
});
