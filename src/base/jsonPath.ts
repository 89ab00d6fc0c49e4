import { fieldOf } from './guards';

/** The path of a value inside a JSON value: names of fields and indexes of arrays. */
export type JsonPath = readonly (string | number)[];

/** The value at a path; undefined if there is none. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce((inner, step) => fieldOf(inner, String(step)), value);
}
