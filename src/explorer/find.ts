import { cancelled, asCloudError, type CloudError } from '../cloud/errors';
import type { Explorer } from './explorer';
import { listOf, type ItemNode, type ListNode, type Node } from './nodes';

/** What became of the search for a row. */
export type Found =
  | { readonly is: 'there'; readonly node: ItemNode }
  /** A filter is on the list, and may hide it. */
  | { readonly is: 'hidden'; readonly by: ListNode }
  | { readonly is: 'gone' }
  /** The account is not signed in. */
  | { readonly is: 'signedOut' }
  | { readonly is: 'failed'; readonly error: CloudError };

/**
 * Finds a row by its node's ID, which names the way to it: opens what is above it, and loads its list until it comes.
 * @param byOne takes the row alone where the call can give it, without loading the pages before it
 */
export async function find(explorer: Explorer, id: string, byOne: boolean, signal: AbortSignal): Promise<Found> {
  let node: Node | undefined = explorer.roots().find((root) => leadsTo(root, id));
  if (!node) {
    return { is: 'signedOut' };
  }
  while (node.id !== id) {
    if (signal.aborted) {
      return { is: 'failed', error: cancelled() };
    }
    // Each step needs the one before it.
    // oxlint-disable-next-line no-await-in-loop
    const step: Node | Found = await stepTowards(explorer, node, id, byOne, signal);
    if ('is' in step) {
      return step;
    }
    node = step;
  }
  return node.kind === 'item' ? { is: 'there', node } : { is: 'gone' };
}

// One level down, or one page further on the same level.
async function stepTowards(
  explorer: Explorer,
  node: Node,
  id: string,
  byOne: boolean,
  signal: AbortSignal,
): Promise<Node | Found> {
  const children = await explorer.children(node);
  const next = children.find((child) => leadsTo(child, id));
  if (next) {
    return next;
  }
  const note = children.find((child) => child.kind === 'note' && 'error' in child.note);
  if (note?.kind === 'note' && 'error' in note.note) {
    return note.note.says === 'signedOut' ? { is: 'signedOut' } : { is: 'failed', error: note.note.error };
  }
  const list = listOf(node);
  const alone = byOne && list ? await oneOf(explorer, list, id, signal) : undefined;
  if (alone) {
    return alone;
  }
  const pager = children.find((child) => child.kind === 'pager' && id.startsWith(`${child.listNode.id}/`));
  if (pager?.kind === 'pager' && !pager.listNode.list.cut) {
    await explorer.loadMore(pager);
    const { error } = pager.listNode.list;
    return error ? { is: 'failed', error } : node;
  }
  return list?.filter ? { is: 'hidden', by: list } : { is: 'gone' };
}

async function oneOf(
  explorer: Explorer,
  listNode: ListNode,
  id: string,
  signal: AbortSignal,
): Promise<Node | Found | undefined> {
  const key = id.slice(listNode.id.length + 1);
  if (!id.startsWith(`${listNode.id}/`) || key.includes('/')) {
    return undefined;
  }
  try {
    return await explorer.one(listNode, decodeURIComponent(key), signal);
  } catch (error) {
    return { is: 'failed', error: asCloudError(error) };
  }
}

function leadsTo(node: Node, id: string): boolean {
  return node.id === id || id.startsWith(`${node.id}/`);
}
