import * as v from 'valibot';
import { isObject } from '../base/guards';

type Check = (value: unknown) => boolean;

const checks = new WeakMap<v.GenericSchema, Check>();

/**
 * Whether a value matches a schema, with the result of `v.is`, but without its copies: for a list of 100,000 rows they
 * would cost as much as fetching and parsing it.
 */
export function matchesSchema(schema: v.GenericSchema, value: unknown): boolean {
  let check = checks.get(schema);
  if (!check) {
    check = checkOf(schema);
    checks.set(schema, check);
  }
  return check(value);
}

// Covers the types that rows mostly have. The library checks the others.
function checkOf(schema: v.GenericSchema): Check {
  if (isNullish(schema)) {
    const check = checkOf(schema.wrapped);
    return (value) => value === null || value === undefined || check(value);
  }
  if (isRow(schema)) {
    return allOf(Object.keys(schema.entries), Object.values(schema.entries).map(checkOf));
  }
  if (isUnion(schema)) {
    const options = schema.options.map(checkOf);
    return (value) => options.some((check) => check(value));
  }
  if (isArray(schema)) {
    const check = checkOf(schema.item);
    return (value) => Array.isArray(value) && value.every(check);
  }
  switch (stepsOf(schema)) {
    case 'string':
      return (value) => typeof value === 'string';
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'number integer':
      return Number.isInteger;
    default:
      return (value) => v.is(schema, value);
  }
}

function allOf(names: readonly string[], fields: readonly Check[]): Check {
  return (value) => {
    if (!isObject(value)) {
      return false;
    }
    for (let at = 0; at < names.length; at += 1) {
      if (!fields[at]?.(value[names[at] ?? ''])) {
        return false;
      }
    }
    return true;
  };
}

function isNullish(schema: v.GenericSchema): schema is v.NullishSchema<v.GenericSchema, undefined> {
  return stepsOf(schema) === 'nullish';
}

function isArray(schema: v.GenericSchema): schema is v.ArraySchema<v.GenericSchema, undefined> {
  return stepsOf(schema) === 'array';
}

function isRow(schema: v.GenericSchema): schema is v.LooseObjectSchema<Record<string, v.GenericSchema>, undefined> {
  return stepsOf(schema) === 'loose_object';
}

function isUnion(schema: v.GenericSchema): schema is v.UnionSchema<v.GenericSchema[], undefined> {
  return stepsOf(schema) === 'union';
}

// The type of a schema, or the types of its pipe.
function stepsOf(schema: v.GenericSchema): string {
  const steps: readonly { readonly type: string }[] =
    'pipe' in schema && Array.isArray(schema.pipe) ? schema.pipe : [schema];
  return steps.map(({ type }) => type).join(' ');
}
