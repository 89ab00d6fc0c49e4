/** An explorer over one account whose pages a test makes up, without a server. */
import assert from 'node:assert/strict';
import * as v from 'valibot';
import type { Account } from '../../src/accounts/account';
import { phrase } from '../../src/base/phrase';
import { collection, type Collection } from '../../src/catalog/declaration';
import type { Client } from '../../src/cloud/client';
import { Explorer } from '../../src/explorer/explorer';
import type { ListNode } from '../../src/explorer/nodes';
import { MemoryFilterStore, MemoryHiddenStore } from './memoryStores';

// The explorer needs only these fields of an account.
// oxlint-disable-next-line no-unsafe-type-assertion
export const stubAccount = {
  id: 'x:d:u',
  site: 'x',
  user: { id: 'u', name: 'u' },
  domain: { id: 'd', name: 'd' },
} as Account;

/** A list of keys with pages of up to `max` rows and a filter by name. */
export function keyList(max: number, more: Partial<Collection> = {}): Collection {
  return {
    ...collection({
      id: 'keys',
      label: phrase('Keys'),
      emptyStateText: phrase('rows'),
      docs: 'https://docs.example.com/',
      rowLabel: phrase('key'),
      icon: 'key',
      scope: 'account',
      path: '/keys',
      paging: { kind: 'offset', offset: { min: 0 }, size: { min: 1, max } },
      rows: () => [],
      filters: [{ id: 'name', query: 'name', label: phrase('Name'), match: 'contains' }],
      row: v.looseObject({}),
      item: () => ({}),
      secrets: [],
      codes: {},
    }),
    ...more,
  };
}

/** @param pageSize rows requested per page, within the limits of each list */
export function stubExplorer(catalog: readonly Collection[], getPage: Client['getPage'], pageSize: number): Explorer {
  // Only these methods of a client are called.
  // oxlint-disable-next-line no-unsafe-type-assertion
  const client = { getPage, forgive: () => undefined } as unknown as Client;
  return new Explorer({
    accounts: {
      all: () => [stubAccount],
      client: () => client,
      noSite: () => assert.fail('The account has a site'),
      site: () => ({ id: 'x', label: 'x', iam: 'https://iam.example.com', services: {}, fromSettings: [] }),
    },
    catalog,
    pageSize: () => pageSize,
    showAllServices: () => false,
    filters: new MemoryFilterStore(),
    hidden: new MemoryHiddenStore(),
  });
}

/** The first list of the first account. */
export function firstList(explorer: Explorer): ListNode {
  const [root] = explorer.roots();
  const [list] = root ? explorer.declaredChildren(root) : [];
  assert.ok(list?.kind === 'list');
  return list;
}
