import { phrase, type Phrase } from '../../base/phrase';
import { CloudError } from '../../cloud/errors';
import { hostOf } from '../../cloud/url';
import type { Account } from '../account';
import type { MayReplace, SignedIn } from '../accounts';
import type { AccountSecret, StoredKeys } from '../accountSecret';
import type { Authenticated, IamAccess } from '../authenticate';
import type { ProfileState } from '../authorizer';
import type { Profile, ProfileSecret } from '../profiles/profile';
import { withIam, type ChosenSite } from '../sites';
import { accessKey, authenticateWithKeys, signInWithKeys } from './accessKey';
import type { MethodDeclaration, SignInHost } from './method';
import { authenticateWithPassword, password, signInWithPassword } from './password';
import { authenticateWithToken, signInWithToken, token } from './token';

/** The method of a profile's own secret. */
const methodsOfSecrets = { password, token, accessKey };

/** A profile of this machine, which is read for each use and not copied. */
export const profile: MethodDeclaration<'profile'> = {
  kind: 'profile',
  label: phrase('Signed in with a profile of this machine'),
  remember: [],
  traits: (account) => methodsOfSecrets[account.profile?.kind ?? 'password'].traits(account),
};

/** A profile and its secret. */
export interface UsedProfile {
  readonly profile: Profile;
  readonly secret: ProfileSecret;
}

/**
 * Signs in with a profile of this machine.
 * @param site where it is; an address that the profile itself names takes the place of its IAM
 * @returns undefined if it may not replace the sign-in that the identity has
 * @throws CloudError
 */
export async function signInWithProfile(
  accounts: SignInHost,
  site: ChosenSite,
  used: UsedProfile,
  mayReplace: MayReplace,
  signal: AbortSignal,
): Promise<SignedIn | undefined> {
  return accounts.signIn(async (iam) => authenticate(site, used, iam), signal, mayReplace);
}

/**
 * Signs in with a copy of a profile's secret, as if the user had entered it.
 * @returns undefined if it may not replace the sign-in that the identity has
 * @throws CloudError
 */
export async function signInWithCopy(
  accounts: SignInHost,
  site: ChosenSite,
  secret: ProfileSecret,
  mayReplace: MayReplace,
  signal: AbortSignal,
): Promise<SignedIn | undefined> {
  switch (secret.kind) {
    case 'password':
      return signInWithPassword(accounts, site, secret, 'always', signal);
    case 'token':
      return signInWithToken(accounts, site, secret.token, 'untilExpiry', mayReplace, signal);
    case 'accessKey':
      return signInWithKeys(accounts, site, keysIn(secret), 'always', mayReplace, signal);
  }
}

/**
 * The state of an account's profile now.
 * @throws CloudError of kind `unauthenticated` if the profile is gone, or names another address, key or user by now
 */
export async function profileState(
  read: (id: string) => Promise<UsedProfile | { readonly reason: Phrase }>,
  account: Account,
): Promise<ProfileState> {
  const used = await read(account.profile?.id ?? '');
  if ('reason' in used) {
    throw new CloudError({ kind: 'unauthenticated', reason: used.reason });
  }
  return { secret: secretOf(used, account), fingerprint: used.profile.fingerprint };
}

function secretOf({ profile: now, secret }: UsedProfile, account: Account): AccountSecret {
  const { domain, user, project, expires, profile: known } = account;
  // Anyone who may write the file could name a host of their own.
  if (now.endpoint !== known?.endpoint) {
    throw anotherNow(
      phrase(
        'The profile names another address now: {0}. Sign in with it again.',
        now.endpoint === undefined ? '-' : hostOf(now.endpoint),
      ),
    );
  }
  switch (secret.kind) {
    case 'accessKey':
      if (secret.accessKey !== known?.access) {
        throw anotherNow(phrase('The profile has another access key now. Sign in with it again.'));
      }
      return { keys: keysIn(secret), tokens: {} };
    case 'password':
      if (secret.userName !== user.name || secret.accountName !== domain.name) {
        throw anotherNow(phrase('The profile names another user now. Sign in with it again.'));
      }
      return { password: secret.password, tokens: {} };
    case 'token': {
      const held = { value: secret.token, expires: expires ?? 0 };
      return { tokens: { account: held, ...(project ? { [`project:${project.id}`]: held } : {}) } };
    }
  }
}

async function authenticate(
  chosen: ChosenSite,
  { profile: { id, name, from, endpoint, fingerprint }, secret }: UsedProfile,
  iam: IamAccess,
): Promise<Authenticated> {
  const { account, secret: held } = await authenticateSecret(withIam(chosen, endpoint), secret, iam);
  const source = {
    id,
    kind: secret.kind,
    name,
    from: from.join(', '),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(secret.kind === 'accessKey' ? { access: secret.accessKey } : {}),
  };
  return { account: { ...account, signIn: 'profile', remember: 'always', profile: source }, secret: held, fingerprint };
}

async function authenticateSecret(site: ChosenSite, secret: ProfileSecret, iam: IamAccess): Promise<Authenticated> {
  switch (secret.kind) {
    case 'password':
      return authenticateWithPassword(site, secret, 'always', iam);
    case 'token':
      return authenticateWithToken(site, secret.token, 'always', iam);
    case 'accessKey':
      return authenticateWithKeys(site, keysIn(secret), 'always', iam);
  }
}

function anotherNow(reason: Phrase): CloudError {
  return new CloudError({ kind: 'unauthenticated', reason });
}

function keysIn({
  accessKey: access,
  secretKey: secret,
  securityToken,
}: ProfileSecret & { kind: 'accessKey' }): StoredKeys {
  return { access, secret, ...(securityToken === undefined ? {} : { securityToken }) };
}
