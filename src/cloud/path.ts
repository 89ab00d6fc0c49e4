import { phrase } from '../catalog/phrase';
import { CloudError } from './errors';

/**
 * Puts values into a path's `{names}`, percent-encoded, and the path behind a base URL, which may have a path itself.
 * @throws CloudError of kind `invalidRequest` where a value is missing, empty, `.` or `..`: it would be another path
 */
export function fillPath(base: string, template: string, values: Readonly<Record<string, string>>): URL {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new CloudError({
        kind: 'invalidRequest',
        reason: phrase('The value for {0} cannot be part of an address.', name),
      });
    }
    return encodeURIComponent(value);
  });
  let url;
  try {
    url = new URL(base.replace(/\/+$/, '') + path);
  } catch {
    throw new CloudError({
      kind: 'invalidRequest',
      reason: phrase('{0} is no address. Correct it in the setting keyExplorer.sites.', base),
    });
  }
  return url;
}
