// The cloud writes times in six shapes (seen across its documents): with `Z`, with an offset, with 0 to 9 fractional
// digits, with a space instead of the T, without a zone, and as a number of milliseconds since 1970.
const shape = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/** The furthest that a date can be from 1970, in milliseconds. */
const furthest = 8.64e15;

/**
 * Reads a timestamp. One without a zone is UTC, as the cloud's own SDKs read it.
 * @returns milliseconds since 1970, or `undefined` where it does not parse: show it as it came.
 */
export function parseTime(value: string | number): number | undefined {
  if (typeof value === 'number') {
    return Math.abs(value) <= furthest ? value : undefined;
  }
  const parts = shape.exec(value);
  if (!parts) {
    return undefined;
  }
  const [, day = '', time, fraction = '', zone = 'Z'] = parts;
  // February 30 is no day, though it would parse as one in March.
  if (!isDay(day)) {
    return undefined;
  }
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const at = Date.parse(`${day}T${time}.${milliseconds}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(at) ? undefined : at;
}

function isDay(day: string): boolean {
  const at = Date.parse(day);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}
