import { phrase } from '../../base/phrase';
import { CloudError } from '../../cloud/errors';
import type { Remember } from '../account';
import type { SignedIn } from '../accounts';
import type { StoredKeys } from '../accountSecret';
import { assertIamAccepted, identityOf, type Authenticated, type IamAccess } from '../authenticate';
import { requestKeys, requestToken, storedToken, type IamToken, type Passcode } from '../iamClient';
import type { ChosenSite, Site } from '../sites';
import type { MethodDeclaration, SignInHost } from './method';
import { requestPasswordToken, type PasswordCredentials } from './password';

/** An IAM user with a password and a code of an MFA device. */
export const mfa: MethodDeclaration<'mfa'> = {
  kind: 'mfa',
  label: phrase('Signed in with a password and a code'),
  remember: ['always', 'untilExpiry', 'session'],
  traits: () => ({ credential: 'token', renewal: 'code', projects: 'all' }),
};

/** An IAM user, a password and a code. */
export interface MfaCredentials extends PasswordCredentials {
  readonly passcode: Passcode;
}

/**
 * Signs an IAM user in with a password and a code. One code gives one token: temporary keys are requested with it, which sign
 * for every project. If IAM gives no keys, the token is exchanged for those of projects.
 * @throws CloudError; nothing is kept then, and nothing is tried again
 */
export async function signInWithMfa(
  accounts: SignInHost,
  site: ChosenSite,
  credentials: MfaCredentials,
  remember: Remember,
  signal: AbortSignal,
): Promise<SignedIn> {
  return accounts.signIn(async (iam) => authenticate(site, credentials, remember, iam), signal);
}

/**
 * Signs the same identity in again with a code.
 * @param password undefined if `Accounts.hasPassword`
 * @param projectId the project whose token is wanted if IAM gives no temporary keys: one code gives one token
 * @returns undefined if the account or its password is gone
 * @throws CloudError
 */
export async function signInWithCode(
  accounts: SignInHost,
  id: string,
  { password, code }: { readonly password?: string | undefined; readonly code: string },
  projectId: string | undefined,
  signal: AbortSignal,
): Promise<SignedIn | undefined> {
  const authorizer = accounts.authorizer(id);
  const known = password ?? (await authorizer?.password());
  // The settings may name another IAM by now, and another window may have refused it.
  authorizer?.assertIamAllowed();
  const account = authorizer?.account;
  const site = account && accounts.site(account);
  if (!authorizer || !site || known === undefined) {
    return undefined;
  }
  const { domain, user, remember, accepted, declined = [] } = account;
  const credentials = {
    accountName: domain.name,
    userName: user.name,
    password: known,
    passcode: { userId: user.id, code },
  };
  if (projectId === undefined || (await authorizer.signs())) {
    return signInWithMfa(accounts, { ...site, accepted, declined }, credentials, remember, signal);
  }
  authorizer.assertIamAllowed();
  return accounts.addProjectToken(
    id,
    projectId,
    async ({ transport, signal: until }) => {
      const identity = { kind: 'password', ...credentials } as const;
      return requestToken(site.iam, identity, { project: { id: projectId } }, transport, until);
    },
    signal,
  );
}

async function authenticate(
  site: ChosenSite,
  credentials: MfaCredentials,
  remember: Remember,
  iam: IamAccess,
): Promise<Authenticated> {
  assertIamAccepted(site, site);
  const issued = await requestPasswordToken(site, credentials, credentials.passcode, iam);
  const keys = await temporaryKeys(site, issued, iam);
  return {
    account: { ...identityOf(site, issued), signIn: 'mfa', remember },
    secret: {
      password: credentials.password,
      ...(keys ? { keys } : {}),
      tokens: { account: storedToken(issued, iam.transport.clock) },
    },
    notice: keys ? undefined : phrase('IAM gave no temporary keys: a project may ask for a code of its own.'),
  };
}

// Undefined if IAM gives none: the account's token has to do.
async function temporaryKeys(
  { iam }: Site,
  issued: IamToken,
  { transport, signal }: IamAccess,
): Promise<StoredKeys | undefined> {
  try {
    return await requestKeys(iam, issued.value, transport, signal);
  } catch (error) {
    if (error instanceof CloudError && error.kind === 'cancelled') {
      throw error;
    }
    return undefined;
  }
}
