import * as v from 'valibot';
import { ExactNumber } from '../base/exactNumber';
import type { ApiResponse, Collection, Item } from '../catalog/declaration';
import type { Content } from './errorInSuccess';
import { badAnswer } from './errors';
import { matchesSchema } from './matchesSchema';
import { shorten } from './shorten';
import { fieldOf, isObject } from '../base/guards';

/** Answers longer than this many characters keep only `maxValues` values, so that a hostile answer cannot fill the memory. */
const longAnswer = 2 ** 20;
const maxValues = 500_000;

/** One row of a list. */
export interface Row {
  /** The row as received, unknown fields included. May hold secrets in clear, so it stays in the extension host. */
  readonly raw: unknown;
  /** True if the row was too large to be kept completely. It may then equal another shortened row. */
  readonly partial?: true;
  /** May be computed on each access, since most rows of a long list are never read. */
  readonly item: Item;
  /** Paths of the fields that do not match their documented type; `''` if the row is not an object. */
  readonly bad: readonly string[];
}

// Shared by all rows without bad fields.
const none: Row['bad'] = [];

/** Whether an answer holds rows, an empty list, or no list. */
export function contentOf(collection: Collection, answer: ApiResponse): Content {
  const list = foundIn(collection, answer);
  const isEmpty = list?.every((row) => row === answer.body && isBlank(collection, row));
  return isEmpty === undefined ? 'missing' : isEmpty ? 'none' : 'rows';
}

/** The documented fields of an answer that is itself the row; none for other answers. */
export function ownFields(collection: Collection, answer: ApiResponse): ReadonlySet<string> {
  return new Set(collection.rows(answer) === answer.body ? Object.keys(collection.row.entries) : []);
}

/**
 * The list in an answer, as received.
 * @throws CloudError of kind `badAnswer` if the answer has no list
 */
export function listIn(collection: Collection, answer: ApiResponse): readonly unknown[] {
  const list = foundIn(collection, answer);
  if (!list) {
    throw badAnswer();
  }
  return list;
}

/**
 * Parses the rows of a list. A row with bad fields keeps its good ones.
 * @param length length of the answer, characters
 */
export function rowsOf(collection: Collection, list: readonly unknown[], length: number): Row[] {
  const rows = list.map((raw) => toRow(collection, raw));
  return length <= longAnswer ? rows : rows.map((row) => shortened(row, Math.floor(maxValues / rows.length)));
}

/** The total of the list; undefined unless the answer has a non-negative integer. */
export function totalOf(collection: Collection, answer: ApiResponse): number | undefined {
  const total = collection.total?.(answer);
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : undefined;
}

// Undefined if the list is missing. Only the list's declaration, or a total of 0, allows that.
function foundIn(collection: Collection, answer: ApiResponse): readonly unknown[] | undefined {
  const { body } = answer;
  if (!isObject(body)) {
    return undefined;
  }
  const found = collection.rows(answer) ?? undefined;
  if (found === undefined || isOther(collection, found)) {
    // An array that is not the list itself is a different answer.
    return !Array.isArray(body) && (collection.optionalRows === true || totalOf(collection, answer) === 0)
      ? []
      : undefined;
  }
  return Array.isArray(found) ? found : isJsonObject(found) ? [found] : undefined;
}

// An object without any documented field of the row.
function isOther({ row }: Collection, found: unknown): boolean {
  const names = Object.keys(row.entries);
  return isJsonObject(found) && names.length > 0 && !names.some((name) => Object.hasOwn(found, name));
}

function isBlank({ row }: Collection, body: unknown): boolean {
  return Object.keys(row.entries).every((name) => (fieldOf(body, name) ?? '') === '');
}

/** Bad documented fields of a row, for the log; `*` if the row is not an object. Other names in a path are untrusted. */
export function badFieldsOf(collection: Collection, { bad }: Row): readonly string[] {
  const names = bad.map((path) => (path === '' ? '*' : (path.split('.', 1)[0] ?? '')));
  return [...new Set(names)].filter((name) => name === '*' || Object.hasOwn(collection.row.entries, name));
}

// Held 100,000 times, so everything that can be computed is.
class ValidRow implements Row {
  readonly #collection: Collection;
  readonly raw: object;

  constructor(collection: Collection, raw: object) {
    this.#collection = collection;
    this.raw = raw;
  }

  get item(): Item {
    return this.#collection.item(this.raw);
  }

  get bad(): Row['bad'] {
    return none;
  }
}

// Reads the item first: shortening changes the raw row.
function shortened(row: Row, maxRowValues: number): Row {
  const { raw, item, bad } = row;
  return shorten(raw, maxRowValues) ? { raw, item, bad, partial: true } : row;
}

function toRow(collection: Collection, raw: unknown): Row {
  if (!isJsonObject(raw)) {
    return { raw, item: {}, bad: [''] };
  }
  if (matchesSchema(collection.row, raw)) {
    return new ValidRow(collection, raw);
  }
  // Field by field: a schema of the whole row would report an issue for each nested value.
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
