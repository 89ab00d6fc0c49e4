import { asCloudError, type CloudError } from '../cloud/errors';
import { Slots, type Slot } from '../cloud/slots';
import type { Explorer } from './explorer';
import type { ListNode, Node } from './nodes';
import type { ListedRow } from './loaded';

/** A key that was come by, and its list. */
export interface Met {
  readonly listNode: ListNode;
  readonly listed: ListedRow;
}

/**
 * A list, and how far it was walked: it waits for its turn, its first page was asked for, more of it is to come. Then it
 * is done; or cut, where the service shows no more of it; or it failed, and the error says why.
 */
export interface Walked {
  readonly listNode: ListNode;
  readonly stage: 'waiting' | 'asked' | 'coming' | 'done' | 'cut' | 'failed';
  readonly error?: CloudError;
}

/** What a walk tells on its way. */
export interface WalkParts {
  readonly met: (keys: readonly Met[]) => void;
  /** Called whenever a list came to be known, or is further than it was. */
  readonly changed: () => void;
  readonly signal: AbortSignal;
}

/** How many lists of an account are walked at once: it sends five requests at a time, and others want some of them. */
const listsAtOnce = { all: 4, perHost: 2 };

/** Goes through every key of every account, list by list as they answer, without a change to what is shown. */
export class Walk {
  readonly #explorer: Explorer;
  readonly #parts: WalkParts;
  readonly #lists = new Map<string, Walked>();
  readonly #slots = new Map<string, Slots>();

  constructor(explorer: Explorer, parts: WalkParts) {
    this.#explorer = explorer;
    this.#parts = parts;
  }

  /** The lists that are known so far, in the order in which they came to be. */
  get lists(): readonly Walked[] {
    return [...this.#lists.values()];
  }

  /** Walks through all there is; ends when nothing more comes. Never throws. */
  async everything(): Promise<void> {
    await Promise.all(this.#explorer.roots().map(async (root) => this.#below(root)));
  }

  /** Walks through a list once more, which failed, and what is below it and was not walked through. Never throws. */
  async again(listNode: ListNode): Promise<void> {
    await this.#through(listNode);
  }

  async #below(node: Node): Promise<void> {
    await Promise.all(
      this.#explorer
        .below(node)
        .map(async (child) => (child.kind === 'list' ? this.#through(child) : this.#below(child))),
    );
  }

  async #through(listNode: ListNode): Promise<void> {
    const { stage = 'failed' } = this.#lists.get(listNode.id) ?? {};
    if (stage !== 'failed') {
      return;
    }
    this.#set({ listNode, stage: 'waiting' });
    const rows = await this.#wholeOf(listNode);
    if (listNode.collection.below) {
      await Promise.all(this.#explorer.rowsAsNodes(listNode, rows).map(async (row) => this.#below(row)));
    }
  }

  // The rows that others stand below: of keys it tells as they come.
  async #wholeOf(listNode: ListNode): Promise<readonly ListedRow[]> {
    const isKeys = !listNode.collection.below;
    const rows = new Map<string, ListedRow>();
    let slot: Slot | undefined;
    try {
      slot = await this.#slotFor(listNode);
      this.#set({ listNode, stage: 'asked' });
      const pages = this.#explorer.everyRow(listNode, this.#parts.signal);
      for (;;) {
        // Each page starts where the one before it ended.
        // oxlint-disable-next-line no-await-in-loop
        const page = await pages.next();
        if (page.done) {
          this.#set({ listNode, stage: page.value ? 'done' : 'cut' });
          break;
        }
        const there = page.value.filter(({ gone }) => !gone);
        if (isKeys) {
          this.#parts.met(there.map((listed) => ({ listNode, listed })));
        } else {
          there.forEach((listed) => rows.set(listed.key, listed));
        }
        this.#set({ listNode, stage: 'coming' });
        slot.progressed();
        if (!slot.isHeld) {
          slot.release();
          // oxlint-disable-next-line no-await-in-loop
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
    return [...rows.values()];
  }

  #set(walked: Walked): void {
    this.#lists.set(walked.listNode.id, walked);
    this.#parts.changed();
  }

  async #slotFor({ place: { accountId, base = '' } }: ListNode): Promise<Slot> {
    const slots = this.#slots.get(accountId) ?? new Slots(listsAtOnce);
    this.#slots.set(accountId, slots);
    return slots.take(URL.canParse(base) ? new URL(base).host : '', 'walk', this.#parts.signal);
  }
}
