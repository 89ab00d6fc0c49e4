import { setMaxListeners } from 'node:events';
import type { Account } from '../accounts/account';
import { addressOf } from '../accounts/sites';
import { isService, type Below, type Collection, type Service } from '../catalog/shape';
import type { FilterValue } from '../cloud/client';
import { askPage, askSecret } from './ask';
import type { Place as SecretPlace } from './mask';
import {
  idPart,
  noteOf,
  pathTo,
  type AccountNode,
  type ItemNode,
  type ListNode,
  type Node,
  type Note,
  type NoteNode,
  type PagerNode,
  type Place,
  type ServiceNode,
} from './nodes';
import type { ExplorerParts } from './parts';
import { PagedList, type ListedRow } from './pagedList';
import { homesOf, isShown, servesNoProject } from './shown';

/** The model that people walk: the catalog, unfolded for each account. There is one object for each node's ID. */
export class Explorer {
  readonly #parts: ExplorerParts;
  readonly #nodes = new Map<string, Node>();
  /** The accounts as they were when they last changed: a node may have been drawn anew since. */
  #seen: ReadonlyMap<string, Account>;
  readonly #aborts = new Map<string, AbortController>();

  constructor(parts: ExplorerParts) {
    this.#parts = parts;
    this.#seen = new Map(parts.accounts.all().map((account) => [account.id, account]));
  }

  /** The accounts, in the order in which they signed in. */
  roots(): readonly AccountNode[] {
    return this.#parts.accounts.all().map((account) => this.#accountNode(account));
  }

  /** A node that was made already. */
  node(id: string): Node | undefined {
    return this.#nodes.get(id);
  }

  /** Every row that was loaded and is still there: a refresh takes rows away, whose nodes stay for who holds them. */
  items(): readonly ItemNode[] {
    const listed = new Set<Node>();
    for (const { id, list } of this.#listsBelow(undefined)) {
      for (const { key, gone } of list.rows) {
        const node = this.#nodes.get(`${id}/${idPart(key)}`);
        if (node && !gone) {
          listed.add(node);
        }
      }
    }
    const isThere = (node: Node | undefined): boolean =>
      !node || (node.kind === 'item' ? listed.has(node) && isThere(node.listNode) : isThere(node.parent));
    return [...listed].filter((node) => node.kind === 'item').filter(isThere);
  }

  /** The rows below a node. Loads a list's first page when it is first asked for; never throws: a failure is a row. */
  async children(node: Node): Promise<readonly Node[]> {
    switch (node.kind) {
      case 'account':
        return this.#unfold(node, this.#parts.catalog);
      case 'service':
        return node.place.base === undefined
          ? [this.#note(node, undefined, { says: 'notOffered' })]
          : this.#unfold(node, shownHere(node.service.collections, node.place));
      case 'list':
        await this.#load(node);
        return this.#rowsOf(node);
      case 'item':
        return this.#unfold(node, node.listNode.collection.below ?? []);
      case 'pager':
      case 'note':
        return [];
    }
  }

  /**
   * Loads the next page of a list, or again the one that failed.
   * @returns the first row that is new
   */
  async loadMore({ listNode }: PagerNode): Promise<ItemNode | undefined> {
    const { list, signal } = listNode;
    const before = new Set(list.rows.map(({ key }) => key));
    const loading = list.error ? list.retry(signal) : list.loadMore(signal);
    const above = shownAbove(listNode);
    this.#parts.changed(above);
    await loading;
    this.#parts.changed(above);
    const first = list.rows.find(({ key, row }) => !before.has(key) && !row.item.hidden);
    return first && this.#item(listNode, first, homesOf(list.rows, this.#account(listNode.place.accountId)));
  }

  /**
   * One row of a list by its ID, without loading the pages before it, where the call can.
   * @throws CloudError
   */
  async one(listNode: ListNode, id: string, signal: AbortSignal): Promise<ItemNode | undefined> {
    const { one } = listNode.collection;
    if (!one || !('filter' in one)) {
      return undefined;
    }
    const alone = { ...listNode, filter: { id: one.filter, text: id, exact: false } };
    const { rows } = await askPage(this.#parts, alone, undefined, signal);
    const row = rows.find(({ item }) => item.id === id);
    return row && this.#item(listNode, { key: id, row, clash: false }, new Map());
  }

  /** The one secret that its user asked for, where its row was masked. @throws CloudError where a second call fails */
  async secret(node: ItemNode, at: SecretPlace, signal: AbortSignal): Promise<unknown> {
    return askSecret(this.#parts, node, at, signal);
  }

  /** Narrows a list on the server, or no longer. Kept for that list until its account signs out. */
  setFilter(listNode: ListNode, filter: FilterValue | undefined): void {
    const { collection, list } = listNode;
    const secret = collection.filters.some(({ id, secret: isSecret }) => id === filter?.id && isSecret);
    listNode.filter = filter;
    this.#parts.filters.write(listNode.id, secret || !this.#isKept(listNode) ? undefined : filter);
    list.reset();
    this.#parts.changed(shownAbove(listNode));
  }

  /** Hides the service that a row belongs to. All services can be shown again. */
  hide(node: Node): void {
    const service = pathTo(node).findLast((above) => above.kind === 'service');
    if (service) {
      this.#parts.hidden.add(service.id, this.#isKept(service));
      this.#parts.changed(service.parent);
    }
  }

  /** Has a list that brought nothing be asked again. */
  retry({ listNode, parent }: NoteNode): void {
    listNode?.list.reset();
    this.#parts.changed(parent);
  }

  /** Loads again what is below a node, or everything: as many rows as there were, which stay visible meanwhile. */
  async refresh(from: Node | undefined): Promise<void> {
    const lists = this.#listsBelow(from).filter(({ list }) => !list.untouched);
    await Promise.all(
      lists.map(async ({ list, signal }) => {
        if (list.rows.length === 0) {
          list.reset();
        } else {
          await list.reload(signal);
        }
      }),
    );
    this.#parts.changed(from);
  }

  /** Told that accounts came, went or changed. */
  accountsChanged(): void {
    const accounts = this.#parts.accounts.all();
    const known = [...this.#nodes.values()].filter((node) => node.kind === 'account');
    const gone = known.filter(({ account }) => !accounts.some(({ id }) => id === account.id));
    for (const node of gone) {
      this.#parts.filters.forget(node.id);
      this.#parts.hidden.forget(node.id);
      this.#forget(node);
    }
    for (const node of known) {
      const account = accounts.find(({ id }) => id === node.account.id);
      if (account && account !== this.#seen.get(account.id)) {
        if (!account.refused) {
          this.#resetFailed(node);
        }
        this.#accountNode(account);
        this.#parts.changed(node);
      }
    }
    this.#seen = new Map(accounts.map((account) => [account.id, account]));
    if (gone.length > 0 || accounts.length > known.length) {
      this.#parts.changed(undefined);
    }
  }

  /** Told that the settings changed: addresses, and which services are shown. */
  settingsChanged(): void {
    for (const node of this.roots()) {
      this.#resetFailed(node);
    }
    this.#parts.changed(undefined);
  }

  /** Gives up every request under way. */
  close(): void {
    for (const abort of this.#aborts.values()) {
      abort.abort();
    }
  }

  async #unfold(parent: AccountNode | ServiceNode | ItemNode, below: readonly Below[]): Promise<readonly Node[]> {
    const nodes = below.flatMap((entry): (ServiceNode | ListNode)[] =>
      isService(entry) ? this.#serviceNode(parent, entry) : [this.#listNode(parent, entry)],
    );
    const rows = await Promise.all(
      nodes.map(async (node) => {
        if (node.kind === 'list' && node.collection.inline) {
          parent.inlineList = node;
          await this.#load(node);
          return this.#rowsOf(node);
        }
        return [node];
      }),
    );
    return rows.flat();
  }

  async #load(listNode: ListNode): Promise<void> {
    const { list, signal, filter } = listNode;
    // A list that failed stays so until its user retries.
    if (list.untouched) {
      await list.loadMore(signal);
      if (filter && !list.untouched) {
        // The row that says how many rows match was shown before that was known.
        this.#parts.changed(shownAbove(listNode));
      }
    }
  }

  #rowsOf(listNode: ListNode): readonly Node[] {
    const { list, collection, place } = listNode;
    const account = this.#account(place.accountId);
    const shown = list.rows.filter((listed) => isShown(listed, account));
    if (shown.length === 0) {
      if (list.error) {
        return [this.#note(shownAbove(listNode), listNode, noteOf(list.error))];
      }
      if (list.ended) {
        const says =
          list.rows.length > 0 && servesNoProject(collection, account)
            ? 'noProject'
            : listNode.filter
              ? 'unmatched'
              : 'empty';
        return [this.#note(shownAbove(listNode), listNode, { says })];
      }
      if (list.untouched) {
        return [];
      }
    }
    const homes = homesOf(list.rows, account);
    const items = shown.map((listed) => this.#item(listNode, listed, homes));
    return list.ended && !list.cut && !list.error ? items : [...items, this.#pager(listNode)];
  }

  // What is for this session only leaves no trace.
  #isKept({ place }: Pick<ListNode, 'place'>): boolean {
    return this.#account(place.accountId)?.remember !== 'session';
  }

  #account(id: string): Account | undefined {
    return this.#parts.accounts.all().find((account) => account.id === id);
  }

  #accountNode(account: Account): AccountNode {
    const site = this.#parts.site(account.site);
    const place: Place = {
      accountId: account.id,
      values: { user_id: account.user.id, domain_id: account.domain.id },
      regionHome: false,
      ...(site ? { base: site.iam } : {}),
    };
    const siteLabel = site?.label ?? account.site;
    const node = this.#once<AccountNode>(`/${account.id}`, (id) => ({
      kind: 'account',
      id,
      parent: undefined,
      account,
      siteLabel,
      place,
    }));
    return Object.assign(node, { account, siteLabel, place });
  }

  #serviceNode(parent: AccountNode | ServiceNode | ItemNode, service: Service): ServiceNode[] {
    if (shownHere(service.collections, parent.place).length === 0) {
      return [];
    }
    const { base: _, ...inherited } = parent.place;
    const site = this.#parts.site(parent.place.accountId.split(':', 1).map(decodeURIComponent)[0] ?? '');
    const base = site && addressOf(service, site, parent.place.values['region']);
    const hidden = base === undefined || this.#parts.hidden.has(`${parent.id}/${service.id}`);
    if (hidden && !this.#parts.showAllServices()) {
      return [];
    }
    const place: Place = { ...inherited, ...(base === undefined ? {} : { base }) };
    const node = this.#once<ServiceNode>(`${parent.id}/${service.id}`, (id) => ({
      kind: 'service',
      id,
      parent,
      service,
      place,
    }));
    return [Object.assign(node, { place })];
  }

  #listNode(parent: AccountNode | ServiceNode | ItemNode, collection: Collection): ListNode {
    const { place } = parent;
    const node = this.#once<ListNode>(`${parent.id}/${collection.id}`, (id) => {
      const made: ListNode = {
        kind: 'list',
        id,
        parent,
        collection,
        place,
        signal: this.#signal(place.accountId),
        filter: this.#parts.filters.read(id),
        list: new PagedList((at, signal) => askPage(this.#parts, made, at, signal), collection.paging.by === 'offset'),
      };
      return made;
    });
    return Object.assign(node, { place });
  }

  #item(listNode: ListNode, listed: ListedRow, homes: ReadonlyMap<string, string>): ItemNode {
    const { gives } = listed.row.item;
    const region = gives?.['region'];
    const place: Place = {
      ...listNode.place,
      values: { ...listNode.place.values, ...gives },
      regionHome: region === undefined ? listNode.place.regionHome : homes.get(region) === listed.key,
    };
    const node = this.#once<ItemNode>(`${listNode.id}/${idPart(listed.key)}`, (id) => ({
      kind: 'item',
      id,
      parent: shownAbove(listNode),
      listNode,
      listed,
      place,
    }));
    return Object.assign(node, { listed, place });
  }

  #pager(listNode: ListNode): PagerNode {
    const parent = shownAbove(listNode);
    return this.#once<PagerNode>(`${listNode.id}/+more`, (id) => ({ kind: 'pager', id, parent, listNode }));
  }

  #note(parent: Node | undefined, listNode: ListNode | undefined, note: Note): NoteNode {
    const id = `${(listNode ?? parent)?.id}/+note`;
    const node = this.#once<NoteNode>(id, () => ({ kind: 'note', id, parent, listNode, note }));
    return Object.assign(node, { note });
  }

  #once<N extends Node>(id: string, make: (id: string) => N): N {
    const known = this.#nodes.get(id);
    if (known) {
      // An ID names its kind of node by its form.
      // oxlint-disable-next-line no-unsafe-type-assertion
      return known as N;
    }
    const made = make(id);
    this.#nodes.set(id, made);
    return made;
  }

  #listsBelow(node: Node | undefined): readonly ListNode[] {
    const lists = [...this.#nodes.values()].filter((each) => each.kind === 'list');
    return node ? lists.filter(({ id }) => id === node.id || id.startsWith(`${node.id}/`)) : lists;
  }

  #resetFailed(node: Node): void {
    for (const { list } of this.#listsBelow(node)) {
      if (list.error) {
        list.reset();
      }
    }
  }

  #forget(account: AccountNode): void {
    this.#aborts.get(account.account.id)?.abort();
    this.#aborts.delete(account.account.id);
    for (const id of this.#nodes.keys()) {
      if (id === account.id || id.startsWith(`${account.id}/`)) {
        this.#nodes.delete(id);
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

function shownHere(collections: readonly Collection[], place: Place): readonly Collection[] {
  const inProject = place.values['project_id'] !== undefined;
  return collections.filter(({ scope }) => (scope === 'region' ? place.regionHome : scope === 'account' || inProject));
}

// An inline list has no row of its own: what is below it stands below its parent.
function shownAbove(listNode: ListNode): Node | undefined {
  return listNode.collection.inline ? listNode.parent : listNode;
}
