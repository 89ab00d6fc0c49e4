import assert from 'node:assert/strict';
import { resolveRef } from '../../../src/explorer/resolveRef';
import type { ListNode, Node } from '../../../src/explorer/nodes';
import { labelText, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

const { signal } = new AbortController();

/** A list of 1,340 keys; the first 500 are loaded before each test. */
for (const omitTotal of [false, true]) {
  describe(`a list longer than 500 rows, ${omitTotal ? 'without' : 'with'} a total`, function () {
    this.timeout(60_000);
    const t = useCloud({ cloud: { rows: { sshKeys: 1340 }, omitTotal }, signedIn: 'always' });
    let list: ListNode;
    beforeEach(async () => {
      const node = await nodeAt(t.explorer, 'cn-north-4', 'CodeArts Repo', 'SSH keys');
      assert.ok(node.kind === 'list');
      list = node;
      await toTheEnd(list);
      await t.cloud.control.clearRequests();
    });

    const toTheEnd = async (part: ListNode): Promise<readonly Node[]> => {
      for (;;) {
        // Each page starts where the one before it ended.
        const rows = await t.explorer.children(part);
        const pager = rows.find((row) => row.kind === 'pager');
        if (pager?.kind !== 'pager') {
          return rows;
        }
        await t.explorer.loadMore(pager);
      }
    };
    const ranges = async (): Promise<ListNode[]> =>
      (await t.explorer.children(list)).filter((row) => row.kind === 'list');

    it('goes on in rows of their own', async () => {
      const rows = await t.explorer.children(list);
      assert.equal(rows.filter((row) => row.kind === 'item').length, 500);
      const expected = omitTotal ? ['501 to 1000'] : ['501 to 1000 of 1340', '1001 to 1340 of 1340'];
      assert.deepEqual((await ranges()).map(labelText), expected);
      assert.deepEqual(await t.cloud.control.requests(), []);
    });

    it('has each row once, whatever is opened first', async () => {
      const keys = new Set(
        (await t.explorer.children(list)).filter((row) => row.kind === 'item').map(({ listed }) => listed.key),
      );
      for (const at of omitTotal ? [0, 1] : [1, 0]) {
        const range = (await ranges())[at];
        assert.ok(range);
        const rows = (await toTheEnd(range)).filter((row) => row.kind === 'item');
        assert.equal(rows.length, at === 0 ? 500 : 340);
        for (const { listed } of rows) {
          assert.ok(!keys.has(listed.key));
          keys.add(listed.key);
        }
      }
      assert.equal(keys.size, 1340);
      assert.equal((await ranges()).length, 2);
    });

    it('is found in, also a row that moved to another part', async () => {
      const [range] = await ranges();
      assert.ok(range);
      const [, row] = (await t.explorer.children(range)).filter((each) => each.kind === 'item');
      assert.ok(row);
      const there = await resolveRef(t.explorer, row.id, false, signal);
      assert.ok(there.kind === 'found' && there.node === row);
      const elsewhere = row.id.replace(/\/\+500\//, '/');
      const moved = await resolveRef(t.explorer, elsewhere, false, signal);
      assert.ok(moved.kind === 'found' && moved.node === row, moved.kind);
      assert.equal((await resolveRef(t.explorer, `${list.id}/no-such-key`, false, signal)).kind, 'gone');
    });

    it('is refreshed part by part, and narrowed as a whole', async () => {
      const [range] = await ranges();
      assert.ok(range);
      await t.explorer.children(range);
      await t.cloud.control.clearRequests();
      await t.explorer.refresh(range);
      assert.deepEqual(
        (await t.cloud.control.requests()).map(({ query }) => query),
        ['?offset=500&limit=100'],
      );
      t.explorer.setFilter(range, { id: 'title', text: 'lssh', exact: false });
      assert.deepEqual((await t.explorer.children(list)).map(labelText), ['lssh']);
      t.explorer.setFilter(list, undefined);
      await toTheEnd(list);
      const [again] = await ranges();
      assert.ok(again?.list.notLoaded);
    });
  });
}
