import { phrase } from '../base/phrase';
import type { ListPage } from '../cloud/client';
import { CloudError, asCloudError } from '../cloud/errors';
import type { Position } from '../cloud/pages';
import { LoadedRows, isSameRow, mayBeSameRow, type ListedRow, type Span } from './loadedRows';

/**
 * Requests the page that starts at a position.
 * @param maxRows limit of its rows; undefined: the page size
 * @param known number of known rows at its start, requested in addition to the page size
 */
export type AskPage = (
  at: Position | undefined,
  signal: AbortSignal,
  maxRows?: number,
  known?: number,
) => Promise<ListPage>;

/** Maximum reloads of a list that keeps changing between pages; after them it is read as is. */
const maxReloads = 3;

type Action = 'more' | 'reload';

/** Loads rows and returns what applies them, so that the result of a cancelled load changes nothing. */
type Work = (loaded: LoadedRows, signal: AbortSignal) => Promise<() => void>;

/**
 * Loads a list page by page. Rows keep the server's order. A failed page keeps the rows before it. One page is requested at
 * a time.
 */
export class PagedList {
  readonly #ask: AskPage;
  readonly #overlaps: boolean;
  readonly #span: Span | undefined;
  #loaded: LoadedRows;
  #notLoaded = true;
  #error: CloudError | undefined;
  #failedAction: Action = 'more';
  #retryDue = false;
  #running: Promise<void> | undefined;
  /** The running action; undefined once it is cancelled. */
  #action: Action | undefined;
  #cancel = new AbortController();
  /** Reloads because the list changed between two pages. */
  #reloads = 0;
  /** Incremented by each reset; answers to older generations are dropped. */
  #generation = 0;

  /**
   * @param overlaps whether a page can start one row earlier
   * @param span the rows of the list to load; undefined: all
   */
  constructor(ask: AskPage, overlaps = false, span?: Span) {
    this.#ask = ask;
    this.#overlaps = overlaps;
    this.#span = span;
    this.#loaded = new LoadedRows(overlaps, span);
  }

  get rows(): readonly ListedRow[] {
    return this.#loaded.rows;
  }

  get received(): number {
    return this.#loaded.received;
  }

  /** The number of rows in the whole list; undefined if unknown or contradicted by the rows. */
  get total(): number | undefined {
    return this.#loaded.total;
  }

  /** True until the first page was loaded or failed. */
  get notLoaded(): boolean {
    return this.#notLoaded;
  }

  /** True if there is no further page. */
  get done(): boolean {
    return this.#loaded.done;
  }

  /** True if the span is loaded and the list continues after it. */
  get spanComplete(): boolean {
    return this.#loaded.spanComplete;
  }

  /** True if the list ended although further rows may exist. */
  get truncated(): boolean {
    return this.#loaded.truncated;
  }

  get loading(): boolean {
    return this.#running !== undefined;
  }

  /** The error of the last load. */
  get error(): CloudError | undefined {
    return this.#error;
  }

  /** True if the failed load should be retried, since the cause may be gone. */
  get retryDue(): boolean {
    return this.#retryDue;
  }

  /** True if rows kept coming or going between pages: some may be missing. */
  get unstable(): boolean {
    return this.#loaded.unstable;
  }

  /**
   * Loads the next page, or joins a running load. Never throws: see {@link error}. With offset paging, the page starts at the
   * last known row. If another row is there, rows came or went between the pages, and all pages are reloaded.
   */
  async loadMore(signal: AbortSignal): Promise<void> {
    if (!this.#loaded.done) {
      await this.#once('more', signal, async (loaded, either) => {
        const next = await this.#askNextOverlapping(loaded, either);
        if (!next.shifted) {
          return () => loaded.append(next.page);
        }
        if (this.#reloads >= maxReloads) {
          return () => {
            loaded.append(next.page);
            loaded.unstable = true;
          };
        }
        this.#reloads += 1;
        const fresh = await this.#loadAgain(loaded.received, either);
        if (!fresh.done) {
          const second = await this.#askNextOverlapping(fresh, either);
          if (second.shifted && repeatsFirstPage(second.page, fresh)) {
            fresh.truncateHere();
          } else {
            fresh.append(second.page);
            fresh.unstable = second.shifted;
          }
        }
        return () => this.#replace(loaded, fresh);
      });
    }
  }

  /** Reloads as many rows as there were, then replaces the old ones. */
  async reload(signal: AbortSignal): Promise<void> {
    this.#reloads = 0;
    await this.#once('reload', signal, async (before, either) => {
      const fresh = await this.#loadAgain(before.received, either);
      return () => this.#replace(before, fresh);
    });
  }

  /** Repeats the failed load. */
  async retry(signal: AbortSignal): Promise<void> {
    await (this.#failedAction === 'reload' ? this.reload(signal) : this.loadMore(signal));
  }

  /** Makes a failed load be repeated when the list is next opened. Loaded rows stay. */
  allowRetry(): void {
    if (this.#error && this.rows.length === 0) {
      this.reset();
    } else if (this.#error) {
      this.#error = undefined;
      this.#retryDue = true;
    }
  }

  /** Cancels the running load. The list is then as before it. */
  cancel(): void {
    this.#cancel.abort();
    this.#cancel = new AbortController();
    this.#action = undefined;
  }

  /** Back to the state before the list was opened. */
  reset(): void {
    this.cancel();
    this.#generation += 1;
    this.#reloads = 0;
    this.#loaded = new LoadedRows(this.#overlaps, this.#span);
    this.#notLoaded = true;
    this.#error = undefined;
    this.#retryDue = false;
    this.#running = undefined;
  }

  async #loadAgain(rows: number, signal: AbortSignal): Promise<LoadedRows> {
    const fresh = new LoadedRows(this.#overlaps, this.#span);
    do {
      // Each page starts where the previous one ended.
      fresh.append(await this.#askNext(fresh, signal));
    } while (!fresh.done && fresh.received < rows);
    return fresh;
  }

  // `total > 0` with no rows is an error, not the end: a broken list must not look empty.
  async #askNext(loaded: LoadedRows, signal: AbortSignal): Promise<ListPage> {
    const { next, rest } = loaded;
    let page = await this.#ask(next, signal, loaded.maxRowsAt(next));
    const [first] = page.rows;
    if (rest && !(first && mayBeSameRow(first, rest.first))) {
      // The service counts pages differently: the rest of the previous page comes first.
      page = await this.#ask(rest.at, signal, loaded.maxRowsAt(rest.at));
    }
    const { total = 0 } = page;
    if (loaded.last === undefined && page.rows.length === 0 && !page.truncated && loaded.received < total) {
      throw new CloudError({
        kind: 'badAnswer',
        reason: phrase('The service counts {0} rows in this list, but sent none of them.', total),
      });
    }
    return page;
  }

  // The next page, and whether the row before it has changed.
  async #askNextOverlapping(loaded: LoadedRows, signal: AbortSignal): Promise<{ page: ListPage; shifted: boolean }> {
    const { next, last } = loaded;
    if (!this.#overlaps || typeof next !== 'number' || last === undefined) {
      return { page: await this.#askNext(loaded, signal), shifted: false };
    }
    const page = await this.#ask(next - 1, signal, loaded.maxRowsAt(next - 1), 1);
    const [first] = page.rows;
    if (!first || !mayBeSameRow(first, last)) {
      return { page, shifted: first !== undefined || !page.truncated };
    }
    const rows = page.rows.slice(1);
    // A full page without new rows starts at the maximum offset of the call.
    const hasNew = rows.length > 0 || page.partial || page.truncated;
    return {
      page: hasNew ? { ...page, rows } : await this.#askNext(loaded, signal),
      shifted: false,
    };
  }

  #replace(before: LoadedRows, fresh: LoadedRows): void {
    fresh.keepGone(before.rows);
    this.#loaded = fresh;
  }

  // Joins a running load of the same action.
  #once(action: Action, signal: AbortSignal, work: Work): Promise<void> {
    if (this.#running && this.#action !== action) {
      // Queue a different action behind the running (or just cancelled) one.
      return this.#running.then(() => this.#once(action, signal, work));
    }
    this.#action = action;
    this.#running ??= this.#run(action, AbortSignal.any([signal, this.#cancel.signal]), work);
    return this.#running;
  }

  async #run(action: Action, signal: AbortSignal, work: Work): Promise<void> {
    const generation = this.#generation;
    const errorBefore = this.#error;
    const wasRetryDue = this.#retryDue;
    this.#error = undefined;
    this.#retryDue = false;
    let apply: (() => void) | undefined;
    let error: CloudError | undefined;
    try {
      apply = await work(this.#loaded, signal);
    } catch (thrown) {
      error = asCloudError(thrown);
    }
    if (generation !== this.#generation) {
      return;
    }
    this.#running = undefined;
    if (apply) {
      apply();
      this.#notLoaded = false;
    } else if (error?.kind === 'cancelled' || signal.aborted) {
      this.#error = errorBefore;
      this.#retryDue = wasRetryDue;
    } else {
      this.#error = error;
      this.#failedAction = action;
      this.#notLoaded = false;
    }
  }
}

// Whether the service ignores the offset and returned the first page again.
function repeatsFirstPage({ rows: [first] }: ListPage, { rows: [known] }: LoadedRows): boolean {
  return first !== undefined && known !== undefined && isSameRow(first, known.row);
}
