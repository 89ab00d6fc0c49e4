import assert from 'node:assert/strict';
import { extensions, type Memento, type SecretStorage, type Uri } from 'vscode';
import { Accounts } from '../../src/accounts/accounts';
import { readSites } from '../../src/accounts/sites';
import { catalog, services } from '../../src/catalog/catalog';
import { Explorer } from '../../src/explorer/explorer';
import type { Node } from '../../src/explorer/nodes';
import { Patience, pause } from '../../src/cloud/patience';
import { AccountFile } from '../../src/host/accountFile';
import { readProfile } from '../../src/host/profiles';
import { filterStoreIn, hiddenStoreIn, vaultIn } from '../../src/host/storage';
import { sampleSite } from '../cloud/control';
import { given } from './given';

interface Borrowed {
  readonly secrets: SecretStorage;
  readonly globalState: Memento;
  readonly globalStorageUri: Uri;
}

/** VS Code's own secret storage, state and folder, lent by the probe. */
export async function borrowed(): Promise<Borrowed> {
  const probe = extensions.getExtension<Borrowed>('key-explorer.key-explorer-probe');
  assert.ok(probe);
  return probe.activate();
}

/** The accounts and the explorer as the extension builds them, on the probe's storage. */
export async function build(): Promise<{
  accounts: Accounts;
  accountFile: AccountFile;
  explorer: Explorer;
  changes: (Node | undefined)[];
}> {
  const { secrets, globalState, globalStorageUri } = await borrowed();
  const sites = readSites({ demo: sampleSite(given().cloud) });
  const changes: (Node | undefined)[] = [];
  const ignore = (): void => undefined;
  const log = { info: ignore, warn: ignore };
  const accountFile = new AccountFile(globalStorageUri.fsPath, log);
  const accounts = new Accounts({
    store: accountFile,
    vault: vaultIn(secrets),
    transport: { timeout: () => 10_000, log, clock: Date.now },
    services,
    sites: () => sites,
    readProfile,
    patience: () => new Patience({ clock: Date.now, pause, random: Math.random, waiting: ignore }),
    changed: ignore,
    left: ignore,
  });
  const explorer = new Explorer({
    accounts,
    catalog,
    site: (id) => sites.sites.get(id),
    pageSize: () => 100,
    showAllServices: () => false,
    filters: filterStoreIn(globalState),
    hidden: hiddenStoreIn(globalState),
    changed: (node) => changes.push(node),
  });
  return { accounts, accountFile, explorer, changes };
}
