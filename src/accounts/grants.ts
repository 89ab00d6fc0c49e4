import type { Account } from './account';
import type { SharedAccountList } from './sharedAccountList';

/**
 * The projects whose tokens other extensions may have. Grants are in the list that all windows share, so that revoking one in
 * a window revokes it in all; for an account that is for this session only they are in memory.
 */
export class Grants {
  readonly #list: SharedAccountList;
  readonly #notStored: () => void;
  /** By the account's ID. */
  readonly #own = new Map<string, readonly string[]>();

  /** @param notStored called if the list could not be written: the grant is for this session then */
  constructor(list: SharedAccountList, notStored: () => void) {
    this.#list = list;
    this.#notStored = notStored;
  }

  /** The projects, by ID. */
  of({ id, remember }: Account): readonly string[] {
    const listed = remember === 'session' ? [] : (this.#list.grants[id] ?? []);
    return [...new Set([...listed, ...(this.#own.get(id) ?? [])])];
  }

  async add({ id, remember }: Account, projectId: string): Promise<void> {
    const added = (projectIds: readonly string[]): readonly string[] => [...new Set([...projectIds, projectId])];
    const addOwn = (): void => {
      this.#own.set(id, added(this.#own.get(id) ?? []));
    };
    if (remember === 'session') {
      addOwn();
      return;
    }
    await this.#list.changeGrants(id, added).catch(() => {
      this.#notStored();
      addOwn();
    });
  }

  /** @throws what the store throws: other windows still have the grant then */
  async remove({ id, remember }: Account, projectId: string): Promise<void> {
    const left = (projectIds: readonly string[]): readonly string[] => projectIds.filter((each) => each !== projectId);
    this.#own.set(id, left(this.#own.get(id) ?? []));
    if (remember !== 'session') {
      await this.#list.changeGrants(id, left);
    }
  }

  /** Forgets grants that are in memory only. */
  forget(id: string): void {
    this.#own.delete(id);
  }
}
