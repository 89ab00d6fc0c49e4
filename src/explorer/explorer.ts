import type { Account } from '../accounts/account';
import { Emitter } from '../base/emitter';
import type { JsonPath } from '../base/jsonPath';
import { isService, type ChildDeclaration } from '../catalog/declaration';
import type { FilterValue } from '../cloud/client';
import type { ExplorerDeps } from './deps';
import { loadDisplayNames } from './displayNames';
import { scanRows } from './fullScan';
import { rowsOf } from './listRows';
import type { ListedRow } from './loadedRows';
import { NodeStore, rangeId } from './nodeStore';
import {
  idPart,
  pathTo,
  shownAbove,
  type AccountNode,
  type ItemNode,
  type ListNode,
  type Node,
  type MessageNode,
  type PagerNode,
  type ServiceNode,
} from './nodes';
import { requestPage, requestSecret, singleRowOf } from './pageRequest';
import { isShown, regionRepresentatives, shownHere } from './visibility';

/** Delay before a loading indicator, ms. Faster pages would only flicker: VS Code throttles tree updates to one per 200 ms. */
const indicatorDelay = 150;

/** The tree model: the catalog, expanded for each account. There is one object for each node ID. */
export class Explorer {
  readonly #deps: ExplorerDeps;
  readonly #nodes: NodeStore;
  readonly #changes = new Emitter<Node | undefined>();
  /** Fires when a row, including everything below it, needs to be rendered again; undefined: the whole tree. */
  readonly onDidChange = this.#changes.event;
  /** The accounts as of their last change; their nodes may hold newer ones. */
  #seen: ReadonlyMap<string, Account>;

  constructor(deps: ExplorerDeps) {
    this.#deps = deps;
    this.#nodes = new NodeStore(deps);
    this.#seen = new Map(deps.accounts.all().map((account) => [account.id, account]));
  }

  /** The accounts, in the order of their sign-ins. */
  roots(): readonly AccountNode[] {
    return this.#deps.accounts.all().map((account) => this.#nodes.account(account));
  }

  /** A node that was created before. */
  node(id: string): Node | undefined {
    return this.#nodes.get(id);
  }

  /** The loaded rows, without those that a refresh removed. */
  items(): readonly ItemNode[] {
    const listed = new Set<Node>();
    for (const { id, list } of this.#nodes.listsBelow(undefined)) {
      for (const { key, gone } of list.rows) {
        const node = this.#nodes.get(`${id}/${idPart(key)}`);
        if (node && !gone) {
          listed.add(node);
        }
      }
    }
    const isPresent = (node: Node | undefined): boolean =>
      !node || (node.kind === 'item' ? listed.has(node) && isPresent(node.listNode) : isPresent(node.parent));
    return [...listed].filter((node) => node.kind === 'item').filter(isPresent);
  }

  /** The rows below a node. Loads the first page of a list on first use. Never throws: a failure becomes a message row. */
  async children(node: Node): Promise<readonly Node[]> {
    switch (node.kind) {
      case 'account':
        return this.#unfold(node);
      case 'service':
        return node.context.base === undefined
          ? [this.#nodes.message(node, undefined, { kind: 'noAddress' })]
          : this.#unfold(node);
      case 'list':
        await this.#load(node);
        return rowsOf(this.#nodes, node);
      case 'item':
        return this.#unfold(node);
      case 'pager':
      case 'message':
        return [];
    }
  }

  /** The services and lists directly below a row, including inline lists. Sends no request. */
  declaredChildren(node: Node): readonly (ServiceNode | ListNode)[] {
    if (node.kind !== 'account' && node.kind !== 'service' && node.kind !== 'item') {
      return [];
    }
    return this.#declaredBelow(node).flatMap((entry): (ServiceNode | ListNode)[] =>
      isService(entry) ? this.#nodes.services(node, entry) : [this.#nodes.list(node, entry)],
    );
  }

  /** Nodes for rows of a list, without hidden ones. */
  nodesForRows(listNode: ListNode, rows: readonly ListedRow[]): readonly ItemNode[] {
    const account = this.#nodes.accountById(listNode.context.accountId);
    const representatives = regionRepresentatives(rows, account);
    return rows
      .filter((listed) => isShown(listed, account))
      .map((listed) => this.#nodes.item(listNode, listed, representatives));
  }

  /** All rows of a list, page by page: see {@link scanRows}. */
  everyRow(
    listNode: ListNode,
    signal: AbortSignal,
    filter?: FilterValue,
    onPage: (characters: number) => void = () => undefined,
  ): AsyncGenerator<readonly ListedRow[], boolean> {
    return scanRows(this.#deps, listNode, signal, filter, onPage);
  }

  /** Lets requests that were refused be sent again, since the user started a new scan. */
  forgive(accountId: string): void {
    this.#deps.accounts.client(accountId)?.forgive();
  }

  /**
   * Loads the next page of a list, or retries the failed one.
   * @returns the first new row
   */
  async loadMore(pager: PagerNode): Promise<ItemNode | undefined> {
    const { listNode } = pager;
    const { list, signal } = listNode;
    const before = new Set(list.rows.map(({ key }) => key));
    const loading = this.#reloading(listNode, async () =>
      list.error || list.retryDue ? list.retry(signal) : list.loadMore(signal),
    );
    const above = shownAbove(listNode);
    const indicator = setTimeout(() => this.#changes.fire(pager), indicatorDelay);
    try {
      await loading;
    } finally {
      clearTimeout(indicator);
    }
    const { range } = listNode;
    // The next range may have no row yet.
    const isLast = range && list.spanComplete && !this.#nodes.get(rangeId(range.of, range.until));
    this.#changes.fire(isLast ? above?.parent : above);
    const account = this.#nodes.accountById(listNode.context.accountId);
    const first = list.rows.find((listed) => !before.has(listed.key) && isShown(listed, account));
    return first && this.#nodes.item(listNode, first, regionRepresentatives(list.rows, account));
  }

  /**
   * One row of a list by its ID, without loading the pages before it.
   * @returns undefined if the list has no call for one row, or no such row
   * @throws CloudError
   */
  async one(listNode: ListNode, id: string, signal: AbortSignal): Promise<ItemNode | undefined> {
    const { collection, context } = listNode;
    const { one } = collection;
    if (!one) {
      return undefined;
    }
    const single =
      'filter' in one
        ? { collection, context, filter: { id: one.filter, text: id, exact: false } }
        : {
            collection: singleRowOf(collection, one.path),
            context: { ...context, pathParams: { ...context.pathParams, id } },
            filter: undefined,
          };
    const { rows } = await requestPage(this.#deps, single, undefined, signal);
    const row = rows.find(({ item }) => item.id === id);
    return row && this.#nodes.item(listNode, { key: id, row, clash: false }, new Map());
  }

  /** One secret of a row, by its path in the row's JSON. @throws CloudError if the call that returns the secret fails */
  async secret(node: ItemNode, at: JsonPath, signal: AbortSignal): Promise<unknown> {
    return requestSecret(this.#deps, node, at, signal);
  }

  /** Sets or clears the server-side filter of a list. It is stored until the account signs out, unless its text is secret. */
  setFilter(node: ListNode, filter: FilterValue | undefined): void {
    const listNode = node.range?.of ?? node;
    const { collection, list } = listNode;
    const secret = collection.filters.some(({ id, secret: isSecret }) => id === filter?.id && isSecret);
    listNode.filter = filter;
    this.#deps.filters.write(listNode.id, secret || !this.#isKept(listNode) ? undefined : filter);
    list.reset();
    this.#nodes.pruneUnreachable();
    this.#changes.fire(shownAbove(listNode));
  }

  /** Hides the service of a row, in this place. */
  hide(node: Node): void {
    const service = pathTo(node).findLast((above) => above.kind === 'service');
    if (service) {
      this.#deps.hidden.add(service.id, this.#isKept(service));
      this.#changes.fire(service.parent);
    }
  }

  /** Resets the list of a message row, so that it is loaded again. */
  retry({ listNode, parent }: MessageNode): void {
    listNode?.list.reset();
    this.#changes.fire(parent);
  }

  /**
   * Reloads the lists at or below a node, or all. Each list loads as many rows as it had, which stay visible meanwhile.
   * Running loads are cancelled. If the refresh takes longer, each list is shown as soon as it is loaded.
   */
  async refresh(from: Node | undefined): Promise<void> {
    const lists = this.#nodes.listsBelow(from).filter(({ list }) => !list.notLoaded || list.loading);
    const reloaded = new Set<ListNode>();
    let isSlow = false;
    const slow = setTimeout(() => {
      isSlow = true;
      reloaded.forEach((listNode) => this.#changes.fire(shownAbove(listNode)));
    }, indicatorDelay);
    try {
      await Promise.all(
        lists.map(async (listNode) => {
          await this.#reload(listNode);
          reloaded.add(listNode);
          if (isSlow && reloaded.size < lists.length) {
            this.#changes.fire(shownAbove(listNode));
          }
        }),
      );
    } finally {
      clearTimeout(slow);
    }
    this.#nodes.pruneUnreachable();
    this.#changes.fire(from);
  }

  /** Cancels the loads below a row that the user collapsed. Lists without rows are as never opened. */
  collapsed(node: Node): void {
    const loading = this.#nodes.listsBelow(node).filter(({ list }) => list.loading);
    for (const { list } of loading) {
      list.cancel();
    }
    if (loading.length > 0) {
      this.#changes.fire(node);
    }
  }

  /** Updates the tree after accounts came, went or changed. */
  accountsChanged(): void {
    const accounts = this.#deps.accounts.all();
    const known = this.#nodes.accounts();
    const gone = known.filter(({ account }) => !accounts.some(({ id }) => id === account.id));
    for (const node of gone) {
      this.#deps.filters.forget(node.id);
      this.#deps.hidden.forget(node.id);
      this.#nodes.forget(node);
    }
    for (const node of known) {
      const account = accounts.find(({ id }) => id === node.account.id);
      if (account && account !== this.#seen.get(account.id)) {
        if (!account.refused && !account.refusalReason) {
          this.#resetFailed(node);
        }
        this.#nodes.account(account).signedOut = undefined;
        this.#changes.fire(node);
      }
    }
    this.#seen = new Map(accounts.map((account) => [account.id, account]));
    if (gone.length > 0 || accounts.length > known.length) {
      this.#changes.fire(undefined);
    }
  }

  /** Updates the tree after the settings changed. */
  settingsChanged(): void {
    for (const node of this.roots()) {
      this.#resetFailed(node);
    }
    this.#changes.fire(undefined);
  }

  /** Cancels all requests. */
  close(): void {
    this.#nodes.close();
  }

  async #unfold(parent: AccountNode | ServiceNode | ItemNode): Promise<readonly Node[]> {
    const nodes = this.declaredChildren(parent);
    if (nodes.length === 0) {
      const declared = this.#declaredBelow(parent).filter(isService);
      if (declared.some((service) => this.#nodes.hides(parent, service))) {
        return [this.#nodes.message(parent, undefined, { kind: 'hidden' })];
      }
      if (declared.some((service) => this.#nodes.hidesHere(parent, service))) {
        return [this.#nodes.message(parent, undefined, { kind: 'hiddenHere' })];
      }
    }
    const rows = await Promise.all(
      nodes.map(async (node) => {
        if (node.kind === 'list' && node.collection.inline) {
          parent.inlineList = node;
          await this.#load(node);
          return rowsOf(this.#nodes, node);
        }
        return [node];
      }),
    );
    return rows.flat();
  }

  #declaredBelow(node: AccountNode | ServiceNode | ItemNode): readonly ChildDeclaration[] {
    switch (node.kind) {
      case 'account':
        return this.#deps.catalog;
      case 'service':
        return node.context.base === undefined ? [] : shownHere(node.service.collections, node.context);
      case 'item':
        return node.listNode.collection.children ?? [];
    }
  }

  async #reload(listNode: ListNode): Promise<void> {
    const { list, signal } = listNode;
    if (list.rows.length > 0) {
      list.cancel();
      await this.#reloading(listNode, async () => list.reload(signal));
      return;
    }
    const wasLoading = list.loading;
    list.reset();
    if (wasLoading) {
      // The row that was being expanded must not wait for the other lists.
      this.#changes.fire(shownAbove(listNode));
    }
  }

  // A cancelled or failed load keeps the rows, and needs no display names.
  async #reloading(listNode: ListNode, load: () => Promise<void>): Promise<void> {
    const { rows } = listNode.list;
    await load();
    this.#updateSignedOut(listNode);
    if (listNode.list.rows !== rows) {
      void this.#nameRows(listNode);
    }
  }

  async #load(listNode: ListNode): Promise<void> {
    const { list, signal, filter } = listNode;
    // A failed list stays so until the user retries or the cause may be gone.
    if (list.retryDue) {
      await this.#reloading(listNode, async () => list.retry(signal));
    } else if (list.notLoaded) {
      await list.loadMore(signal);
      this.#updateSignedOut(listNode);
      if (filter && !list.notLoaded) {
        // The list's row shows the number of matches.
        this.#changes.fire(shownAbove(listNode));
      }
      void this.#nameRows(listNode);
    }
  }

  // The account's row shows a refused sign-in until a list loads. A missing MFA code affects one project only.
  #updateSignedOut({ list, context }: ListNode): void {
    const account = this.#nodes.get(`/${context.accountId}`);
    const { error } = list;
    const isSignedOut = error?.kind === 'unauthenticated' && error.failure.signIn !== 'code';
    if (account?.kind !== 'account' || account.account.refused || (error ? !isSignedOut : list.notLoaded)) {
      return;
    }
    const wasSignedOut = account.signedOut !== undefined;
    account.signedOut = error;
    if (wasSignedOut !== isSignedOut) {
      this.#changes.fire(account);
    }
  }

  // In the background: nothing waits for the names.
  async #nameRows(listNode: ListNode): Promise<void> {
    if (await loadDisplayNames(this.#deps, listNode)) {
      this.#changes.fire(shownAbove(listNode));
    }
  }

  // Accounts of one session leave nothing on disk.
  #isKept({ context }: Pick<ListNode, 'context'>): boolean {
    return this.#nodes.accountById(context.accountId)?.remember !== 'session';
  }

  #resetFailed(node: Node): void {
    for (const { list } of this.#nodes.listsBelow(node)) {
      list.allowRetry();
    }
  }
}
