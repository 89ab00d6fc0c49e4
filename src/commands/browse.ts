import { ProgressLocation, l10n, window, type QuickPickItem } from 'vscode';
import type { Explorer } from '../explorer/explorer';
import { labelOf } from '../explorer/present/labels';
import { isKey, pathTo, type ItemNode, type Node } from '../explorer/nodes';
import { errorSummary } from '../explorer/present/errorMessages';
import { escapeQuickInput, toDisplayText } from '../platform/translate';

/** Asks which of the loaded rows is meant. */
export async function askWhich(explorer: Explorer, fits: (node: ItemNode) => boolean): Promise<ItemNode | undefined> {
  const nodes = explorer.items().filter((node) => isKey(node) && fits(node));
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
 * Opens the way to a row in the tree and puts the focus on it: loads its list until it comes, which can be cancelled,
 * and offers to clear a filter that hides it.
 * @param name what it is called, should it not be found
 */
export async function showInSidebar(
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
        const { resolveRef: find } = await import('../explorer/resolveRef');
        return await find(explorer, ref, false, giveUp.signal);
      } finally {
        listening.dispose();
      }
    },
  );
  switch (found.kind) {
    case 'there':
      await reveal(found.node);
      break;
    case 'hidden': {
      const clear = l10n.t('Clear Filter');
      const answer = await window.showInformationMessage(l10n.t('The filter on its list hides this key.'), clear);
      if (answer === clear) {
        explorer.setFilter(found.by, undefined);
        await showInSidebar(explorer, ref, name, reveal);
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

/** The node that a command was called for: from a menu the node itself, from a row its ID. */
export function nodeOf(explorer: Explorer, argument: unknown): Node | undefined {
  const id =
    typeof argument === 'string'
      ? argument
      : typeof argument === 'object' && argument !== null && 'id' in argument && typeof argument.id === 'string'
        ? argument.id
        : undefined;
  return id === undefined ? undefined : explorer.node(id);
}

/**
 * The nodes that a command was called for: the chosen rows where the row is one of them, else the row alone. The keyboard
 * shortcut names the row that has the focus and no chosen ones: those are the selection.
 */
export function nodesOf(
  explorer: Explorer,
  argument: unknown,
  chosen: unknown,
  selection: readonly Node[],
): readonly Node[] {
  const node = nodeOf(explorer, argument);
  if (!node) {
    return selection;
  }
  const several = Array.isArray(chosen) ? chosen.map((each: unknown) => nodeOf(explorer, each)) : selection;
  return several.includes(node) ? several.filter((each) => each !== undefined) : [node];
}
