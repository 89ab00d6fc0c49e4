import { ExactNumber } from '../base/exactNumber';
import { isObject } from '../base/guards';

/** Levels of a row that are kept. The page of a key shows fewer. */
const maxDepth = 64;

/** Replaces values that were dropped. */
const dropped = '…';

type Holder = Record<string | number, unknown>;

/**
 * Drops values of a row beyond a number and a depth, to save memory. Keeps upper levels first, and all texts and numbers of
 * the top level. Changes the row in place: a copy would take longer than parsing.
 * @param maxValues number of values to keep, over all levels
 * @returns whether values were dropped
 */
export function shorten(raw: unknown, maxValues: number): boolean {
  let left = maxValues;
  let isShorter = false;
  let level = [raw].filter(isHolder);
  for (let depth = 1; level.length > 0; depth += 1) {
    const children: Holder[] = [];
    const visit = (holder: Holder, name: string | number): void => {
      const value = holder[name];
      if (!isHolder(value)) {
        return;
      }
      if (depth < maxDepth && left >= 0) {
        children.push(value);
      } else {
        isShorter = true;
        // A plain assignment to `__proto__` would change the object instead of its field.
        Object.defineProperty(holder, name, { value: dropped });
      }
    };
    for (const holder of level) {
      if (Array.isArray(holder)) {
        const room = Math.max(left, 0);
        if (holder.length > room) {
          isShorter = true;
          holder.length = room;
          holder.push(dropped);
          left = Math.min(left, 0);
        } else {
          left -= holder.length;
        }
        for (let at = 0; at < holder.length; at += 1) {
          visit(holder, at);
        }
      } else {
        const names = Object.keys(holder);
        left -= names.length;
        names.forEach((name) => visit(holder, name));
      }
    }
    level = children;
  }
  return isShorter;
}

function isHolder(value: unknown): value is Holder {
  return isObject(value) && !(value instanceof ExactNumber);
}
