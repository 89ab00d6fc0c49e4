import type { Phrase } from '../base/phrase';
import type { CloudError } from '../cloud/errors';
import type { Explorer } from './explorer';
import { HitIndex, isSameKey, type PinnedHit, type Results } from './hitIndex';
import type { ListNode } from './nodes';
import { Scan, type Hit, type ListProgress } from './scan';
import { ServerSideSearch } from './serverSideSearch';
import type { Waits } from './waits';

/** Minimum time between two updates of the results, ms. */
const updateInterval = 200;

/** A list that was not searched to its end. Without an error or a number of rows: the service returns no more of it. */
export interface UnsearchedList {
  readonly listNode: ListNode;
  readonly error?: CloudError;
  /** Rows searched so far, if the list is paused: the rest is searched when the user asks for it. */
  readonly rows?: number;
  /** Whether the server searched the names of all its rows. */
  readonly searchedByName: boolean;
}

/** The state of a search. */
export interface SearchState extends Results {
  readonly text: string;
  /** True once all lists were scanned. */
  readonly isDone: boolean;
  /** Empty until the scan ends: otherwise the first of them would be preselected while there are no results. */
  readonly unsearched: readonly UnsearchedList[];
  /** Lists that are finished, lists that are known so far, and keys found in them. */
  readonly listsDone: number;
  readonly listsKnown: number;
  readonly keys: number;
  /** True while a list is scanned, for the first time or again. */
  readonly searching: boolean;
  /** Text about throttled requests, if there are any. */
  readonly waits: Phrase | undefined;
}

/** Dependencies of the finder. */
export interface FinderDeps {
  readonly waits: Pick<Waits, 'label' | 'onDidChange'>;
  /** Called at most five times a second, and by {@link Finder.showNow}. */
  readonly show: (state: SearchState) => void;
  /** The result that is selected in the user interface. */
  readonly active: () => Hit | undefined;
}

/** Searches all keys for a text while the user types: in the rows of a scan, and by the name filters of servers. */
export class Finder {
  readonly #deps: FinderDeps;
  readonly #index = new HitIndex();
  readonly #scan: Scan;
  readonly #serverSide: ServerSideSearch;
  readonly #closing = new AbortController();
  #text = '';
  #runningScans = 0;
  #isDone = false;
  #shown: SearchState | undefined;
  #shownAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #subscription: { dispose(): void };

  constructor(explorer: Explorer, deps: FinderDeps) {
    this.#deps = deps;
    this.#subscription = deps.waits.onDidChange(() => this.#showSoon());
    this.#scan = new Scan(explorer, {
      onHits: (hits) => this.#index.add(hits),
      onProgress: () => {
        this.#serverSide.start();
        this.#showSoon();
      },
      signal: this.#closing.signal,
    });
    this.#serverSide = new ServerSideSearch(explorer, {
      lists: () => this.#scan.lists,
      onHits: (hits) => this.#index.addEarly(hits),
      onAnswer: () => this.#showSoon(),
    });
  }

  /** Scans all lists. */
  async start(): Promise<void> {
    await this.#track(this.#scan.scanAll());
    this.#isDone = true;
  }

  /** Searches for another text from now on. */
  type(text: string): void {
    this.#text = text;
    this.#serverSide.type(text);
    this.#showSoon();
  }

  /** Scans a failed list again, or continues a paused one. */
  async resume(listNode: ListNode): Promise<void> {
    await this.#track(this.#scan.resumeList(listNode));
  }

  /** Shows the results immediately. */
  showNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shownAt = Date.now();
    const { lists } = this.#scan;
    this.#shown = {
      ...this.#index.results(this.#text, this.#pinnedHit()),
      text: this.#text,
      isDone: this.#isDone,
      unsearched: this.#isDone ? lists.filter(isUnsearched).map((progress) => this.#unsearchedList(progress)) : [],
      listsDone: lists.filter((progress) => progress.kind === 'done' || isUnsearched(progress)).length,
      listsKnown: lists.length,
      keys: this.#index.size,
      searching: this.#runningScans > 0,
      waits: this.#deps.waits.label,
    };
    this.#deps.show(this.#shown);
  }

  /** Cancels all requests and shows nothing more. */
  close(): void {
    this.#closing.abort();
    this.#subscription.dispose();
    this.#serverSide.close();
    clearTimeout(this.#timer);
  }

  async #track(scan: Promise<void>): Promise<void> {
    this.#runningScans += 1;
    this.#showSoon();
    await scan;
    this.#runningScans -= 1;
    this.#showSoon();
  }

  // The selected result keeps its position while others arrive, until the text changes.
  #pinnedHit(): PinnedHit | undefined {
    const { text, shown = [] } = this.#shown ?? {};
    const hit = text === this.#text ? this.#deps.active() : undefined;
    const index = hit ? shown.findIndex((each) => isSameKey(each, hit)) : -1;
    return hit && index >= 0 ? { hit, index } : undefined;
  }

  #unsearchedList({ listNode, error, rows }: ListProgress): UnsearchedList {
    return {
      listNode,
      searchedByName: this.#serverSide.answered(listNode),
      ...(error ? { error } : {}),
      ...(rows === undefined ? {} : { rows }),
    };
  }

  #showSoon(): void {
    if (!this.#closing.signal.aborted) {
      this.#timer ??= setTimeout(() => this.showNow(), Math.max(0, this.#shownAt + updateInterval - Date.now()));
    }
  }
}

function isUnsearched({ kind }: ListProgress): boolean {
  return kind === 'truncated' || kind === 'paused' || kind === 'failed';
}
