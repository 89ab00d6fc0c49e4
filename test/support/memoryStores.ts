import type { Account, AccountStore } from '../../src/accounts/account';
import type { SecretStore } from '../../src/accounts/accountSecret';
import type { FilterValue } from '../../src/cloud/client';
import type { FilterStore, HiddenStore } from '../../src/explorer/deps';

/** Secrets in memory, with counts, and with the failures of a keyring on demand. */
export class MemorySecretStore implements SecretStore {
  readonly entries = new Map<string, string>();
  reads = 0;
  writes = 0;
  readonly failing = new Set<'read' | 'write' | 'remove'>();
  /** Writes wait for this promise if it is set. */
  slow: Promise<void> | undefined;

  async read(key: string): Promise<string | undefined> {
    this.reads += 1;
    this.#failIfAsked('read');
    return this.entries.get(key);
  }

  async write(key: string, value: string): Promise<void> {
    this.writes += 1;
    await this.slow;
    this.#failIfAsked('write');
    this.entries.set(key, value);
  }

  async remove(key: string): Promise<void> {
    this.#failIfAsked('remove');
    this.entries.delete(key);
  }

  #failIfAsked(operation: 'read' | 'write' | 'remove'): void {
    if (this.failing.has(operation)) {
      throw new Error(`The keyring is locked: ${operation}`);
    }
  }
}

/** The shared list of accounts in memory, stored as JSON like the file. */
export class MemoryAccountStore implements AccountStore {
  list: unknown;
  writes = 0;
  failing = false;

  /** The accounts, as JSON. */
  get text(): string {
    const { accounts = [] } = (this.list ?? {}) as { accounts?: readonly Account[] };
    return JSON.stringify(accounts);
  }

  read(): unknown {
    return this.list;
  }

  async write(change: (newest: unknown) => unknown): Promise<void> {
    const newest = this.list;
    const text = JSON.stringify(change(newest));
    // Like the file: another window may write first.
    await new Promise(setImmediate);
    if (this.failing) {
      throw new Error('The disk is full');
    }
    if (this.list !== newest) {
      await this.write(change);
      return;
    }
    this.writes += 1;
    this.list = JSON.parse(text);
  }
}

/** Filters in memory, by list ID. */
export class MemoryFilterStore implements FilterStore {
  readonly kept = new Map<string, FilterValue>();

  read(listId: string): FilterValue | undefined {
    return this.kept.get(listId);
  }

  write(listId: string, filter: FilterValue | undefined): void {
    if (filter) {
      this.kept.set(listId, filter);
    } else {
      this.kept.delete(listId);
    }
  }

  forget(nodeId: string): void {
    for (const listId of this.kept.keys()) {
      if (listId.startsWith(`${nodeId}/`)) {
        this.kept.delete(listId);
      }
    }
  }
}

/** Hidden nodes in memory, persistent and of this session. */
export class MemoryHiddenStore implements HiddenStore {
  readonly persistent = new Set<string>();
  readonly #ofSession = new Set<string>();

  has(nodeId: string): boolean {
    return this.persistent.has(nodeId) || this.#ofSession.has(nodeId);
  }

  add(nodeId: string, persistent: boolean): void {
    (persistent ? this.persistent : this.#ofSession).add(nodeId);
  }

  forget(nodeId: string): void {
    for (const ids of [this.persistent, this.#ofSession]) {
      for (const id of ids) {
        if (id.startsWith(`${nodeId}/`)) {
          ids.delete(id);
        }
      }
    }
  }
}
