import { isDeepStrictEqual } from 'node:util';
import type { Account } from '../accounts/account';
import { isService, type ChildDeclaration } from '../catalog/declaration';
import type { FilterValue } from '../cloud/client';
import { cancelled } from '../cloud/errors';
import { prefetching } from './prefetching';
import { requestPage, requestSecret } from './pageRequest';
import type { JsonPath as SecretPlace } from './present/mask';
import { localNamesOf } from './present/labels';
import { NodeStore, rangeId } from './nodeStore';
import {
  failureMessage,
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
import type { ListedRow } from './loadedRows';
import { PagedList, type AskPage } from './pagedList';
import type { ExplorerDeps } from './deps';
import { regionRepresentatives, isHiddenByUser, isShown, servesNoProject, shownHere } from './visibility';

/**
 * A page that comes within so many milliseconds needs no sign that it loads, and neither do lists that come together: VS Code
 * waits 200 ms after one change before it shows the next.
 */
const quick = 150;

/** So many parts of a long list are listed at once, whatever its total is. */
const rangesAtOnce = 100;

/** The model that people walk: the catalog, unfolded for each account. There is one object for each node's ID. */
export class Explorer {
  readonly #parts: ExplorerDeps;
  readonly #nodes: NodeStore;
  /** The accounts as they were when they last changed: a node may have been drawn anew since. */
  #seen: ReadonlyMap<string, Account>;

  constructor(parts: ExplorerDeps) {
    this.#parts = parts;
    this.#nodes = new NodeStore(parts);
    this.#seen = new Map(parts.accounts.all().map((account) => [account.id, account]));
  }

  /** The accounts, in the order in which they signed in. */
  roots(): readonly AccountNode[] {
    return this.#parts.accounts.all().map((account) => this.#nodes.account(account));
  }

  /** A node that was made already. */
  node(id: string): Node | undefined {
    return this.#nodes.get(id);
  }

  /** Every row that was loaded and is still there: a refresh takes rows away, whose nodes stay for who holds them. */
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
    const isThere = (node: Node | undefined): boolean =>
      !node || (node.kind === 'item' ? listed.has(node) && isThere(node.listNode) : isThere(node.parent));
    return [...listed].filter((node) => node.kind === 'item').filter(isThere);
  }

  /** The rows below a node. Loads a list's first page when it is first asked for; never throws: a failure is a row. */
  async children(node: Node): Promise<readonly Node[]> {
    switch (node.kind) {
      case 'account':
        return this.#unfold(node);
      case 'service':
        return node.context.base === undefined
          ? [this.#nodes.note(node, undefined, { kind: 'noAddress' })]
          : this.#unfold(node);
      case 'list':
        await this.#load(node);
        return this.#rowsOf(node);
      case 'item':
        return this.#unfold(node);
      case 'pager':
      case 'message':
        return [];
    }
  }

  /** The services and lists right below a row, those included that have no row of their own. Asks nothing. */
  declaredChildren(node: Node): readonly (ServiceNode | ListNode)[] {
    if (node.kind !== 'account' && node.kind !== 'service' && node.kind !== 'item') {
      return [];
    }
    return this.#declaredBelow(node).flatMap((entry): (ServiceNode | ListNode)[] =>
      isService(entry) ? this.#nodes.services(node, entry) : [this.#nodes.list(node, entry)],
    );
  }

  /** The rows of a list that the user may see, out of all that came, as nodes. */
  nodesForRows(listNode: ListNode, rows: readonly ListedRow[]): readonly ItemNode[] {
    const account = this.#nodes.accountById(listNode.context.accountId);
    const homes = regionRepresentatives(rows, account);
    return rows.filter((listed) => isShown(listed, account)).map((listed) => this.#nodes.item(listNode, listed, homes));
  }

  /**
   * All rows of a list, whatever it is narrowed to and however much of it is shown: what is there already, or page by
   * page, without a change to what is shown.
   * @param narrowed asks for those rows alone that fit it
   * @param came told of the length of each answer, in characters
   * @throws CloudError where a page did not come
   * @returns whether that was the whole list
   */
  async *everyRow(
    listNode: ListNode,
    signal: AbortSignal,
    narrowed?: FilterValue,
    came: (characters: number) => void = () => undefined,
  ): AsyncGenerator<readonly ListedRow[], boolean> {
    const { list, filter, collection } = listNode;
    if (list.done && !list.spanComplete && !list.truncated && !list.error && !filter && !narrowed) {
      yield list.rows;
      return true;
    }
    const alone = { ...listNode, filter: narrowed };
    const ask: AskPage = async (at, giveUp) => {
      const page = await requestPage(this.#parts, alone, at, giveUp, { purpose: 'walk' });
      came(page.length ?? 0);
      return page;
    };
    const overlaps = collection.paging.kind === 'offset';
    const pages = new PagedList(overlaps ? prefetching(ask) : ask, overlaps);
    const leaving = new AbortController();
    const either = AbortSignal.any([signal, listNode.signal, leaving.signal]);
    let before: readonly ListedRow[] = [];
    let seen = 0;
    try {
      do {
        // Each page starts where the one before it ended.
        await pages.loadMore(either);
        if (pages.error) {
          throw pages.error;
        }
        if (either.aborted) {
          throw cancelled();
        }
        const { rows } = pages;
        // Where rows came or went meanwhile, all were loaded again, and any of them may be new.
        yield rows === before ? rows.slice(seen) : rows;
        before = rows;
        seen = rows.length;
      } while (!pages.done);
      return !pages.truncated;
    } finally {
      // Whoever wants no more of it does not want what was asked for ahead.
      leaving.abort();
    }
  }

  /** Told that the user has a list walked through again, or everything: what an account was refused meanwhile is asked again. */
  forgive(accountId: string): void {
    this.#parts.accounts.client(accountId)?.forgive();
  }

  /**
   * Loads the next page of a list, or again the one that failed.
   * @returns the first row that is new
   */
  async loadMore(pager: PagerNode): Promise<ItemNode | undefined> {
    const { listNode } = pager;
    const { list, signal } = listNode;
    const before = new Set(list.rows.map(({ key }) => key));
    const loading = this.#renewed(listNode, async () =>
      list.error || list.retryDue ? list.retry(signal) : list.loadMore(signal),
    );
    const above = shownAbove(listNode);
    const sign = setTimeout(() => this.#parts.changed(pager), quick);
    try {
      await loading;
    } finally {
      clearTimeout(sign);
    }
    const { range } = listNode;
    // The next part may not be listed yet.
    const isLast = range && list.spanComplete && !this.#nodes.get(rangeId(range.of, range.until));
    this.#parts.changed(isLast ? above?.parent : above);
    const account = this.#nodes.accountById(listNode.context.accountId);
    const first = list.rows.find((listed) => !before.has(listed.key) && isShown(listed, account));
    return first && this.#nodes.item(listNode, first, regionRepresentatives(list.rows, account));
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
    const { rows } = await requestPage(this.#parts, alone, undefined, signal);
    const row = rows.find(({ item }) => item.id === id);
    return row && this.#nodes.item(listNode, { key: id, row, clash: false }, new Map());
  }

  /** The one secret that the user asked for, where its row was masked. @throws CloudError where a second call fails */
  async secret(node: ItemNode, at: SecretPlace, signal: AbortSignal): Promise<unknown> {
    return requestSecret(this.#parts, node, at, signal);
  }

  /** Narrows a list on the server, or no longer. Kept for that list until its account signs out. */
  setFilter(node: ListNode, filter: FilterValue | undefined): void {
    const listNode = node.range?.of ?? node;
    const { collection, list } = listNode;
    const secret = collection.filters.some(({ id, secret: isSecret }) => id === filter?.id && isSecret);
    listNode.filter = filter;
    this.#parts.filters.write(listNode.id, secret || !this.#isKept(listNode) ? undefined : filter);
    list.reset();
    this.#nodes.pruneUnreachable();
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
  retry({ listNode, parent }: MessageNode): void {
    listNode?.list.reset();
    this.#parts.changed(parent);
  }

  /**
   * Loads again what is below a node, or everything: as many rows as there were, which stay visible meanwhile. What was
   * being loaded there is given up. What has come is shown at once where other lists take longer.
   */
  async refresh(from: Node | undefined): Promise<void> {
    const lists = this.#nodes.listsBelow(from).filter(({ list }) => !list.notLoaded || list.loading);
    const answered = new Set<ListNode>();
    let isQuick = true;
    const slow = setTimeout(() => {
      isQuick = false;
      answered.forEach((listNode) => this.#parts.changed(shownAbove(listNode)));
    }, quick);
    try {
      await Promise.all(
        lists.map(async (listNode) => {
          await this.#reload(listNode);
          answered.add(listNode);
          if (!isQuick && answered.size < lists.length) {
            this.#parts.changed(shownAbove(listNode));
          }
        }),
      );
    } finally {
      clearTimeout(slow);
    }
    this.#nodes.pruneUnreachable();
    this.#parts.changed(from);
  }

  /** Gives up what is being loaded below a row, which the user closed: it is as never opened. */
  collapsed(node: Node): void {
    const loading = this.#nodes.listsBelow(node).filter(({ list }) => list.loading);
    for (const { list } of loading) {
      list.cancel();
    }
    if (loading.length > 0) {
      this.#parts.changed(node);
    }
  }

  /** Told that accounts came, went or changed. */
  accountsChanged(): void {
    const accounts = this.#parts.accounts.all();
    const known = this.#nodes.accounts();
    const gone = known.filter(({ account }) => !accounts.some(({ id }) => id === account.id));
    for (const node of gone) {
      this.#parts.filters.forget(node.id);
      this.#parts.hidden.forget(node.id);
      this.#nodes.forget(node);
    }
    for (const node of known) {
      const account = accounts.find(({ id }) => id === node.account.id);
      if (account && account !== this.#seen.get(account.id)) {
        if (!account.refused && !account.refusedFor) {
          this.#resetFailed(node);
        }
        this.#nodes.account(account).signedOut = undefined;
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
    this.#nodes.close();
  }

  async #unfold(parent: AccountNode | ServiceNode | ItemNode): Promise<readonly Node[]> {
    const nodes = this.declaredChildren(parent);
    const hides = (entry: ChildDeclaration): boolean => isService(entry) && this.#nodes.hides(parent, entry);
    if (nodes.length === 0 && this.#declaredBelow(parent).some(hides)) {
      return [this.#nodes.note(parent, undefined, { kind: 'hidden' })];
    }
    if (
      nodes.length === 0 &&
      this.#declaredBelow(parent).some((e) => isService(e) && this.#nodes.hidesHere(parent, e))
    ) {
      return [this.#nodes.note(parent, undefined, { kind: 'hiddenHere' })];
    }
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

  #declaredBelow(node: AccountNode | ServiceNode | ItemNode): readonly ChildDeclaration[] {
    switch (node.kind) {
      case 'account':
        return this.#parts.catalog;
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
      await this.#renewed(listNode, async () => list.reload(signal));
      return;
    }
    const wasLoading = list.loading;
    list.reset();
    if (wasLoading) {
      // Whoever opened it got nothing, and is not to wait for the other lists.
      this.#parts.changed(shownAbove(listNode));
    }
  }

  // What was given up, or failed, leaves the rows that there were: nothing more is asked for them.
  async #renewed(listNode: ListNode, load: () => Promise<void>): Promise<void> {
    const { rows } = listNode.list;
    await load();
    this.#sawSignIn(listNode);
    if (listNode.list.rows !== rows) {
      void this.#nameRows(listNode);
    }
  }

  async #load(listNode: ListNode): Promise<void> {
    const { list, signal, filter } = listNode;
    // A list that failed stays so until the user retries, or the cause may be gone.
    if (list.retryDue) {
      await this.#renewed(listNode, async () => list.retry(signal));
    } else if (list.notLoaded) {
      await list.loadMore(signal);
      this.#sawSignIn(listNode);
      if (filter && !list.notLoaded) {
        // The row that says how many rows match was shown before that was known.
        this.#parts.changed(shownAbove(listNode));
      }
      void this.#nameRows(listNode);
    }
  }

  // The row of an account says that its lists are refused, until one comes. A code is wanted for one project alone.
  #sawSignIn({ list, context }: ListNode): void {
    const account = this.#nodes.get(`/${context.accountId}`);
    const { error } = list;
    const isSignedOut = error?.kind === 'unauthenticated' && error.failure.signIn !== 'code';
    if (account?.kind !== 'account' || account.account.refused || (error ? !isSignedOut : list.notLoaded)) {
      return;
    }
    const wasSignedOut = account.signedOut !== undefined;
    account.signedOut = error;
    if (wasSignedOut !== isSignedOut) {
      this.#parts.changed(account);
    }
  }

  // In the background: nothing waits for it, and where it fails, rows keep the names that they have.
  async #nameRows(listNode: ListNode): Promise<void> {
    const { collection, context, list, signal } = listNode;
    if (!collection.displayNamesFrom || listNode.localNames || list.error || list.notLoaded) {
      return;
    }
    const names = (): unknown => list.rows.map((listed) => localNamesOf({ listNode, listed }));
    listNode.localNames = new Map();
    const before = names();
    try {
      const second = { collection: collection.displayNamesFrom, context, filter: undefined };
      const { rows } = await requestPage(this.#parts, second, undefined, signal);
      listNode.localNames = new Map(
        rows.flatMap(({ item: { id, localNames } }) => (id !== undefined && localNames ? [[id, localNames]] : [])),
      );
    } catch {
      // Asked for again once the list was loaded again.
      delete listNode.localNames;
      return;
    }
    if (!isDeepStrictEqual(names(), before)) {
      this.#parts.changed(shownAbove(listNode));
    }
  }

  #rowsOf(listNode: ListNode): readonly Node[] {
    const { list, collection, context } = listNode;
    const account = this.#nodes.accountById(context.accountId);
    const shown = list.rows.filter((listed) => isShown(listed, account));
    if (shown.length === 0) {
      const failure = failureMessage(listNode);
      if (failure) {
        return [this.#nodes.note(shownAbove(listNode), listNode, failure)];
      }
      if (list.done) {
        const says =
          list.rows.length > 0 && servesNoProject(collection, account)
            ? 'noProject'
            : list.rows.some((listed) => isHiddenByUser(listed, account))
              ? 'hidden'
              : listNode.filter
                ? 'unmatched'
                : 'empty';
        return [this.#nodes.note(shownAbove(listNode), listNode, { kind: says })];
      }
      if (list.notLoaded) {
        return [];
      }
    }
    const homes = regionRepresentatives(list.rows, account);
    const items = shown.map((listed) => this.#nodes.item(listNode, listed, homes));
    if (list.spanComplete && !list.error) {
      return listNode.range ? items : [...items, ...this.#ranges(listNode)];
    }
    return list.done && !list.truncated && !list.error ? items : [...items, this.#nodes.pager(listNode)];
  }

  // Without a total, one part after the other shows whether there is another; and so behind those that are listed at once.
  #ranges(listNode: ListNode): readonly ListNode[] {
    const { total = Infinity, received: from } = listNode.list;
    const atOnce = total === Infinity ? 1 : rangesAtOnce;
    const ranges: ListNode[] = [];
    let last: ListNode | undefined;
    for (
      let at = from;
      at < total && (last?.list.spanComplete || ranges.length < atOnce);
      at = last.range?.until ?? at
    ) {
      last = this.#nodes.range(listNode, at);
      ranges.push(last);
    }
    return ranges;
  }

  // What is for this session only leaves no trace.
  #isKept({ context }: Pick<ListNode, 'context'>): boolean {
    return this.#nodes.accountById(context.accountId)?.remember !== 'session';
  }

  #resetFailed(node: Node): void {
    for (const { list } of this.#nodes.listsBelow(node)) {
      list.allowRetry();
    }
  }
}
