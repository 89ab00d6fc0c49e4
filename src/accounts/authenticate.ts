import { randomUUID } from 'node:crypto';
import type { Phrase } from '../base/phrase';
import type { Transport } from '../cloud/http';
import type { Account } from './account';
import { accountId } from './accountId';
import { assertAccepted, iamUrl } from './addressPolicy';
import { applyDecisions, type AddressDecisions } from './addresses';
import type { AccountSecret } from './accountSecret';
import type { Owner } from './iamClient';
import type { ChosenSite, Site } from './sites';

// The steps that all sign-in methods share.

/** An identity that IAM confirmed, and the secret that the account goes on with. */
export interface Authenticated {
  readonly account: Account;
  readonly secret: AccountSecret;
  /** The state of the profile that it is from. */
  readonly fingerprint?: string;
  /** Something that the user should know. */
  readonly notice?: Phrase | undefined;
}

/** How IAM is asked, until the signal aborts. */
export interface IamAccess {
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/** The parts of an account that say who it is. Each call makes another sign-in of it. */
export function identityOf(
  site: ChosenSite,
  { domain, user }: Owner,
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

/** Signing in sends to IAM alone. @throws CloudError unless its address is built in or accepted */
export function assertIamAccepted(site: Site, decisions: AddressDecisions): void {
  assertAccepted(iamUrl(site), site, decisions, []);
}
