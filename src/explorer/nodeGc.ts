import type { ListedRow } from './loadedRows';
import type { ListNode, Node } from './nodes';

/**
 * The nodes by ID. Nodes that no list leads to any more are kept weakly: VS Code and open pages identify a row by object
 * identity, so a row that comes back must be the same object.
 */
export class NodeTable {
  readonly #retained = new Map<string, Node>();
  readonly #released = new Map<string, WeakRef<Node>>();
  readonly #collected = new FinalizationRegistry((id: string) => {
    if (!this.#released.get(id)?.deref()) {
      this.#released.delete(id);
    }
  });

  get(id: string): Node | undefined {
    return this.#retained.get(id) ?? this.#released.get(id)?.deref();
  }

  /** The nodes that are reachable, as of the last {@link pruneUnreachable}. */
  values(): readonly Node[] {
    return [...this.#retained.values()];
  }

  retain(node: Node): void {
    this.#retained.set(node.id, node);
    this.#released.delete(node.id);
  }

  /** Releases the rows that their lists no longer have, and everything below them. Resets the lists among them, which cancels their requests. */
  pruneUnreachable(): void {
    const isReachable = this.#reachability();
    for (const node of this.values().filter((each) => !isReachable(each))) {
      this.#retained.delete(node.id);
      this.#released.set(node.id, new WeakRef(node));
      this.#collected.register(node, node.id);
      if (node.kind === 'list') {
        node.list.reset();
      }
    }
  }

  /** Drops a node and everything below it. */
  forget({ id: top }: Node): void {
    for (const nodes of [this.#retained, this.#released]) {
      for (const id of nodes.keys()) {
        if (id === top || id.startsWith(`${top}/`)) {
          nodes.delete(id);
        }
      }
    }
  }

  /** Tests whether a node is reachable from its account. Valid as long as no list changes. */
  #reachability(): (node: Node | undefined) => boolean {
    const known = new Map<Node, boolean>();
    const keysByList = new Map<ListNode, ReadonlySet<string>>();
    const hasRow = (listNode: ListNode, { key }: ListedRow): boolean => {
      const keys = keysByList.get(listNode) ?? new Set(listNode.list.rows.map((listed) => listed.key));
      keysByList.set(listNode, keys);
      return keys.has(key);
    };
    const hasRange = ({ of, from }: NonNullable<ListNode['range']>): boolean =>
      isReachable(of) && of.list.spanComplete && (of.list.total === undefined || from < of.list.total);
    const isLedTo = (node: Node): boolean => {
      switch (node.kind) {
        case 'account':
          return true;
        case 'service':
          return isReachable(node.parent);
        case 'list':
          return isReachable(node.parent) && (node.range === undefined || hasRange(node.range));
        case 'item':
          return isReachable(node.listNode) && hasRow(node.listNode, node.listed);
        case 'pager':
          return isReachable(node.listNode);
        case 'message':
          return isReachable(node.listNode ?? node.parent);
      }
    };
    const isReachable = (node: Node | undefined): boolean => {
      if (!node || this.#retained.get(node.id) !== node) {
        return false;
      }
      const reachable = known.get(node) ?? isLedTo(node);
      known.set(node, reachable);
      return reachable;
    };
    return isReachable;
  }
}
