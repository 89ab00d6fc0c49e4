import type { Vault } from './secret';

/** A vault each of whose calls fails where it is not answered in time; times in milliseconds. */
export function withDeadline(vault: Vault, milliseconds: number): Vault {
  const writing = new Map<string, Promise<void>>();
  /** How often each was written: one that was given up must not take a later one along. */
  const writes = new Map<string, number>();
  return {
    read: async (key) => within(vault.read(key), milliseconds),
    write: async (key, value) => {
      const written = vault.write(key, value).finally(() => {
        if (writing.get(key) === written) {
          writing.delete(key);
        }
      });
      writing.set(key, written);
      writes.set(key, (writes.get(key) ?? 0) + 1);
      await within(written, milliseconds);
    },
    remove: async (key) => {
      const late = writing.get(key);
      if (late) {
        // What was given up may still come: it goes as well, unless it is wanted again by then.
        writing.delete(key);
        const count = writes.get(key);
        late.then(async () => (writes.get(key) === count ? vault.remove(key) : undefined)).catch(() => undefined);
      }
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
