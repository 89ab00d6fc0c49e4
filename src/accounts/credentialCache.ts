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

/** What one account signs in with, in memory and in the vault: read when it is first needed, written in turn. */
export class CredentialCache {
  readonly #vault: SecretStore;
  readonly #clock: Clock;
  #held: Promise<AccountSecret | undefined> | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Whether the vault is known to have an entry. */
  #isThere: boolean;

  constructor(vault: SecretStore, clock: Clock, isThere: boolean) {
    this.#vault = vault;
    this.#clock = clock;
    this.#isThere = isThere;
  }

  /** Holds another secret from now on; nothing is written. */
  hold(secret: Promise<AccountSecret | undefined>): void {
    this.#held = secret;
  }

  /** Forgets what is held: the next use reads the vault again. */
  drop(): void {
    this.#held = undefined;
  }

  /** Told that another window put an entry there. */
  markStored(): void {
    this.#isThere = true;
  }

  /**
   * Puts a change behind what is there at once, so that two changes that come together are both kept.
   * @returns what is held then
   */
  async change(change: (secret: AccountSecret | undefined) => AccountSecret): Promise<AccountSecret> {
    const changed = Promise.resolve(this.#held).then(change);
    this.#held = changed;
    return changed;
  }

  /**
   * What is held, else what the vault has. A sign-in that comes while the vault is being read outweighs what that says.
   * @throws CloudError of kind `unauthenticated` where the vault cannot be read
   */
  async read(account: Account): Promise<AccountSecret | undefined> {
    const reading = (this.#held ??= this.#inVault(account));
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
   * @param may asked right before: whether it is still to be written
   * @throws what the vault throws
   */
  async write(account: Account, secret: AccountSecret, may: () => boolean): Promise<void> {
    await this.#inTurn(async () => {
      if (!may()) {
        return;
      }
      if (isCopied(account)) {
        await this.#vault.write(secretStoreKey(account.id), serializeAccountSecret(secret, account, this.#clock()));
        this.#isThere = true;
      } else if (this.#isThere) {
        // An earlier sign-in of the same identity was remembered.
        await this.#remove(account.id);
      }
    });
  }

  /** What the vault has now, where windows share it; undefined if it cannot be read. */
  async stored(account: Account): Promise<AccountSecret | undefined> {
    return isCopied(account) ? this.#inVault(account).catch(() => undefined) : undefined;
  }

  /** Whether the vault gives back what was written into it. */
  async isKept(account: Account, secret: AccountSecret): Promise<boolean> {
    return (
      !isCopied(account) ||
      (await this.#vault.read(secretStoreKey(account.id))) === serializeAccountSecret(secret, account, this.#clock())
    );
  }

  /**
   * Forgets everything, here and in the vault: also what an earlier sign-in left behind there, of which nobody knows.
   * @throws what the vault throws, where it is known to have an entry
   */
  async remove(accountId: string): Promise<void> {
    this.#held = Promise.resolve(undefined);
    await this.takeOut(accountId);
  }

  /** Removes the vault's entry alone. @throws what the vault throws, where it is known to have one */
  async takeOut(accountId: string): Promise<void> {
    await this.#inTurn(async () => {
      try {
        await this.#remove(accountId);
      } catch (error) {
        if (this.#isThere) {
          throw error;
        }
      }
    });
  }

  /**
   * Forgets a sign-in that another window ended. That window removed the entry: it is there again where it was being
   * written meanwhile, or for a window that keeps a copy. What came there since is left alone.
   * @throws what the vault throws
   */
  async forget(account: Account): Promise<void> {
    this.#held = Promise.resolve(undefined);
    await this.#inTurn(async () => {
      if (isCopied(account) && (await this.#inVault(account))) {
        await this.#remove(account.id);
      }
    });
  }

  async #inVault({ id, generation }: Account): Promise<AccountSecret | undefined> {
    return parseAccountSecret(await this.#vault.read(secretStoreKey(id)), generation);
  }

  async #remove(accountId: string): Promise<void> {
    await this.#vault.remove(secretStoreKey(accountId));
    this.#isThere = false;
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(work);
    await this.#writing;
  }
}

// What a profile holds is not copied.
function isCopied({ remember, profile }: Account): boolean {
  return remember !== 'session' && !profile;
}
