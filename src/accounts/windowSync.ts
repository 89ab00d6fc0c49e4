import { isDeepStrictEqual } from 'node:util';
import type { Account } from './account';
import type { AccountAuthorizer } from './authorizer';
import { isSameEntry, type SharedAccountList } from './sharedAccountList';

interface WindowSyncDeps {
  readonly list: SharedAccountList;
  /** The authorizer of an account of this window. */
  readonly authorizer: (id: string) => AccountAuthorizer | undefined;
  /** Adds an account that another window signed in. */
  readonly add: (account: Account) => void;
  /** Removes an account that another window signed out. */
  readonly remove: (authorizer: AccountAuthorizer) => void;
  /** Called after other windows changed something. */
  readonly changed: () => void;
}

/** Keeps the accounts of this window in step with the list that all windows share. */
export class WindowSync {
  readonly #deps: WindowSyncDeps;
  /** List entries as last applied, by account ID; a difference means that another window changed them. */
  readonly #applied: Map<string, Account>;
  #appliedGrants: SharedAccountList['grants'];
  /** Pending writes per account ID. While there are any, the stored entry is stale and is not applied. */
  readonly #pendingWrites = new Map<string, number>();

  constructor(deps: WindowSyncDeps) {
    this.#deps = deps;
    this.#applied = new Map(deps.list.accounts.map((account) => [account.id, account]));
    this.#appliedGrants = deps.list.grants;
  }

  /** Applies the changes of other windows, if the list may have changed. */
  refresh(): void {
    if (this.#deps.list.refresh()) {
      this.#applyExternalChanges();
    }
  }

  /** Does work that writes the entry of an account; changes of other windows are applied to the account afterwards. */
  async withPendingWrite<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#pendingWrites.set(id, (this.#pendingWrites.get(id) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const others = (this.#pendingWrites.get(id) ?? 1) - 1;
      if (others > 0) {
        this.#pendingWrites.set(id, others);
      } else {
        this.#pendingWrites.delete(id);
      }
      this.#deps.list.refresh();
      this.#applyExternalChanges();
    }
  }

  /**
   * Puts an account in place of its entry; undefined removes the entry. An account that is for this session only has none,
   * and the list is not written if that changes nothing.
   * @throws what the store throws
   */
  async store(id: string, account: Account | undefined): Promise<void> {
    const { list } = this.#deps;
    const own = account && account.remember !== 'session' ? [account] : [];
    const isOther = ({ id: otherId }: Account): boolean => otherId !== id;
    if (own.length > 0 || !list.accounts.every(isOther)) {
      await list.change((accounts) => {
        const at = accounts.findIndex((each) => !isOther(each));
        return at === -1
          ? [...accounts, ...own]
          : [...accounts.slice(0, at), ...own, ...accounts.slice(at + 1).filter(isOther)];
      });
    }
  }

  /**
   * Changes the entry of an account. Another window may have changed it as well: only the change itself is written, and only
   * for the same sign-in.
   * @throws what the store throws
   */
  async patchStored({ id, generation, remember }: Account, change: (stored: Account) => Account): Promise<void> {
    if (remember !== 'session') {
      await this.withPendingWrite(id, async () =>
        this.#deps.list.change((accounts) =>
          accounts.map((each) => (each.id === id && each.generation === generation ? change(each) : each)),
        ),
      );
    }
  }

  #applyExternalChanges(): void {
    const { list, changed } = this.#deps;
    const stored = new Map(list.accounts.map((account) => [account.id, account]));
    let isChanged = false;
    for (const id of new Set([...this.#applied.keys(), ...stored.keys()])) {
      const account = stored.get(id);
      if (this.#pendingWrites.has(id) || isSameEntry(account, this.#applied.get(id))) {
        continue;
      }
      if (account) {
        this.#applied.set(id, account);
      } else {
        this.#applied.delete(id);
      }
      isChanged = this.#applyExternal(id, account) || isChanged;
    }
    if (!isDeepStrictEqual(list.grants, this.#appliedGrants)) {
      this.#appliedGrants = list.grants;
      isChanged = true;
    }
    if (isChanged) {
      changed();
    }
  }

  // Does here what another window did. @returns whether that changed anything
  #applyExternal(id: string, account: Account | undefined): boolean {
    const { authorizer: authorizerOf, add, remove } = this.#deps;
    const authorizer = authorizerOf(id);
    if (!authorizer) {
      if (account) {
        add(account);
      }
      return account !== undefined;
    }
    // A sign-in for this session only stays, whatever other windows do.
    if (authorizer.account.remember === 'session' || isSameEntry(account, authorizer.account)) {
      return false;
    }
    if (!account) {
      remove(authorizer);
    } else if (account.generation === authorizer.account.generation) {
      authorizer.update(account);
    } else {
      authorizer.reread(account);
    }
    return true;
  }
}
