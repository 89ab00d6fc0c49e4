import type { Account, Remember } from '../accounts/account';
import type { Accounts, SignedIn } from '../accounts/accounts';
import { applyDecisions, type AddressDecisions } from '../accounts/addresses';
import type { Profile } from '../accounts/profiles/profile';
import type { ChosenSite, Site } from '../accounts/sites';
import type { StepResult, Step } from '../platform/quickInput';
import type { GuidedMethod } from './methods/method';

/** The answers so far. */
export interface Draft {
  site?: Site | undefined;
  method?: GuidedMethod | undefined;
  accountName?: string;
  userName?: string;
  userId?: string;
  /** Only on its way to the last step of the same sequence. */
  password?: string;
  accessKey?: string;
  /** The secret that was pasted with the access key, as in `credentials.csv`. */
  secretKey?: string | undefined;
  securityToken?: string;
  profile?: Profile;
  /** The decisions about the addresses of the site that are not built in. */
  addresses?: AddressDecisions;
  remember?: Remember | undefined;
  /** The account that is signed in again, and the project whose row asked for it. */
  again?: { readonly account: Account; readonly projectId: string | undefined };
}

/** One step of the guided sign-in. The last one of a sequence gives the account. */
export type Question = (draft: Draft, step: Step, accounts: Accounts) => Promise<StepResult<SignedIn | undefined>>;

/** The site of a sign-in, with all decisions of the user about its addresses. */
export function chosenSite(draft: Draft, accounts: Accounts): ChosenSite {
  const { accepted, declined = [] } = applyDecisions(accountOf(draft, accounts) ?? none, draft.addresses ?? none);
  return { ...known(draft.site), accepted, declined };
}

/** The account that signs in, as it is now: the one that is signed in again, or the one with the names that were entered. */
export function accountOf(
  { site, method, accountName, userName, again }: Draft,
  accounts: Accounts,
): Account | undefined {
  return accounts
    .all()
    .find((account) =>
      again
        ? account.id === again.account.id
        : method?.asksForNames === true &&
          account.site === site?.id &&
          account.domain.name === accountName &&
          account.user.name === userName,
    );
}

/** The site, which the first question asks for. */
export function known(site: Site | undefined): Site {
  if (!site) {
    throw new Error('The site is asked for first.');
  }
  return site;
}

/** A step that goes on to the next one. */
export const next = { kind: 'given', value: undefined } as const;

const none = { accepted: [] } as const;
