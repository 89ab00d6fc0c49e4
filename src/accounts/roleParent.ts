import { phrase } from '../base/phrase';
import { CloudError } from '../cloud/errors';
import type { Accounts } from './accounts';
import type { AccountAuthorizer } from './authorizer';
import type { Site } from './sites';

/**
 * The account that takes on a role.
 * @returns undefined if it is signed out, or has a role itself: roles are taken on by users, and a stored list in which an
 * account takes on its own role would wait for itself
 */
export function roleParent(accounts: Pick<Accounts, 'authorizer'>, parentId: string): AccountAuthorizer | undefined {
  const parent = accounts.authorizer(parentId);
  return parent?.account.agency ? undefined : parent;
}

/**
 * The token with which an account takes on a role.
 * @param site where the role is
 * @throws CloudError
 */
export async function parentToken(
  accounts: Pick<Accounts, 'authorizer' | 'site'>,
  parentId: string,
  site: Site | undefined,
): Promise<string> {
  const parent = roleParent(accounts, parentId);
  if (!parent) {
    throw new CloudError({
      kind: 'unauthenticated',
      signIn: 'ofRole',
      reason: phrase('The account that takes on this role is signed out.'),
    });
  }
  // It may be signed in at another IAM by now, whose tokens mean nothing to the IAM that gave the role.
  if (accounts.site(parent.account)?.iam !== site?.iam) {
    throw new CloudError({
      kind: 'unauthenticated',
      reason: phrase(
        'The account that takes on this role is signed in at another address now. Sign in to the role again.',
      ),
    });
  }
  try {
    return (await parent.token({ kind: 'account' })).value;
  } catch (error) {
    // The address has to be accepted for the account that takes on the role, by signing in to that account again.
    if (error instanceof CloudError && error.failure.accept !== undefined) {
      const { reason } = error.failure;
      throw new CloudError({ kind: 'unauthenticated', ...(reason ? { reason } : {}) });
    }
    const isSignedOut = error instanceof CloudError && error.kind === 'unauthenticated';
    throw isSignedOut ? error.as({ signIn: error.failure.signIn ?? 'ofRole' }) : error;
  }
}
