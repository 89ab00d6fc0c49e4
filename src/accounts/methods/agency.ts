import { phrase } from '../../base/phrase';
import type { Account } from '../account';
import type { SignedIn } from '../accounts';
import { assertIamAccepted, identityOf, type Authenticated, type IamAccess } from '../authenticate';
import { requestToken, storedToken } from '../iamClient';
import { parentToken } from '../roleParent';
import { endpointOf, type Site } from '../sites';
import type { MethodDeclaration, SignInHost } from './method';

/** The role of an agency, taken on by another account. */
export const agency: MethodDeclaration<'agency'> = {
  kind: 'agency',
  label: phrase('Signed in with the role of an agency'),
  remember: [],
  traits: () => ({ credential: 'token', renewal: 'role', projects: 'all' }),
};

/** An agency of another account, by the names that people give them. */
export interface AgencyRole {
  readonly agencyName: string;
  readonly domainName: string;
}

/**
 * Takes on the role of an agency as a further account. Its tokens are requested with those of the account that takes it on
 * (`methods: ["assume_role"]`).
 * @param parentId the account that takes it on
 * @returns undefined if that account is gone
 * @throws CloudError; `forbidden` if the role may not be taken on, or the account has no token to show
 */
export async function signInWithAgency(
  accounts: SignInHost,
  parentId: string,
  role: AgencyRole,
  signal: AbortSignal,
): Promise<SignedIn | undefined> {
  const authorizer = accounts.authorizer(parentId);
  // The settings may name another IAM by now, and a token that is held comes without a check of that.
  authorizer?.assertIamAllowed();
  const site = authorizer && accounts.site(authorizer.account);
  if (!authorizer || !site) {
    return undefined;
  }
  const token = await parentToken(accounts, parentId, site);
  authorizer.assertIamAllowed();
  return accounts.signIn(async (iam) => authenticate(site, authorizer.account, token, role, iam), signal);
}

async function authenticate(
  site: Site,
  parent: Account,
  token: string,
  { agencyName, domainName }: AgencyRole,
  { transport, signal }: IamAccess,
): Promise<Authenticated> {
  assertIamAccepted(site, parent);
  const identity = { kind: 'agency', token, agencyName, domainName } as const;
  const issued = await requestToken(site.iam, identity, { domain: { name: domainName } }, transport, signal);
  const endpoint = endpointOf(parent);
  return {
    account: {
      ...identityOf({ ...site, accepted: parent.accepted, declined: parent.declined ?? [] }, issued),
      signIn: 'agency',
      remember: parent.remember === 'session' ? 'session' : 'untilExpiry',
      agency: {
        parent: parent.id,
        name: agencyName,
        domainName,
        ...(endpoint === undefined ? {} : { endpoint }),
      },
    },
    secret: { tokens: { account: storedToken(issued, transport.clock) } },
  };
}
