import * as v from 'valibot';
import { ExactNumber } from '../base/exactNumber';
import type { ApiResponse, Collection, Item } from '../catalog/declaration';
import type { Content } from './errorInSuccess';
import { badAnswer } from './errors';
import { matchesSchema } from './matchesSchema';
import { shorten } from './shorten';
import { fieldOf, isObject } from '../base/guards';

/** Of an answer longer than this, characters, only so many values are kept: what no page shows would only take memory. */
const long = 2 ** 20;
const mostValues = 500_000;

/** One row of a list. */
export interface Row {
  /** As it came: unknown fields are kept. May hold secrets in clear, so it stays in the extension host. */
  readonly raw: unknown;
  /** True where it was too large for all of it to be kept: what is left may equal that of another row. */
  readonly partial?: true;
  /** May be made anew whenever it is asked for: of most of the rows of a long list nobody ever asks. */
  readonly item: Item;
  /** Paths of the fields that do not fit their documented type; `''` where the whole row is no object. */
  readonly bad: readonly string[];
}

// Shared by all rows that fit.
const none: Row['bad'] = [];

/** What an answer has of the list. */
export function contentOf(collection: Collection, answer: ApiResponse): Content {
  const list = foundIn(collection, answer);
  const isEmpty = list?.every((row) => row === answer.body && isBlank(collection, row));
  return isEmpty === undefined ? 'missing' : isEmpty ? 'none' : 'rows';
}

/** The names of an answer's fields that its document has, where the answer itself is the row. */
export function ownFields(collection: Collection, answer: ApiResponse): ReadonlySet<string> {
  return new Set(collection.rows(answer) === answer.body ? Object.keys(collection.row.entries) : []);
}

/**
 * The list in an answer, as it came.
 * @throws CloudError of kind `badAnswer` where the answer does not hold the list
 */
export function listIn(collection: Collection, answer: ApiResponse): readonly unknown[] {
  const list = foundIn(collection, answer);
  if (!list) {
    throw badAnswer();
  }
  return list;
}

/**
 * The rows of a list. A row that does not fit is kept, with what is good of it.
 * @param length how many characters the answer had
 */
export function rowsOf(collection: Collection, list: readonly unknown[], length: number): Row[] {
  const rows = list.map((raw) => toRow(collection, raw));
  return length <= long ? rows : rows.map((row) => partOf(row, Math.floor(mostValues / rows.length)));
}

/** The list's total, where the answer gives a believable one: a whole number that is not negative. */
export function totalOf(collection: Collection, answer: ApiResponse): number | undefined {
  const told = collection.total?.(answer);
  return typeof told === 'number' && Number.isSafeInteger(told) && told >= 0 ? told : undefined;
}

// Undefined if it is missing: only its declaration, or a total of 0, allows an answer to be without it.
function foundIn(collection: Collection, answer: ApiResponse): readonly unknown[] | undefined {
  const { body } = answer;
  if (typeof body !== 'object' || body === null) {
    return undefined;
  }
  const found = collection.rows(answer) ?? undefined;
  if (found === undefined || isOther(collection, found)) {
    // An array that is not the list itself is another answer.
    return !Array.isArray(body) && (collection.optionalRows === true || totalOf(collection, answer) === 0)
      ? []
      : undefined;
  }
  return Array.isArray(found) ? found : isJsonObject(found) ? [found] : undefined;
}

// An object in the place of the one row, or of the list, without any field of the row's document.
function isOther({ row }: Collection, found: unknown): boolean {
  const names = Object.keys(row.entries);
  return isJsonObject(found) && names.length > 0 && !names.some((name) => Object.hasOwn(found, name));
}

function isBlank({ row }: Collection, body: unknown): boolean {
  return Object.keys(row.entries).every((name) => (fieldOf(body, name) ?? '') === '');
}

/** The documented fields of a row that do not fit, for the log; `*` where it is no object. What else a path names, the cloud chose. */
export function badFieldsOf(collection: Collection, { bad }: Row): readonly string[] {
  const names = bad.map((path) => (path === '' ? '*' : (path.split('.', 1)[0] ?? '')));
  return [...new Set(names)].filter((name) => name === '*' || Object.hasOwn(collection.row.entries, name));
}

// Held a hundred thousand times: it keeps nothing that can be made again.
class FittingRow implements Row {
  readonly #collection: Collection;
  readonly raw: object;

  constructor(collection: Collection, raw: object) {
    this.#collection = collection;
    this.raw = raw;
  }

  get item(): Item {
    return this.#collection.item(this.raw);
  }

  // Shared by all of them.
  get bad(): Row['bad'] {
    return none;
  }
}

// What a person sees of the row is read before something of it is left out.
function partOf(row: Row, most: number): Row {
  const { raw, item, bad } = row;
  return shorten(raw, most) ? { raw, item, bad, partial: true } : row;
}

function toRow(collection: Collection, raw: unknown): Row {
  if (!isJsonObject(raw)) {
    return { raw, item: {}, bad: [''] };
  }
  if (matchesSchema(collection.row, raw)) {
    return new FittingRow(collection, raw);
  }
  // Field by field, since each value that does not fit would be an issue of its own. What is not documented is not an item's.
  const bad: string[] = [];
  const good: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(collection.row.entries)) {
    const value = fieldOf(raw, name);
    if (matchesSchema(schema, value)) {
      good[name] = value;
    } else {
      const [issue] = v.safeParse(schema, value, { abortEarly: true }).issues ?? [];
      bad.push([name, issue && v.getDotPath(issue)].filter(Boolean).join('.'));
    }
  }
  return { raw, item: collection.item(good), bad };
}

function isJsonObject(value: unknown): value is object {
  return isObject(value) && !Array.isArray(value) && !(value instanceof ExactNumber);
}
