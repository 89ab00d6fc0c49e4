import { Uri, commands, env, l10n, window, workspace, type ExtensionContext } from 'vscode';
import type { Account } from './accounts/account';
import { Accounts } from './accounts/accounts';
import { catalog, services } from './catalog/catalog';
import { asCloudError } from './cloud/errors';
import { RetryPolicy, pause } from './cloud/retryPolicy';
import { acceptAddress, askAccount, signOut } from './commands/accounts';
import { askWhich, nodeOf, nodesOf, showInSidebar } from './commands/browse';
import { copyError, copyOf } from './commands/copy';
import { Details, detailType } from './details/details';
import { copyTextOf, copyables } from './explorer/present/copyable';
import { Explorer } from './explorer/explorer';
import { labelOf } from './explorer/present/labels';
import { accountOf, errorShownBy, isKey, listOf, pathTo, projectOf, type Node } from './explorer/nodes';
import { errorDetails, errorSummary } from './explorer/present/errorMessages';
import { AccountFile } from './platform/accountFile';
import { copy } from './platform/clipboard';
import { logInto } from './platform/log';
import { readProfile } from './platform/machineProfiles';
import { settings } from './platform/settings';
import { filterStoreIn, hiddenStoreIn, secretStoreIn } from './platform/storage';
import { escapeQuickInput, toDisplayText as words } from './platform/translate';
import { projectsOf } from './explorer/knownProjects';
import { Sessions, registerSessions } from './authentication/authenticationProvider';
import { Waits } from './explorer/waits';
import { Sidebar } from './sidebar/sidebar';
import type { Log } from './base/log';

/** Builds the parts and connects them. Reads no secret and asks nothing of the network. */
export function activate(context: ExtensionContext): void {
  const channel = window.createOutputChannel('Key Explorer', { log: true });
  const log = logInto(channel);
  const transport = { timeout: settings.requestTimeout, log, clock: Date.now };
  const accountFile = new AccountFile(context.globalStorageUri.fsPath, log);
  const waits = new Waits();
  const accounts = new Accounts({
    store: accountFile,
    secretStore: secretStoreIn(context.secrets),
    transport,
    services,
    sites: settings.sites,
    readProfile,
    retryPolicy: () =>
      new RetryPolicy({ clock: Date.now, pause, random: Math.random, waiting: (wait) => waits.note(wait) }),
    changed: () => {
      explorer.accountsChanged();
      sessions.accountsChanged();
    },
    onSignedOutElsewhere: (id) => pages.closeBelow(`/${id}`),
  });
  const explorer: Explorer = new Explorer({
    accounts,
    catalog,
    site: settings.site,
    pageSize: settings.pageSize,
    showAllServices: settings.showAllServices,
    filters: filterStoreIn(context.globalState),
    hidden: hiddenStoreIn(context.globalState),
    changed: (node) => sidebar.changed(node),
  });
  const sidebar = new Sidebar(explorer);
  waits.listen(() => sidebar.say(waits.label));
  const show = async (ref: string, name: string): Promise<void> =>
    showInSidebar(explorer, ref, name, async (node) => sidebar.reveal(node));
  const pages = new Details({
    extension: context.extensionUri,
    copy: async (node, what) => copyOf([node], what),
    copySecret: async (text) => copy(text, l10n.t('the secret')),
    secret: async (node, at, signal) => explorer.secret(node, at, signal),
    find: async (ref, signal) => {
      const { resolveRef: find } = await import('./explorer/resolveRef');
      return find(explorer, ref, true, signal);
    },
    showInSidebar: show,
    signIn: async (ref) => {
      await commands.executeCommand('keyExplorer.signInAgain', ref);
    },
  });

  const warnOfWrongSites = warnerOfWrongSites(log);

  const run = (id: string, work: (argument: unknown, chosen: unknown) => unknown): void => {
    // Any extension can call a command: an argument names a row, or nothing, and the caller gets nothing back.
    const guarded = async (argument: unknown, chosen: unknown): Promise<void> => {
      try {
        await work(argument, chosen);
      } catch (thrown) {
        tell(thrown);
      }
    };
    context.subscriptions.push(commands.registerCommand(`keyExplorer.${id}`, guarded));
  };
  const tell = (thrown: unknown): void => {
    const error = asCloudError(thrown);
    log.warn(error.message);
    void window.showErrorMessage(escapeQuickInput(words(error.failure.reason ?? errorSummary(error))));
  };
  const keys = (argument: unknown, chosen: unknown): readonly Node[] =>
    nodesOf(explorer, argument, chosen, sidebar.selection);
  const accountFor = async (argument: unknown, title: string): Promise<Account | undefined> => {
    const node = nodeOf(explorer, argument);
    // A page that was restored knows its account only by the ID of a row that was not loaded yet.
    const root = explorer.roots().find(({ id }) => typeof argument === 'string' && argument.startsWith(`${id}/`));
    const account = (node ? accountOf(node) : root)?.account;
    return account ?? askAccount(accounts, title);
  };

  const signIn = async (): Promise<Account | undefined> => (await import('./signIn/signIn')).signIn(accounts);
  const again = async (account: Account, projectId?: string): Promise<Account | undefined> => {
    const { signInAgain } = await import('./signIn/signIn');
    return signInAgain(accounts, account, projectId);
  };
  const leave = async (account: Account): Promise<void> => {
    await signOut(accounts, account);
    if (!accounts.client(account.id)) {
      pages.closeBelow(`/${account.id}`);
    }
  };
  const sessions: Sessions = new Sessions({
    accounts,
    projects: async (account) => projectsOf(explorer, account),
    choose: async (among) => askAccount({ all: () => among }, l10n.t('Sign In')),
    signIn: async (account) => (account ? again(account) : signIn()),
    signOut: leave,
  });

  run('signIn', async () => sidebar.showAccount((await signIn())?.id));
  run('signInAgain', async (argument) => {
    const account = await accountFor(argument, l10n.t('Sign In Again'));
    const node = nodeOf(explorer, argument);
    const signedIn = account ? await again(account, node && projectOf(node)) : await signIn();
    await sidebar.showAccount(signedIn?.id);
  });
  run('signOut', async (argument) => {
    const account = await accountFor(argument, l10n.t('Sign Out'));
    if (account) {
      await leave(account);
      if (!accounts.client(account.id)) {
        // The row that had the keyboard is gone.
        await commands.executeCommand('keyExplorer.keys.focus');
      }
    }
  });
  run('manageAccounts', async (argument) => {
    const node = nodeOf(explorer, argument);
    const rowOf = ({ id }: Account): string => `/${id}`;
    const { manageAccounts } = await import('./manageAccounts/manageAccounts');
    await manageAccounts(
      {
        accounts,
        explorer,
        services,
        signIn: async () => commands.executeCommand('keyExplorer.signIn'),
        signInAgain: async (account) => commands.executeCommand('keyExplorer.signInAgain', rowOf(account)),
        signOut: async (account) => commands.executeCommand('keyExplorer.signOut', rowOf(account)),
        show: async (account) => sidebar.showAccount(account.id),
        tell,
        causeOf: (thrown) => errorDetails(asCloudError(thrown)).map(words),
      },
      node && accountOf(node)?.account,
    );
  });
  run('acceptAddress', async (argument) => {
    const node = nodeOf(explorer, argument);
    const address = node && errorShownBy(node)?.failure.accept;
    if (!node || address === undefined) {
      return;
    }
    const accept = async (): Promise<boolean> => acceptAddress(accounts, accountOf(node)?.account.id ?? '', address);
    if (node.kind === 'message') {
      await sidebar.replace(node, accept);
    } else if (node.kind === 'pager' && (await accept())) {
      await sidebar.loadMore(node);
    }
  });
  run('open', async (argument) => {
    const node = nodeOf(explorer, argument) ?? sidebar.selection.find(isKey) ?? (await askWhich(explorer, () => true));
    if (node && isKey(node)) {
      await pages.open(node);
    }
  });
  run('loadMore', async (argument) => {
    const node = nodeOf(explorer, argument);
    if (node?.kind === 'pager') {
      await sidebar.loadMore(node);
    }
  });
  run('retry', async (argument) => {
    const node = nodeOf(explorer, argument);
    if (node?.kind === 'pager') {
      await sidebar.loadMore(node);
    } else if (node?.kind === 'message') {
      await sidebar.replace(node, () => explorer.retry(node));
    }
  });
  run('findKey', async () => {
    const { findKey } = await import('./commands/findKey');
    await findKey(explorer, waits, {
      open: async (node) => pages.open(node),
      showInSidebar: async (node) => show(node.id, words(labelOf(node))),
      signIn: async ({ id }) => {
        await commands.executeCommand('keyExplorer.signInAgain', id);
      },
    });
  });
  run('refresh', async (argument) => sidebar.refresh(nodeOf(explorer, argument)));
  // A title's command may be given the selected row, which is not what it is about.
  run('refreshAll', async () => sidebar.refresh(undefined));
  for (const what of copyables) {
    run(`copy${what.replace(/^./, (letter) => letter.toUpperCase())}`, async (argument, chosen) => {
      const nodes = keys(argument, chosen);
      const fitting = nodes.filter((node) => node.kind === 'item');
      if (nodes.length > 0 && fitting.length === 0) {
        void window.showInformationMessage(l10n.t('There is nothing to copy in this row.'));
        return;
      }
      const asked =
        fitting.length > 0 ? fitting : [await askWhich(explorer, (node) => copyTextOf(node, what) !== undefined)];
      await copyOf(
        asked.filter((node) => node !== undefined),
        what,
      );
    });
  }
  run('filter', async (argument) => {
    const node = nodeOf(explorer, argument);
    const list = node && listOf(node);
    const { askFilter } = await import('./commands/filter');
    const filter = list && (await askFilter(list));
    if (filter) {
      explorer.setFilter(list, filter);
    }
  });
  run('clearFilter', async (argument) => {
    const node = nodeOf(explorer, argument);
    const list = node?.kind === 'message' ? node.listNode : node && listOf(node);
    if (list && node?.kind === 'message') {
      await sidebar.replace(node, () => explorer.setFilter(list, undefined));
    } else if (list) {
      explorer.setFilter(list, undefined);
    }
  });
  run('hide', async (argument) => {
    const node = nodeOf(explorer, argument);
    const service = node && pathTo(node).findLast(({ kind }) => kind === 'service');
    if (service?.parent) {
      // The row that has the keyboard is about to go.
      await sidebar.reveal(service.parent);
      explorer.hide(service);
      if (settings.showAllServices()) {
        // It would still be listed.
        await settings.setShowAllServices(false);
      }
    }
  });
  run('openDocs', async (argument) => {
    const node = nodeOf(explorer, argument);
    const list = node?.kind === 'message' ? node.listNode : node && listOf(node);
    if (list) {
      await env.openExternal(Uri.parse(list.collection.docs));
    }
  });
  run('copyError', async (argument) => {
    const node = nodeOf(explorer, argument);
    if (node) {
      await copyError(node);
    }
  });
  run('showAllServices', async () => settings.setShowAllServices(true));
  run('showOfferedServices', async () => settings.setShowAllServices(false));
  run('showLog', () => channel.show(true));

  context.subscriptions.push(
    channel,
    sidebar,
    pages,
    sessions,
    registerSessions(sessions, log),
    window.registerWebviewPanelSerializer(detailType, pages),
    { dispose: () => explorer.close() },
    { dispose: () => accounts.close() },
    accountFile.watch(() => accounts.reread()),
    // Where the file system tells nothing, as over some networks.
    window.onDidChangeWindowState(() => accounts.reread()),
    workspace.onDidChangeConfiguration((change) => {
      if (
        change.affectsConfiguration(`${settings.section}.sites`) ||
        change.affectsConfiguration(`${settings.section}.showAllServices`)
      ) {
        warnOfWrongSites();
        explorer.settingsChanged();
      }
    }),
  );
  warnOfWrongSites();
}

// Said where it is seen, once for each reason: an entry may be half written while settings are saved.
function warnerOfWrongSites(log: Log): () => void {
  let said = '';
  return () => {
    const reasons = settings.sites().wrong.map(({ because }) => words(because));
    const text = reasons.join(' ');
    if (text !== '' && text !== said) {
      log.warn(`keyExplorer.sites: ${text}`);
      void window.showWarningMessage(escapeQuickInput(`keyExplorer.sites: ${text}`));
    }
    said = text;
  };
}
