import { phrase } from '../base/phrase';
import { CloudError } from '../cloud/errors';
import type { Account } from './account';
import {
  parseAccountSecret,
  secretStoreKey,
  serializeAccountSecret,
  type AccountSecret,
  type SecretStore,
} from './accountSecret';
import type { Clock } from '../base/clock';

/** The secret of one account, in memory and in the secret storage: read when first needed, written in turn. */
export class CredentialCache {
  readonly #store: SecretStore;
  readonly #clock: Clock;
  #held: Promise<AccountSecret | undefined> | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Whether the secret storage is known to have an entry. */
  #isStored: boolean;

  constructor(store: SecretStore, clock: Clock, isStored: boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#isStored = isStored;
  }

  /** Holds another secret from now on; nothing is written. */
  hold(secret: Promise<AccountSecret | undefined>): void {
    this.#held = secret;
  }

  /** Forgets the held secret: the next use reads the secret storage again. */
  drop(): void {
    this.#held = undefined;
  }

  /** Notes that another window stored an entry. */
  markStored(): void {
    this.#isStored = true;
  }

  /**
   * Changes the held secret at once, so that two changes at the same time are both kept.
   * @returns the secret after the change
   */
  async change(change: (secret: AccountSecret | undefined) => AccountSecret): Promise<AccountSecret> {
    const changed = Promise.resolve(this.#held).then(change);
    this.#held = changed;
    return changed;
  }

  /**
   * The held secret, else the stored one. A sign-in during the read has priority over its result.
   * @throws CloudError of kind `unauthenticated` if the secret storage cannot be read
   */
  async read(account: Account): Promise<AccountSecret | undefined> {
    const reading = (this.#held ??= this.#readStored(account));
    try {
      const secret = await reading;
      return this.#held === reading ? secret : await this.read(account);
    } catch {
      if (this.#held !== reading && this.#held !== undefined) {
        return this.read(account);
      }
      this.#held = undefined;
      throw new CloudError({
        kind: 'unauthenticated',
        reason: phrase('The secret storage of this machine could not be read.'),
      });
    }
  }

  /**
   * Writes a secret as the user chose, in turn, so that an older entry never overwrites a newer one.
   * @param may called right before the write: whether it is still wanted
   * @throws what the secret storage throws
   */
  async write(account: Account, secret: AccountSecret, may: () => boolean): Promise<void> {
    await this.#inTurn(async () => {
      if (!may()) {
        return;
      }
      if (isCopied(account)) {
        await this.#store.write(secretStoreKey(account.id), serializeAccountSecret(secret, account, this.#clock()));
        this.#isStored = true;
      } else if (this.#isStored) {
        // An earlier sign-in of the same identity was remembered.
        await this.#remove(account.id);
      }
    });
  }

  /** The stored secret now, if windows share it; undefined if it cannot be read. */
  async stored(account: Account): Promise<AccountSecret | undefined> {
    return isCopied(account) ? this.#readStored(account).catch(() => undefined) : undefined;
  }

  /** Whether the secret storage returns the secret that was written. */
  async isKept(account: Account, secret: AccountSecret): Promise<boolean> {
    return (
      !isCopied(account) ||
      (await this.#store.read(secretStoreKey(account.id))) === serializeAccountSecret(secret, account, this.#clock())
    );
  }

  /**
   * Forgets everything, here and in the secret storage: also entries that an earlier sign-in left behind.
   * @throws what the secret storage throws, if it is known to have an entry
   */
  async remove(accountId: string): Promise<void> {
    this.#held = Promise.resolve(undefined);
    await this.takeOut(accountId);
  }

  /** Removes only the stored entry. @throws what the secret storage throws, if it is known to have one */
  async takeOut(accountId: string): Promise<void> {
    await this.#inTurn(async () => {
      try {
        await this.#remove(accountId);
      } catch (error) {
        if (this.#isStored) {
          throw error;
        }
      }
    });
  }

  /**
   * Forgets a sign-in that another window ended. The other window removed the entry, but a pending write or a browser tab's
   * copy may restore it: it is removed again unless it belongs to a newer sign-in.
   * @throws what the secret storage throws
   */
  async forget(account: Account): Promise<void> {
    this.#held = Promise.resolve(undefined);
    await this.#inTurn(async () => {
      if (isCopied(account) && (await this.#readStored(account))) {
        await this.#remove(account.id);
      }
    });
  }

  async #readStored({ id, generation }: Account): Promise<AccountSecret | undefined> {
    return parseAccountSecret(await this.#store.read(secretStoreKey(id)), generation);
  }

  async #remove(accountId: string): Promise<void> {
    await this.#store.remove(secretStoreKey(accountId));
    this.#isStored = false;
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(work);
    await this.#writing;
  }
}

// The secret of a profile is not copied.
function isCopied({ remember, profile }: Account): boolean {
  return remember !== 'session' && !profile;
}
