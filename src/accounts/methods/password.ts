import { phrase } from '../../base/phrase';
import type { Remember } from '../account';
import type { SignedIn } from '../accounts';
import { assertIamAccepted, identityOf, type Authenticated, type IamAccess } from '../authenticate';
import { requestToken, storedToken, type IamToken, type Passcode } from '../iamClient';
import type { ChosenSite, Site } from '../sites';
import type { MethodDeclaration, SignInHost } from './method';

/** An IAM user with a password. */
export const password: MethodDeclaration<'password'> = {
  kind: 'password',
  label: phrase('Signed in with a password'),
  remember: ['always', 'untilExpiry', 'session'],
  traits: () => ({ credential: 'token', renewal: 'password', projects: 'all' }),
};

/** An IAM user and a password. */
export interface PasswordCredentials {
  readonly accountName: string;
  readonly userName: string;
  readonly password: string;
}

/**
 * Signs an IAM user in with a password.
 * @throws CloudError; nothing is kept then, and nothing is tried again
 */
export async function signInWithPassword(
  accounts: SignInHost,
  site: ChosenSite,
  credentials: PasswordCredentials,
  remember: Remember,
  signal: AbortSignal,
): Promise<SignedIn> {
  return accounts.signIn(async (iam) => authenticateWithPassword(site, credentials, remember, iam), signal);
}

/** @throws CloudError */
export async function authenticateWithPassword(
  site: ChosenSite,
  credentials: PasswordCredentials,
  remember: Remember,
  iam: IamAccess,
): Promise<Authenticated> {
  assertIamAccepted(site, site);
  const issued = await requestPasswordToken(site, credentials, undefined, iam);
  return {
    account: { ...identityOf(site, issued), signIn: 'password', remember },
    secret: { password: credentials.password, tokens: { account: storedToken(issued, iam.transport.clock) } },
  };
}

/** The account's own token. @throws CloudError */
export async function requestPasswordToken(
  { iam }: Site,
  { accountName, userName, password: secret }: PasswordCredentials,
  passcode: Passcode | undefined,
  { transport, signal }: IamAccess,
): Promise<IamToken> {
  const identity = { kind: 'password', accountName, userName, password: secret, passcode } as const;
  return requestToken(iam, identity, { domain: { name: accountName } }, transport, signal);
}
