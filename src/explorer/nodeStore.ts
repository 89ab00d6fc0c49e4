import { setMaxListeners } from 'node:events';
import type { Account } from '../accounts/account';
import { addressOf } from '../accounts/sites';
import type { Collection, Service } from '../catalog/declaration';
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
 * A list longer than this goes on in rows of its own: VS Code lists all siblings again whenever one more page comes, which
 * at ten thousand takes four times as long as the first did.
 */
const rangeSize = 1000;

/**
 * Makes the nodes, one object for each ID, and brings them up to date each time they are asked for. What no list leads to any
 * more is there for as long as others hold it, since VS Code and open pages know a row by its object.
 */
export class NodeStore {
  readonly #parts: ExplorerDeps;
  readonly #nodes = new Map<string, Node>();
  readonly #letGo = new Map<string, WeakRef<Node>>();
  readonly #collected = new FinalizationRegistry((id: string) => {
    if (!this.#letGo.get(id)?.deref()) {
      this.#letGo.delete(id);
    }
  });
  readonly #aborts = new Map<string, AbortController>();

  constructor(parts: ExplorerDeps) {
    this.#parts = parts;
  }

  /** A node that was made already. */
  get(id: string): Node | undefined {
    return this.#nodes.get(id) ?? this.#letGo.get(id)?.deref();
  }

  /** The account as it is now. */
  accountById(id: string): Account | undefined {
    return this.#parts.accounts.all().find((account) => account.id === id);
  }

  /** An account's row. */
  account(account: Account): AccountNode {
    const site = this.#parts.accounts.site(account);
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

  /** A service's row, or none where it is not shown there. */
  services(parent: AccountNode | ServiceNode | ItemNode, service: Service): ServiceNode[] {
    if (shownHere(service.collections, parent.context).length === 0) {
      return [];
    }
    const { base: _, ...inherited } = parent.context;
    const base = this.#baseOf(parent, service);
    const hidden =
      base === undefined ||
      this.#parts.hidden.has(`${parent.id}/${service.id}`) ||
      this.#isHiddenByUser(parent, service);
    if (hidden && !this.#parts.showAllServices()) {
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

  /** Whether the user hid a service there, and not for the whole account. */
  hidesHere(parent: AccountNode | ServiceNode | ItemNode, service: Service): boolean {
    return this.#parts.hidden.has(`${parent.id}/${service.id}`);
  }

  /** Whether a service would stand there, had the user not hidden it for the whole account. */
  hides(parent: AccountNode | ServiceNode | ItemNode, service: Service): boolean {
    return (
      this.#isHiddenByUser(parent, service) &&
      shownHere(service.collections, parent.context).length > 0 &&
      this.#baseOf(parent, service) !== undefined
    );
  }

  /** A list, with the filter that was kept for it. */
  list(parent: AccountNode | ServiceNode | ItemNode, collection: Collection): ListNode {
    const { context } = parent;
    const node = this.#once<ListNode>(`${parent.id}/${collection.id}`, (id) => {
      const made: ListNode = {
        kind: 'list',
        id,
        parent,
        collection,
        context,
        signal: this.#signal(context.accountId),
        filter: this.#parts.filters.read(id),
        list: this.#pages(() => made, collection, { from: 0, until: rangeSize }),
      };
      return made;
    });
    return Object.assign(node, { context });
  }

  /** The part of a long list that starts behind so many rows. */
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

  /** A row of a list. `homes`: the row of each region that shows what belongs to the whole region. */
  item(listNode: ListNode, listed: ListedRow, homes: ReadonlyMap<string, string>): ItemNode {
    const { pathParams: gives } = listed.row.item;
    const region = gives?.['region'];
    const context: NodeContext = {
      ...listNode.context,
      pathParams: { ...listNode.context.pathParams, ...gives },
      showsRegionLists: region === undefined ? listNode.context.showsRegionLists : homes.get(region) === listed.key,
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

  /** The row below a list that goes on. */
  pager(listNode: ListNode): PagerNode {
    const parent = shownAbove(listNode);
    return this.#once<PagerNode>(`${listNode.id}/+more`, (id) => ({ kind: 'pager', id, parent, listNode }));
  }

  /** The row in the place of a list's rows, or of those below a node. */
  note(parent: Node | undefined, listNode: ListNode | undefined, note: Message): MessageNode {
    const id = `${(listNode ?? parent)?.id}/+note`;
    const node = this.#once<MessageNode>(id, () => ({ kind: 'message', id, parent, listNode, message: note }));
    return Object.assign(node, { message: note });
  }

  /** Gives up every request under way. */
  close(): void {
    for (const abort of this.#aborts.values()) {
      abort.abort();
    }
  }

  /** The nodes of the accounts that have one. */
  accounts(): readonly AccountNode[] {
    return [...this.#nodes.values()].filter((node) => node.kind === 'account');
  }

  // Only what counts rows can start anywhere.
  #pages(asked: () => ListNode, { paging }: Collection, span: Span): PagedList {
    const byOffset = paging.kind === 'offset';
    return new PagedList(
      (at, signal, most, known) => requestPage(this.#parts, asked(), at, signal, { most, known }),
      byOffset,
      byOffset ? span : undefined,
    );
  }

  #baseOf({ context }: AccountNode | ServiceNode | ItemNode, service: Service): string | undefined {
    const site = this.#parts.site(context.accountId.split(':', 1).map(decodeURIComponent)[0] ?? '');
    return site && addressOf(service, site, context.pathParams['region']);
  }

  #isHiddenByUser({ context }: AccountNode | ServiceNode | ItemNode, service: Service): boolean {
    return this.accountById(context.accountId)?.hidden?.services.includes(service.id) === true;
  }

  #once<N extends Node>(id: string, make: (id: string) => N): N {
    const known = this.get(id);
    if (known) {
      this.#hold(known);
      // An ID names its kind of node by its form.
      // oxlint-disable-next-line no-unsafe-type-assertion
      return known as N;
    }
    const made = make(id);
    this.#hold(made);
    return made;
  }

  #hold(node: Node): void {
    this.#nodes.set(node.id, node);
    this.#letGo.delete(node.id);
  }

  /**
   * Lets go of the rows that their lists no longer have, and of all below them. A list that goes gives up what it asks for, and is
   * as never opened.
   */
  pruneUnreachable(): void {
    const isLedTo = this.#lookUp();
    for (const node of [...this.#nodes.values()].filter((each) => !isLedTo(each))) {
      this.#nodes.delete(node.id);
      this.#letGo.set(node.id, new WeakRef(node));
      this.#collected.register(node, node.id);
      if (node.kind === 'list') {
        node.list.reset();
      }
    }
  }

  /** Finds out whether a node is led to from its account; to be asked while no list changes. */
  #lookUp(): (node: Node | undefined) => boolean {
    const known = new Map<Node, boolean>();
    const keys = new Map<ListNode, ReadonlySet<string>>();
    const has = (listNode: ListNode, { key }: ListedRow): boolean => {
      const those = keys.get(listNode) ?? new Set(listNode.list.rows.map((listed) => listed.key));
      keys.set(listNode, those);
      return those.has(key);
    };
    const look = (node: Node): boolean => {
      switch (node.kind) {
        case 'account':
          return true;
        case 'service':
          return isLedTo(node.parent);
        case 'list':
          return isLedTo(node.parent) && (node.range === undefined || goesTo(node.range));
        case 'item':
          return isLedTo(node.listNode) && has(node.listNode, node.listed);
        case 'pager':
          return isLedTo(node.listNode);
        case 'message':
          return isLedTo(node.listNode ?? node.parent);
      }
    };
    const goesTo = ({ of, from }: NonNullable<ListNode['range']>): boolean =>
      isLedTo(of) && of.list.spanComplete && (of.list.total === undefined || from < of.list.total);
    const isLedTo = (node: Node | undefined): boolean => {
      if (!node || this.#nodes.get(node.id) !== node) {
        return false;
      }
      const is = known.get(node) ?? look(node);
      known.set(node, is);
      return is;
    };
    return isLedTo;
  }

  /** Every list that was made at or below a node; without one, all. */
  listsBelow(node: Node | undefined): readonly ListNode[] {
    const lists = [...this.#nodes.values()].filter((each) => each.kind === 'list');
    return node ? lists.filter(({ id }) => id === node.id || id.startsWith(`${node.id}/`)) : lists;
  }

  /** Drops an account's nodes, and gives up what is under way for it. */
  forget(account: AccountNode): void {
    this.#aborts.get(account.account.id)?.abort();
    this.#aborts.delete(account.account.id);
    for (const nodes of [this.#nodes, this.#letGo]) {
      for (const id of nodes.keys()) {
        if (id === account.id || id.startsWith(`${account.id}/`)) {
          nodes.delete(id);
        }
      }
    }
  }

  #signal(accountId: string): AbortSignal {
    const known = this.#aborts.get(accountId) ?? new AbortController();
    this.#aborts.set(accountId, known);
    // Every request of the account listens to it.
    setMaxListeners(0, known.signal);
    return known.signal;
  }
}

/** The ID of the part of a long list that starts behind so many rows. */
export function rangeId({ id }: ListNode, from: number): string {
  return `${id}/+${from}`;
}
