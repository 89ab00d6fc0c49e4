import assert from 'node:assert/strict';
import { extensions, type Memento, type SecretStorage, type Uri } from 'vscode';
import type { Accounts } from '../../src/accounts/accounts';
import { catalog } from '../../src/catalog/catalog';
import { Explorer } from '../../src/explorer/explorer';
import type { Node } from '../../src/explorer/nodes';
import type { AccountFile } from '../../src/platform/accountFile';
import { filterStoreIn, hiddenStoreIn, secretStoreIn } from '../../src/platform/storage';
import { accountsIn } from '../host/otherWindow';
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
  const storage = await borrowed();
  const changes: (Node | undefined)[] = [];
  const { accounts, accountFile } = accountsIn(
    storage.globalStorageUri.fsPath,
    secretStoreIn(storage.secrets),
    given().cloud,
  );
  const explorer = new Explorer({
    accounts,
    catalog,
    pageSize: () => 100,
    showAllServices: () => false,
    filters: filterStoreIn(storage.globalState),
    hidden: hiddenStoreIn(storage.globalState),
  });
  explorer.onDidChange((node) => changes.push(node));
  return { accounts, accountFile, explorer, changes };
}
