import { within } from '../base/abort';
import type { SecretStore } from './accountSecret';

/** A secret storage whose calls fail after a deadline, ms. */
export function withDeadline(vault: SecretStore, milliseconds: number): SecretStore {
  const writing = new Map<string, Promise<void>>();
  const removed = new Set<string>();
  return {
    read: async (key) => within(vault.read(key), milliseconds),
    write: async (key, value) => {
      const written = vault.write(key, value).finally(() => {
        if (writing.get(key) === written) {
          writing.delete(key);
        }
      });
      writing.set(key, written);
      removed.delete(key);
      await within(written, milliseconds);
    },
    remove: async (key) => {
      removed.add(key);
      // A write that timed out may still land later; delete it then, unless a newer write followed.
      writing
        .get(key)
        ?.then(async () => (removed.has(key) ? vault.remove(key) : undefined))
        .catch(() => undefined);
      await within(vault.remove(key), milliseconds);
    },
  };
}
