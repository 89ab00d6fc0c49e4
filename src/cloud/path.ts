import { phrase } from '../base/phrase';
import { CloudError } from './errors';
import { withoutUserInfo } from './redact';

/**
 * Puts values into a path's `{names}`, percent-encoded, and the path behind a base URL, which may have a path itself.
 * @throws CloudError of kind `invalidRequest` where a value is missing, empty, `.` or `..`: it would be another path
 */
export function fillPath(base: string, template: string, values: Readonly<Record<string, string>>): URL {
  const path = fill(template, values, pathPart);
  let url;
  try {
    url = new URL(withoutSlashes(base) + path);
  } catch {
    throw new CloudError({
      kind: 'invalidRequest',
      reason: phrase('{0} is no address. Correct it in the setting keyExplorer.sites.', withoutUserInfo(base)),
    });
  }
  return url;
}

/**
 * Puts values into the `{names}` of a query's or header's value.
 * @throws CloudError of kind `invalidRequest` where a value is missing, empty, or more than a header can carry
 */
export function fillText(template: string, values: Readonly<Record<string, string>>): string {
  return fill(template, values, (value) => (/^[\x20-\x7e]+$/.test(value) ? value : undefined));
}

/** An address without the slashes at its end. The pattern for it would take quadratic time. */
export function withoutSlashes(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') {
    end -= 1;
  }
  return address.slice(0, end);
}

function fill(
  template: string,
  values: Readonly<Record<string, string>>,
  write: (value: string) => string | undefined,
): string {
  return template.replace(/\{(\w{1,64})\}/g, (_, name: string) => {
    const written = write((Object.hasOwn(values, name) ? values[name] : undefined) ?? '');
    if (written === undefined) {
      throw new CloudError({
        kind: 'invalidRequest',
        reason: phrase('The value for {0} cannot be part of an address.', name),
      });
    }
    return written;
  });
}

function pathPart(value: string): string | undefined {
  // Half of a character cannot be encoded.
  return value === '' || value === '.' || value === '..' || /\p{Cs}/u.test(value)
    ? undefined
    : encodeURIComponent(value);
}
