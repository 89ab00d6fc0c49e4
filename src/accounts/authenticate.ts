import { randomUUID } from 'node:crypto';
import { phrase, type Phrase } from '../base/phrase';
import { hostOf } from '../cloud/url';
import { CloudError } from '../cloud/errors';
import type { Transport } from '../cloud/http';
import { accountId, endpointOf, type Account, type Remember } from './account';
import { applyDecisions, iamUrl, refuseUnaccepted, type AddressDecisions } from './addresses';
import { checkToken, ownerOf, requestKeys, requestToken, storedToken, type Passcode, type IamToken } from './iamClient';
import type { Profile, ProfileSecret } from './profiles/profile';
import type { AccountSecret, StoredKeys } from './accountSecret';
import { withIam, type ChosenSite, type Site } from './sites';
import type { Clock } from '../base/clock';

/** Whom IAM knows now, and what the account goes on with. */
export interface Authenticated {
  readonly account: Account;
  readonly secret: AccountSecret;
  /** The state of the profile that it is from. */
  readonly fingerprint?: string;
}

/** An IAM user and a password, and a code where the user has an MFA device. */
export interface PasswordCredentials {
  readonly accountName: string;
  readonly userName: string;
  readonly password: string;
  readonly passcode?: Passcode;
}

/** A profile and what it signs in with. */
export interface UsedProfile {
  readonly profile: Profile;
  readonly secret: ProfileSecret;
}

/** An agency of another account, by the names that people give them. */
export interface AgencyRole {
  readonly agencyName: string;
  readonly domainName: string;
}

/** How IAM is asked, until the signal gives it up. */
interface Asking {
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/**
 * An IAM user by password. One code gives one token: temporary keys are got for it, which sign for every project; where IAM
 * gives none, the secret has no keys.
 * @throws CloudError
 */
export async function authenticateWithPassword(
  site: ChosenSite,
  owner: PasswordCredentials,
  remember: Remember,
  asking: Asking,
): Promise<Authenticated> {
  refuseOtherIam(site, site);
  const token = await passwordToken(site, owner, asking);
  const account = { ...identity(site, token), remember };
  const secret = { password: owner.password, tokens: { account: storedToken(token, asking.transport.clock) } };
  if (!owner.passcode) {
    return { account: { ...account, signIn: 'password' }, secret };
  }
  const keys = await keysFor(site, token, asking);
  return { account: { ...account, signIn: 'mfa' }, secret: { ...secret, ...(keys ? { keys } : {}) } };
}

/**
 * Whoever a token that was made elsewhere belongs to.
 * @throws CloudError; `unauthenticated` where IAM does not know the token, or it has expired
 */
export async function authenticateWithToken(
  site: ChosenSite,
  value: string,
  remember: Remember,
  asking: Asking,
): Promise<Authenticated> {
  refuseOtherIam(site, site);
  const token = await check(site, value, asking);
  const account = { ...identity(site, token), ...ofToken(token), signIn: 'token', remember } as const;
  return { account, secret: { tokens: tokensOf(token, asking.transport.clock) } };
}

/**
 * Whoever access keys belong to.
 * @throws CloudError; `unauthenticated` where they are refused
 */
export async function authenticateWithKeys(
  site: ChosenSite,
  keys: StoredKeys,
  remember: Remember,
  asking: Asking,
): Promise<Authenticated> {
  refuseOtherIam(site, site);
  const owner = await ownerOf(site.iam, keys, asking.transport, asking.signal);
  return { account: { ...identity(site, owner), signIn: 'accessKey', remember }, secret: { keys, tokens: {} } };
}

/**
 * Whoever a profile of this machine signs in. What it holds is kept as long as the profile stays as it is.
 * @param chosen where it is; an address that the profile itself names takes the place of its IAM
 * @throws CloudError
 */
export async function authenticateWithProfile(
  chosen: ChosenSite,
  { profile, secret }: UsedProfile,
  asking: Asking,
): Promise<Authenticated> {
  const site = withIam(chosen, profile.endpoint);
  refuseOtherIam(site, site);
  const source = {
    id: profile.id,
    kind: secret.kind,
    name: profile.name,
    from: profile.from.join(', '),
  };
  const endpoint = profile.endpoint === undefined ? {} : { endpoint: profile.endpoint };
  const access = secret.kind === 'accessKey' ? { access: secret.accessKey } : {};
  const common = { signIn: 'profile', remember: 'always', profile: { ...source, ...endpoint, ...access } } as const;
  const { fingerprint } = profile;
  const { clock } = asking.transport;
  switch (secret.kind) {
    case 'accessKey': {
      const keys = keysIn(secret);
      const owner = await ownerOf(site.iam, keys, asking.transport, asking.signal);
      return { account: { ...identity(site, owner), ...common }, secret: { keys, tokens: {} }, fingerprint };
    }
    case 'password': {
      const token = await passwordToken(site, secret, asking);
      const held = { password: secret.password, tokens: { account: storedToken(token, clock) } };
      return { account: { ...identity(site, token), ...common }, secret: held, fingerprint };
    }
    case 'token': {
      const token = await check(site, secret.token, asking);
      const account = { ...identity(site, token), ...ofToken(token), ...common };
      return { account, secret: { tokens: tokensOf(token, clock) }, fingerprint };
    }
  }
}

/**
 * The role of an agency, taken on by a signed-in account (`methods: ["assume_role"]`).
 * @param site where the account that takes it on is
 * @param token of the account that takes it on
 * @throws CloudError; `forbidden` where the role may not be taken on
 */
export async function authenticateWithAgency(
  site: Site,
  parent: Account,
  token: string,
  { agencyName, domainName }: AgencyRole,
  { transport, signal }: Asking,
): Promise<Authenticated> {
  refuseOtherIam(site, parent);
  const by = { kind: 'agency', token, agencyName, domainName } as const;
  const taken = await requestToken(site.iam, by, { domain: { name: domainName } }, transport, signal);
  const endpoint = endpointOf(parent);
  const account: Account = {
    ...identity({ ...site, accepted: parent.accepted, declined: parent.declined ?? [] }, taken),
    signIn: 'agency',
    remember: parent.remember === 'session' ? 'session' : 'untilExpiry',
    agency: {
      parent: parent.id,
      name: agencyName,
      domainName,
      ...(endpoint === undefined ? {} : { endpoint }),
    },
  };
  return { account, secret: { tokens: { account: storedToken(taken, transport.clock) } } };
}

/**
 * What a profile holds now, for the account that was signed in with it.
 * @throws CloudError of kind `unauthenticated` where it names another address, key or user by now
 */
export function secretOf({ profile: now, secret }: UsedProfile, account: Account): AccountSecret {
  const { domain, user, project, expires, profile } = account;
  // Whoever may write the file could name a host of their own.
  if (now.endpoint !== profile?.endpoint) {
    throw anotherNow(
      phrase(
        'The profile names another address now: {0}. Sign in with it again.',
        now.endpoint === undefined ? '-' : hostOf(now.endpoint),
      ),
    );
  }
  switch (secret.kind) {
    case 'accessKey':
      if (secret.accessKey !== profile?.access) {
        throw anotherNow(phrase('The profile has another access key now. Sign in with it again.'));
      }
      return { keys: keysIn(secret), tokens: {} };
    case 'password':
      if (secret.userName !== user.name || secret.accountName !== domain.name) {
        throw anotherNow(phrase('The profile names another user now. Sign in with it again.'));
      }
      return { password: secret.password, tokens: {} };
    case 'token': {
      const token = { value: secret.token, expires: expires ?? 0 };
      return { tokens: { account: token, ...(project ? { [`project:${project.id}`]: token } : {}) } };
    }
  }
}

function anotherNow(reason: Phrase): CloudError {
  return new CloudError({ kind: 'unauthenticated', reason });
}

async function passwordToken(
  site: Site,
  { accountName, userName, password, passcode }: PasswordCredentials,
  { transport, signal }: Asking,
): Promise<IamToken> {
  const by = { kind: 'password', accountName, userName, password, passcode } as const;
  return requestToken(site.iam, by, { domain: { name: accountName } }, transport, signal);
}

async function check(site: Site, value: string, { transport, signal }: Asking): Promise<IamToken> {
  const token = await checkToken(site.iam, value, transport, signal);
  if (token.expires <= transport.clock()) {
    throw new CloudError({ kind: 'unauthenticated', reason: phrase('The token has expired.') });
  }
  return token;
}

// Where IAM does not give any, the account's token has to do.
async function keysFor(site: Site, token: IamToken, { transport, signal }: Asking): Promise<StoredKeys | undefined> {
  try {
    return await requestKeys(site.iam, token.value, transport, signal);
  } catch (error) {
    if (error instanceof CloudError && error.kind === 'cancelled') {
      throw error;
    }
    return undefined;
  }
}

function identity(
  site: ChosenSite,
  { domain, user }: Pick<IamToken, 'domain' | 'user'>,
): Pick<Account, 'id' | 'generation' | 'site' | 'domain' | 'user' | 'accepted' | 'declined'> {
  return {
    id: accountId(site.id, domain.id, user.id),
    generation: randomUUID(),
    site: site.id,
    domain,
    user,
    ...applyDecisions({ accepted: [] }, site),
  };
}

// Signing in sends to IAM alone.
function refuseOtherIam(site: Site, decisions: AddressDecisions): void {
  refuseUnaccepted(iamUrl(site), site, decisions, []);
}

function ofToken({ expires, project, unscoped }: IamToken): Pick<Account, 'expires' | 'project' | 'unscoped'> {
  return { expires, ...(project ? { project } : {}), ...(unscoped ? { unscoped } : {}) };
}

function tokensOf(token: IamToken, clock: Clock): AccountSecret['tokens'] {
  const stored = storedToken(token, clock);
  return { account: stored, ...(token.project ? { [`project:${token.project.id}`]: stored } : {}) };
}

function keysIn({ accessKey, secretKey, securityToken }: ProfileSecret & { readonly kind: 'accessKey' }): StoredKeys {
  return { access: accessKey, secret: secretKey, ...(securityToken === undefined ? {} : { securityToken }) };
}
