// The cloud writes times in six shapes (seen across its documents): with `Z`, with an offset, with 0 to 9 fractional
// digits, with a space instead of the T, without a zone, and as a number of milliseconds since 1970.
const shape = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads a timestamp. One without a zone is UTC, as the cloud's own SDKs read it.
 * @returns milliseconds since 1970, or `undefined` where it does not parse: show it as it came.
 */
export function parseTime(value: string | number): number | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : undefined;
  }
  const parts = shape.exec(value);
  if (!parts) {
    return undefined;
  }
  const [, day, time, fraction = '', zone = 'Z'] = parts;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const at = Date.parse(`${day}T${time}.${milliseconds}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(at) ? undefined : at;
}
