import assert from 'node:assert/strict';
import type { Account } from '../../src/accounts/account';
import type { ChildDeclaration } from '../../src/catalog/declaration';
import { Explorer } from '../../src/explorer/explorer';
import { MemoryFilterStore, MemoryHiddenStore } from './memoryStores';
import { FakeAuthorizer, testClient } from './testClient';

const account: Account = {
  id: 'test:d:u',
  site: 'test',
  domain: { id: 'd', name: 'Domain' },
  user: { id: 'u', name: 'User' },
  signIn: 'password',
  generation: 'first',
  remember: 'session',
  accepted: [],
};

/** A tree, its only account as it is now, and the IDs of what was to be shown again. */
export interface OwnTree {
  readonly explorer: Explorer;
  account: Account;
  readonly changed: (string | undefined)[];
}

/** The tree of an account at this address, whose IAM and services are there, with lists of a catalog of its own. */
export function treeOf(
  url: string,
  catalog: readonly ChildDeclaration[],
  authorizer: FakeAuthorizer = new FakeAuthorizer(),
  pageSize = 100,
): OwnTree {
  const { client } = testClient(1000, authorizer);
  const services = Object.fromEntries(catalog.map(({ id }) => [id, url]));
  const site = { id: 'test', label: 'Test', iam: url, services, fromSettings: [] };
  const changed: OwnTree['changed'] = [];
  const now = { account };
  const explorer = new Explorer({
    accounts: {
      all: () => [now.account],
      client: () => client,
      site: () => site,
      noSite: () => assert.fail('it has one'),
    },
    catalog,
    pageSize: () => pageSize,
    showAllServices: () => false,
    filters: new MemoryFilterStore(),
    hidden: new MemoryHiddenStore(),
  });
  explorer.onDidChange((node) => changed.push(node?.id));
  return Object.assign(now, { explorer, changed });
}
