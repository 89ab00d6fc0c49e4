import type { Memento, SecretStorage } from 'vscode';
import * as v from 'valibot';
import { withDeadline } from '../accounts/deadline';
import type { SecretStore } from '../accounts/accountSecret';
import type { FilterValue } from '../cloud/client';

const filtersKey = 'keyExplorer.filters';
const hiddenKey = 'keyExplorer.hidden';
const filtersSchema = v.record(v.string(), v.object({ id: v.string(), text: v.string(), exact: v.boolean() }));

/** Deadline of a secret storage call, ms. A keyring may ask the user for a password first, and may hang. */
const secretsDeadline = 10_000;

/** VS Code's secret storage as a {@link SecretStore}. */
export function secretStoreIn(secrets: SecretStorage): SecretStore {
  const store: SecretStore = {
    read: async (key) => secrets.get(key),
    write: async (key, value) => secrets.store(key, value),
    remove: async (key) => secrets.delete(key),
  };
  return withDeadline(store, secretsDeadline);
}

/** The filters of lists, in a memento. */
export function filterStoreIn(state: Memento): {
  read(listId: string): FilterValue | undefined;
  write(listId: string, filter: FilterValue | undefined): void;
  forget(nodeId: string): void;
} {
  const all = (): Readonly<Record<string, FilterValue>> => {
    const stored = v.safeParse(filtersSchema, state.get(filtersKey));
    return stored.success ? stored.output : {};
  };
  const store = (filters: Readonly<Record<string, FilterValue>>): void => {
    void state.update(filtersKey, Object.keys(filters).length > 0 ? filters : undefined);
  };
  return {
    read: (listId) => all()[listId],
    write: (listId, filter) => {
      const { [listId]: _, ...others } = all();
      store(filter ? { ...others, [listId]: filter } : others);
    },
    forget: (nodeId) => {
      store(Object.fromEntries(Object.entries(all()).filter(([listId]) => !listId.startsWith(`${nodeId}/`))));
    },
  };
}

/** Hidden services, in a memento, or in memory for accounts of this session only. */
export function hiddenStoreIn(state: Memento): {
  has(nodeId: string): boolean;
  add(nodeId: string, isPersistent: boolean): void;
  forget(nodeId: string): void;
} {
  const inMemory = new Set<string>();
  const stored = (): readonly string[] => {
    const parsed = v.safeParse(v.array(v.string()), state.get(hiddenKey));
    return parsed.success ? parsed.output : [];
  };
  const store = (ids: readonly string[]): void => {
    void state.update(hiddenKey, ids.length > 0 ? ids : undefined);
  };
  return {
    has: (nodeId) => inMemory.has(nodeId) || stored().includes(nodeId),
    add: (nodeId, isPersistent) => {
      inMemory.add(nodeId);
      if (isPersistent) {
        store([...stored(), nodeId]);
      }
    },
    forget: (nodeId) => {
      const isBelow = (id: string): boolean => id.startsWith(`${nodeId}/`);
      for (const id of [...inMemory].filter(isBelow)) {
        inMemory.delete(id);
      }
      store(stored().filter((id) => !isBelow(id)));
    },
  };
}
