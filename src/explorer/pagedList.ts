import { phrase } from '../base/phrase';
import type { ListPage } from '../cloud/client';
import { CloudError, asCloudError } from '../cloud/errors';
import type { Position } from '../cloud/pages';
import { LoadedRows, isSameRow, mayBeSameRow, type ListedRow, type Span } from './loadedRows';

/**
 * Asks for the page that starts there.
 * @param most how many rows it may bring; as many as a page has if undefined
 * @param known how many rows at its front are known, which are asked for on top of those of a page
 */
export type AskPage = (
  at: Position | undefined,
  signal: AbortSignal,
  most?: number,
  known?: number,
) => Promise<ListPage>;

/** A list that changes again and again is loaded again so often; then it is read as it comes. */
const mostReloads = 3;

type Work = (loaded: LoadedRows, signal: AbortSignal) => Promise<() => void>;

/**
 * The pages of a list loaded so far, and how to get the next. Rows keep the server's order. A page that fails keeps
 * the rows before it. One page is asked for at a time.
 */
export class PagedList {
  readonly #ask: AskPage;
  readonly #overlaps: boolean;
  readonly #span: Span | undefined;
  #loaded: LoadedRows;
  #untouched = true;
  #error: CloudError | undefined;
  #failed: 'more' | 'reload' = 'more';
  #forgiven = false;
  #underWay: Promise<void> | undefined;
  /** What is under way, until it is given up. */
  #doing: 'more' | 'reload' | undefined;
  #giveUp = new AbortController();
  /** How often it was loaded again since it changed between two pages. */
  #reloads = 0;
  /** Rises with each reset; a late answer to an older one is dropped. */
  #generation = 0;

  /**
   * @param overlaps whether a page can be asked for that starts one row earlier
   * @param span the part of the list that this is; all of it without
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

  /** The number of rows in the whole list, where that is known and believable. */
  get total(): number | undefined {
    return this.#loaded.total;
  }

  /** True until the first page was asked for, and again after that was cancelled. */
  get notLoaded(): boolean {
    return this.#untouched;
  }

  /** True where no further page will come. */
  get done(): boolean {
    return this.#loaded.done;
  }

  /** True where the part that this is has come, and the list goes on behind it. */
  get spanComplete(): boolean {
    return this.#loaded.spanComplete;
  }

  /** True where the list ended although further rows may exist. */
  get truncated(): boolean {
    return this.#loaded.truncated;
  }

  get loading(): boolean {
    return this.#underWay !== undefined;
  }

  /** Why the last page did not come. */
  get error(): CloudError | undefined {
    return this.#error;
  }

  /** True where what failed is to be done again, since the cause may be gone. */
  get retryDue(): boolean {
    return this.#forgiven;
  }

  /** True where rows came or went again and again while pages were loaded: some may be missing. */
  get unstable(): boolean {
    return this.#loaded.unstable;
  }

  /**
   * Loads the next page; joins a load that is under way. Never throws: see {@link error}. Where the call takes an offset,
   * the page starts with the last row that is known: if another row comes there, rows came or went between the pages, and
   * what was loaded is loaded again, once.
   */
  async loadMore(signal: AbortSignal): Promise<void> {
    if (!this.#loaded.done) {
      await this.#once('more', signal, async (loaded, either) => {
        const next = await this.#askBehind(loaded, either);
        if (!next.shifted) {
          return () => loaded.append(next.page);
        }
        if (this.#reloads >= mostReloads) {
          return () => {
            loaded.append(next.page);
            loaded.unstable = true;
          };
        }
        this.#reloads += 1;
        const fresh = await this.#again(loaded.received, either);
        if (!fresh.done) {
          const second = await this.#askBehind(fresh, either);
          if (second.shifted && beginsAgain(second.page, fresh)) {
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

  /** Loads again as many rows as there were, and then puts them in the place of the old ones. */
  async reload(signal: AbortSignal): Promise<void> {
    this.#reloads = 0;
    await this.#once('reload', signal, async (before, either) => {
      const fresh = await this.#again(before.received, either);
      return () => this.#replace(before, fresh);
    });
  }

  /** Does again what failed. */
  async retry(signal: AbortSignal): Promise<void> {
    await (this.#failed === 'reload' ? this.reload(signal) : this.loadMore(signal));
  }

  /** Has what failed be done again when the list is asked for. The rows that there are stay. */
  allowRetry(): void {
    if (this.#error && this.rows.length === 0) {
      this.reset();
    } else if (this.#error) {
      this.#error = undefined;
      this.#forgiven = true;
    }
  }

  /** Gives up what is under way: the list is as it was before, and one that was never loaded is loaded when it is asked for. */
  cancel(): void {
    this.#giveUp.abort();
    this.#giveUp = new AbortController();
    this.#doing = undefined;
  }

  /** Forgets everything, as if the list had never been opened. */
  reset(): void {
    this.cancel();
    this.#generation += 1;
    this.#reloads = 0;
    this.#loaded = new LoadedRows(this.#overlaps, this.#span);
    this.#untouched = true;
    this.#error = undefined;
    this.#forgiven = false;
    this.#underWay = undefined;
  }

  async #again(rows: number, signal: AbortSignal): Promise<LoadedRows> {
    const fresh = new LoadedRows(this.#overlaps, this.#span);
    do {
      // Each page starts where the one before it ended.
      fresh.append(await this.#askNext(fresh, signal));
    } while (!fresh.done && fresh.received < rows);
    return fresh;
  }

  // An answer that counts rows and holds none of them is no end: a list that is lost would look like an empty one.
  async #askNext(loaded: LoadedRows, signal: AbortSignal): Promise<ListPage> {
    const { next, rest } = loaded;
    let page = await this.#ask(next, signal, loaded.mostAt(next));
    const [first] = page.rows;
    if (rest && !(first && mayBeSameRow(first, rest.first))) {
      // The service counts its pages otherwise: the rest of the one before comes first.
      page = await this.#ask(rest.at, signal, loaded.mostAt(rest.at));
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

  // A page and whether the row before it is still the one that was there.
  async #askBehind(loaded: LoadedRows, signal: AbortSignal): Promise<{ page: ListPage; shifted: boolean }> {
    const { next, last } = loaded;
    if (!this.#overlaps || typeof next !== 'number' || last === undefined) {
      return { page: await this.#askNext(loaded, signal), shifted: false };
    }
    const page = await this.#ask(next - 1, signal, loaded.mostAt(next - 1), 1);
    const [first] = page.rows;
    if (!first || !mayBeSameRow(first, last)) {
      return { page, shifted: first !== undefined || !page.truncated };
    }
    const rows = page.rows.slice(1);
    // A full page that holds nothing new starts as far on as the call can go.
    const goesOn = rows.length > 0 || page.partial || page.truncated;
    return {
      page: goesOn ? { ...page, rows } : await this.#askNext(loaded, signal),
      shifted: false,
    };
  }

  #replace(before: LoadedRows, fresh: LoadedRows): void {
    fresh.keepGone(before.rows);
    this.#loaded = fresh;
  }

  // The work gives what to do with its result, so that the result of an older generation changes nothing.
  #once(action: 'more' | 'reload', signal: AbortSignal, work: Work): Promise<void> {
    if (this.#underWay && this.#doing !== action) {
      // What the user asked for last comes after what is under way, or was just given up, not in its place.
      return this.#underWay.then(() => this.#once(action, signal, work));
    }
    this.#doing = action;
    this.#underWay ??= this.#run(action, AbortSignal.any([signal, this.#giveUp.signal]), work);
    return this.#underWay;
  }

  async #run(action: 'more' | 'reload', signal: AbortSignal, work: Work): Promise<void> {
    const generation = this.#generation;
    const errorBefore = this.#error;
    const wasForgiven = this.#forgiven;
    this.#error = undefined;
    this.#forgiven = false;
    let take: (() => void) | undefined;
    let error: CloudError | undefined;
    try {
      take = await work(this.#loaded, signal);
    } catch (thrown) {
      error = asCloudError(thrown);
    }
    if (generation !== this.#generation) {
      return;
    }
    this.#underWay = undefined;
    if (take) {
      take();
      this.#untouched = false;
    } else if (error?.kind === 'cancelled' || signal.aborted) {
      this.#error = errorBefore;
      this.#forgiven = wasForgiven;
    } else {
      this.#error = error;
      this.#failed = action;
      this.#untouched = false;
    }
  }
}

// A service that ignores where a page starts sends the first one for each.
function beginsAgain({ rows: [first] }: ListPage, { rows: [known] }: LoadedRows): boolean {
  return first !== undefined && known !== undefined && isSameRow(first, known.row);
}
