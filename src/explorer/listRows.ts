import type { Account } from '../accounts/account';
import type { NodeStore } from './nodeStore';
import { failureMessage, shownAbove, type ListNode, type Message, type Node } from './nodes';
import { isHiddenByUser, isShown, regionRepresentatives, servesNoProject } from './visibility';

/** Maximum ranges of a long list shown at once, whatever its total is. */
const rangesAtOnce = 200;

/** The rows below a list: its items, then a pager or the ranges that follow; or one message. */
export function rowsOf(nodes: NodeStore, listNode: ListNode): readonly Node[] {
  const { list } = listNode;
  const account = nodes.accountById(listNode.context.accountId);
  const shown = list.rows.filter((listed) => isShown(listed, account));
  if (shown.length === 0) {
    const message = failureMessage(listNode) ?? (list.done ? emptyMessage(listNode, account) : undefined);
    if (message) {
      return [nodes.message(shownAbove(listNode), listNode, message)];
    }
    if (list.notLoaded) {
      return [];
    }
  }
  const representatives = regionRepresentatives(list.rows, account);
  const items = shown.map((listed) => nodes.item(listNode, listed, representatives));
  if (list.spanComplete && !list.error) {
    return listNode.range ? items : [...items, ...rangesOf(nodes, listNode)];
  }
  return list.done && !list.truncated && !list.error ? items : [...items, nodes.pager(listNode)];
}

function emptyMessage({ list, collection, filter }: ListNode, account: Account | undefined): Message {
  if (list.rows.length > 0 && servesNoProject(collection, account)) {
    return { kind: 'noProject' };
  }
  if (list.rows.some((listed) => isHiddenByUser(listed, account))) {
    return { kind: 'hidden' };
  }
  return { kind: filter ? 'unmatched' : 'empty' };
}

// If the total is unknown, each complete range shows one more. The same applies after the ranges shown at once.
function rangesOf(nodes: NodeStore, listNode: ListNode): readonly ListNode[] {
  const { total = Infinity, received: from } = listNode.list;
  const atOnce = total === Infinity ? 1 : rangesAtOnce;
  const ranges: ListNode[] = [];
  let last: ListNode | undefined;
  for (let at = from; at < total && (last?.list.spanComplete || ranges.length < atOnce); at = last.range?.until ?? at) {
    last = nodes.range(listNode, at);
    ranges.push(last);
  }
  return ranges;
}
