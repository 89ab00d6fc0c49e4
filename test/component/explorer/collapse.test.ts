import assert from 'node:assert/strict';
import type { Explorer } from '../../../src/explorer/explorer';
import type { ListNode } from '../../../src/explorer/nodes';
import { explorerFor, labelText, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

describe('closing a row while it loads', function () {
  this.timeout(30_000);
  const t = useCloud();
  let explorer: Explorer;
  let changed: (string | undefined)[];
  let list: ListNode;
  beforeEach(async () => {
    const accounts = t.harness.accounts();
    await t.harness.signIn(accounts);
    ({ explorer, changed } = explorerFor(t.harness, accounts));
    const node = await nodeAt(explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    assert.ok(node.kind === 'list');
    list = node;
  });

  it('gives its request up: it is as never opened, and loads when it is opened again', async () => {
    await t.cloud.control.fault({ match: '/signs', fault: { kind: 'hang' } });
    const opening = explorer.children(list);
    while (!(await t.harness.requests()).some(({ path }) => path.endsWith('/signs'))) {
      // It is on its way.
    }
    changed.length = 0;
    explorer.collapsed(list);
    assert.deepEqual(await opening, []);
    assert.deepEqual([list.list.notLoaded, list.list.error, changed], [true, undefined, [list.id]]);
    await t.cloud.control.clearFaults();
    assert.equal((await explorer.children(list)).length, 101);
  });

  it('keeps what came before the page that was given up', async () => {
    const pager = (await explorer.children(list)).at(-1);
    assert.ok(pager?.kind === 'pager');
    await t.cloud.control.fault({ match: '/signs', fault: { kind: 'hang' } });
    const loading = explorer.loadMore(pager);
    explorer.collapsed(list);
    assert.equal(await loading, undefined);
    const rows = await explorer.children(list);
    assert.deepEqual([rows.length, labelText(rows.at(-1) ?? list)], [101, 'Load more (100 of 240)']);
  });

  it('changes nothing if nothing loads', async () => {
    const rows = await explorer.children(list);
    changed.length = 0;
    explorer.collapsed(list);
    assert.deepEqual([await explorer.children(list), changed], [rows, []]);
  });
});
