import { createHash } from 'node:crypto';
import type { Row } from '../cloud/rows';
import { fieldOf } from '../base/guards';

/** How many values may still be compared: that must not take longer than parsing them did. */
export interface Budget {
  left: number;
}

/** Enough for a page of five hundred rows with two hundred values each. */
export function newBudget(): Budget {
  return { left: 100_000 };
}

/**
 * A short text that is the same for rows of the same content, whatever the order of their fields: a row is read once, however
 * many others it is compared with.
 * @returns undefined if the budget does not suffice, or not all of the row is here
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
