import { createHash } from 'node:crypto';
import type { Row } from '../cloud/rows';
import { fieldOf } from '../base/guards';

/** Values that may still be compared, so that comparing takes no longer than parsing. */
export interface Budget {
  left: number;
}

/** Enough for a page of 500 rows with 200 values each. */
export function newBudget(): Budget {
  return { left: 100_000 };
}

/**
 * A hash of a row's content, independent of the order of its fields: a row is read once, however many others it is compared
 * with.
 * @returns undefined if the budget is exhausted, or the row was shortened
 */
export function contentOf({ raw, partial }: Row, budget: Budget): string | undefined {
  if (partial) {
    return undefined;
  }
  const values = [raw];
  const text: string[] = [];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    const isArray = Array.isArray(value);
    if (typeof value !== 'object' || value === null) {
      text.push(typeof value === 'string' ? `"${value.length}"${value}` : String(value));
      continue;
    }
    const names = isArray ? [] : Object.keys(value);
    const count = isArray ? value.length : names.length;
    budget.left -= count;
    if (budget.left < 0) {
      return undefined;
    }
    text.push(`${isArray ? '[' : '{'}${count}`);
    if (isArray) {
      value.forEach((each) => values.push(each));
    }
    for (const name of names.toSorted()) {
      text.push(`"${name.length}"${name}`);
      values.push(fieldOf(value, name));
    }
  }
  return createHash('sha256').update(text.join()).digest('base64');
}
