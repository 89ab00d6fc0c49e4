import { isKey, type Node } from './nodes';
import { offerOf } from './offers';

/** The command that a click on a row runs; nothing where it only selects it. */
export function commandOf(node: Node): string | undefined {
  if (isKey(node)) {
    return 'keyExplorer.open';
  }
  const offer = offerOf(node);
  if (offer || node.kind !== 'pager') {
    return offer?.command;
  }
  return node.listNode.list.cut ? undefined : 'keyExplorer.loadMore';
}
