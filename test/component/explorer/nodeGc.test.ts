import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Explorer } from '../../../src/explorer/explorer';
import { listOf, type ListNode, type Node, type ServiceNode } from '../../../src/explorer/nodes';
import { Harness } from '../../support/harness';
import { explorerFor, labelText, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

describe('rows that are gone', function () {
  this.timeout(30_000);
  const t = useCloud({ cloud: { rows: { instances: 20, sshKeys: 1200 } } });
  let explorer: Explorer;
  beforeEach(async () => {
    const harness = new Harness(t.cloud);
    const accounts = harness.accounts();
    await harness.signIn(accounts);
    ({ explorer } = explorerFor(harness, accounts));
  });

  const listAt = async (...labels: readonly string[]): Promise<ListNode> => {
    const node = await nodeAt(explorer, ...labels);
    assert.ok(node.kind === 'list');
    return node;
  };
  const roma = async (): Promise<ServiceNode> => {
    const node = await nodeAt(explorer, 'cn-east-3', 'ROMA Connect');
    assert.ok(node.kind === 'service');
    return node;
  };
  const idsBelow = async (node: Node): Promise<readonly string[]> => {
    const below = await explorer.children(node);
    const deeper = await Promise.all(below.map(idsBelow));
    return [...below.map(({ id }) => id), ...deeper.flat()];
  };
  /** Those of these IDs that still have a node once nothing holds on to it. */
  const held = async (ids: readonly string[]): Promise<readonly string[]> => {
    // Dereferenced objects live until the present job ends, some a little longer.
    let left = ids;
    for (let time = 0; time < 20 && left.length > 0; time += 1) {
      await new Promise(setImmediate);
      collect();
      left = ids.filter((id) => explorer.node(id));
    }
    return left;
  };
  const churn = async (rows: number, node: Node): Promise<void> => {
    await t.cloud.control.churn(rows);
    await explorer.refresh(node);
    // The first marks unreachable nodes, the second drops them.
    await explorer.refresh(node);
  };

  it('are let go, with all that stood below them', async () => {
    const before = await idsBelow(await roma());
    assert.ok(before.length > 100);
    await churn(20, await roma());
    const after = await idsBelow(await roma());
    const gone = before.filter((id) => !after.includes(id));
    assert.ok(gone.some((id) => id.endsWith('/signs')) && gone.some((id) => id.endsWith('/+message')));
    assert.deepEqual(await held(gone), []);
    assert.deepEqual(await held(after), after);
  });

  it('are let go where a filter takes them away, as are the parts of a long list', async () => {
    const list = await listAt('cn-north-4', 'CodeArts Repo', 'SSH keys');
    for (let pager: Node | undefined; (pager = (await explorer.children(list)).find(({ kind }) => kind === 'pager'));) {
      assert.ok(pager.kind === 'pager');
      await explorer.loadMore(pager);
    }
    const before = await idsBelow(list);
    assert.ok(before.some((id) => id.includes('/+500/')));
    explorer.setFilter(list, { id: 'title', text: 'nothing is called so', exact: false });
    assert.deepEqual(await held(before.filter((id) => !id.endsWith('/+more'))), []);
    explorer.setFilter(list, undefined);
    const [first] = await idsBelow(list);
    assert.equal(first, before[0]);
  });

  it('have the same node again when they come back, if somebody kept it', async () => {
    const list = await listAt('cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    const before = await explorer.children(list);
    explorer.setFilter(list, { id: 'name', text: labelText(before[3] ?? list), exact: true });
    assert.equal((await explorer.children(list))[0], before[3]);
    await explorer.refresh(undefined);
    assert.equal(explorer.node(before[7]?.id ?? ''), before[7]);
    explorer.setFilter(list, undefined);
    const after = await explorer.children(list);
    assert.equal(after.length, before.length);
    before.forEach((node, at) => assert.equal(after[at], node));
  });

  it('take with them what was being loaded below, and that is as never opened', async () => {
    const [instance] = await explorer.children(await roma());
    assert.ok(instance);
    const [list] = await explorer.children(instance);
    assert.ok(list?.kind === 'list');
    await explorer.children(list);
    await t.cloud.control.fault({ match: '/signs', fault: { kind: 'hang' } });
    const loading = explorer.refresh(list);
    while ((await t.cloud.control.underWay()) === 0) {
      // It is on its way.
    }
    const instances = listOf(await roma());
    assert.ok(instances);
    explorer.setFilter(instances, { id: 'status', text: 'ERROR', exact: false });
    await loading;
    assert.deepEqual([list.list.notLoaded, list.list.rows], [true, []]);
    while ((await t.cloud.control.underWay()) > 0) {
      // It was given up, which takes a moment.
    }
  });
});
