import { phrase } from '../base/phrase';
import { CloudError, type SignInFault } from '../cloud/errors';
import { traitsOf, type Account } from './account';

/** One account and its current sign-in: which one it is, and whether the cloud refused it. */
export class SignInState {
  account: Account;
  readonly #changed: () => Promise<void>;
  readonly #closing = new AbortController();
  #generation = 0;
  /** Whether the cloud refused the sign-in to this window, which thus knows what was refused. */
  #isRefusedHere = false;
  #noted: Promise<void> = Promise.resolve();

  /** @param changed called when the account changed. @returns when other windows can know it; never rejected */
  constructor(account: Account, changed: () => Promise<void>) {
    this.account = account;
    this.#changed = changed;
  }

  /** Counts sign-ins, so that an answer to an earlier one is ignored. */
  get generation(): number {
    return this.#generation;
  }

  /** Aborts when the account is signed out or its window closes. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** Resolves when other windows can know the last change. */
  get noted(): Promise<void> {
    return this.#noted;
  }

  /** Another sign-in of the account begins. */
  reset(): void {
    this.#generation += 1;
    this.#isRefusedHere = false;
  }

  /** Aborts running requests, without forgetting anything. */
  close(): void {
    this.#closing.abort();
  }

  /** The account was signed out. */
  end(): void {
    this.close();
    this.#generation += 1;
  }

  /** Whether the cloud refused the sign-in, and did so to this window. */
  get isRefusedHere(): boolean {
    return this.account.refused === true && this.#isRefusedHere;
  }

  /** @throws CloudError of kind `unauthenticated` if the cloud refused the sign-in */
  assertNotRefused(): void {
    const { refused, refusalReason: signIn } = this.account;
    if (refused) {
      throw new CloudError({
        kind: 'unauthenticated',
        reason: phrase('The cloud refused the sign-in.'),
        ...(signIn ? { signIn } : {}),
      });
    }
  }

  /** The cloud refused the sign-in: nothing is tried again before the user acts. */
  refuse(signIn: SignInFault | undefined): void {
    const { refusalReason: _, ...account } = this.account;
    this.#isRefusedHere = true;
    this.#change({ ...account, refused: true, ...(signIn ? { refusalReason: signIn } : {}) });
  }

  /** The sign-in is another one that may work: a refusal does not apply to it. */
  clearRefusal(): void {
    const { refused: _, refusalReason: __, ...account } = this.account;
    this.#change(account);
  }

  /** The sign-in ended. It is no refusal: what may work again, such as after a change of the clock, is tried. */
  expire(refusalReason: SignInFault = this.expiry): void {
    if (!this.account.refused && this.account.refusalReason !== refusalReason) {
      this.#change({ ...this.account, refusalReason });
    }
  }

  /** A request worked. */
  confirm(): void {
    const { refusalReason, ...account } = this.account;
    if (refusalReason && !account.refused) {
      this.#change(account);
    }
  }

  /** The fault of a sign-in that has ended by itself. */
  get expiry(): SignInFault {
    return traitsOf(this.account).renewal === 'code' ? 'code' : 'expired';
  }

  #change(account: Account): void {
    this.account = account;
    this.#noted = this.#changed();
  }
}
