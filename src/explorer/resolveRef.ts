import { cancelled, asCloudError, type CloudError } from '../cloud/errors';
import type { Explorer } from './explorer';
import { errorShownBy, listOf, type ItemNode, type ListNode, type Node, type PagerNode } from './nodes';

/** What became of the search for a row. */
export type Resolution =
  | { readonly kind: 'there'; readonly node: ItemNode }
  /** A filter is on the list, and may hide it. */
  | { readonly kind: 'hidden'; readonly by: ListNode }
  | { readonly kind: 'gone' }
  /** The account is not signed in. */
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'failed'; readonly error: CloudError };

/**
 * Finds a row by its node's ID, which names the way to it: opens what is above it, and loads its list until it comes.
 * @param byOne takes the row alone where the call can give it, without loading the pages before it
 */
export async function resolveRef(
  explorer: Explorer,
  id: string,
  byOne: boolean,
  signal: AbortSignal,
): Promise<Resolution> {
  let node: Node | undefined = explorer.roots().find((root) => leadsTo(root, id));
  if (!node) {
    return { kind: 'signedOut' };
  }
  while (node.id !== id) {
    if (signal.aborted) {
      return { kind: 'failed', error: cancelled() };
    }
    // Each step needs the one before it.
    const step: Node | Resolution = await stepTowards(explorer, node, id, byOne, signal);
    if (!('id' in step)) {
      return step;
    }
    node = step;
  }
  return node.kind === 'item' ? { kind: 'there', node } : { kind: 'gone' };
}

// One level down, or one page further on the same level.
async function stepTowards(
  explorer: Explorer,
  node: Node,
  id: string,
  byOne: boolean,
  signal: AbortSignal,
): Promise<Node | Resolution> {
  const children = await explorer.children(node);
  const next = children.find((child) => leadsTo(child, id));
  if (next) {
    return next;
  }
  const note = children.find(({ kind }) => kind === 'message');
  const failure = note && errorShownBy(note);
  if (failure) {
    return asFound(failure);
  }
  const list = listOf(node);
  const alone = byOne && list ? await oneOf(explorer, list, id, signal) : undefined;
  if (alone) {
    return alone;
  }
  const pager = pagerOf(children, id);
  if (pager) {
    await explorer.loadMore(pager);
    const { error } = pager.listNode.list;
    return error ? asFound(error) : node;
  }
  const whole = list?.range?.of ?? list;
  if (whole?.filter) {
    return { kind: 'hidden', by: whole };
  }
  return whole?.list.spanComplete
    ? inAnyRange(explorer, whole, id.slice(id.lastIndexOf('/') + 1), signal)
    : { kind: 'gone' };
}

// Rows come and go, and others move from one part of a long list to the next.
async function inAnyRange(explorer: Explorer, whole: ListNode, key: string, signal: AbortSignal): Promise<Resolution> {
  const first = await explorer.children(whole);
  for (const part of [whole, ...first.filter((child) => child.kind === 'list')]) {
    for (;;) {
      // Each page starts where the one before it ended.
      const rows = await explorer.children(part);
      const node = rows.find((row) => row.id === `${part.id}/${key}`);
      if (node?.kind === 'item') {
        return { kind: 'there', node };
      }
      const pager = pagerOf(rows, `${part.id}/${key}`);
      if (signal.aborted || part.list.error) {
        return asFound(part.list.error ?? cancelled());
      }
      if (!pager) {
        break;
      }
      await explorer.loadMore(pager);
    }
  }
  return { kind: 'gone' };
}

function pagerOf(children: readonly Node[], id: string): PagerNode | undefined {
  return children
    .filter((child) => child.kind === 'pager')
    .find(({ listNode }) => id.startsWith(`${listNode.id}/`) && !listNode.list.truncated);
}

async function oneOf(
  explorer: Explorer,
  listNode: ListNode,
  id: string,
  signal: AbortSignal,
): Promise<Node | Resolution | undefined> {
  const key = id.slice(listNode.id.length + 1);
  if (!id.startsWith(`${listNode.id}/`) || key.includes('/')) {
    return undefined;
  }
  try {
    return await explorer.one(listNode, decodeURIComponent(key), signal);
  } catch (error) {
    return asFound(asCloudError(error));
  }
}

function asFound(error: CloudError): Resolution {
  return error.kind === 'unauthenticated' ? { kind: 'signedOut' } : { kind: 'failed', error };
}

function leadsTo(node: Node, id: string): boolean {
  return node.id === id || id.startsWith(`${node.id}/`);
}
