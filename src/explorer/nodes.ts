import type { Account } from '../accounts/account';
import type { Phrase } from '../base/phrase';
import { holdsKeys, type Collection, type LocalNames, type Service } from '../catalog/declaration';
import type { FilterValue } from '../cloud/client';
import type { CloudError } from '../cloud/errors';
import type { ListedRow, Span } from './loadedRows';
import type { PagedList } from './pagedList';

/** Context that a node passes to the nodes below it. */
export interface NodeContext {
  readonly accountId: string;
  /** Parameters of request paths: from the account and from the rows above. */
  readonly pathParams: Readonly<Record<string, string>>;
  /** The service's address in this place; undefined above the services. */
  readonly base?: string;
  /** True below the one project that shows the lists of its whole region. */
  readonly showsRegionLists: boolean;
}

interface NodeBase {
  /** Unique in the tree and stable: the parent's ID and a part of its own. */
  readonly id: string;
  /** The parent row. Inline lists have no row and are skipped. */
  readonly parent: Node | undefined;
}

/** A signed-in account. */
export interface AccountNode extends NodeBase {
  readonly kind: 'account';
  inlineList?: ListNode;
  account: Account;
  /** The error of a refused sign-in, if this window received one since the last sign-in. */
  signedOut: CloudError | undefined;
  /** The label of its site. */
  siteLabel: Phrase | string;
  context: NodeContext;
}

/** A service of a project or account. Without an address, it is not known to be offered there. */
export interface ServiceNode extends NodeBase {
  readonly kind: 'service';
  /** The list whose rows are directly below, once it was opened. */
  inlineList?: ListNode;
  readonly service: Service;
  context: NodeContext;
}

/** A list: a collection in one place of the tree. An inline list has no row of its own. */
export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly collection: Collection;
  readonly list: PagedList;
  context: NodeContext;
  /** Set for a range of a long list: its rows, and the list that it belongs to. */
  readonly range?: Span & { readonly of: ListNode };
  /** The server-side filter. */
  filter: FilterValue | undefined;
  /** Aborted when the account signs out. */
  signal: AbortSignal;
  /** Display names by row name; undefined before they were requested, or if that failed. */
  localNames?: ReadonlyMap<string, LocalNames>;
}

/** A row of a list: a project, an instance, a quota, a key. */
export interface ItemNode extends NodeBase {
  readonly kind: 'item';
  inlineList?: ListNode;
  readonly listNode: ListNode;
  listed: ListedRow;
  context: NodeContext;
}

/** The row below a list that has more pages. */
export interface PagerNode extends NodeBase {
  readonly kind: 'pager';
  readonly listNode: ListNode;
}

/** A row shown instead of others: an empty state or an error. */
export interface MessageNode extends NodeBase {
  readonly kind: 'message';
  message: Message;
  /** The list that the message is about; undefined if no request was sent. */
  readonly listNode: ListNode | undefined;
}

/**
 * The content of a message row. `noProject`: the pasted token has no project. `hidden`: the user hid all rows in Manage
 * Accounts; `hiddenHere`: by the menus of these rows. `noAddress`: no address of the service is known in this place.
 */
export type Message =
  | { readonly kind: 'empty' | 'unmatched' | 'noAddress' | 'noProject' | 'hidden' | 'hiddenHere' }
  | {
      readonly kind: 'notOffered' | 'forbidden' | 'signedOut' | 'newAddress' | 'refusedAddress' | 'failed';
      readonly error: CloudError;
    };

/** A row of the tree, or an inline list between two rows. */
export type Node = AccountNode | ServiceNode | ListNode | ItemNode | PagerNode | MessageNode;

/** Whether a row can be expanded. */
export function hasChildren(node: Node): boolean {
  switch (node.kind) {
    case 'account':
    case 'service':
    case 'list':
      return true;
    case 'item':
      return (node.listNode.collection.children?.length ?? 0) > 0;
    case 'pager':
    case 'message':
      return false;
  }
}

/** Whether a row is a key, which opens as a page. */
export function isKey(node: Node): node is ItemNode {
  return node.kind === 'item' && holdsKeys(node.listNode.collection);
}

/** The list of a row: itself, or the inline list directly below it. */
export function listOf(node: Node): ListNode | undefined {
  return node.kind === 'list' ? node : 'inlineList' in node ? node.inlineList : undefined;
}

/** The row above a list's rows: its own row, or its parent if it is inline. */
export function shownAbove(listNode: ListNode): Node | undefined {
  return listNode.collection.inline && !listNode.range ? listNode.parent : listNode;
}

/** The name of a row in the cloud, else its ID. */
export function nameOf({ listed }: ItemNode): string | undefined {
  return listed.row.item.name ?? listed.row.item.id;
}

/** The rows from the account down to this one, inclusive. */
export function pathTo(node: Node): readonly Node[] {
  return node.parent ? [...pathTo(node.parent), node] : [node];
}

/** The account of a row. */
export function accountOf(node: Node): AccountNode | undefined {
  const [first] = pathTo(node);
  return first?.kind === 'account' ? first : undefined;
}

/** The ID of a row's project. */
export function projectOf(node: Node): string | undefined {
  const nearest = pathTo(node).findLast((above) => 'context' in above);
  return nearest && 'context' in nearest ? nearest.context.pathParams['project_id'] : undefined;
}

/** The part of a node ID for a row of a list. Lone surrogates, which a hostile ID may contain, cannot be percent-encoded. */
export function idPart(key: string): string {
  return key.replace(/\p{Cs}|[^\p{Cs}]+/gu, (part) =>
    /\p{Cs}/u.test(part) ? `%u${part.charCodeAt(0).toString(16)}` : encodeURIComponent(part),
  );
}

/** The message for a failed page, shown instead of a list's rows or below them. */
export function failureMessage(listNode: ListNode): Message | undefined {
  const { error } = listNode.list;
  const message = error && messageFor(error);
  // Only services can be hidden. IAM, which lists the projects, is offered everywhere: its address must be wrong.
  const canHide = message?.kind !== 'notOffered' || pathTo(listNode).some(({ kind }) => kind === 'service');
  return canHide || !error ? message : { kind: 'failed', error };
}

/** The error that a row shows. */
export function errorShownBy(node: Node): CloudError | undefined {
  return node.kind === 'pager'
    ? node.listNode.list.error
    : node.kind === 'message' && 'error' in node.message
      ? node.message.error
      : undefined;
}

/** The message for an error. Its kind implies the actions that the row offers. */
export function messageFor(error: CloudError): Message {
  switch (error.kind) {
    case 'unauthenticated':
      return { kind: 'signedOut', error };
    case 'forbidden':
      return { kind: 'forbidden', error };
    case 'notOffered':
      return { kind: 'notOffered', error };
    default: {
      const { accept, declined } = error.failure;
      return { kind: accept === undefined ? 'failed' : declined ? 'refusedAddress' : 'newAddress', error };
    }
  }
}
