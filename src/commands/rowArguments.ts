import { isObject } from '../base/guards';
import type { Explorer } from '../explorer/explorer';
import { listOf, type ListNode, type Node } from '../explorer/nodes';

/** The row that a command was called for, by its node or its ID; undefined if it names none. */
export function nodeOf(explorer: Explorer, argument: unknown): Node | undefined {
  const id =
    typeof argument === 'string'
      ? argument
      : isObject(argument) && typeof argument['id'] === 'string'
        ? argument['id']
        : undefined;
  return id === undefined ? undefined : explorer.node(id);
}

/**
 * The rows that a command was called for: all selected rows if the row is one of them, else that row alone. A keyboard
 * shortcut passes the focused row and no selected ones: the selection of the view applies then.
 */
export function nodesOf(
  explorer: Explorer,
  argument: unknown,
  selected: unknown,
  selection: readonly Node[],
): readonly Node[] {
  const node = nodeOf(explorer, argument);
  if (!node) {
    return selection;
  }
  const several = Array.isArray(selected) ? selected.map((each: unknown) => nodeOf(explorer, each)) : selection;
  return several.includes(node) ? several.filter((each) => each !== undefined) : [node];
}

/** The list of a row: its own, the one directly below it, or the one that a message row is about. */
export function listBehind(node: Node | undefined): ListNode | undefined {
  return node?.kind === 'message' ? node.listNode : node && listOf(node);
}
