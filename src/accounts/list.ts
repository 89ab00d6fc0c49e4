import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { accountId, accountSchema, type Account, type AccountStore } from './account';

/** `began` is the same in every list that was made from one another. */
const listSchema = v.object({ began: v.string(), accounts: v.array(v.unknown()) });

interface List {
  readonly began: string;
  readonly accounts: readonly Account[];
}

/**
 * The list of accounts that all windows share. An account that is not in it any more was signed out: no mark of it is left
 * behind. A list that is lost or cannot be read says nothing of that kind, and neither does one that was begun anew because
 * of it: what this window knew is put back into either.
 */
export class SharedList {
  readonly #store: AccountStore;
  readonly #notStored: () => void;
  #seen: unknown;
  #known: List | undefined;

  /** @param notStored called where what had been lost could not be put back */
  constructor(store: AccountStore, notStored: () => void) {
    this.#store = store;
    this.#notStored = notStored;
    this.look();
  }

  /** As it was when it was last looked at. */
  get accounts(): readonly Account[] {
    return this.#known?.accounts ?? [];
  }

  /** Looks at it again. @returns whether it may be another one */
  look(): boolean {
    const stored = this.#store.read();
    if (stored === this.#seen) {
      return false;
    }
    this.#seen = stored;
    const list = readList(stored);
    const known = this.#known;
    if (list && (!known || known.began === list.began)) {
      this.#known = list;
      return true;
    }
    if (known && known.accounts.length > 0) {
      this.#known = list ? withLost(list, known) : known;
      this.#putBack(known).catch(this.#notStored);
    } else {
      this.#known = list ?? known;
    }
    return true;
  }

  /** Changes the newest list, whoever made that. @throws what the store throws */
  async change(change: (accounts: readonly Account[]) => readonly Account[]): Promise<void> {
    await this.#store.write((newest) => {
      const { began, accounts } = readList(newest) ?? this.#known ?? { began: randomUUID(), accounts: [] };
      return { began, accounts: change(accounts) };
    });
  }

  async #putBack(known: List): Promise<void> {
    await this.#store.write((newest) => {
      const list = readList(newest);
      return list ? withLost(list, known) : known;
    });
  }
}

/** Whether two entries are the same in a list; a field without a value is none there. */
export function isSameEntry(one: Account | undefined, other: Account | undefined): boolean {
  return isDeepStrictEqual(asListed(one), asListed(other));
}

function asListed(account: Account | undefined): unknown {
  return account && JSON.parse(JSON.stringify(account));
}

function readList(stored: unknown): List | undefined {
  const list = v.safeParse(listSchema, stored);
  if (!list.success) {
    return undefined;
  }
  const accounts = list.output.accounts.flatMap((entry) => {
    const account = v.safeParse(accountSchema, entry);
    return account.success && hasItsOwnId(account.output) ? [account.output] : [];
  });
  return { began: list.output.began, accounts };
}

// The ID names the account's secret and its site: one that is another identity's is not taken.
function hasItsOwnId({ id, site, domain, user }: Account): boolean {
  // Half of a character cannot be encoded.
  const canBeId = [site, domain.id, user.id].every((part) => part.isWellFormed());
  return canBeId && id === accountId(site, domain.id, user.id);
}

// What is missing in a list that was made from the known one was taken out of it.
function withLost(list: List, known: List): List {
  const lost = known.accounts.filter((one) => !list.accounts.some(({ id }) => id === one.id));
  return list.began === known.began ? list : { began: list.began, accounts: [...list.accounts, ...lost] };
}
