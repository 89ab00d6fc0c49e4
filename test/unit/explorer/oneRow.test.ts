import assert from 'node:assert/strict';
import type { Collection } from '../../../src/catalog/declaration';
import type { Client } from '../../../src/cloud/client';
import { firstList, keyList, stubExplorer } from '../../support/stubExplorer';

/** Requests the row `a/b` and returns its ID and what was requested. */
async function oneRow(one: Collection['one']): Promise<{ id: string | undefined; requests: string[] }> {
  const requests: string[] = [];
  const getPage: Client['getPage'] = async ({ collection: { path, paging }, pathParams, filter }) => {
    requests.push(`${path} ${pathParams['id']} ${filter?.id} ${filter?.text} ${paging.kind}`);
    return { rows: [{ raw: {}, item: { id: 'a/b' }, bad: [] }], partial: true, truncated: false };
  };
  const explorer = stubExplorer([keyList(3, one ? { one } : {})], getPage, 3);
  const row = await explorer.one(firstList(explorer), 'a/b', new AbortController().signal);
  return { id: row?.listed.key, requests };
}

describe('Explorer.one', () => {
  it('requests one row of a list by the declared filter', async () => {
    assert.deepEqual(await oneRow({ filter: 'name' }), { id: 'a/b', requests: ['/keys undefined name a/b offset'] });
  });

  it('requests one row of a list by the declared path', async () => {
    assert.deepEqual(await oneRow({ path: '/keys/{id}' }), {
      id: 'a/b',
      requests: ['/keys/{id} a/b undefined undefined none'],
    });
  });

  it('requests nothing if a list declares no way to request one row', async () => {
    assert.deepEqual(await oneRow(undefined), { id: undefined, requests: [] });
  });
});
