import type { Memento, SecretStorage } from 'vscode';
import type { AccountStore } from '../accounts/account';
import type { Vault } from '../accounts/secret';

const accountsKey = 'keyExplorer.accounts';

/** The editor's secret storage, as the accounts need it. */
export function vaultIn(secrets: SecretStorage): Vault {
  return {
    read: async (key) => secrets.get(key),
    write: async (key, value) => secrets.store(key, value),
    remove: async (key) => secrets.delete(key),
  };
}

/** The list of accounts in the editor's state. */
export function accountStoreIn(state: Memento): AccountStore {
  return {
    read: () => state.get(accountsKey),
    write: async (accounts) => state.update(accountsKey, accounts.length > 0 ? accounts : undefined),
  };
}
