import { l10n, window, type QuickPickItem } from 'vscode';
import type { Account } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import { originsOf } from '../accounts/addresses';
import { hostOf } from '../cloud/url';
import { settings } from '../platform/settings';
import { escapeQuickInput, toDisplayText } from '../platform/translate';

/** Asks which account is meant, where there are several. */
export async function askAccount(accounts: Pick<Accounts, 'all'>, title: string): Promise<Account | undefined> {
  const all = accounts.all();
  if (all.length < 2) {
    return all[0];
  }
  const picked = await window.showQuickPick(
    all.map((account): QuickPickItem & { account: Account } => ({
      label: escapeQuickInput(toDisplayText(account.label ?? account.user.name)),
      description: escapeQuickInput(
        `${account.label === undefined ? '' : `${toDisplayText(account.user.name)} · `}${toDisplayText(account.domain.name)} · ${account.site}`,
      ),
      account,
    })),
    { title, placeHolder: l10n.t('Which account?') },
  );
  return picked?.account;
}

/** Signs an account out after the user confirmed. */
export async function signOut(accounts: Accounts, account: Account): Promise<void> {
  const confirm = l10n.t('Sign Out');
  const answer = await window.showWarningMessage(
    l10n.t('Sign out {0}?', escapeQuickInput(toDisplayText(account.label ?? account.user.name))),
    { modal: true, detail: l10n.t('Its tokens and its password are removed from this machine.') },
    confirm,
  );
  if (answer === confirm) {
    await accounts.signOut(account.id);
  }
}

/** Lets an account's secrets go to an address of the settings or of a profile after the user confirmed. @returns whether so */
export async function acceptAddress(accounts: Accounts, accountId: string, address: string): Promise<boolean> {
  const account = accounts.all().find(({ id }) => id === accountId);
  if (!account) {
    return false;
  }
  const confirm = l10n.t('Accept');
  const answer = await window.showWarningMessage(
    l10n.t('Send this account’s tokens to {0}?', hostOf(address)),
    {
      modal: true,
      detail: escapeQuickInput(
        originsOf(address, account, settings.site(account.site)).map(toDisplayText).join('\n\n'),
      ),
    },
    confirm,
  );
  if (answer !== confirm) {
    return false;
  }
  await accounts.accept(accountId, address);
  return true;
}
