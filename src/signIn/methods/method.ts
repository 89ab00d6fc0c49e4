import type { Account, SignInMethod } from '../../accounts/account';
import type { Accounts } from '../../accounts/accounts';
import type { Site } from '../../accounts/sites';
import type { Draft, Question } from '../draft';

/** The questions of a sign-in method, declared. */
export interface GuidedMethod {
  readonly kind: SignInMethod;
  /** The choice in the question how to sign in; `icon` is a product icon. Undefined for a method that begins elsewhere. */
  readonly choice?: () => { readonly label: string; readonly description: string; readonly icon: string };
  /** Asked after that choice. */
  readonly questions: readonly Question[];
  /** Asked to sign an account in again. */
  readonly questionsAgain: (again: SignInAgain) => readonly Question[] | Promise<readonly Question[]>;
  /** Whether the names of the account and the user are entered, so that the account is known before it signs in. */
  readonly asksForNames?: true;
  /** Where the method signs in, if not at the site of the draft or of the account that is signed in again. */
  readonly siteOf?: (site: Site, draft: Draft) => Site;
}

/** An account that is signed in again, and what its method may need. */
export interface SignInAgain {
  readonly accounts: Accounts;
  readonly account: Account;
  readonly draft: Draft;
  /** Starts the guided sign-in. */
  readonly signIn: () => Promise<Account | undefined>;
  /** Signs another account in again. */
  readonly signInAgain: (account: Account) => Promise<Account | undefined>;
}
