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

/** An explorer over one account with one list, of three rows a page; `before` is called with the number of each page. */
function explorerOver(rows: string[], before: (page: number) => void): Explorer {
  let page = 0;
  const getPage: Client['getPage'] = async (_, at) => {
    before((page += 1));
    const from = Number(at ?? 0);
    const some = rows.slice(from, from + 3);
    return {
      rows: some.map((id) => ({ raw: { id }, item: { id }, bad: [] })),
      total: rows.length,
      next: from + some.length,
      partial: some.length < 3,
      truncated: false,
    };
  };
  // A stub with the needed part of an account and its client.
  // oxlint-disable no-unsafe-type-assertion
  const account = { id: 'x:d:u', site: 'x', user: { id: 'u', name: 'u' }, domain: { id: 'd', name: 'd' } } as Account;
  const client = { getPage } as Client;
  // oxlint-enable no-unsafe-type-assertion
  return new Explorer({
    accounts: {
      all: () => [account],
      client: () => client,
      site: () => ({ id: 'x', label: 'x', iam: 'https://iam.example.com', services: {}, fromSettings: [] }),
      noSite: () => assert.fail('it has one'),
    },
    catalog: [keys],
    pageSize: () => 3,
    showAllServices: () => false,
    filters: new MemoryFilterStore(),
    hidden: new MemoryHiddenStore(),
  });
}

describe('every row of a list', () => {
  const all = async (explorer: Explorer): Promise<string> => {
    const [root] = explorer.roots();
    const [list] = root ? explorer.declaredChildren(root) : [];
    assert.ok(list?.kind === 'list');
    let found = '';
    for await (const rows of explorer.everyRow(list, new AbortController().signal)) {
      found += `${rows.map(({ key }) => key).join('')} `;
    }
    return found;
  };

  it('comes page by page', async () => {
    assert.equal(await all(explorerOver('abcdefg'.split(''), () => undefined)), 'abc de fg ');
  });

  it('is there although a row came before what was read already', async () => {
    const rows = 'abcdefg'.split('');
    const found = await all(
      explorerOver(rows, (page) => {
        if (page === 2) {
          rows.unshift('0');
        }
      }),
    );
    assert.deepEqual([...new Set(found.replaceAll(' ', ''))].toSorted(), '0abcdefg'.split(''));
  });

  it('is there although rows that were read already went', async () => {
    const rows = 'abcdefghij'.split('');
    const found = await all(
      explorerOver(rows, (page) => {
        if (page === 3) {
          rows.splice(0, 1);
        }
      }),
    );
    assert.deepEqual([...new Set(found.replaceAll(' ', ''))].toSorted(), 'abcdefghij'.split(''));
  });
});
