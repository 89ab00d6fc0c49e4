import type { Account } from '../accounts/account';
import type { Accounts, SignedIn } from '../accounts/accounts';
import type { StepResult } from '../platform/quickInput';
import { settings } from '../platform/settings';
import { askAddresses } from './addressQuestion';
import { askMethod, askSite } from './choices';
import type { Draft } from './draft';
import { guide } from './guide';
import { guidedMethods } from './methods';
import { askRole } from './methods/agency';

/** The guided sign-in. @returns the account; undefined if the user closed it */
export async function signIn(accounts: Accounts): Promise<Account | undefined> {
  return guide(accounts, {}, [askSite, askMethod]);
}

/**
 * Signs the same identity in again: asks only for the secret, and before it for the address of an IAM that the account has not
 * accepted yet.
 * @param projectId the project whose row asked for it
 */
export async function signInAgain(
  accounts: Accounts,
  account: Account,
  projectId: string | undefined,
): Promise<Account | undefined> {
  const site = settings.site(account.site);
  if (!site) {
    return signIn(accounts);
  }
  const method = guidedMethods[account.signIn];
  const draft: Draft = {
    site,
    method,
    accountName: account.domain.name,
    userName: account.user.name,
    userId: account.user.id,
    remember: account.remember,
    again: { account, projectId },
  };
  const questions = await method.questionsAgain({
    accounts,
    account,
    draft,
    signIn: async () => signIn(accounts),
    signInAgain: async (other) => signInAgain(accounts, other, undefined),
  });
  return guide(accounts, draft, [askAddresses, ...questions]);
}

/** Asks for an agency, and takes on its role with an account. @returns `back` if the user went back before the first question */
export async function takeOnRole(accounts: Accounts, parent: Account): Promise<StepResult<SignedIn>> {
  return askRole(accounts, parent);
}
