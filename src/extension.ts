import { commands, l10n, window, workspace, type ExtensionContext } from 'vscode';
import type { Account } from './accounts/account';
import { Accounts } from './accounts/accounts';
import { Sessions, registerSessions } from './authentication/authenticationProvider';
import { pause } from './base/abort';
import { catalog, services } from './catalog/catalog';
import { LazyRetryPolicy } from './cloud/lazyRetryPolicy';
import { askAccount, signOut } from './commands/accountCommands';
import { registerCommands } from './commands/index';
import { revealKey } from './commands/keys';
import { reportError } from './commands/reportError';
import { Details, detailType } from './details/details';
import { Explorer } from './explorer/explorer';
import { projectsOf } from './explorer/knownProjects';
import { Waits } from './explorer/waits';
import { AccountFile } from './platform/accountFile';
import { copy } from './platform/clipboard';
import { logInto } from './platform/outputLog';
import { readProfile } from './platform/machineProfiles';
import { settings } from './platform/settings';
import { SiteWarnings } from './platform/siteWarnings';
import { filterStoreIn, hiddenStoreIn, secretStoreIn } from './platform/storage';
import { Sidebar } from './sidebar/sidebar';

/** Creates the parts and connects them. Reads no secret and sends no request. */
export function activate(context: ExtensionContext): void {
  const channel = window.createOutputChannel('Key Explorer', { log: true });
  const log = logInto(channel);
  const accountFile = new AccountFile(context.globalStorageUri.fsPath, log);
  const waits = new Waits();
  const accounts = new Accounts({
    store: accountFile,
    secretStore: secretStoreIn(context.secrets),
    transport: { timeout: settings.requestTimeout, log, clock: Date.now },
    services,
    sites: settings.sites,
    readProfile,
    retryPolicy: () =>
      new LazyRetryPolicy({ clock: Date.now, pause, random: Math.random, waiting: (wait) => waits.note(wait) }),
  });
  const explorer = new Explorer({
    accounts,
    catalog,
    pageSize: settings.pageSize,
    showAllServices: settings.showAllServices,
    filters: filterStoreIn(context.globalState),
    hidden: hiddenStoreIn(context.globalState),
  });
  const sidebar = new Sidebar(explorer, waits);
  const showInSidebar = async (ref: string, name: string): Promise<void> =>
    revealKey(explorer, ref, name, async (node) => sidebar.reveal(node));
  const run = async (command: string, ref?: string): Promise<void> => {
    await commands.executeCommand(`keyExplorer.${command}`, ref);
  };
  const details = new Details({
    extension: context.extensionUri,
    copy: async (node, what) => (await import('./commands/copyRows')).copyOf([node], what),
    copySecret: async (text) => copy(text, l10n.t('the secret')),
    secret: async (node, at, signal) => explorer.secret(node, at, signal),
    find: async (ref, signal) => {
      const { resolveRef } = await import('./explorer/resolveRef');
      return resolveRef(explorer, ref, true, signal);
    },
    showInSidebar,
    signIn: async (ref) => run('signInAgain', ref),
  });
  const signIn = async (account?: Account, projectId?: string): Promise<Account | undefined> => {
    const guide = await import('./signIn/signIn');
    return account ? guide.signInAgain(accounts, account, projectId) : guide.signIn(accounts);
  };
  const sessions = new Sessions({
    accounts,
    projects: async (account) => projectsOf(explorer, account),
    choose: async (among) => askAccount(among, l10n.t('Sign In')),
    signIn: async (account) => signIn(account),
    signOut: async (account) => signOut(accounts, account),
  });
  const manageAccounts = async (first: Account | undefined): Promise<void> => {
    const manage = await import('./manageAccounts/manageAccounts');
    await manage.manageAccounts(
      {
        accounts,
        explorer,
        services,
        signIn: async () => run('signIn'),
        signInAgain: async ({ id }) => run('signInAgain', `/${id}`),
        signOut: async ({ id }) => run('signOut', `/${id}`),
        show: async ({ id }) => sidebar.showAccount(id),
        report: (thrown) => reportError(log, thrown),
        takeOnRole: async (parent) => (await import('./signIn/signIn')).takeOnRole(accounts, parent),
      },
      first,
    );
  };
  const siteWarnings = new SiteWarnings(log);

  context.subscriptions.push(
    channel,
    sidebar,
    details,
    sessions,
    registerSessions(sessions, log),
    window.registerWebviewPanelSerializer(detailType, details),
    ...registerCommands({
      accounts,
      explorer,
      tree: sidebar,
      waits,
      log,
      showLog: () => channel.show(true),
      openKey: async (node) => details.open(node),
      showInSidebar,
      signIn,
      signOut: async (account) => signOut(accounts, account),
      manageAccounts,
    }),
    accounts.onDidChange(() => explorer.accountsChanged()),
    accounts.onDidChange(() => sessions.accountsChanged()),
    accounts.onDidSignOut((id) => details.closeBelow(`/${id}`)),
    { dispose: () => explorer.close() },
    { dispose: () => accounts.close() },
    accountFile.watch(() => accounts.reread()),
    // Some network file systems report no changes.
    window.onDidChangeWindowState(() => accounts.reread()),
    workspace.onDidChangeConfiguration((change) => {
      if (['sites', 'showAllServices'].some((name) => change.affectsConfiguration(`${settings.section}.${name}`))) {
        siteWarnings.update();
        explorer.settingsChanged();
      }
    }),
  );
  siteWarnings.update();
}
