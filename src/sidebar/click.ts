import { isKey, type Node } from '../explorer/nodes';
import { offerOf } from '../explorer/present/offers';

/** The command that a click on a row runs; nothing where it only selects it. */
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
