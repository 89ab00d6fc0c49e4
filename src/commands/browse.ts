import { l10n, window, type QuickPickItem } from 'vscode';
import type { Explorer } from '../explorer/explorer';
import { labelOf } from '../explorer/labels';
import { isKey, pathTo, type ItemNode, type Node } from '../explorer/nodes';
import { inert, show } from '../host/translate';

/** Asks which of the loaded rows is meant. */
export async function askWhich(explorer: Explorer, fits: (node: ItemNode) => boolean): Promise<ItemNode | undefined> {
  const nodes = explorer.items().filter((node) => isKey(node) && fits(node));
  if (nodes.length === 0) {
    void window.showInformationMessage(l10n.t('No key is loaded yet. Open a list in the Key Explorer view first.'));
    return undefined;
  }
  const picks = nodes.map((node): QuickPickItem & { node: ItemNode } => ({
    label: inert(show(labelOf(node))),
    description: inert(show(node.listed.row.item.id ?? '')),
    detail: inert(
      pathTo(node)
        .slice(0, -1)
        .map((above) => show(labelOf(above)))
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

/** The nodes that a command was called for: the chosen rows where the row is one of them, else the row alone. */
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
  const several = Array.isArray(chosen) ? chosen.map((each: unknown) => nodeOf(explorer, each)) : [];
  return several.includes(node) ? several.filter((each) => each !== undefined) : [node];
}
