import { asCloudError } from '../cloud/errors';
import type { ErrorKind } from '../catalog/declaration';
import type { FilterValue } from '../cloud/client';
import type { Explorer } from './explorer';
import type { ListNode } from './nodes';
import { isTelling, wordsOf } from './hitIndex';
import type { Hit, ListProgress } from './scan';

/** A text counts as typed when it stayed the same for so long: milliseconds. */
const settled = 300;
/** Shorter texts fit too much. */
const shortest = 2;
/** A walk goes on beside these, which only bring some of its results sooner. */
const requestsAtOnce = 2;

/** A list that does not answer for so long lets another one be asked beside it: milliseconds. */
const idleLimit = 5000;

/** What a walk fails of, and one page of the list may not. */
const passing: readonly ErrorKind[] = ['server', 'network', 'timeout', 'badAnswer'];

/** What a search by name needs. */
export interface ServerSideSearchDeps {
  /** The lists of the walk that it runs ahead of. */
  readonly lists: () => readonly ListProgress[];
  readonly met: (keys: readonly Hit[]) => void;
  /** Called whenever a list answered. */
  readonly changed: () => void;
}

/**
 * Asks lists that are not walked to their end for what a name filter on the server lets through: one page of each list
 * for each text. What is secret is no name, and never sent.
 */
export class ServerSideSearch {
  readonly #explorer: Pick<Explorer, 'everyRow'>;
  readonly #parts: ServerSideSearchDeps;
  /** The lists that were asked for each text, and whether they answered. */
  readonly #asked = new Map<string, Map<string, boolean>>();
  #name: string | undefined;
  /** The name, once it stayed the same for long enough. */
  #settled: string | undefined;
  #underWay = 0;
  #giveUp = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(explorer: Pick<Explorer, 'everyRow'>, parts: ServerSideSearchDeps) {
    this.#explorer = explorer;
    this.#parts = parts;
  }

  /** Has lists be asked for a text as soon as that stays, and gives up what is under way for another. */
  type(text: string): void {
    const name = nameIn(text);
    if (name === this.#name) {
      return;
    }
    this.close();
    this.#giveUp = new AbortController();
    this.#name = name;
    if (name !== undefined) {
      this.#timer = setTimeout(() => {
        this.#settled = name;
        this.more();
      }, settled);
    }
  }

  /** Told that there may be other lists to ask. */
  more(): void {
    while (this.#settled !== undefined && this.#underWay < requestsAtOnce) {
      const next = this.#next(this.#settled);
      if (!next) {
        return;
      }
      void this.#ask(next.listNode, next.filter);
    }
  }

  /** Whether a list answered for the text of now. */
  answered({ id }: ListNode): boolean {
    return this.#name !== undefined && this.#asked.get(this.#name)?.get(id) === true;
  }

  /** Gives up what is under way. */
  close(): void {
    clearTimeout(this.#timer);
    this.#settled = undefined;
    this.#giveUp.abort();
  }

  #next(name: string): { readonly listNode: ListNode; readonly filter: FilterValue } | undefined {
    const asked = this.#asked.get(name);
    for (const walked of this.#parts.lists()) {
      const { listNode } = walked;
      const filter = mayBringMore(walked) && !asked?.has(listNode.id) ? nameFilter(listNode, name) : undefined;
      if (filter) {
        return { listNode, filter };
      }
    }
    return undefined;
  }

  async #ask(listNode: ListNode, filter: FilterValue): Promise<void> {
    const { signal } = this.#giveUp;
    const asked = this.#asked.get(filter.text) ?? new Map<string, boolean>();
    this.#asked.set(filter.text, asked.set(listNode.id, false));
    this.#underWay += 1;
    let isCounted = true;
    const endTurn = (): void => {
      this.#underWay -= isCounted ? 1 : 0;
      isCounted = false;
      this.more();
    };
    const late = setTimeout(endTurn, idleLimit);
    try {
      const page = await this.#explorer.everyRow(listNode, signal, filter).next();
      // A row without an ID could not be told from the same one that the walk brings.
      const rows = page.done ? [] : page.value.filter(({ row }) => row.item.id !== undefined);
      asked.set(listNode.id, true);
      this.#parts.met(rows.map((listed) => ({ listNode, listed })));
    } catch (thrown) {
      if (asCloudError(thrown).kind === 'cancelled') {
        asked.delete(listNode.id);
      }
    }
    clearTimeout(late);
    this.#parts.changed();
    endTurn();
  }
}

// A server looks for one text, a search for each of its words: the longest one lets the least through.
function nameIn(text: string): string | undefined {
  const word = wordsOf(text).reduce((longest, each) => (each.length > longest.length ? each : longest), '');
  return word.length < shortest || isTelling(word) ? undefined : word;
}

// Of a list whose first page is on its way nobody knows whether there will be a second.
function mayBringMore({ listNode, stage, error }: ListProgress): boolean {
  const isKeys = !listNode.collection.children;
  const failed = stage === 'failed' && error !== undefined && passing.includes(error.kind);
  const isPart = stage === 'waiting' || stage === 'coming' || stage === 'cut' || stage === 'paused';
  return isKeys && (failed || isPart);
}

function nameFilter({ collection }: ListNode, name: string): FilterValue | undefined {
  const declared = collection.filters.find(({ match, secret }) => match === 'contains' && !secret);
  const { min, max } = declared?.length ?? { min: 1, max: 64 };
  return declared && name.length >= min && name.length <= max
    ? { id: declared.id, text: name, exact: false }
    : undefined;
}
