import type { Account } from '../accounts/account';
import type { Phrase } from '../base/phrase';
import { holdsKeys, type Collection, type LocalNames, type Service } from '../catalog/declaration';
import type { FilterValue } from '../cloud/client';
import type { CloudError } from '../cloud/errors';
import type { ListedRow, Span } from './loadedRows';
import type { PagedList } from './pagedList';

/** What a node passes on to those below it. */
export interface NodeContext {
  readonly accountId: string;
  /** What fills the paths of calls: from the account, and from the rows above. */
  readonly pathParams: Readonly<Record<string, string>>;
  /** The service's address here; nothing above the services. */
  readonly base?: string;
  /** True below the one project of a region that shows the lists of the whole region. */
  readonly showsRegionLists: boolean;
}

interface NodeBase {
  /** Unique in the tree and stable: its parent's ID and its own part. */
  readonly id: string;
  /** The row that it stands below; an inline list is passed over. */
  readonly parent: Node | undefined;
}

/** A signed-in account. */
export interface AccountNode extends NodeBase {
  readonly kind: 'account';
  inlineList?: ListNode;
  account: Account;
  /** Why its lists cannot be loaded with its sign-in, where this window saw so since it signed in. */
  signedOut: CloudError | undefined;
  /** The label of its site. */
  siteLabel: Phrase | string;
  context: NodeContext;
}

/** A service of a project or account. Without an address it is not known to be offered there. */
export interface ServiceNode extends NodeBase {
  readonly kind: 'service';
  /** The list whose rows stand right below, once it was opened. */
  inlineList?: ListNode;
  readonly service: Service;
  context: NodeContext;
}

/** A list: one collection in one place. An inline one has no row of its own. */
export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly collection: Collection;
  readonly list: PagedList;
  context: NodeContext;
  /** The part of a long list that this is, and the list whose part it is. */
  readonly range?: Span & { readonly of: ListNode };
  /** Narrows the list on the server. */
  filter: FilterValue | undefined;
  /** Where its rows are asked for. */
  signal: AbortSignal;
  /** What a second list says that people call its rows, by their names: nothing before that was asked, or where it failed. */
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

/** The row below a list that is not complete. */
export interface PagerNode extends NodeBase {
  readonly kind: 'pager';
  readonly listNode: ListNode;
}

/** A row that says why there is nothing to see. */
export interface MessageNode extends NodeBase {
  readonly kind: 'message';
  message: Message;
  /** The list that it speaks of; nothing where no request was made. */
  readonly listNode: ListNode | undefined;
}

/**
 * What a note says. `noProject`: the pasted token serves no project by itself. `hidden`: the user hid all that is there, in
 * Manage Accounts; `hiddenHere`: in its rows.
 * `noAddress`: no address of the service is known there.
 */
export type Message =
  | { readonly kind: 'empty' | 'unmatched' | 'noAddress' | 'noProject' | 'hidden' | 'hiddenHere' }
  | {
      readonly kind: 'notOffered' | 'forbidden' | 'signedOut' | 'newAddress' | 'refusedAddress' | 'failed';
      readonly error: CloudError;
    };

/** A row of the tree, or an inline list that stands between two rows. */
export type Node = AccountNode | ServiceNode | ListNode | ItemNode | PagerNode | MessageNode;

/** Whether a row can be opened in the tree. */
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

/** The list that a row stands for: the row of a list itself, or what has a list's rows right below it. */
export function listOf(node: Node): ListNode | undefined {
  return node.kind === 'list' ? node : 'inlineList' in node ? node.inlineList : undefined;
}

/** What a list's rows stand below: its own row, or its parent where it is inline. */
export function shownAbove(listNode: ListNode): Node | undefined {
  return listNode.collection.inline && !listNode.range ? listNode.parent : listNode;
}

/** The name of a row as the cloud has it, else its ID. */
export function nameOf({ listed }: ItemNode): string | undefined {
  return listed.row.item.name ?? listed.row.item.id;
}

/** The rows from the account down to this one, itself included. */
export function pathTo(node: Node): readonly Node[] {
  return node.parent ? [...pathTo(node.parent), node] : [node];
}

/** The account that a row belongs to. */
export function accountOf(node: Node): AccountNode | undefined {
  const [first] = pathTo(node);
  return first?.kind === 'account' ? first : undefined;
}

/** The project that a row belongs to, by its ID. */
export function projectOf(node: Node): string | undefined {
  const placed = pathTo(node).findLast((above) => 'context' in above);
  return placed && 'context' in placed ? placed.context.pathParams['project_id'] : undefined;
}

/** What a list's row adds to its ID. Half of a character, which a hostile ID may hold, cannot be percent-encoded. */
export function idPart(key: string): string {
  return key.replace(/\p{Cs}|[^\p{Cs}]+/gu, (part) =>
    /\p{Cs}/u.test(part) ? `%u${part.charCodeAt(0).toString(16)}` : encodeURIComponent(part),
  );
}

/** What there is to say of a page that could not be loaded, in the place of a list's rows or below them. */
export function failureMessage(listNode: ListNode): Message | undefined {
  const { error } = listNode.list;
  const note = error && messageFor(error);
  // Only a service can be hidden: the service that lists the projects is offered everywhere, or its address is wrong.
  const canHide = note?.kind !== 'notOffered' || pathTo(listNode).some(({ kind }) => kind === 'service');
  return canHide || !error ? note : { kind: 'failed', error };
}

/** The error that a row tells of. */
export function errorShownBy(node: Node): CloudError | undefined {
  return node.kind === 'pager'
    ? node.listNode.list.error
    : node.kind === 'message' && 'error' in node.message
      ? node.message.error
      : undefined;
}

/** What a failure means for what can be done about it. */
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
