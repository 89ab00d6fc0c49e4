import assert from 'node:assert/strict';
import type { Explorer } from '../../../src/explorer/explorer';
import { resolveRef } from '../../../src/explorer/resolveRef';
import type { ItemNode, ListNode } from '../../../src/explorer/nodes';
import { explorerFor, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

describe('finding a row by its ID', function () {
  this.timeout(30_000);
  const never = new AbortController().signal;
  const t = useCloud({ signedIn: 'always' });
  let explorer: Explorer;
  /** The 150th signature key, as a window before this one knew it. */
  let key: ItemNode;
  beforeEach(async () => {
    const list = await signs(fresh());
    const pager = (await explorer.children(list)).at(-1);
    assert.ok(pager?.kind === 'pager');
    await explorer.loadMore(pager);
    const found = (await explorer.children(list))[149];
    assert.ok(found?.kind === 'item');
    key = found;
    fresh();
    await t.cloud.control.clearRequests();
  });

  function fresh(): Explorer {
    ({ explorer } = explorerFor(t.harness, t.accounts));
    return explorer;
  }

  async function signs(from: Explorer): Promise<ListNode> {
    const node = await nodeAt(from, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    assert.ok(node.kind === 'list');
    return node;
  }

  async function pages(): Promise<string[]> {
    const log = await t.cloud.control.requests();
    return log.filter(({ path }) => path.endsWith('/signs')).map(({ query }) => query);
  }

  it('opens the way to it and loads its list until it comes', async () => {
    const found = await resolveRef(explorer, key.id, false, never);
    assert.ok(found.kind === 'found');
    assert.deepEqual([found.node.id, found.node.listed.row.raw], [key.id, key.listed.row.raw]);
    assert.deepEqual(await pages(), ['?offset=0&limit=100', '?offset=99&limit=101']);
    assert.equal(found.node.parent?.id, key.parent?.id);
  });

  it('asks for it alone where the call can', async () => {
    const found = await resolveRef(explorer, key.id, true, never);
    assert.ok(found.kind === 'found');
    assert.deepEqual(found.node.listed.row.raw, key.listed.row.raw);
    assert.deepEqual(await pages(), ['?offset=0&limit=100', `?offset=0&limit=100&id=${key.listed.row.item.id}`]);
  });

  it('says that it is gone, after all was looked through', async () => {
    for (const byOne of [true, false]) {
      assert.deepEqual(await resolveRef(fresh(), `${key.id}x`, byOne, never), { kind: 'gone' });
    }
    assert.deepEqual(await resolveRef(explorer, key.id.replace('/roma/', '/nowhere/'), false, never), { kind: 'gone' });
  });

  it('says that a filter hides it, and finds it past the filter where the call can', async () => {
    const list = await signs(explorer);
    explorer.setFilter(list, { id: 'name', text: 'no such name', exact: false });
    assert.deepEqual(await resolveRef(explorer, key.id, false, never), { kind: 'hidden', listNode: list });
    assert.equal((await resolveRef(explorer, key.id, true, never)).kind, 'found');
  });

  it('says why it could not look, or that nobody is signed in', async () => {
    await t.cloud.control.fault({ match: '/signs', fault: { kind: 'document', document: 'signs', status: 500 } });
    const failed = await resolveRef(explorer, key.id, false, never);
    assert.deepEqual(failed.kind === 'failed' && failed.error.kind, 'server');
    const given = AbortSignal.abort();
    const cancelled = await resolveRef(fresh(), key.id, false, given);
    assert.deepEqual(cancelled.kind === 'failed' && cancelled.error.kind, 'cancelled');
    await t.accounts.signOut(t.accounts.all()[0]?.id ?? '');
    assert.deepEqual(await resolveRef(explorer, key.id, false, never), { kind: 'signedOut' });
  });
});
