import { ExactNumber } from '../../base/exactNumber';

/**
 * Like `JSON.stringify`, but writes an {@link ExactNumber} with all its digits.
 * @param indent indentation of each level; an empty text: one line
 */
export function jsonText(value: unknown, indent = '  '): string {
  return write(value, indent === '' ? '' : '\n', indent);
}

function write(value: unknown, line: string, indent: string): string {
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value);
  }
  if (value instanceof ExactNumber) {
    return value.text;
  }
  const below = line + indent;
  const [open, close, parts] = Array.isArray(value)
    ? (['[', ']', value.map((inner) => write(inner, below, indent))] as const)
    : (['{', '}', Object.entries(value).map((field) => writeField(field, below, indent))] as const);
  return parts.length === 0 ? open + close : `${open}${below}${parts.join(`,${below}`)}${line}${close}`;
}

function writeField([name, inner]: [string, unknown], line: string, indent: string): string {
  return `${JSON.stringify(name)}:${indent === '' ? '' : ' '}${write(inner, line, indent)}`;
}
