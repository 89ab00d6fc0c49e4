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
}

/**
 * Copies a row with its secrets masked: the declared ones, and any field at any depth that its document does not know
 * and whose name looks secret. A declared secret that only a second call brings is shown masked too.
 * @param knownFields the documented fields, which are secret only where declared
 */
export function mask(raw: unknown, secrets: readonly Secret[], knownFields: ReadonlySet<string>): Masked {
  const declared = new Set(secrets.map(({ at }) => at));
  const masked: string[] = [];
  const value = copy(raw, '', 0);
  for (const { at, from } of secrets) {
    if (from && isObject(value) && !masked.includes(at)) {
      define(value, at, maskText);
      masked.push(at);
    }
  }
  return { value, masked };

  function copy(from: unknown, path: string, depth: number): unknown {
    if (typeof from !== 'object' || from === null) {
      return from;
    }
    if (depth >= deepest) {
      return '…';
    }
    if (Array.isArray(from)) {
      return from.map((element: unknown) => copy(element, path, depth + 1));
    }
    const to = {};
    for (const [name, inner] of Object.entries(from)) {
      const at = path === '' ? name : `${path}.${name}`;
      const suspect = looksSecret(name) && !knownFields.has(at) && holdsSomething(inner);
      if (declared.has(at) ? holdsSomething(inner) : suspect) {
        define(to, name, maskText);
        masked.push(at);
      } else {
        define(to, name, copy(inner, at, depth + 1));
      }
    }
    return to;
  }
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
