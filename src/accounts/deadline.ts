import type { SecretStore } from './accountSecret';

/** A vault each of whose calls fails where it is not answered in time; times in milliseconds. */
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
      // What was given up may still come: it goes as well, unless something was written since.
      writing
        .get(key)
        ?.then(async () => (removed.has(key) ? vault.remove(key) : undefined))
        .catch(() => undefined);
      await within(vault.remove(key), milliseconds);
    },
  };
}

async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
