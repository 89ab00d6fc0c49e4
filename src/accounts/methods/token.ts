import { phrase } from '../../base/phrase';
import { CloudError } from '../../cloud/errors';
import type { Remember } from '../account';
import type { MayReplace, SignedIn } from '../accounts';
import { assertIamAccepted, identityOf, type Authenticated, type IamAccess } from '../authenticate';
import { checkToken, storedToken } from '../iamClient';
import type { ChosenSite } from '../sites';
import type { MethodDeclaration, SignInHost } from './method';

/** A token that was made elsewhere and pasted. It cannot be renewed, and serves its own project only. */
export const token: MethodDeclaration<'token'> = {
  kind: 'token',
  label: phrase('Signed in with a pasted token'),
  // It has no password to remember.
  remember: ['untilExpiry', 'session'],
  traits: () => ({ credential: 'token', renewal: 'never', projects: 'one' }),
};

/**
 * Signs in with a token that was made elsewhere.
 * @returns undefined if it may not replace the sign-in that the identity has
 * @throws CloudError; `unauthenticated` if IAM does not know the token, or it has expired
 */
export async function signInWithToken(
  accounts: SignInHost,
  site: ChosenSite,
  value: string,
  remember: Remember,
  mayReplace: MayReplace,
  signal: AbortSignal,
): Promise<SignedIn | undefined> {
  return accounts.signIn(async (iam) => authenticateWithToken(site, value, remember, iam), signal, mayReplace);
}

/** @throws CloudError; `unauthenticated` if IAM does not know the token, or it has expired */
export async function authenticateWithToken(
  site: ChosenSite,
  value: string,
  remember: Remember,
  { transport, signal }: IamAccess,
): Promise<Authenticated> {
  assertIamAccepted(site, site);
  const checked = await checkToken(site.iam, value, transport, signal);
  const { expires, project, unscoped } = checked;
  if (expires <= transport.clock()) {
    throw new CloudError({ kind: 'unauthenticated', reason: phrase('The token has expired.') });
  }
  const stored = storedToken(checked, transport.clock);
  return {
    account: {
      ...identityOf(site, checked),
      expires,
      ...(project ? { project } : {}),
      ...(unscoped ? { unscoped } : {}),
      signIn: 'token',
      remember,
    },
    secret: { tokens: { account: stored, ...(project ? { [`project:${project.id}`]: stored } : {}) } },
  };
}
