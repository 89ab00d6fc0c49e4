import { createHash } from 'node:crypto';
import type { ListPage } from '../cloud/client';
import type { Position } from '../cloud/pages';
import type { Row } from '../cloud/rows';
import { contentOf, newBudget, type Budget } from './rowContent';

/** Maximum characters of an ID that is used as a key; longer ones are hashed. */
const maxKeyLength = 500;

/** A row in its list. */
export interface ListedRow {
  /** Unique within the list: the row's ID, or a generated key if the ID is missing, a duplicate, or very long. */
  readonly key: string;
  readonly row: Row;
  /** True if another row has the same ID and other content. */
  readonly clash: boolean;
  /** True for a row that the last refresh did not return; the next refresh drops it. */
  readonly gone?: true;
}

/** A range of rows of a list with offset paging; `until` is exclusive. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** The rows of a list that were loaded so far, merged from its pages. */
export class LoadedRows {
  rows: ListedRow[] = [];
  /** Rows received, duplicates included. */
  received = 0;
  total: number | undefined;
  next: Position | undefined;
  /** The rest of the last page, needed if the next page does not start with it. */
  rest: ListPage['rest'];
  /** The last row received. */
  last: Row | undefined;
  done = false;
  truncated = false;
  /** True if the span is loaded and the list continues after it. */
  spanComplete = false;
  unstable = false;
  /** True once the rows contradicted a total: totals are ignored from then on. */
  #totalIsWrong = false;
  readonly #ids = new Set<string>();
  /** Index of the first row with each ID; created at the first duplicate. */
  #firstIndexes: Map<string, number> | undefined;
  /** Contents of the rows of each duplicate ID. */
  readonly #contents = new Map<string, Set<string>>();
  /** The keys that are not the row's own ID. */
  readonly #generatedKeys = new Set<string>();
  /** The last suffix number of each generated key. */
  readonly #suffixes = new Map<string, number>();
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

  /** Maximum rows of the page at a position; undefined: no limit. */
  maxRowsAt(at: Position | undefined): number | undefined {
    return this.#span && this.#span.until - (typeof at === 'number' ? at : this.#span.from);
  }

  append(page: ListPage): void {
    const before = this.rows.length;
    // Without IDs, a repeated page can only be recognised by its whole content.
    const budget = newBudget();
    if (!isSamePage(page, this.#last, budget) && !isSamePage(page, this.#first, budget)) {
      page.rows.forEach((row) => this.#merge(row, budget));
    }
    this.#first ??= page;
    this.#last = page;
    // With offset paging, the next offset counts the received rows, duplicates included.
    this.received = this.#byOffset && typeof page.next === 'number' ? page.next : this.received + page.rows.length;
    this.last = page.rows.at(-1) ?? this.last;
    const repeats = page.rows.length > 0 && this.rows.length === before;
    const total = page.total ?? this.total;
    const endsEarly = page.rows.length === 0 && !page.truncated;
    this.#totalIsWrong ||= total !== undefined && (this.received > total || (endsEarly && this.received < total));
    this.total = this.#totalIsWrong ? undefined : total;
    this.next = page.next;
    this.rest = page.rest;
    this.done =
      page.truncated ||
      page.next === undefined ||
      page.rows.length === 0 ||
      // A list that repeats the same page would never end.
      repeats ||
      (this.total === undefined ? page.partial : this.received >= this.total);
    this.truncated = page.truncated
      ? this.total === undefined || this.received < this.total
      : repeats && this.total !== undefined && (this.#span?.from ?? 0) + this.rows.length < this.total;
    this.spanComplete = !this.done && this.#span !== undefined && this.received >= this.#span.until;
    this.done ||= this.spanComplete;
  }

  /** Ends the list here: the service does not return the rows that follow. */
  truncateHere(): void {
    this.append({ rows: [], next: this.received, partial: true, truncated: true });
  }

  /** Keeps rows that disappeared, marked as gone, in their old position. Only for complete lists. */
  keepGone(before: readonly ListedRow[]): void {
    if (!this.done || this.truncated || this.spanComplete) {
      return;
    }
    const here = new Set(this.rows.map(({ key }) => key));
    /** The rows that are gone, by the key of the row above them. */
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

  // Equal ID and content: one row. Equal ID, different content: both, marked. No ID: always shown.
  #merge(row: Row, budget: Budget): void {
    const { id: fullId } = row.item;
    if (fullId === undefined) {
      this.rows.push({ key: this.#key(`#${this.rows.length}`), row, clash: false });
      return;
    }
    const id = shortened(fullId);
    const known = this.#ids.size;
    this.#ids.add(id);
    if (this.#ids.size > known) {
      this.#firstIndexes?.set(id, this.rows.length);
      this.rows.push({ key: this.#ownKey(id), row, clash: false });
      return;
    }
    this.#firstIndexes ??= firstIndexesOf(this.rows);
    const index = this.#firstIndexes.get(id) ?? 0;
    const first = this.rows[index];
    const contents = this.#contents.get(id) ?? new Set([(first && contentOf(first.row, budget)) ?? '']);
    this.#contents.set(id, contents);
    const before = contents.size;
    // Content that is too large to be compared counts as different, so that no row is lost.
    contents.add(contentOf(row, budget) ?? `${before}`);
    if (contents.size === before) {
      return;
    }
    if (first && !first.clash) {
      this.rows[index] = { ...first, clash: true };
    }
    this.rows.push({ key: this.#key(`${id}#${contents.size}`), row, clash: true });
  }

  // A lone surrogate cannot be part of a tree ID.
  #ownKey(id: string): string {
    return this.#generatedKeys.size === 0 && id.isWellFormed() ? id : this.#key(id, id);
  }

  // Another row's ID may look like a generated key: taken keys are skipped.
  #key(wanted: string, id?: string): string {
    const text = wanted.toWellFormed();
    let key = text;
    let number = this.#suffixes.get(text) ?? 1;
    while (this.#generatedKeys.has(key) || (key !== id && this.#ids.has(key))) {
      number += 1;
      key = `${text}#${number}`;
    }
    if (key !== text) {
      this.#suffixes.set(text, number);
    }
    if (key !== id) {
      this.#generatedKeys.add(key);
    }
    return key;
  }
}

/** Whether a row may be a known one. */
export function mayBeSameRow(one: Row, known: Row): boolean {
  const { id } = one.item;
  if (id !== undefined) {
    return id === known.item.id;
  }
  // A malformed row without an ID could be any row: no reason to discard the known ones.
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

function firstIndexesOf(rows: readonly ListedRow[]): Map<string, number> {
  const indexes = new Map<string, number>();
  for (const [index, { row }] of rows.entries()) {
    const { id } = row.item;
    if (id !== undefined && !indexes.has(shortened(id))) {
      indexes.set(shortened(id), index);
    }
  }
  return indexes;
}

// A long key would be slow to look up, and is part of the IDs of all nodes below.
function shortened(id: string): string {
  return id.length <= maxKeyLength ? id : `${id.slice(0, 60)}#${createHash('sha256').update(id).digest('base64')}`;
}
