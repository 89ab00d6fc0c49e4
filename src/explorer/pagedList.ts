import { isDeepStrictEqual } from 'node:util';
import { phrase } from '../catalog/phrase';
import type { Page } from '../cloud/client';
import { CloudError, asCloudError } from '../cloud/errors';
import type { Position } from '../cloud/pages';
import type { Row } from '../cloud/rows';

/** A row in its list. */
export interface ListedRow {
  /** Unique within the list: the row's ID, or something made up where the ID is missing or taken. */
  readonly key: string;
  readonly row: Row;
  /** True where another row has the same ID and other content. */
  readonly clash: boolean;
  /** True for a row that a refresh no longer brought; the next one drops it. */
  readonly gone?: true;
}

/** Asks for the page that starts there, of `most` rows where it is not to bring more. */
export type AskPage = (at: Position | undefined, signal: AbortSignal, most: number | undefined) => Promise<Page>;

/** A part of a list whose pages start at a count of rows: from one row up to, and without, another. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

type Work = (loaded: Loaded, signal: AbortSignal) => Promise<() => void>;

/** What was loaded so far. */
class Loaded {
  readonly rows: ListedRow[] = [];
  /** Rows that the cloud sent, doubles included. */
  received = 0;
  total: number | undefined;
  next: Position | undefined;
  /** The last row that came. */
  last: Row | undefined;
  ended = false;
  cut = false;
  /** True where the part that this is has come, and the list goes on behind it. */
  full = false;
  shifting = false;
  /** True once the rows contradicted a total: none is believed any more. */
  #totalLies = false;
  readonly #ids = new Set<string>();
  /** Where the rows with each ID stand; made when an ID comes for the second time. */
  #placesById: Map<string, readonly number[]> | undefined;
  /** The keys that are not the row's own ID. */
  readonly #madeUp = new Set<string>();
  #last: Page | undefined;
  readonly #byOffset: boolean;
  readonly #span: Span | undefined;

  constructor(byOffset: boolean, span: Span | undefined) {
    this.#byOffset = byOffset;
    this.#span = span;
    this.received = span?.from ?? 0;
    this.next = span && span.from > 0 ? span.from : undefined;
  }

  /** How many rows may come from there on. */
  mostAt(at: Position | undefined): number | undefined {
    return this.#span && this.#span.until - (typeof at === 'number' ? at : this.#span.from);
  }

  append(page: Page): void {
    const before = this.rows.length;
    // Rows without an ID tell a page that comes again only by all of its content.
    if (!isSamePage(page, this.#last)) {
      page.rows.forEach((row) => this.#merge(row));
    }
    this.#last = page;
    // Where pages are counted in rows, the next offset tells how many came, whether or not some came twice.
    this.received = this.#byOffset && typeof page.next === 'number' ? page.next : this.received + page.rows.length;
    this.last = page.rows.at(-1) ?? this.last;
    const repeats = page.rows.length > 0 && this.rows.length === before;
    const total = page.total ?? this.total;
    const endsEarly = page.rows.length === 0 && !page.cut;
    this.#totalLies ||= total !== undefined && (this.received > total || (endsEarly && this.received < total));
    this.total = this.#totalLies ? undefined : total;
    this.next = page.next;
    this.ended =
      page.cut ||
      page.next === undefined ||
      page.rows.length === 0 ||
      // A list that sends the same page again and again would never end.
      repeats ||
      (this.total === undefined ? page.short : this.received >= this.total);
    this.cut = page.cut
      ? this.total === undefined || this.received < this.total
      : repeats && this.total !== undefined && (this.#span?.from ?? 0) + this.rows.length < this.total;
    this.full = !this.ended && this.#span !== undefined && this.received >= this.#span.until;
    this.ended ||= this.full;
  }

  /** Puts rows that are not here any more where they stood, marked; only a whole list can tell. */
  keepGone(before: readonly ListedRow[]): void {
    if (!this.ended || this.cut || this.full) {
      return;
    }
    const here = new Set(this.rows.map(({ key }) => key));
    before.forEach((row, place) => {
      if (!row.gone && row.row.item.id !== undefined && !here.has(row.key)) {
        const above = before.slice(0, place).findLast(({ key }) => here.has(key));
        const at = above ? this.rows.findIndex(({ key }) => key === above.key) + 1 : 0;
        this.rows.splice(at, 0, { ...row, gone: true });
        here.add(row.key);
      }
    });
  }

  // Equal ID and content: one row. Equal ID, other content: both, marked. No ID: shown.
  #merge(row: Row): void {
    const { id } = row.item;
    if (id === undefined) {
      this.rows.push({ key: this.#key(`#${this.rows.length}`), row, clash: false });
      return;
    }
    const known = this.#ids.size;
    this.#ids.add(id);
    if (this.#ids.size > known) {
      this.#placesById?.set(id, [this.rows.length]);
      this.rows.push({ key: this.#ownKey(id), row, clash: false });
      return;
    }
    this.#placesById ??= placesOf(this.rows);
    const places = this.#placesById.get(id) ?? [];
    if (places.some((place) => same(this.rows[place]?.row.raw, row.raw))) {
      return;
    }
    for (const place of places) {
      const twin = this.rows[place];
      if (twin) {
        this.rows[place] = { ...twin, clash: true };
      }
    }
    const key = this.#key(`${id}#${places.length + 1}`);
    this.#placesById.set(id, [...places, this.rows.length]);
    this.rows.push({ key, row, clash: true });
  }

  // Half of a character cannot be part of a tree ID.
  #ownKey(id: string): string {
    return this.#madeUp.size === 0 && id.isWellFormed() ? id : this.#key(id, id);
  }

  // Another row's ID may look like a made-up key.
  #key(wanted: string, id?: string): string {
    let key = wanted.toWellFormed();
    while (this.#madeUp.has(key) || (key !== id && this.#ids.has(key))) {
      key += '#';
    }
    if (key !== id) {
      this.#madeUp.add(key);
    }
    return key;
  }
}

function placesOf(rows: readonly ListedRow[]): Map<string, readonly number[]> {
  const places = new Map<string, readonly number[]>();
  for (const [place, { row }] of rows.entries()) {
    const { id } = row.item;
    if (id !== undefined) {
      places.set(id, [...(places.get(id) ?? []), place]);
    }
  }
  return places;
}

// What comes malformed and without an ID could be any row: it is no reason to give up those that are known.
function mayBeSameRow(one: Row, known: Row): boolean {
  if (one.item.id !== undefined) {
    return one.item.id === known.item.id;
  }
  return one.bad.length > 0 || same(one.raw, known.raw);
}

function isSamePage({ rows }: Page, other: Page | undefined): boolean {
  return rows.length === other?.rows.length && rows.every(({ raw }, at) => same(raw, other.rows[at]?.raw));
}

function same(one: unknown, other: unknown): boolean {
  try {
    return isDeepStrictEqual(one, other);
  } catch {
    // Nested deeper than can be compared.
    return false;
  }
}

/**
 * The pages of a list loaded so far, and how to get the next. Rows keep the server's order. A page that fails keeps
 * the rows before it. One page is asked for at a time.
 */
export class PagedList {
  readonly #ask: AskPage;
  readonly #overlaps: boolean;
  readonly #span: Span | undefined;
  #loaded: Loaded;
  #untouched = true;
  #error: CloudError | undefined;
  #failed: 'more' | 'reload' = 'more';
  #forgiven = false;
  #underWay: Promise<void> | undefined;
  /** What is under way, until it is given up. */
  #doing: 'more' | 'reload' | undefined;
  #giveUp = new AbortController();
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
    this.#loaded = new Loaded(overlaps, span);
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
  get untouched(): boolean {
    return this.#untouched;
  }

  /** True where no further page will come. */
  get ended(): boolean {
    return this.#loaded.ended;
  }

  /** True where the part that this is has come, and the list goes on behind it. */
  get full(): boolean {
    return this.#loaded.full;
  }

  /** True where the list ended although further rows may exist. */
  get cut(): boolean {
    return this.#loaded.cut;
  }

  get loading(): boolean {
    return this.#underWay !== undefined;
  }

  /** Why the last page did not come. */
  get error(): CloudError | undefined {
    return this.#error;
  }

  /** True where what failed is to be done again, since the cause may be gone. */
  get forgiven(): boolean {
    return this.#forgiven;
  }

  /** True where rows came or went again and again while pages were loaded: some may be missing. */
  get shifting(): boolean {
    return this.#loaded.shifting;
  }

  /**
   * Loads the next page; joins a load that is under way. Never throws: see {@link error}. Where the call takes an offset,
   * the page starts with the last row that is known: if another row comes there, rows came or went between the pages, and
   * what was loaded is loaded again, once.
   */
  async loadMore(signal: AbortSignal): Promise<void> {
    if (!this.#loaded.ended) {
      await this.#once('more', signal, async (loaded, either) => {
        const next = await this.#askBehind(loaded, either);
        if (!next.shifted) {
          return () => loaded.append(next.page);
        }
        const fresh = await this.#again(loaded.received, either);
        if (!fresh.ended) {
          const second = await this.#askBehind(fresh, either);
          fresh.append(second.page);
          fresh.shifting = second.shifted;
        }
        return () => this.#replace(loaded, fresh);
      });
    }
  }

  /** Loads again as many rows as there were, and then puts them in the place of the old ones. */
  async reload(signal: AbortSignal): Promise<void> {
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
  forgive(): void {
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
    this.#loaded = new Loaded(this.#overlaps, this.#span);
    this.#untouched = true;
    this.#error = undefined;
    this.#forgiven = false;
    this.#underWay = undefined;
  }

  async #again(rows: number, signal: AbortSignal): Promise<Loaded> {
    const fresh = new Loaded(this.#overlaps, this.#span);
    do {
      // Each page starts where the one before it ended.
      // oxlint-disable-next-line no-await-in-loop
      fresh.append(await this.#askNext(fresh, signal));
    } while (!fresh.ended && fresh.received < rows);
    return fresh;
  }

  // An answer that counts rows and holds none of them is no end: a list that is lost would look like an empty one.
  async #askNext(loaded: Loaded, signal: AbortSignal): Promise<Page> {
    const page = await this.#ask(loaded.next, signal, loaded.mostAt(loaded.next));
    const { total = 0 } = page;
    if (loaded.last === undefined && page.rows.length === 0 && !page.cut && loaded.received < total) {
      throw new CloudError({
        kind: 'badAnswer',
        reason: phrase('The service counts {0} rows in this list, but sent none of them.', total),
      });
    }
    return page;
  }

  // A page and whether the row before it is still the one that was there.
  async #askBehind(loaded: Loaded, signal: AbortSignal): Promise<{ page: Page; shifted: boolean }> {
    const { next, last } = loaded;
    if (!this.#overlaps || typeof next !== 'number' || last === undefined) {
      return { page: await this.#askNext(loaded, signal), shifted: false };
    }
    const page = await this.#ask(next - 1, signal, loaded.mostAt(next - 1));
    const [first] = page.rows;
    if (page.cut || !first || !mayBeSameRow(first, last)) {
      return { page, shifted: !page.cut };
    }
    const rows = page.rows.slice(1);
    // A full page that holds nothing new starts as far on as the call can go.
    const goesOn = rows.length > 0 || page.short;
    return {
      page: goesOn ? { ...page, rows } : await this.#askNext(loaded, signal),
      shifted: false,
    };
  }

  #replace(before: Loaded, fresh: Loaded): void {
    fresh.keepGone(before.rows);
    this.#loaded = fresh;
  }

  // The work gives what to do with its result, so that the result of an older generation changes nothing.
  #once(action: 'more' | 'reload', signal: AbortSignal, work: Work): Promise<void> {
    if (this.#underWay && this.#doing !== action) {
      // What its user asked for last comes after what is under way, or was just given up, not in its place.
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
