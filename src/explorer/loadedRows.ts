import { createHash } from 'node:crypto';
import type { ListPage } from '../cloud/client';
import type { Position } from '../cloud/pages';
import type { Row } from '../cloud/rows';
import { contentOf, newBudget, type Budget } from './rowContent';

/** An ID longer than this is not a key by itself: characters. */
const longestKey = 500;

/** A row in its list. */
export interface ListedRow {
  /** Unique within the list: the row's ID, or something made up where the ID is missing, taken or very long. */
  readonly key: string;
  readonly row: Row;
  /** True where another row has the same ID and other content. */
  readonly clash: boolean;
  /** True for a row that a refresh no longer brought; the next one drops it. */
  readonly gone?: true;
}

/** A part of a list whose pages start at a count of rows: from one row up to, and without, another. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** What was loaded so far of a list. */
export class LoadedRows {
  rows: ListedRow[] = [];
  /** Rows that the cloud sent, doubles included. */
  received = 0;
  total: number | undefined;
  next: Position | undefined;
  /** The rest of the last page, should the next one not begin with it. */
  rest: ListPage['rest'];
  /** The last row that came. */
  last: Row | undefined;
  done = false;
  truncated = false;
  /** True where the part that this is has come, and the list goes on behind it. */
  spanComplete = false;
  unstable = false;
  /** True once the rows contradicted a total: none is believed any more. */
  #totalLies = false;
  readonly #ids = new Set<string>();
  /** Where the first row with each ID stands; made when an ID comes for the second time. */
  #places: Map<string, number> | undefined;
  /** The contents of the rows with an ID that came more than once. */
  readonly #contents = new Map<string, Set<string>>();
  /** The keys that are not the row's own ID. */
  readonly #madeUp = new Set<string>();
  /** The number that was last put behind a text to make a key of it. */
  readonly #numbers = new Map<string, number>();
  #first: ListPage | undefined;
  #last: ListPage | undefined;
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

  append(page: ListPage): void {
    const before = this.rows.length;
    // Rows without an ID tell a page that comes again only by all of its content.
    const budget = newBudget();
    if (!isSamePage(page, this.#last, budget) && !isSamePage(page, this.#first, budget)) {
      page.rows.forEach((row) => this.#merge(row, budget));
    }
    this.#first ??= page;
    this.#last = page;
    // Where pages are counted in rows, the next offset tells how many came, whether or not some came twice.
    this.received = this.#byOffset && typeof page.next === 'number' ? page.next : this.received + page.rows.length;
    this.last = page.rows.at(-1) ?? this.last;
    const repeats = page.rows.length > 0 && this.rows.length === before;
    const total = page.total ?? this.total;
    const endsEarly = page.rows.length === 0 && !page.truncated;
    this.#totalLies ||= total !== undefined && (this.received > total || (endsEarly && this.received < total));
    this.total = this.#totalLies ? undefined : total;
    this.next = page.next;
    this.rest = page.rest;
    this.done =
      page.truncated ||
      page.next === undefined ||
      page.rows.length === 0 ||
      // A list that sends the same page again and again would never end.
      repeats ||
      (this.total === undefined ? page.partial : this.received >= this.total);
    this.truncated = page.truncated
      ? this.total === undefined || this.received < this.total
      : repeats && this.total !== undefined && (this.#span?.from ?? 0) + this.rows.length < this.total;
    this.spanComplete = !this.done && this.#span !== undefined && this.received >= this.#span.until;
    this.done ||= this.spanComplete;
  }

  /** Ends the list: the service does not say what is behind these rows. */
  truncateHere(): void {
    this.append({ rows: [], next: this.received, partial: true, truncated: true });
  }

  /** Puts rows that are not here any more where they stood, marked; only a whole list can tell. */
  keepGone(before: readonly ListedRow[]): void {
    if (!this.done || this.truncated || this.spanComplete) {
      return;
    }
    const here = new Set(this.rows.map(({ key }) => key));
    /** The rows that are gone, by the key of the row that they stood below. */
    const gone = new Map<string | undefined, ListedRow[]>();
    let above: string | undefined;
    for (const listed of before) {
      if (here.has(listed.key)) {
        above = listed.key;
      } else if (!listed.gone && listed.row.item.id !== undefined) {
        const those = gone.get(above) ?? [];
        gone.set(above, those);
        those.push({ ...listed, gone: true });
      }
    }
    if (gone.size > 0) {
      this.rows = [undefined, ...this.rows].flatMap((listed) => [
        ...(listed ? [listed] : []),
        ...(gone.get(listed?.key) ?? []),
      ]);
    }
  }

  // Equal ID and content: one row. Equal ID, other content: both, marked. No ID: shown.
  #merge(row: Row, budget: Budget): void {
    const { id: whole } = row.item;
    if (whole === undefined) {
      this.rows.push({ key: this.#key(`#${this.rows.length}`), row, clash: false });
      return;
    }
    const id = shortened(whole);
    const known = this.#ids.size;
    this.#ids.add(id);
    if (this.#ids.size > known) {
      this.#places?.set(id, this.rows.length);
      this.rows.push({ key: this.#ownKey(id), row, clash: false });
      return;
    }
    this.#places ??= placesOf(this.rows);
    const place = this.#places.get(id) ?? 0;
    const first = this.rows[place];
    const contents = this.#contents.get(id) ?? new Set([(first && contentOf(first.row, budget)) ?? '']);
    this.#contents.set(id, contents);
    const before = contents.size;
    // What is too large to be compared counts as another content: no row is lost.
    contents.add(contentOf(row, budget) ?? `${before}`);
    if (contents.size === before) {
      return;
    }
    if (first && !first.clash) {
      this.rows[place] = { ...first, clash: true };
    }
    this.rows.push({ key: this.#key(`${id}#${contents.size}`), row, clash: true });
  }

  // Half of a character cannot be part of a tree ID.
  #ownKey(id: string): string {
    return this.#madeUp.size === 0 && id.isWellFormed() ? id : this.#key(id, id);
  }

  // Another row's ID may look like a made-up key. Each is passed over once: no two texts give the same keys.
  #key(wanted: string, id?: string): string {
    const text = wanted.toWellFormed();
    let key = text;
    let number = this.#numbers.get(text) ?? 1;
    while (this.#madeUp.has(key) || (key !== id && this.#ids.has(key))) {
      number += 1;
      key = `${text}#${number}`;
    }
    if (key !== text) {
      this.#numbers.set(text, number);
    }
    if (key !== id) {
      this.#madeUp.add(key);
    }
    return key;
  }
}

/** Whether a row may be one that is known. */
export function mayBeSameRow(one: Row, known: Row): boolean {
  const { id } = one.item;
  if (id !== undefined) {
    return id === known.item.id;
  }
  // What comes malformed and without an ID could be any row: it is no reason to give up those that are known.
  return one.bad.length > 0 || isSameRow(one, known);
}

function isSamePage({ rows }: ListPage, other: ListPage | undefined, budget: Budget): boolean {
  return (
    rows.length === other?.rows.length &&
    rows.every((row, at) => {
      const that = other.rows[at];
      return that !== undefined && isSameRow(row, that, budget);
    })
  );
}

/** Whether two rows have the same ID and content. */
export function isSameRow(one: Row, other: Row, budget = newBudget()): boolean {
  const content = one.item.id === other.item.id ? contentOf(one, budget) : undefined;
  return content !== undefined && content === contentOf(other, budget);
}

function placesOf(rows: readonly ListedRow[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [place, { row }] of rows.entries()) {
    const { id } = row.item;
    if (id !== undefined && !places.has(shortened(id))) {
      places.set(shortened(id), place);
    }
  }
  return places;
}

// A long text is slow to look up, and as a part of the IDs of the tree it would be handed on with each row.
function shortened(id: string): string {
  return id.length <= longestKey ? id : `${id.slice(0, 60)}#${createHash('sha256').update(id).digest('base64')}`;
}
