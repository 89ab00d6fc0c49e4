import assert from 'node:assert/strict';
import { extensions, type Memento, type SecretStorage } from 'vscode';
import { Accounts } from '../../src/accounts/accounts';
import { readSites } from '../../src/accounts/sites';
import { catalog, services } from '../../src/catalog/catalog';
import { Explorer } from '../../src/explorer/explorer';
import type { Node } from '../../src/explorer/nodes';
import { Patience, pause } from '../../src/cloud/patience';
import { readProfile } from '../../src/host/profiles';
import { accountStoreIn, filterStoreIn, hiddenStoreIn, vaultIn } from '../../src/host/storage';
import { sampleSite } from '../cloud/control';
import { given } from './given';

/** VS Code's own secret storage and state, lent by the probe. */
export async function borrowed(): Promise<{ secrets: SecretStorage; globalState: Memento }> {
  const probe = extensions.getExtension<{ secrets: SecretStorage; globalState: Memento }>(
    'key-explorer.key-explorer-probe',
  );
  assert.ok(probe);
  return probe.activate();
}

/** The accounts and the explorer as the extension builds them, on the probe's storage. */
export async function build(): Promise<{ accounts: Accounts; explorer: Explorer; changes: (Node | undefined)[] }> {
  const { secrets, globalState } = await borrowed();
  const { sites } = readSites({ demo: sampleSite(given().cloud) });
  const changes: (Node | undefined)[] = [];
  const ignore = (): void => undefined;
  const accounts = new Accounts({
    store: accountStoreIn(globalState),
    vault: vaultIn(secrets),
    transport: { timeout: () => 10_000, log: { info: ignore, warn: ignore }, clock: Date.now },
    services,
    site: (id) => sites.get(id),
    readProfile,
    patience: () => new Patience({ clock: Date.now, pause, random: Math.random, waiting: ignore }),
    changed: ignore,
  });
  const explorer = new Explorer({
    accounts,
    catalog,
    site: (id) => sites.get(id),
    pageSize: () => 100,
    showAllServices: () => false,
    filters: filterStoreIn(globalState),
    hidden: hiddenStoreIn(globalState),
    changed: (node) => changes.push(node),
  });
  return { accounts, explorer, changes };
}
