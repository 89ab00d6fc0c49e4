import { phrase, type Phrase } from '../base/phrase';
import type { Account } from './account';
import type { SignedIn } from './accounts';
import { applyDecisions, type AddressDecisions } from './addresses';
import type { Authenticated } from './authenticate';
import type { AccountAuthorizer } from './authorizer';

interface StoreDeps {
  /** Writes the account into the list that all windows share. @throws if that is not possible */
  readonly list: (account: Account) => Promise<void>;
  /** Called if the secret storage keeps a secret that it should not. */
  readonly notRemoved: () => void;
}

/**
 * Stores a sign-in as the user chose. If that fails, it lasts for this session only, and the notice says so.
 * @param before the accounts when the sign-in began
 */
export async function storeSignIn(
  authorizer: AccountAuthorizer,
  { account, secret, fingerprint, notice: methodNotice }: Authenticated,
  before: readonly Account[],
  { list, notRemoved }: StoreDeps,
): Promise<SignedIn> {
  const was = before.find(({ id }) => id === account.id);
  let kept: Account = { ...account, ...remembered(authorizer.account, account, was) };
  let notice: Phrase | undefined;
  const forSession = (reason: Phrase): void => {
    notice ??= reason;
    kept = { ...kept, remember: 'session' };
    // Not awaited: the secret storage may have just failed.
    authorizer.holdOnly(kept).catch(notRemoved);
  };
  if (!(await succeeds(authorizer.signedIn(kept, secret, fingerprint)))) {
    forSession(
      account.remember === 'session'
        ? phrase('The secret storage of this machine did not remove the earlier sign-in. Sign out to remove it.')
        : phrase('The secret storage of this machine did not take the sign-in. It lasts for this session only.'),
    );
  }
  if (!(await succeeds(list(kept)))) {
    forSession(phrase('The list of accounts could not be stored. The sign-in lasts for this session only.'));
  }
  notice ??= methodNotice;
  return { account: kept, ...(notice ? { notice } : {}) };
}

/** Whether work was done; work that resolves to `false` was not. */
export async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    (done) => done !== false,
    () => false,
  );
}

// The user's choices outlive another sign-in, and so do the first names. The decisions about addresses that a role inherits from
// its parent are older than its own.
function remembered(
  known: Account,
  now: Account,
  was: Account | undefined,
): Pick<Account, 'label' | 'hidden' | 'firstNames' | 'accepted' | 'declined'> {
  const { label, hidden, firstNames, user, domain } = known;
  const isRenamed = user.name !== now.user.name || domain.name !== now.domain.name;
  const names = firstNames ?? (isRenamed ? { user: user.name, domain: domain.name } : undefined);
  return {
    ...(label === undefined ? {} : { label }),
    ...(hidden ? { hidden } : {}),
    ...(names ? { firstNames: names } : {}),
    ...(now.agency ? applyDecisions(now, known) : applyDecisions(known, newIn(now, was))),
  };
}

// Decisions older than the sign-in may have been changed since in another window.
function newIn(
  { accepted, declined = [] }: AddressDecisions,
  before: AddressDecisions = { accepted: [] },
): AddressDecisions {
  return {
    accepted: accepted.filter((address) => !before.accepted.includes(address)),
    declined: declined.filter((address) => !before.declined?.includes(address)),
  };
}
