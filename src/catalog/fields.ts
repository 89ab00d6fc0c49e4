import * as v from 'valibot';
import { ExactNumber, isInteger } from '../base/exactNumber';
import type { ApiResponse } from './declaration';
import { fieldOf } from '../base/guards';

// Every field of every document is optional in practice: editions of a document differ, and empty ones come as null.

/** Text, or nothing. */
export const text = v.nullish(v.string());
/** A whole number, or nothing. */
export const integer = v.nullish(
  v.union([v.pipe(v.number(), v.integer()), v.pipe(v.instance(ExactNumber), v.check(isInteger))]),
);
/** True or false, or nothing. */
export const flag = v.nullish(v.boolean());
/** Text or a number: documents and real answers disagree on a few fields. */
export const textOrNumber = v.nullish(v.union([v.string(), v.number(), v.instance(ExactNumber)]));

/** An ID that may come as a number, as text; empty text counts as nothing. */
export function asText(value: string | number | ExactNumber | null | undefined): string | undefined {
  return value === null || value === undefined || value === '' ? undefined : String(value);
}

/** A name as text; one of which nothing is seen counts as nothing. */
export function asName(value: string | number | ExactNumber | null | undefined): string | undefined {
  const name = asText(value);
  return name === undefined || /^[\s\p{DI}]*$/u.test(name) ? undefined : name;
}

/** Reads a field of an answer's body. */
export function inBody(name: string): (answer: ApiResponse) => unknown {
  return ({ body }) => fieldOf(body, name);
}
