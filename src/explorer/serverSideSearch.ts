import { holdsKeys, type ErrorKind } from '../catalog/declaration';
import type { FilterValue } from '../cloud/client';
import { asCloudError } from '../cloud/errors';
import type { Explorer } from './explorer';
import { isKeyMaterial, searchWordsOf } from './hitIndex';
import type { ListNode } from './nodes';
import type { Hit, ListProgress } from './scan';

/** Debounce of the text, ms. */
const debounce = 300;
/** Minimum characters: shorter texts match too much. */
const minLength = 2;
/** Concurrent requests, beside those of the scan, which returns the same keys later. */
const requestsAtOnce = 2;

/** Time after which a list without an answer no longer counts as a concurrent request, ms. */
const idleLimit = 5000;

/** Errors after which one filtered page may still succeed although the scan failed. */
const transientErrors: readonly ErrorKind[] = ['server', 'network', 'timeout', 'badAnswer'];

/** Dependencies of a server-side search. */
export interface ServerSideSearchDeps {
  /** The lists of the scan. */
  readonly lists: () => readonly ListProgress[];
  readonly onHits: (hits: readonly Hit[]) => void;
  /** Called when a list answered or failed. */
  readonly onAnswer: () => void;
}

/**
 * Searches lists that are not scanned to their end by the name filter of the server: one page of each list for each text.
 * Never sends a text to a filter for secrets.
 */
export class ServerSideSearch {
  readonly #explorer: Pick<Explorer, 'everyRow'>;
  readonly #deps: ServerSideSearchDeps;
  /** By text and list ID: whether the list answered. */
  readonly #answers = new Map<string, Map<string, boolean>>();
  #name: string | undefined;
  /** The name, once its debounce is over. */
  #debounced: string | undefined;
  #requests = 0;
  #cancel = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(explorer: Pick<Explorer, 'everyRow'>, deps: ServerSideSearchDeps) {
    this.#explorer = explorer;
    this.#deps = deps;
  }

  /** Searches for a text after the debounce, and cancels the requests for the previous one. */
  type(text: string): void {
    const name = nameIn(text);
    if (name === this.#name) {
      return;
    }
    this.close();
    this.#cancel = new AbortController();
    this.#name = name;
    if (name !== undefined) {
      this.#timer = setTimeout(() => {
        this.#debounced = name;
        this.start();
      }, debounce);
    }
  }

  /** Sends requests for lists that can be searched by now. */
  start(): void {
    while (this.#debounced !== undefined && this.#requests < requestsAtOnce) {
      const next = this.#next(this.#debounced);
      if (!next) {
        return;
      }
      void this.#search(next.listNode, next.filter);
    }
  }

  /** Whether a list answered for the current text. */
  answered({ id }: ListNode): boolean {
    return this.#name !== undefined && this.#answers.get(this.#name)?.get(id) === true;
  }

  /** Cancels all requests. */
  close(): void {
    clearTimeout(this.#timer);
    this.#debounced = undefined;
    this.#cancel.abort();
  }

  #next(name: string): { readonly listNode: ListNode; readonly filter: FilterValue } | undefined {
    const answers = this.#answers.get(name);
    for (const progress of this.#deps.lists()) {
      const { listNode } = progress;
      const filter = mayHaveMore(progress) && !answers?.has(listNode.id) ? nameFilter(listNode, name) : undefined;
      if (filter) {
        return { listNode, filter };
      }
    }
    return undefined;
  }

  async #search(listNode: ListNode, filter: FilterValue): Promise<void> {
    const { signal } = this.#cancel;
    const answers = this.#answers.get(filter.text) ?? new Map<string, boolean>();
    this.#answers.set(filter.text, answers.set(listNode.id, false));
    this.#requests += 1;
    let isCounted = true;
    const release = (): void => {
      this.#requests -= isCounted ? 1 : 0;
      isCounted = false;
      this.start();
    };
    const idle = setTimeout(release, idleLimit);
    try {
      const page = await this.#explorer.everyRow(listNode, signal, filter).next();
      // A row without an ID cannot be matched with the same row of the scan.
      const rows = page.done ? [] : page.value.filter(({ row }) => row.item.id !== undefined);
      answers.set(listNode.id, true);
      this.#deps.onHits(rows.map((listed) => ({ listNode, listed })));
    } catch (thrown) {
      if (asCloudError(thrown).kind === 'cancelled') {
        answers.delete(listNode.id);
      }
    }
    clearTimeout(idle);
    this.#deps.onAnswer();
    release();
  }
}

// A server filters by one text, the search by each word: the longest word matches the fewest rows.
function nameIn(text: string): string | undefined {
  const word = searchWordsOf(text).reduce((longest, each) => (each.length > longest.length ? each : longest), '');
  return word.length < minLength || isKeyMaterial(word) ? undefined : word;
}

// Skips lists whose first page is still loading: they may have only one page.
function mayHaveMore({ listNode, kind, error }: ListProgress): boolean {
  const isKeys = holdsKeys(listNode.collection);
  const failed = kind === 'failed' && error !== undefined && transientErrors.includes(error.kind);
  const isPart = kind === 'waiting' || kind === 'loading' || kind === 'truncated' || kind === 'paused';
  return isKeys && (failed || isPart);
}

function nameFilter({ collection }: ListNode, name: string): FilterValue | undefined {
  const declared = collection.filters.find(({ match, secret }) => match === 'contains' && !secret);
  const { min, max } = declared?.length ?? { min: 1, max: 64 };
  return declared && name.length >= min && name.length <= max
    ? { id: declared.id, text: name, exact: false }
    : undefined;
}
