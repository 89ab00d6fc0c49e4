import { isKey, type Node } from '../explorer/nodes';
import { offerOf } from '../explorer/present/offers';

/** The command of a click on a row; undefined if a click only selects it. */
export function commandOf(node: Node): string | undefined {
  if (isKey(node)) {
    return 'keyExplorer.open';
  }
  const offer = offerOf(node);
  if (offer || node.kind !== 'pager') {
    return offer?.command;
  }
  return node.listNode.list.truncated ? undefined : 'keyExplorer.loadMore';
}
