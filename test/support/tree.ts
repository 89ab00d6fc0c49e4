import assert from 'node:assert/strict';
import type { Accounts } from '../../src/accounts/accounts';
import { catalog } from '../../src/catalog/catalog';
import { Explorer } from '../../src/explorer/explorer';
import type { Node } from '../../src/explorer/nodes';
import { labelOf } from '../../src/explorer/present/labels';
import { toEnglish } from './english';
import type { Harness } from './harness';

/** An explorer of the accounts of a harness; `changed` lists the IDs of nodes to redraw (undefined: the whole tree). */
export function explorerFor(
  harness: Harness,
  accounts: Accounts,
  settings: { pageSize?: number; showAllServices?: boolean } = {},
): { readonly explorer: Explorer; readonly changed: (string | undefined)[] } {
  const changed: (string | undefined)[] = [];
  const explorer = new Explorer({
    accounts,
    catalog,
    pageSize: () => settings.pageSize ?? 100,
    showAllServices: () => settings.showAllServices ?? false,
    filters: harness.filters,
    hidden: harness.hidden,
  });
  explorer.onDidChange((node) => changed.push(node?.id));
  accounts.onDidChange(() => explorer.accountsChanged());
  return { explorer, changed };
}

/** A node's label in English. */
export function labelText(node: Node): string {
  const label = labelOf(node);
  return typeof label === 'string' ? label : toEnglish(label);
}

/** The node at the end of a path of labels that begins below the first account. */
export async function nodeAt(explorer: Explorer, ...labels: readonly string[]): Promise<Node> {
  let [node] = explorer.roots() as readonly Node[];
  for (const label of labels) {
    assert.ok(node);
    const children = await explorer.children(node);
    node = children.find((child) => labelText(child) === label);
    assert.ok(node, `${label} is not among ${children.map(labelText).join(', ')}`);
  }
  assert.ok(node);
  return node;
}
