import { phrase } from '../../base/phrase';
import type { Remember } from '../account';
import type { MayReplace, SignedIn } from '../accounts';
import type { StoredKeys } from '../accountSecret';
import { assertIamAccepted, identityOf, type Authenticated, type IamAccess } from '../authenticate';
import { ownerOf } from '../iamClient';
import type { ChosenSite } from '../sites';
import type { MethodDeclaration, SignInHost } from './method';

/** Access keys, permanent or temporary. */
export const accessKey: MethodDeclaration<'accessKey'> = {
  kind: 'accessKey',
  label: phrase('Signed in with access keys'),
  // A key does not say when it ends.
  remember: ['always', 'session'],
  traits: () => ({ credential: 'signature', renewal: 'never', projects: 'all' }),
};

/**
 * Signs in with access keys.
 * @returns undefined if they may not replace the sign-in that the identity has
 * @throws CloudError; `unauthenticated` if they are refused
 */
export async function signInWithKeys(
  accounts: SignInHost,
  site: ChosenSite,
  keys: StoredKeys,
  remember: Remember,
  mayReplace: MayReplace,
  signal: AbortSignal,
): Promise<SignedIn | undefined> {
  return accounts.signIn(async (iam) => authenticateWithKeys(site, keys, remember, iam), signal, mayReplace);
}

/** @throws CloudError; `unauthenticated` if they are refused */
export async function authenticateWithKeys(
  site: ChosenSite,
  keys: StoredKeys,
  remember: Remember,
  { transport, signal }: IamAccess,
): Promise<Authenticated> {
  assertIamAccepted(site, site);
  const owner = await ownerOf(site.iam, keys, transport, signal);
  return { account: { ...identityOf(site, owner), signIn: 'accessKey', remember }, secret: { keys, tokens: {} } };
}
