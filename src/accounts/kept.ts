import { phrase } from '../catalog/phrase';
import { CloudError } from '../cloud/errors';
import type { Clock } from '../cloud/ports';
import type { Account } from './account';
import { readSecret, vaultKey, writeSecret, type Secret, type Vault } from './secret';

/** What one account signs in with, in memory and in the vault: read when it is first needed, written in turn. */
export class KeptSecret {
  readonly #vault: Vault;
  readonly #clock: Clock;
  #held: Promise<Secret | undefined> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(vault: Vault, clock: Clock) {
    this.#vault = vault;
    this.#clock = clock;
  }

  /** Holds another secret from now on; nothing is written. */
  hold(secret: Promise<Secret | undefined>): void {
    this.#held = secret;
  }

  /** Forgets what is held: the next use reads the vault again. */
  drop(): void {
    this.#held = undefined;
  }

  /**
   * Puts a change behind what is there at once, so that two changes that come together are both kept.
   * @returns what is held then
   */
  async change(change: (secret: Secret | undefined) => Secret): Promise<Secret> {
    const changed = Promise.resolve(this.#held).then(change);
    this.#held = changed;
    return changed;
  }

  /**
   * What is held, else what the vault has. A sign-in that comes while the vault is being read outweighs what that says.
   * @throws CloudError of kind `unauthenticated` where the vault cannot be read
   */
  async read(accountId: string): Promise<Secret | undefined> {
    const reading = (this.#held ??= this.#vault.read(vaultKey(accountId)).then(readSecret));
    try {
      const secret = await reading;
      return this.#held === reading ? secret : await this.read(accountId);
    } catch {
      if (this.#held !== reading && this.#held !== undefined) {
        return this.read(accountId);
      }
      this.#held = undefined;
      throw new CloudError({
        kind: 'unauthenticated',
        reason: phrase('The secret storage of this machine could not be read.'),
      });
    }
  }

  /**
   * Writes a secret as its user chose, in turn, so that an older entry never overwrites a newer one.
   * @param may asked right before: whether it is still to be written
   * @throws what the vault throws
   */
  async write({ id, remember, profile }: Account, secret: Secret, may: () => boolean): Promise<void> {
    const earlier = this.#writing.catch(() => undefined);
    this.#writing = earlier.then(async () => {
      if (!may()) {
        return;
      }
      // What a profile holds is not copied. An earlier sign-in of the same identity may have been remembered.
      await (remember === 'session' || profile
        ? this.#vault.remove(vaultKey(id))
        : this.#vault.write(vaultKey(id), writeSecret(secret, remember, this.#clock())));
    });
    await this.#writing;
  }

  /** Whether the vault gives back what was written into it. */
  async isKept({ id, remember, profile }: Account, secret: Secret): Promise<boolean> {
    if (remember === 'session' || profile) {
      return true;
    }
    return (await this.#vault.read(vaultKey(id))) === writeSecret(secret, remember, this.#clock());
  }

  /** Forgets everything, here and in the vault. @throws what the vault throws */
  async remove(accountId: string): Promise<void> {
    this.#held = Promise.resolve(undefined);
    await this.#writing.catch(() => undefined);
    await this.#vault.remove(vaultKey(accountId));
  }
}
