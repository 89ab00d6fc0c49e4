import assert from 'node:assert/strict';
import * as v from 'valibot';
import type { Account } from '../../../src/accounts/account';
import { phrase } from '../../../src/base/phrase';
import { collection } from '../../../src/catalog/declaration';
import type { Client } from '../../../src/cloud/client';
import { Explorer } from '../../../src/explorer/explorer';
import { MemoryFilterStore, MemoryHiddenStore } from '../../support/memoryStores';

const keys = collection({
  id: 'keys',
  label: phrase('Keys'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('key'),
  icon: 'key',
  scope: 'account',
  path: '/keys',
  paging: { kind: 'offset', offset: { min: 0 }, size: { min: 1, max: 3 } },
  rows: () => [],
  filters: [],
  row: v.looseObject({}),
  item: () => ({}),
  secrets: [],
  codes: {},
});

/** Requests the row `a/b` and returns its ID and what was requested. */
async function oneRow(one: typeof keys.one): Promise<{ id: string | undefined; requests: string[] }> {
  const requests: string[] = [];
  const getPage: Client['getPage'] = async ({ collection: { path, paging }, pathParams, filter }) => {
    requests.push(`${path} ${pathParams['id']} ${filter?.id} ${filter?.text} ${paging.kind}`);
    return { rows: [{ raw: {}, item: { id: 'a/b' }, bad: [] }], partial: true, truncated: false };
  };
  // A stub with the needed part of an account and its client.
  // oxlint-disable no-unsafe-type-assertion
  const account = { id: 'x:d:u', site: 'x', user: { id: 'u', name: 'u' }, domain: { id: 'd', name: 'd' } } as Account;
  const client = { getPage } as Client;
  // oxlint-enable no-unsafe-type-assertion
  const explorer = new Explorer({
    accounts: {
      all: () => [account],
      client: () => client,
      site: () => ({ id: 'x', label: 'x', iam: 'https://iam.example.com', services: {}, fromSettings: [] }),
      noSite: () => assert.fail('it has one'),
    },
    catalog: [{ ...keys, ...(one ? { one } : {}) }],
    pageSize: () => 3,
    showAllServices: () => false,
    filters: new MemoryFilterStore(),
    hidden: new MemoryHiddenStore(),
  });
  const [root] = explorer.roots();
  const [list] = root ? explorer.declaredChildren(root) : [];
  assert.ok(list?.kind === 'list');
  const row = await explorer.one(list, 'a/b', new AbortController().signal);
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
