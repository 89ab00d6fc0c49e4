import type { Account } from '../../src/accounts/account';
import type { Below } from '../../src/catalog/shape';
import { Explorer } from '../../src/explorer/explorer';
import { testClient } from './localServer';
import { MemoryFilters, MemoryHidden } from './world';

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

/** The tree of an account whose IAM is at this address, with lists of a catalog of its own. */
export function explorerOf(iam: string, catalog: readonly Below[]): Explorer {
  const { client } = testClient();
  const site = { id: 'test', label: 'Test', iam, services: {}, fromSettings: [] };
  return new Explorer({
    accounts: { all: () => [account], client: () => client, site: () => site },
    catalog,
    site: () => site,
    pageSize: () => 100,
    showAllServices: () => false,
    filters: new MemoryFilters(),
    hidden: new MemoryHidden(),
    changed: () => undefined,
  });
}
