import { parseUrl } from '../cloud/url';
import { asCloudError, type CloudError } from '../cloud/errors';
import { Slots, type Slot } from '../cloud/slots';
import type { Explorer } from './explorer';
import type { ListNode, Node } from './nodes';
import type { ListedRow } from './loadedRows';

/** A key that was come by, and its list. */
export interface Hit {
  readonly listNode: ListNode;
  readonly listed: ListedRow;
}

/**
 * A list, and how far it was walked: it waits for its turn, its first page was asked for, more of it is to come. Then it
 * is done; or cut, where the service shows no more of it; or paused, after so many rows; or it failed, and the error says why.
 */
export interface ListProgress {
  readonly listNode: ListNode;
  readonly stage: 'waiting' | 'asked' | 'coming' | 'done' | 'cut' | 'paused' | 'failed';
  readonly error?: CloudError;
  /** The rows that were gone through until it was paused. */
  readonly rows?: number;
}

/** What a walk tells on its way. */
export interface ScanDeps {
  readonly onHits: (keys: readonly Hit[]) => void;
  /** Called whenever a list came to be known, or is further than it was. */
  readonly onProgress: () => void;
  readonly signal: AbortSignal;
}

/** How many lists of an account are walked at once: it sends five requests at a time, and others want some of them. */
const listsAtOnce = { all: 4, perHost: 2 };

/**
 * A list is gone through up to so many keys, so many rows with lists below them, which cost requests of their own, or so many
 * characters of answers; and all lists up to so many characters. A list without an end would take all time and memory.
 */
const stretch = { keys: 20_000, parents: 1000, characters: 32 * 2 ** 20, charactersInAll: 256 * 2 ** 20 };

/** A list that is being gone through, or was until it was paused. */
interface Passage {
  readonly pages: AsyncGenerator<readonly ListedRow[], boolean>;
  /** The rows that others stand below. */
  readonly parents: Map<string, ListedRow>;
  /** A page that came and was not gone through. */
  pending?: readonly ListedRow[];
  rows: number;
  /** How many rows and characters there may be until it is paused. */
  mostRows: number;
  characters: number;
  mostCharacters: number;
}

/** Goes through every key of every account, list by list as they answer, without a change to what is shown. */
export class Scan {
  readonly #explorer: Explorer;
  readonly #parts: ScanDeps;
  readonly #lists = new Map<string, ListProgress>();
  readonly #slots = new Map<string, Slots>();
  readonly #passages = new Map<string, Passage>();
  #characters = 0;
  #mostCharacters = stretch.charactersInAll;

  constructor(explorer: Explorer, parts: ScanDeps) {
    this.#explorer = explorer;
    this.#parts = parts;
  }

  /** The lists that are known so far, in the order in which they came to be. */
  get lists(): readonly ListProgress[] {
    return [...this.#lists.values()];
  }

  /** Walks through all there is; ends when nothing more comes. Never throws. */
  async scanAll(): Promise<void> {
    const roots = this.#explorer.roots();
    roots.forEach(({ account }) => this.#explorer.forgive(account.id));
    await Promise.all(roots.map(async (root) => this.#below(root)));
  }

  /** Walks through a list once more, which failed, and what is below it; or on in one that was paused. Never throws. */
  async resumeList(listNode: ListNode): Promise<void> {
    this.#explorer.forgive(listNode.context.accountId);
    const passage = this.#passages.get(listNode.id);
    if (passage && this.#lists.get(listNode.id)?.stage === 'paused') {
      const { keys, parents, characters } = stretch;
      passage.mostRows = passage.rows + (listNode.collection.children ? parents : keys);
      passage.mostCharacters = passage.characters + characters;
      this.#mostCharacters = Math.max(this.#mostCharacters, this.#characters) + characters;
      await this.#goThrough(listNode, passage);
    } else {
      await this.#through(listNode);
    }
  }

  async #below(node: Node): Promise<void> {
    await Promise.all(
      this.#explorer
        .declaredChildren(node)
        .map(async (child) => (child.kind === 'list' ? this.#through(child) : this.#below(child))),
    );
  }

  async #through(listNode: ListNode): Promise<void> {
    const { stage = 'failed' } = this.#lists.get(listNode.id) ?? {};
    if (stage !== 'failed') {
      return;
    }
    const passage: Passage = {
      pages: this.#explorer.everyRow(listNode, this.#parts.signal, undefined, (characters) => {
        passage.characters += characters;
        this.#characters += characters;
      }),
      parents: new Map(),
      rows: 0,
      mostRows: listNode.collection.children ? stretch.parents : stretch.keys,
      characters: 0,
      mostCharacters: stretch.characters,
    };
    await this.#goThrough(listNode, passage);
  }

  async #goThrough(listNode: ListNode, passage: Passage): Promise<void> {
    this.#passages.delete(listNode.id);
    this.#set({ listNode, stage: 'waiting' });
    await this.#wholeOf(listNode, passage);
    if (listNode.collection.children) {
      const rows = [...passage.parents.values()];
      await Promise.all(this.#explorer.nodesForRows(listNode, rows).map(async (row) => this.#below(row)));
    }
  }

  // Tells of keys as they come.
  async #wholeOf(listNode: ListNode, passage: Passage): Promise<void> {
    let slot: Slot | undefined;
    try {
      slot = await this.#slotFor(listNode);
      this.#set({ listNode, stage: 'asked' });
      for (;;) {
        // Each page starts where the one before it ended.
        const ended = await this.#nextOf(listNode, passage);
        if (ended) {
          this.#set(ended);
          break;
        }
        this.#set({ listNode, stage: 'coming' });
        slot.progressed();
        if (!slot.isHeld) {
          slot.release();
          slot = await this.#slotFor(listNode);
        }
      }
    } catch (thrown) {
      const error = asCloudError(thrown);
      // Where a service is not offered there is nothing to miss.
      const isNone = error.kind === 'cancelled' || error.kind === 'notOffered';
      this.#set(isNone ? { listNode, stage: 'done' } : { listNode, stage: 'failed', error });
    } finally {
      slot?.release();
    }
  }

  // Goes through one page more. Gives what became of the list where that was not possible.
  async #nextOf(listNode: ListNode, passage: Passage): Promise<ListProgress | undefined> {
    const pause = (): ListProgress => {
      this.#passages.set(listNode.id, passage);
      return { listNode, stage: 'paused', rows: passage.rows };
    };
    if (!passage.pending) {
      if (this.#characters >= this.#mostCharacters) {
        return pause();
      }
      const page = await passage.pages.next();
      if (page.done) {
        return { listNode, stage: page.value ? 'done' : 'cut' };
      }
      passage.pending = page.value.filter(({ gone }) => !gone);
    }
    // Only now, since what came may be the end.
    if (passage.rows >= passage.mostRows || passage.characters >= passage.mostCharacters) {
      return pause();
    }
    const { pending } = passage;
    delete passage.pending;
    passage.rows += pending.length;
    if (listNode.collection.children) {
      pending.forEach((listed) => passage.parents.set(listed.key, listed));
    } else {
      this.#parts.onHits(pending.map((listed) => ({ listNode, listed })));
    }
    return undefined;
  }

  #set(walked: ListProgress): void {
    this.#lists.set(walked.listNode.id, walked);
    this.#parts.onProgress();
  }

  async #slotFor({ context: { accountId, base = '' } }: ListNode): Promise<Slot> {
    const slots = this.#slots.get(accountId) ?? new Slots(listsAtOnce);
    this.#slots.set(accountId, slots);
    return slots.take(parseUrl(base)?.host ?? '', 'scan', this.#parts.signal);
  }
}
