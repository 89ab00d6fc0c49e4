import type { Phrase } from '../../base/phrase';
import type { Account, Remember } from '../account';
import type { Accounts } from '../accounts';

/** How an account goes on after it signed in. */
export interface SignInTraits {
  /** Whether it has tokens; `signature`: it never has one. Temporary keys sign requests in either case. */
  readonly credential: 'token' | 'signature';
  /**
   * How its tokens are renewed: with the password; with a token of the account that takes on the role; with a code that the
   * user has to enter; or never. Without a kept password, `password` and `code` exchange the account's token for a project's.
   */
  readonly renewal: 'password' | 'role' | 'code' | 'never';
  /** Which projects it serves: all of the account, or at most the one that a token was made for. */
  readonly projects: 'all' | 'one';
}

/** A sign-in method, declared. The file of the method also has the function that signs in. */
export interface MethodDeclaration<Kind extends string = string> {
  readonly kind: Kind;
  /** How an account is signed in. */
  readonly label: Phrase;
  /** How long a sign-in may be remembered, in the order of the choices; empty if the user is not asked. */
  readonly remember: readonly Remember[];
  readonly traits: (account: Account) => SignInTraits;
}

/** The part of the accounts that sign-in methods use. */
export type SignInHost = Pick<Accounts, 'signIn' | 'addProjectToken' | 'authorizer' | 'site'>;
