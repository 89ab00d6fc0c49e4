import { ExactNumber } from '../base/exactNumber';
import { isObject } from '../base/guards';

/** Levels of a row that are kept: the page of a key shows fewer. */
const deepest = 64;

/** Stands where values were. */
const leftOut = '…';

type Holder = Record<string | number, unknown>;

/**
 * Leaves so many values and levels of a row: more would only take memory. What lies higher is kept first, and all of the row's
 * own texts and numbers. The row itself is changed, since a copy would take more time than parsing it did.
 * @param most how many values, those of all levels together
 * @returns whether something was left out
 */
export function shorten(raw: unknown, most: number): boolean {
  let left = most;
  let isShorter = false;
  let level = [raw].filter(isHolder);
  for (let depth = 1; level.length > 0; depth += 1) {
    const below: Holder[] = [];
    const look = (holder: Holder, name: string | number): void => {
      const value = holder[name];
      if (!isHolder(value)) {
        return;
      }
      if (depth < deepest && left >= 0) {
        below.push(value);
      } else {
        isShorter = true;
        // A plain assignment to `__proto__` would change the object instead of its field.
        Object.defineProperty(holder, name, { value: leftOut });
      }
    };
    for (const holder of level) {
      if (Array.isArray(holder)) {
        const room = Math.max(left, 0);
        if (holder.length > room) {
          isShorter = true;
          holder.length = room;
          holder.push(leftOut);
          left = Math.min(left, 0);
        } else {
          left -= holder.length;
        }
        for (let at = 0; at < holder.length; at += 1) {
          look(holder, at);
        }
      } else {
        const names = Object.keys(holder);
        left -= names.length;
        names.forEach((name) => look(holder, name));
      }
    }
    level = below;
  }
  return isShorter;
}

function isHolder(value: unknown): value is Holder {
  return isObject(value) && !(value instanceof ExactNumber);
}
