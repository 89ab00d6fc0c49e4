import { phrase } from '../base/phrase';
import { withoutUserInfo } from '../base/userInfo';
import { CloudError } from './errors';

/**
 * Fills the `{names}` of a path with percent-encoded values and appends it to a base URL, which may have a path itself.
 * @throws CloudError of kind `invalidRequest` if a value is missing, empty, `.` or `..`: it would change the path
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
 * Fills the `{names}` of the value of a query parameter or header.
 * @throws CloudError of kind `invalidRequest` if a value is missing, empty, or has characters that a header cannot carry
 */
export function fillText(template: string, values: Readonly<Record<string, string>>): string {
  return fill(template, values, (value) => (/^[\x20-\x7e]+$/.test(value) ? value : undefined));
}

/** An address without trailing slashes. A regular expression would take quadratic time. */
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
  encode: (value: string) => string | undefined,
): string {
  return template.replace(/\{(\w{1,64})\}/g, (_, name: string) => {
    const encoded = encode((Object.hasOwn(values, name) ? values[name] : undefined) ?? '');
    if (encoded === undefined) {
      throw new CloudError({
        kind: 'invalidRequest',
        reason: phrase('The value for {0} cannot be part of an address.', name),
      });
    }
    return encoded;
  });
}

function pathPart(value: string): string | undefined {
  // A lone surrogate cannot be encoded.
  return value === '' || value === '.' || value === '..' || /\p{Cs}/u.test(value)
    ? undefined
    : encodeURIComponent(value);
}
