import * as v from 'valibot';
import { phrase } from '../catalog/phrase';
import type { Answer, Collection, Item } from '../catalog/shape';
import { CloudError } from './errors';
import { fits } from './fits';

/** One row of a list. */
export interface Row {
  /** As it came: unknown fields are kept. May hold secrets in clear, so it stays in the extension host. */
  readonly raw: unknown;
  /** May be made anew whenever it is asked for: of most of the rows of a long list nobody ever asks. */
  readonly item: Item;
  /** Paths of the fields that do not fit their documented type; `''` where the whole row is no object. */
  readonly bad: readonly string[];
}

// Shared by all rows that fit.
const none: Row['bad'] = [];

/**
 * The rows of an answer. A row that does not fit is kept, with what is good of it.
 * @throws CloudError of kind `badAnswer` where the answer holds no list at all
 */
export function rowsOf(collection: Collection, answer: Answer): Row[] {
  const { body } = answer;
  if (typeof body !== 'object' || body === null) {
    throw badAnswer();
  }
  const found = collection.rows(answer);
  // An object may leave an empty list out; an array that is not the list itself is another answer.
  if (found === undefined && Array.isArray(body)) {
    throw badAnswer();
  }
  const list = found ?? [];
  if (typeof list !== 'object') {
    throw badAnswer();
  }
  return (Array.isArray(list) ? list : [list]).map((raw) => toRow(collection, raw));
}

/** The list's total, where the answer gives a believable one: a whole number that is not negative. */
export function totalOf(collection: Collection, answer: Answer): number | undefined {
  const told = collection.total?.(answer);
  return typeof told === 'number' && Number.isSafeInteger(told) && told >= 0 ? told : undefined;
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

function toRow(collection: Collection, raw: unknown): Row {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { raw, item: {}, bad: [''] };
  }
  if (fits(collection.row, raw)) {
    return new FittingRow(collection, raw);
  }
  const { issues = [] } = v.safeParse(collection.row, raw);
  const bad = [...new Set(issues.map((issue) => v.getDotPath(issue) ?? ''))];
  const badFields = new Set(issues.map((issue) => String(issue.path?.[0].key)));
  const good = Object.fromEntries(Object.entries(raw).filter(([name]) => !badFields.has(name)));
  return { raw, item: collection.item(good), bad };
}

function badAnswer(): CloudError {
  return new CloudError({
    kind: 'badAnswer',
    reason: phrase('The service sent an answer that could not be understood.'),
  });
}
