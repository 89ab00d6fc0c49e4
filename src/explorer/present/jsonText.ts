import { ExactNumber } from '../../base/exactNumber';

/**
 * Writes a JSON value as `JSON.stringify` does, but an {@link ExactNumber} as the number that it is.
 * @param indent what each level is indented by; all on one line without
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
