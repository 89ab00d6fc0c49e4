import { holdsKeys } from '../catalog/declaration';
import { asCloudError, type CloudError } from '../cloud/errors';
import { Slots, type Slot } from '../cloud/slots';
import { parseUrl } from '../cloud/url';
import type { Explorer } from './explorer';
import type { ListedRow } from './loadedRows';
import type { ListNode, Node } from './nodes';

/** A key found by a scan, and its list. */
export interface Hit {
  readonly listNode: ListNode;
  readonly listed: ListedRow;
}

/**
 * How far a list was scanned. `waiting`: for its turn. `requested`: its first page. `truncated`: the service returns no more
 * of it. `paused`: after a number of rows or characters.
 */
export interface ListProgress {
  readonly listNode: ListNode;
  readonly kind: 'waiting' | 'requested' | 'loading' | 'done' | 'truncated' | 'paused' | 'failed';
  readonly error?: CloudError;
  /** Rows scanned until the pause. */
  readonly rows?: number;
}

/** Dependencies of a scan. */
export interface ScanDeps {
  readonly onHits: (hits: readonly Hit[]) => void;
  /** Called when a list becomes known or its progress changes. */
  readonly onProgress: () => void;
  readonly signal: AbortSignal;
}

/** Lists of an account scanned at once: of its five concurrent requests, some stay free for other work. */
const listsAtOnce = { all: 4, perHost: 2 };

/**
 * Limits until a list pauses: keys; rows with child lists, each of which costs requests; characters of answers. A list without
 * an end would take all time and memory. `totalCharacters`: limit of all lists together.
 */
const limits = { keys: 20_000, parents: 1000, characters: 32 * 2 ** 20, totalCharacters: 256 * 2 ** 20 };

/** The scan of one list. */
interface ListScan {
  readonly pages: AsyncGenerator<readonly ListedRow[], boolean>;
  /** The rows with child lists, by key. */
  readonly parents: Map<string, ListedRow>;
  /** A page that was loaded but not processed before the pause. */
  pending?: readonly ListedRow[];
  rows: number;
  maxRows: number;
  characters: number;
  maxCharacters: number;
}

/** Finds every key of every account. Scans several lists at once and does not change what the tree shows. */
export class Scan {
  readonly #explorer: Explorer;
  readonly #deps: ScanDeps;
  readonly #lists = new Map<string, ListProgress>();
  readonly #slots = new Map<string, Slots>();
  readonly #paused = new Map<string, ListScan>();
  #characters = 0;
  #maxCharacters = limits.totalCharacters;

  constructor(explorer: Explorer, deps: ScanDeps) {
    this.#explorer = explorer;
    this.#deps = deps;
  }

  /** The lists that are known so far, in the order in which they became known. */
  get lists(): readonly ListProgress[] {
    return [...this.#lists.values()];
  }

  /** Scans all lists that were not scanned yet, or failed. Never throws. */
  async scanAll(): Promise<void> {
    const roots = this.#explorer.roots();
    roots.forEach(({ account }) => this.#explorer.forgive(account.id));
    await Promise.all(roots.map(async (root) => this.#scanBelow(root)));
  }

  /** Scans a failed list again, or continues a paused one, including the lists below it. Never throws. */
  async resumeList(listNode: ListNode): Promise<void> {
    this.#explorer.forgive(listNode.context.accountId);
    const paused = this.#paused.get(listNode.id);
    if (paused && this.#lists.get(listNode.id)?.kind === 'paused') {
      const { keys, parents, characters } = limits;
      paused.maxRows = paused.rows + (listNode.collection.children ? parents : keys);
      paused.maxCharacters = paused.characters + characters;
      this.#maxCharacters = Math.max(this.#maxCharacters, this.#characters) + characters;
      await this.#runScan(listNode, paused);
    } else {
      await this.#scanList(listNode);
    }
  }

  async #scanBelow(node: Node): Promise<void> {
    await Promise.all(
      this.#explorer
        .declaredChildren(node)
        .map(async (child) => (child.kind === 'list' ? this.#scanList(child) : this.#scanBelow(child))),
    );
  }

  async #scanList(listNode: ListNode): Promise<void> {
    const { kind = 'failed' } = this.#lists.get(listNode.id) ?? {};
    if (kind !== 'failed') {
      return;
    }
    const scan: ListScan = {
      pages: this.#explorer.everyRow(listNode, this.#deps.signal, undefined, (characters) => {
        scan.characters += characters;
        this.#characters += characters;
      }),
      parents: new Map(),
      rows: 0,
      maxRows: listNode.collection.children ? limits.parents : limits.keys,
      characters: 0,
      maxCharacters: limits.characters,
    };
    await this.#runScan(listNode, scan);
  }

  async #runScan(listNode: ListNode, scan: ListScan): Promise<void> {
    this.#paused.delete(listNode.id);
    this.#set({ listNode, kind: 'waiting' });
    await this.#scanPages(listNode, scan);
    if (listNode.collection.children) {
      const rows = [...scan.parents.values()];
      await Promise.all(this.#explorer.nodesForRows(listNode, rows).map(async (row) => this.#scanBelow(row)));
    }
  }

  async #scanPages(listNode: ListNode, scan: ListScan): Promise<void> {
    let slot: Slot | undefined;
    try {
      slot = await this.#takeSlot(listNode);
      this.#set({ listNode, kind: 'requested' });
      for (;;) {
        // Each page starts where the previous one ended.
        const end = await this.#scanPage(listNode, scan);
        if (end) {
          this.#set(end);
          break;
        }
        this.#set({ listNode, kind: 'loading' });
        slot.progressed();
        if (!slot.isHeld) {
          slot.release();
          slot = await this.#takeSlot(listNode);
        }
      }
    } catch (thrown) {
      const error = asCloudError(thrown);
      // A service that is not offered in a region has no keys there.
      const hasNoKeys = error.kind === 'cancelled' || error.kind === 'notOffered';
      this.#set(hasNoKeys ? { listNode, kind: 'done' } : { listNode, kind: 'failed', error });
    } finally {
      slot?.release();
    }
  }

  // Returns the final progress if the list has ended or pauses; undefined if another page follows.
  async #scanPage(listNode: ListNode, scan: ListScan): Promise<ListProgress | undefined> {
    const pause = (): ListProgress => {
      this.#paused.set(listNode.id, scan);
      return { listNode, kind: 'paused', rows: scan.rows };
    };
    if (!scan.pending) {
      if (this.#characters >= this.#maxCharacters) {
        return pause();
      }
      const page = await scan.pages.next();
      if (page.done) {
        return { listNode, kind: page.value ? 'done' : 'truncated' };
      }
      scan.pending = page.value.filter(({ gone }) => !gone);
    }
    // Checked after loading a page, since the list may have ended exactly at the limit.
    if (scan.rows >= scan.maxRows || scan.characters >= scan.maxCharacters) {
      return pause();
    }
    const { pending } = scan;
    delete scan.pending;
    scan.rows += pending.length;
    if (listNode.collection.children) {
      pending.forEach((listed) => scan.parents.set(listed.key, listed));
    }
    if (holdsKeys(listNode.collection)) {
      this.#deps.onHits(pending.map((listed) => ({ listNode, listed })));
    }
    return undefined;
  }

  #set(progress: ListProgress): void {
    this.#lists.set(progress.listNode.id, progress);
    this.#deps.onProgress();
  }

  async #takeSlot({ context: { accountId, base = '' } }: ListNode): Promise<Slot> {
    const slots = this.#slots.get(accountId) ?? new Slots(listsAtOnce);
    this.#slots.set(accountId, slots);
    return slots.take(parseUrl(base)?.host ?? '', 'scan', this.#deps.signal);
  }
}
