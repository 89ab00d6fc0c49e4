import { l10n } from 'vscode';
import { methodOf, traitsOf, type Account } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import { roleParent } from '../accounts/roleParent';
import { CloudError } from '../cloud/errors';
import { errorSummary } from '../explorer/present/errorMessages';
import { endAt } from '../explorer/present/signInValidity';
import { formatTime, toDisplayText } from '../platform/translate';

/** The user's own name for an account, else the user name. */
export function nameOf({ label, user }: Account): string {
  return toDisplayText(label ?? user.name);
}

/** The user, the account and the site. */
export function describeIdentity(accounts: Accounts, account: Account): string {
  const { label, user, domain, site } = account;
  const names = [...(label === undefined ? [] : [user.name]), domain.name, accounts.site(account)?.label ?? site];
  return names.map(toDisplayText).join(' · ');
}

/** How an account is signed in. */
export function describeMethod(account: Account): string {
  return toDisplayText(methodOf(account.signIn).label);
}

/** The source of its sign-in, or where it is kept. */
export function describeSource(accounts: Accounts, account: Account): string {
  const { profile, agency, remember } = account;
  if (profile) {
    return l10n.t('{0} in {1}, read for each use', toDisplayText(profile.name), toDisplayText(profile.from));
  }
  if (agency) {
    const parent = roleParent(accounts, agency.parent);
    const by = parent ? nameOf(parent.account) : l10n.t('an account that is signed out');
    return l10n.t('{0} of {1}, taken on by {2}', toDisplayText(agency.name), toDisplayText(agency.domainName), by);
  }
  switch (remember) {
    case 'always':
      return l10n.t('Kept in the secret storage of this machine');
    case 'untilExpiry':
      return l10n.t('Kept in the secret storage of this machine until it ends');
    case 'session':
      return l10n.t('Kept in this window only');
  }
}

/** When a sign-in ends, as far as it is known. */
export async function describeEnd(accounts: Accounts, account: Account): Promise<string> {
  const { renewal, credential } = traitsOf(account);
  const isRenewed = renewal === 'role' || (renewal === 'password' && account.remember !== 'untilExpiry');
  const at = isRenewed ? undefined : (account.expires ?? (await accounts.ends(account.id).catch(() => undefined)));
  const end = at === undefined ? undefined : toDisplayText(endAt(at, Date.now(), formatTime(at)));
  // The cloud may have ended it before its time.
  if (isSignedOut(account) && (at === undefined || at > Date.now())) {
    const { refusalReason: signIn } = account;
    return signIn
      ? l10n.t('{0}: sign in again', toDisplayText(errorSummary(new CloudError({ kind: 'unauthenticated', signIn }))))
      : l10n.t('The cloud refused it: sign in again');
  }
  if (renewal === 'role') {
    return l10n.t('Ends with the account that takes the role on');
  }
  if (isRenewed) {
    return account.remember === 'session'
      ? l10n.t('Ends when this window closes or reloads')
      : l10n.t('Renews itself as long as the password is right');
  }
  return end ?? (credential === 'signature' ? l10n.t('Lasts as long as the keys do') : l10n.t('Expiry unknown'));
}

/** Whether the user has to sign in again, as far as that is known. */
export function isSignedOut({ refused, refusalReason }: Account): boolean {
  return refused === true || refusalReason !== undefined;
}

/** Whether new tokens can be requested without asking the user. */
export function canRenew(account: Account): boolean {
  return ['password', 'role'].includes(traitsOf(account).renewal);
}
