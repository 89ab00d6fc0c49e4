import { cancelled, asCloudError, type CloudError } from '../cloud/errors';
import type { Explorer } from './explorer';
import { errorShownBy, listOf, type ItemNode, type ListNode, type Node, type PagerNode } from './nodes';

/** The result of {@link resolveRef}. */
export type Resolution =
  | { readonly kind: 'found'; readonly node: ItemNode }
  /** The list has a filter, which may hide the row. */
  | { readonly kind: 'hidden'; readonly listNode: ListNode }
  | { readonly kind: 'gone' }
  /** The account is not signed in. */
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'failed'; readonly error: CloudError };

/**
 * Finds a row by its node ID, which contains its path: expands the rows above it and loads its list until the row comes.
 * @param single requests the row alone if the list has a call for that, without the pages before it
 */
export async function resolveRef(
  explorer: Explorer,
  id: string,
  single: boolean,
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
    // Each step depends on the previous one.
    const step: Node | Resolution = await stepTowards(explorer, node, id, single, signal);
    if (!('id' in step)) {
      return step;
    }
    node = step;
  }
  return node.kind === 'item' ? { kind: 'found', node } : { kind: 'gone' };
}

// One level down, or one more page on the same level.
async function stepTowards(
  explorer: Explorer,
  node: Node,
  id: string,
  single: boolean,
  signal: AbortSignal,
): Promise<Node | Resolution> {
  const children = await explorer.children(node);
  const next = children.find((child) => leadsTo(child, id));
  if (next) {
    return next;
  }
  const message = children.find(({ kind }) => kind === 'message');
  const failure = message && errorShownBy(message);
  if (failure) {
    return asResolution(failure);
  }
  const list = listOf(node);
  const row = single && list ? await oneOf(explorer, list, id, signal) : undefined;
  if (row) {
    return row;
  }
  const pager = pagerOf(children, id);
  if (pager) {
    await explorer.loadMore(pager);
    const { error } = pager.listNode.list;
    return error ? asResolution(error) : node;
  }
  const whole = list?.range?.of ?? list;
  if (whole?.filter) {
    return { kind: 'hidden', listNode: whole };
  }
  return whole?.list.spanComplete
    ? inAnyRange(explorer, whole, id.slice(id.lastIndexOf('/') + 1), signal)
    : { kind: 'gone' };
}

// When rows come and go, others move to a neighbouring range of a long list.
async function inAnyRange(explorer: Explorer, whole: ListNode, key: string, signal: AbortSignal): Promise<Resolution> {
  const first = await explorer.children(whole);
  for (const range of [whole, ...first.filter((child) => child.kind === 'list')]) {
    for (;;) {
      // Each page starts where the previous one ended.
      const rows = await explorer.children(range);
      const node = rows.find((row) => row.id === `${range.id}/${key}`);
      if (node?.kind === 'item') {
        return { kind: 'found', node };
      }
      const pager = pagerOf(rows, `${range.id}/${key}`);
      if (signal.aborted || range.list.error) {
        return asResolution(range.list.error ?? cancelled());
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
    return asResolution(asCloudError(error));
  }
}

function asResolution(error: CloudError): Resolution {
  return error.kind === 'unauthenticated' ? { kind: 'signedOut' } : { kind: 'failed', error };
}

function leadsTo(node: Node, id: string): boolean {
  return node.id === id || id.startsWith(`${node.id}/`);
}
