import { commands, l10n, window, type Disposable, type QuickPickItem } from 'vscode';
import type { Account } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import { originsOf } from '../accounts/addresses';
import { hostOf } from '../cloud/url';
import { accountOf, errorShownBy, projectOf } from '../explorer/nodes';
import { settings } from '../platform/settings';
import { escapeQuickInput, toDisplayText } from '../platform/translate';
import type { CommandDeps } from './commandDeps';
import { registerAll } from './register';
import { nodeOf } from './rowArguments';

/** Commands of accounts. */
export function registerAccountCommands(deps: CommandDeps): Disposable[] {
  const { accounts, explorer, tree, signIn } = deps;
  const accountFor = async (argument: unknown, title: string): Promise<Account | undefined> => {
    const node = nodeOf(explorer, argument);
    // A restored page knows only the ID of its row, which may not be loaded yet.
    const root = explorer.roots().find(({ id }) => typeof argument === 'string' && argument.startsWith(`${id}/`));
    const account = (node ? accountOf(node) : root)?.account;
    return account ?? askAccount(accounts.all(), title);
  };
  return registerAll(deps.log, {
    signIn: async () => tree.showAccount((await signIn())?.id),
    signInAgain: async (argument) => {
      const account = await accountFor(argument, l10n.t('Sign In Again'));
      const node = nodeOf(explorer, argument);
      const signedIn = await signIn(account, account && node && projectOf(node));
      await tree.showAccount(signedIn?.id);
    },
    signOut: async (argument) => {
      const account = await accountFor(argument, l10n.t('Sign Out'));
      if (account) {
        await deps.signOut(account);
        if (!accounts.client(account.id)) {
          // The focused row is gone.
          await commands.executeCommand('keyExplorer.keys.focus');
        }
      }
    },
    manageAccounts: async (argument) => {
      const node = nodeOf(explorer, argument);
      await deps.manageAccounts(node && accountOf(node)?.account);
    },
    acceptAddress: async (argument) => {
      const node = nodeOf(explorer, argument);
      const address = node && errorShownBy(node)?.failure.accept;
      if (!node || address === undefined) {
        return;
      }
      const accept = async (): Promise<boolean> => acceptAddress(accounts, accountOf(node)?.account.id ?? '', address);
      if (node.kind === 'message') {
        await tree.replace(node, accept);
      } else if (node.kind === 'pager' && (await accept())) {
        await tree.loadMore(node);
      }
    },
  });
}

/** Asks for one of several accounts; a single one is not asked for. */
export async function askAccount(accounts: readonly Account[], title: string): Promise<Account | undefined> {
  if (accounts.length < 2) {
    return accounts[0];
  }
  const picked = await window.showQuickPick(
    accounts.map((account): QuickPickItem & { account: Account } => ({
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

// Whether the user lets the account's tokens go to an address of the settings or of a profile.
async function acceptAddress(accounts: Accounts, accountId: string, address: string): Promise<boolean> {
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
