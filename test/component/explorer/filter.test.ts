import assert from 'node:assert/strict';
import { phrase } from '../../../src/base/phrase';
import { countLabel, filterLabel } from '../../../src/explorer/present/labels';
import { maskText } from '../../../src/base/secretText';
import { listOf, type ListNode } from '../../../src/explorer/nodes';
import { exampleRows } from '../../cloud/documented';
import { labelText, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

describe('a filter', function () {
  this.timeout(30_000);
  const t = useCloud({ signedIn: 'always' });
  let list: ListNode;
  beforeEach(async () => {
    list = await signs();
    await t.cloud.control.clearRequests();
  });

  async function signs(): Promise<ListNode> {
    const node = await opened('demo-operator', 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    assert.ok(node.kind === 'list');
    return node;
  }

  async function opened(_account: string, ...names: string[]): ReturnType<typeof nodeAt> {
    return nodeAt(t.explorer, ...names);
  }

  async function labels(): Promise<string[]> {
    return (await t.explorer.children(list)).map(labelText);
  }

  const [example] = exampleRows('signs');
  const name = String(example?.['name']);

  it('narrows the list on the server, and says so with the count', async () => {
    t.explorer.setFilter(list, { id: 'name', text: 'Signature_', exact: false });
    const narrowed = await labels();
    assert.ok(narrowed.length > 1 && narrowed.every((label) => /signature_|Load more/i.test(label)), narrowed.join());
    const [request] = await t.harness.requests();
    assert.equal(request?.query, '?offset=0&limit=100&name=Signature_');
    assert.deepEqual(filterLabel(list), { text: 'contains {0}', args: ['Signature_'] });
    assert.equal(countLabel(list), String(list.list.total));
  });

  it('uses the exact switch of the call, and the ID', async () => {
    t.explorer.setFilter(list, { id: 'name', text: name, exact: true });
    assert.deepEqual(await labels(), [name]);
    t.explorer.setFilter(list, { id: 'id', text: String(example?.['id']), exact: false });
    assert.deepEqual(await labels(), [name]);
    assert.deepEqual(
      (await t.harness.requests()).map(({ query }) => query.replace(/^.offset=0&limit=100&/, '')),
      [`name=${name}&precise_search=name`, `id=${String(example?.['id'])}`],
    );
  });

  it('tells nothing matches from nothing here, and comes off again', async () => {
    t.explorer.setFilter(list, { id: 'name', text: 'no such name', exact: false });
    assert.deepEqual(await labels(), ['No match · clear filter']);
    t.explorer.setFilter(list, undefined);
    assert.equal((await labels()).length, 101);
    assert.equal(filterLabel(list), undefined);
  });

  it('is kept for its list over a restart, and forgotten at sign-out', async () => {
    t.explorer.setFilter(list, { id: 'name', text: name, exact: false });
    t.reload();
    list = await signs();
    assert.deepEqual(await labels(), [name]);
    await t.accounts.signOut(t.accounts.all()[0]?.id ?? '');
    assert.equal(t.harness.filters.kept.size, 0);
  });

  it('leaves no trace of an account for this session only', async () => {
    await t.harness.signIn(t.accounts, 'session');
    t.explorer.setFilter(list, { id: 'name', text: name, exact: false });
    assert.deepEqual(await labels(), [name]);
    assert.equal(t.harness.filters.kept.size, 0);
  });

  it('is neither stored nor shown where its text is a secret', async () => {
    const filters = [{ id: 'key', query: 'sign_key', label: phrase('Key'), match: 'exact', secret: true }] as const;
    const secretive = { ...list, collection: { ...list.collection, filters } };
    t.explorer.setFilter(secretive, { id: 'key', text: 'a-secret', exact: false });
    assert.equal(t.harness.filters.kept.size, 0);
    assert.deepEqual(filterLabel(secretive), { text: '= {0}', args: [maskText] });
  });

  it('reaches a list that has no row of its own through the row above it', async () => {
    const service = await opened('demo-operator', 'cn-north-4', 'ROMA Connect');
    const instances = listOf(service);
    assert.ok(instances);
    t.explorer.setFilter(instances, { id: 'status', text: 'NO_SUCH', exact: false });
    assert.deepEqual((await t.explorer.children(service)).map(labelText), ['No match · clear filter']);
  });
});
