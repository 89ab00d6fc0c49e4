// The documents of the cloud have times in six formats: with `Z`, with an offset, with 0 to 9 fractional digits, with a space
// instead of the T, without a zone, and as a number of ms since 1970.
const format = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/** Maximum distance of a date from 1970, ms. */
const maxTime = 8.64e15;

/**
 * Parses a timestamp. Without a zone it is UTC, as in the cloud's own SDKs.
 * @returns ms since 1970; undefined if it does not parse: show the original text
 */
export function parseTime(value: string | number): number | undefined {
  if (typeof value === 'number') {
    return Math.abs(value) <= maxTime ? value : undefined;
  }
  const parts = format.exec(value);
  if (!parts) {
    return undefined;
  }
  const [, day = '', time, fraction = '', zone = 'Z'] = parts;
  // `Date.parse` accepts February 30 as a day in March.
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
