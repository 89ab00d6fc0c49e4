import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { accountId } from './accountId';
import { accountSchema, type Account, type AccountStore } from './account';

/** The results of attempts with one sign-in, its `generation`. Times in milliseconds since 1970. */
const attemptSchema = v.object({
  generation: v.string(),
  /** The attempt under way, and when it no longer counts as such: its window may have been closed. */
  underWay: v.optional(v.object({ by: v.string(), until: v.number() })),
  /** Projects that IAM gave no token for, by ID, and when it said so. */
  withoutRole: v.optional(v.record(v.string(), v.number())),
  /** True once a token was renewed for a service that refused the new one, too, or has not accepted it yet. */
  renewedInVain: v.optional(v.boolean()),
});
export type SignInAttempts = v.InferOutput<typeof attemptSchema>;

const grantsSchema = v.record(v.string(), v.array(v.string()));
const attemptsSchema = v.record(v.string(), attemptSchema);

/** `began` is the same in every list that was made from one another. */
const listSchema = v.object({
  began: v.string(),
  accounts: v.array(v.unknown()),
  grants: v.optional(v.fallback(grantsSchema, {}), {}),
  attempts: v.optional(v.fallback(attemptsSchema, {}), {}),
});

interface List {
  readonly began: string;
  readonly accounts: readonly Account[];
  /** The projects whose tokens other extensions may have, by the account's ID. */
  readonly grants: Readonly<Record<string, readonly string[]>>;
  /** By the account's ID. */
  readonly attempts: Readonly<Record<string, SignInAttempts>>;
}

/**
 * The list of accounts that all windows share. Missing from the list means signed out; there are no tombstones. A lost,
 * unreadable or newly created list (other `began`) does not mean that: this window's accounts are merged back into it.
 */
export class SharedAccountList {
  readonly #store: AccountStore;
  readonly #notStored: () => void;
  #seen: unknown;
  #known: List | undefined;

  /** @param notStored called if lost accounts could not be put back */
  constructor(store: AccountStore, notStored: () => void) {
    this.#store = store;
    this.#notStored = notStored;
    this.refresh();
  }

  /** As of the last refresh. */
  get accounts(): readonly Account[] {
    return this.#known?.accounts ?? [];
  }

  get grants(): List['grants'] {
    return this.#known?.grants ?? {};
  }

  get attempts(): List['attempts'] {
    return this.#known?.attempts ?? {};
  }

  /** Reads the list again. @returns whether it may have changed */
  refresh(): boolean {
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
      const left = accountsAlone(known);
      this.#known = list ? withLost(list, left) : left;
      this.#putBack(left).catch(this.#notStored);
    } else {
      this.#known = list ?? known;
    }
    return true;
  }

  /** Changes the newest list, of any window. @throws what the store throws */
  async change(change: (accounts: readonly Account[]) => readonly Account[]): Promise<void> {
    await this.#write((list) => ({ ...list, accounts: change(list.accounts) }));
  }

  /** Changes which projects' tokens of an account other extensions may have. @throws what the store throws */
  async changeGrants(id: string, change: (projectIds: readonly string[]) => readonly string[]): Promise<void> {
    await this.#write((list) => ({ ...list, grants: { ...list.grants, [id]: change(list.grants[id] ?? []) } }));
  }

  /** Changes the attempts of an account. @throws what the store, or the change, throws */
  async changeAttempts(
    id: string,
    change: (attempts: SignInAttempts | undefined) => SignInAttempts | undefined,
  ): Promise<void> {
    await this.#write((list) => {
      const { [id]: attempts, ...others } = list.attempts;
      const changed = change(attempts);
      return { ...list, attempts: { ...others, ...(changed ? { [id]: changed } : {}) } };
    });
  }

  async #write(change: (list: List) => List): Promise<void> {
    await this.#store.write((newest) => {
      const known = this.#known && accountsAlone(this.#known);
      return toStore(
        change(readList(newest) ?? known ?? { began: randomUUID(), accounts: [], grants: {}, attempts: {} }),
      );
    });
  }

  async #putBack(known: List): Promise<void> {
    await this.#store.write((newest) => {
      const list = readList(newest);
      return toStore(list ? withLost(list, known) : known);
    });
  }
}

/** Whether two entries are the same in a list, which has no undefined fields. */
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
  return { ...list.output, accounts };
}

// Keeps no grants and attempts of accounts that are not in the list.
function toStore({ began, accounts, grants, attempts }: List): unknown {
  const kept = <T>(all: Readonly<Record<string, T>>, says: (value: T) => boolean): Record<string, T> | undefined => {
    const entries = Object.entries(all).filter(([id, value]) => accounts.some((one) => one.id === id) && says(value));
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  };
  return {
    began,
    accounts,
    grants: kept(grants, ({ length }) => length > 0),
    attempts: kept(attempts, ({ underWay, withoutRole, renewedInVain }) =>
      [underWay, withoutRole, renewedInVain].some((known) => known !== undefined),
    ),
  };
}

// A lost list may have been newer than the known one: a known grant may have been revoked in it.
function accountsAlone({ began, accounts }: List): List {
  return { began, accounts, grants: {}, attempts: {} };
}

// The ID names the account's secret and its site: an entry with the ID of another identity is ignored.
function hasItsOwnId({ id, site, domain, user }: Account): boolean {
  // A lone surrogate cannot be encoded.
  const canBeId = [site, domain.id, user.id].every((part) => part.isWellFormed());
  return canBeId && id === accountId(site, domain.id, user.id);
}

// Entries missing in a successor of the known list were removed on purpose.
function withLost(list: List, known: List): List {
  const lost = known.accounts.filter((one) => !list.accounts.some(({ id }) => id === one.id));
  return list.began === known.began ? list : { ...list, accounts: [...list.accounts, ...lost] };
}
