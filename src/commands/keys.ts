import { ProgressLocation, commands, l10n, window, type Disposable, type QuickPickItem } from 'vscode';
import type { Explorer } from '../explorer/explorer';
import { isKey, pathTo, type ItemNode, type Node } from '../explorer/nodes';
import { errorSummary } from '../explorer/present/errorMessages';
import { labelOf } from '../explorer/present/labels';
import { escapeQuickInput, toDisplayText } from '../platform/translate';
import type { CommandDeps } from './commandDeps';
import { registerAll } from './register';
import { nodeOf } from './rowArguments';

/** Commands that open and find keys. */
export function registerKeyCommands({ explorer, tree, waits, log, openKey, showInSidebar }: CommandDeps): Disposable[] {
  return registerAll(log, {
    open: async (argument) => {
      const node = nodeOf(explorer, argument) ?? tree.selection.find(isKey) ?? (await askKey(explorer, () => true));
      if (node && isKey(node)) {
        await openKey(node);
      }
    },
    findKey: async () => {
      const { findKey } = await import('./findKey');
      await findKey(explorer, waits, {
        open: openKey,
        showInSidebar: async (node) => showInSidebar(node.id, toDisplayText(labelOf(node))),
        signIn: async ({ id }) => {
          await commands.executeCommand('keyExplorer.signInAgain', id);
        },
      });
    },
  });
}

/** Asks for one of the loaded keys. */
export async function askKey(explorer: Explorer, accepts: (node: ItemNode) => boolean): Promise<ItemNode | undefined> {
  const nodes = explorer.items().filter((node) => isKey(node) && accepts(node));
  if (nodes.length === 0) {
    void window.showInformationMessage(l10n.t('No key is loaded yet. Open a list in the Key Explorer view first.'));
    return undefined;
  }
  const picks = nodes.map((node): QuickPickItem & { node: ItemNode } => ({
    label: escapeQuickInput(toDisplayText(labelOf(node))),
    description: escapeQuickInput(toDisplayText(node.listed.row.item.id ?? '')),
    detail: escapeQuickInput(
      pathTo(node)
        .slice(0, -1)
        .map((above) => toDisplayText(labelOf(above)))
        .join(' › '),
    ),
    node,
  }));
  const picked = await window.showQuickPick(picks, {
    title: l10n.t('Key Explorer'),
    placeHolder: l10n.t('Which key?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.node;
}

/**
 * Reveals a key in the tree. Loads its list until the key comes, which the user can cancel, and offers to clear a
 * filter that hides it.
 * @param name what messages call the key
 */
export async function revealKey(
  explorer: Explorer,
  ref: string,
  name: string,
  reveal: (node: Node) => Promise<void>,
): Promise<void> {
  const found = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Looking for the key…'), cancellable: true },
    async (_, cancel) => {
      const giveUp = new AbortController();
      const listening = cancel.onCancellationRequested(() => giveUp.abort());
      try {
        const { resolveRef } = await import('../explorer/resolveRef');
        return await resolveRef(explorer, ref, false, giveUp.signal);
      } finally {
        listening.dispose();
      }
    },
  );
  switch (found.kind) {
    case 'found':
      await reveal(found.node);
      break;
    case 'hidden': {
      const clear = l10n.t('Clear Filter');
      const answer = await window.showInformationMessage(l10n.t('The filter on its list hides this key.'), clear);
      if (answer === clear) {
        explorer.setFilter(found.listNode, undefined);
        await revealKey(explorer, ref, name, reveal);
      }
      break;
    }
    case 'gone':
      void window.showInformationMessage(escapeQuickInput(l10n.t('The key {0} is no longer there.', name)));
      break;
    case 'signedOut':
      void window.showInformationMessage(escapeQuickInput(l10n.t('The account of the key {0} is signed out.', name)));
      break;
    case 'failed':
      if (found.error.kind !== 'cancelled') {
        void window.showErrorMessage(escapeQuickInput(toDisplayText(errorSummary(found.error))));
      }
      break;
  }
}
