import { fieldOf } from '../catalog/fields';
import type { Secret } from '../catalog/shape';

/** What stands in the place of a secret. The same for each, so that it tells nothing of the value or its length. */
export const maskText = '••••••••';

/** Deeper levels than this are left out: no document nests so far, and a hostile answer may. */
const deepest = 32;

// Names that mean a secret wherever they stand, in words joined by `_`. Public keys and key IDs are none.
const secretNames: readonly RegExp[] = [
  /pass(?:word|wd|phrase|code)|secret|token|mnemonic|kubeconfig|credentialvalue|appcode|keymaterial|connectionstring/,
  /密码|口令|密钥值|私钥/,
  /(?:^|_)(?:pass|pwd|sk|psk|otp|pin|cookies?|jwt|bearer|session_?id|basic_auth)$|(?:pwds?|userpass|adminpass|dbpass)$/,
  /^(?:auth|authorization|signature|session)$/,
  /(?:private|priv|api|app|sign|signing|encrypt|encryption|cipher|master|shared|hmac|aes|auth|client|security)_?key|accesskey$/,
];
/** A JSON value in which secrets were replaced. `masked`: where, as paths with dots. */
export interface Masked {
  readonly value: unknown;
  readonly masked: readonly string[];
  /** The same, each step of the way and in the order in which they stand in the value. */
  readonly places: readonly Place[];
}

/** The way to a value inside a value: names, and numbers in arrays. */
export type Place = readonly (string | number)[];

/**
 * Copies a row with its secrets masked: the declared ones, and any field at any depth that its document does not know
 * and whose name looks secret. A declared secret that only a second call brings is shown masked too.
 * @param knownFields the documented fields, which are secret only where declared
 */
export function mask(raw: unknown, secrets: readonly Secret[], knownFields: ReadonlySet<string>): Masked {
  const declared = new Set(secrets.map(({ at }) => at));
  const masked: string[] = [];
  const taken = new Set<string>();
  const value = copy(raw, '', []);
  for (const { at, from } of secrets) {
    if (from && isObject(value) && !masked.includes(at)) {
      define(value, at, maskText);
      masked.push(at);
      taken.add(JSON.stringify([at]));
    }
  }
  return { value, masked, places: placesIn(value, [], taken) };

  function copy(from: unknown, path: string, place: Place): unknown {
    if (typeof from !== 'object' || from === null) {
      // A text that is the mask's own would be taken for a masked one.
      return from === maskText ? `${maskText} ` : from;
    }
    if (place.length >= deepest) {
      return '…';
    }
    if (Array.isArray(from)) {
      return from.map((element: unknown, index) => copy(element, path, [...place, index]));
    }
    const to = {};
    for (const [name, inner] of Object.entries(from)) {
      const at = path === '' ? name : `${path}.${name}`;
      const suspect = looksSecret(name) && !knownFields.has(at) && holdsSomething(inner);
      if (declared.has(at) ? holdsSomething(inner) : suspect) {
        define(to, name, maskText);
        masked.push(at);
        taken.add(JSON.stringify([...place, name]));
      } else {
        define(to, name, copy(inner, at, [...place, name]));
      }
    }
    return to;
  }
}

/** What stands at a place; nothing where the value has no such place. */
export function valueAt(value: unknown, place: Place): unknown {
  return place.reduce((inner, step) => fieldOf(inner, String(step)), value);
}

function placesIn(value: unknown, place: Place, taken: ReadonlySet<string>): readonly Place[] {
  if (value === maskText && taken.has(JSON.stringify(place))) {
    return [place];
  }
  if (Array.isArray(value)) {
    return value.flatMap((element: unknown, index) => placesIn(element, [...place, index], taken));
  }
  return isObject(value)
    ? Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...place, name], taken))
    : [];
}

function looksSecret(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[-\s.]+/g, '_')
    .toLowerCase();
  // A name may be written in one word or in several.
  const joined = words.replaceAll('_', '');
  return secretNames.some((pattern) => pattern.test(words) || pattern.test(joined));
}

// A plain assignment to `__proto__` would change the object instead of adding a field.
function define(to: object, name: string, value: unknown): void {
  Object.defineProperty(to, name, { value, enumerable: true, configurable: true, writable: true });
}

function holdsSomething(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && typeof value !== 'boolean';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
