import { setMaxListeners } from 'node:events';
import type { Account } from '../accounts/account';
import { addressOf } from '../accounts/sites';
import type { Collection, Service } from '../catalog/declaration';
import { NodeTable } from './nodeGc';
import { requestPage } from './pageRequest';
import {
  idPart,
  shownAbove,
  type AccountNode,
  type ItemNode,
  type ListNode,
  type Node,
  type Message,
  type MessageNode,
  type PagerNode,
  type NodeContext,
  type ServiceNode,
} from './nodes';
import type { ListedRow, Span } from './loadedRows';
import { PagedList } from './pagedList';
import type { ExplorerDeps } from './deps';
import { shownHere } from './visibility';

/**
 * Rows per range of a long list. VS Code renders all siblings again after each page: with ten thousand rows a page takes
 * four times as long as the first one.
 */
const rangeSize = 500;

/** Creates the nodes, one object for each ID, and updates them each time they are requested. */
export class NodeStore {
  readonly #deps: ExplorerDeps;
  readonly #nodes = new NodeTable();
  readonly #aborts = new Map<string, AbortController>();

  constructor(deps: ExplorerDeps) {
    this.#deps = deps;
  }

  /** A node that was created before. */
  get(id: string): Node | undefined {
    return this.#nodes.get(id);
  }

  /** The account with its current state. */
  accountById(id: string): Account | undefined {
    return this.#deps.accounts.all().find((account) => account.id === id);
  }

  /** An account's row. */
  account(account: Account): AccountNode {
    const site = this.#deps.accounts.site(account);
    const context: NodeContext = {
      accountId: account.id,
      pathParams: { user_id: account.user.id, domain_id: account.domain.id },
      showsRegionLists: false,
      ...(site ? { base: site.iam } : {}),
    };
    const siteLabel = site?.label ?? account.site;
    const node = this.#once<AccountNode>(`/${account.id}`, (id) => ({
      kind: 'account',
      id,
      parent: undefined,
      account,
      signedOut: undefined,
      siteLabel,
      context,
    }));
    return Object.assign(node, { account, siteLabel, context });
  }

  /** A service's row; empty if the service is not shown there. */
  services(parent: AccountNode | ServiceNode | ItemNode, service: Service): ServiceNode[] {
    if (shownHere(service.collections, parent.context).length === 0) {
      return [];
    }
    const { base: _, ...inherited } = parent.context;
    const base = this.#baseOf(parent, service);
    const hidden =
      base === undefined ||
      this.#deps.hidden.has(`${parent.id}/${service.id}`) ||
      this.#isHiddenByUser(parent, service);
    if (hidden && !this.#deps.showAllServices()) {
      return [];
    }
    const context: NodeContext = { ...inherited, ...(base === undefined ? {} : { base }) };
    const node = this.#once<ServiceNode>(`${parent.id}/${service.id}`, (id) => ({
      kind: 'service',
      id,
      parent,
      service,
      context,
    }));
    return [Object.assign(node, { context })];
  }

  /** Whether the user hid a service in this place only. */
  hidesHere(parent: AccountNode | ServiceNode | ItemNode, service: Service): boolean {
    return this.#deps.hidden.has(`${parent.id}/${service.id}`);
  }

  /** Whether a service is missing in this place only because the user hid it for the whole account. */
  hides(parent: AccountNode | ServiceNode | ItemNode, service: Service): boolean {
    return (
      this.#isHiddenByUser(parent, service) &&
      shownHere(service.collections, parent.context).length > 0 &&
      this.#baseOf(parent, service) !== undefined
    );
  }

  /** A list, with its stored filter. */
  list(parent: AccountNode | ServiceNode | ItemNode, collection: Collection): ListNode {
    const { context } = parent;
    const node = this.#once<ListNode>(`${parent.id}/${collection.id}`, (id) => {
      const created: ListNode = {
        kind: 'list',
        id,
        parent,
        collection,
        context,
        signal: this.#signal(context.accountId),
        filter: this.#deps.filters.read(id),
        list: this.#pages(() => created, collection, { from: 0, until: rangeSize }),
      };
      return created;
    });
    return Object.assign(node, { context });
  }

  /** The range of a long list that starts at a row number, counted from 0. */
  range(of: ListNode, from: number): ListNode {
    const { context, collection, signal } = of;
    const span = { from, until: from + rangeSize };
    const node = this.#once<ListNode>(rangeId(of, from), (id) => ({
      kind: 'list',
      id,
      parent: shownAbove(of),
      collection,
      context,
      signal,
      filter: undefined,
      range: { ...span, of },
      list: this.#pages(() => of, collection, span),
    }));
    return Object.assign(node, { context });
  }

  /** A row of a list. `representatives`: by region, the key of the row that shows the lists of the whole region. */
  item(listNode: ListNode, listed: ListedRow, representatives: ReadonlyMap<string, string>): ItemNode {
    const { pathParams } = listed.row.item;
    const region = pathParams?.['region'];
    const context: NodeContext = {
      ...listNode.context,
      pathParams: { ...listNode.context.pathParams, ...pathParams },
      showsRegionLists:
        region === undefined ? listNode.context.showsRegionLists : representatives.get(region) === listed.key,
    };
    const node = this.#once<ItemNode>(`${listNode.id}/${idPart(listed.key)}`, (id) => ({
      kind: 'item',
      id,
      parent: shownAbove(listNode),
      listNode,
      listed,
      context,
    }));
    return Object.assign(node, { listed, context });
  }

  /** The row below a list that has more pages. */
  pager(listNode: ListNode): PagerNode {
    const parent = shownAbove(listNode);
    return this.#once<PagerNode>(`${listNode.id}/+more`, (id) => ({ kind: 'pager', id, parent, listNode }));
  }

  /** The row shown instead of the rows of a list or of a node. */
  message(parent: Node | undefined, listNode: ListNode | undefined, message: Message): MessageNode {
    const id = `${(listNode ?? parent)?.id}/+message`;
    const node = this.#once<MessageNode>(id, () => ({ kind: 'message', id, parent, listNode, message }));
    return Object.assign(node, { message });
  }

  /** Cancels all requests. */
  close(): void {
    for (const abort of this.#aborts.values()) {
      abort.abort();
    }
  }

  /** The account rows created so far. */
  accounts(): readonly AccountNode[] {
    return this.#nodes.values().filter((node) => node.kind === 'account');
  }

  // Only lists with offset paging can start at any row.
  #pages(source: () => ListNode, { paging }: Collection, span: Span): PagedList {
    const byOffset = paging.kind === 'offset';
    return new PagedList(
      (at, signal, maxRows, known) => requestPage(this.#deps, source(), at, signal, { maxRows, known }),
      byOffset,
      byOffset ? span : undefined,
    );
  }

  #baseOf({ context }: AccountNode | ServiceNode | ItemNode, service: Service): string | undefined {
    const account = this.accountById(context.accountId);
    const site = account && this.#deps.accounts.site(account);
    return site && addressOf(service, site, context.pathParams['region']);
  }

  #isHiddenByUser({ context }: AccountNode | ServiceNode | ItemNode, service: Service): boolean {
    return this.accountById(context.accountId)?.hidden?.services.includes(service.id) === true;
  }

  #once<N extends Node>(id: string, make: (id: string) => N): N {
    const node = this.get(id) ?? make(id);
    this.#nodes.retain(node);
    // The form of an ID implies the kind of its node.
    // oxlint-disable-next-line no-unsafe-type-assertion
    return node as N;
  }

  /** Releases the nodes that are no longer reachable, and resets the lists among them. */
  pruneUnreachable(): void {
    this.#nodes.pruneUnreachable();
  }

  /** The lists created at or below a node; without a node, all. */
  listsBelow(node: Node | undefined): readonly ListNode[] {
    const lists = this.#nodes.values().filter((each) => each.kind === 'list');
    return node ? lists.filter(({ id }) => id === node.id || id.startsWith(`${node.id}/`)) : lists;
  }

  /** Drops an account's nodes and cancels its requests. */
  forget(account: AccountNode): void {
    this.#aborts.get(account.account.id)?.abort();
    this.#aborts.delete(account.account.id);
    this.#nodes.forget(account);
  }

  #signal(accountId: string): AbortSignal {
    const known = this.#aborts.get(accountId) ?? new AbortController();
    this.#aborts.set(accountId, known);
    // Each request of the account adds a listener: no warning about a leak.
    setMaxListeners(0, known.signal);
    return known.signal;
  }
}

/** The ID of the range of a long list that starts at a row number. */
export function rangeId({ id }: ListNode, from: number): string {
  return `${id}/+${from}`;
}
