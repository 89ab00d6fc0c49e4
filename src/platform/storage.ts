import type { Memento, SecretStorage } from 'vscode';
import * as v from 'valibot';
import { withDeadline } from '../accounts/deadline';
import type { SecretStore } from '../accounts/accountSecret';
import type { FilterValue } from '../cloud/client';

const filtersKey = 'keyExplorer.filters';
const hiddenKey = 'keyExplorer.hidden';
const filtersSchema = v.record(v.string(), v.object({ id: v.string(), text: v.string(), exact: v.boolean() }));

/** A keyring that asks the user for a password may take a while; one that hangs must not keep anybody. Milliseconds. */
const vaultDeadline = 10_000;

/** The editor's secret storage, as the accounts need it. */
export function secretStoreIn(secrets: SecretStorage): SecretStore {
  const vault: SecretStore = {
    read: async (key) => secrets.get(key),
    write: async (key, value) => secrets.store(key, value),
    remove: async (key) => secrets.delete(key),
  };
  return withDeadline(vault, vaultDeadline);
}

/** The filters of lists in the editor's state. */
export function filterStoreIn(state: Memento): {
  read(listId: string): FilterValue | undefined;
  write(listId: string, filter: FilterValue | undefined): void;
  forget(nodeId: string): void;
} {
  const all = (): Readonly<Record<string, FilterValue>> => {
    const stored = v.safeParse(filtersSchema, state.get(filtersKey));
    return stored.success ? stored.output : {};
  };
  const keep = (filters: Readonly<Record<string, FilterValue>>): void => {
    void state.update(filtersKey, Object.keys(filters).length > 0 ? filters : undefined);
  };
  return {
    read: (listId) => all()[listId],
    write: (listId, filter) => {
      const { [listId]: _, ...others } = all();
      keep(filter ? { ...others, [listId]: filter } : others);
    },
    forget: (nodeId) => {
      keep(Object.fromEntries(Object.entries(all()).filter(([listId]) => !listId.startsWith(`${nodeId}/`))));
    },
  };
}

/** Hidden services in the editor's state; those of a session only in memory. */
export function hiddenStoreIn(state: Memento): {
  has(nodeId: string): boolean;
  add(nodeId: string, lasting: boolean): void;
  forget(nodeId: string): void;
} {
  const passing = new Set<string>();
  const kept = (): readonly string[] => {
    const stored = v.safeParse(v.array(v.string()), state.get(hiddenKey));
    return stored.success ? stored.output : [];
  };
  const keep = (ids: readonly string[]): void => {
    void state.update(hiddenKey, ids.length > 0 ? ids : undefined);
  };
  return {
    has: (nodeId) => passing.has(nodeId) || kept().includes(nodeId),
    add: (nodeId, lasting) => {
      passing.add(nodeId);
      if (lasting) {
        keep([...kept(), nodeId]);
      }
    },
    forget: (nodeId) => {
      const below = (id: string): boolean => id.startsWith(`${nodeId}/`);
      for (const id of [...passing].filter(below)) {
        passing.delete(id);
      }
      keep(kept().filter((id) => !below(id)));
    },
  };
}
