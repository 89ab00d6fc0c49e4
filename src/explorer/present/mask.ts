import { ExactNumber } from '../../base/exactNumber';
import {
  base64TextIn,
  isDenseText,
  isPublic,
  isSecretName,
  maskSecretsIn,
  maskText,
  wordsOf,
} from '../../base/secretText';
import type { SecretField } from '../../catalog/declaration';
import { fieldOf, isObject } from '../../base/guards';
import type { JsonPath } from '../../base/jsonPath';

/** Deeper levels than this are left out: no document nests so far, and a hostile answer may. */
const deepest = 32;

/** A JSON value in which secrets were replaced. `masked`: where, as paths with dots. */
export interface Masked {
  readonly value: unknown;
  readonly masked: readonly string[];
  /** The same, each step of the way and in the order in which they stand in the value. */
  readonly places: readonly JsonPath[];
}

/** Last words of fields that name the value beside them, and of fields that hold it: `{ "Name": "password", "Value": "…" }`. */
const naming =
  /(?:^|_)(?:name|key|k|n|field|param|parameter|var|variable|env|header|attr|attribute|property|label|type|id|title|item|option|setting|arg|argument|名称|名|键)$/;
const holding = /(?:^|_)(?:values?|val|v|content|data|text|raw|default|default_value|值)$/;

/** A pair has no more fields. */
const mostPaired = 50;

/** JSON within a text within JSON is looked into to this depth; deeper ones are masked whole. */
const deepestText = 4;

/**
 * The texts of a row are searched up to so many characters altogether, which takes up to 100 ms. A text that is longer than
 * what is left is masked whole.
 */
const mostSearched = 200_000;

/** A row is shown with so many values; those behind them are left out. Many more would take seconds. */
const mostValues = 20_000;

/** How many characters may still be searched, and how many values copied. */
interface Budget {
  left: number;
  values: number;
}

/**
 * Copies a row with its secrets masked: the declared ones; any field at any depth that its document does not know and
 * whose name means a secret; and any text that holds one, documented or not. A declared secret that only a second call
 * brings is shown masked too. Certificates and public keys are shown whatever their field is called.
 * @param knownFields the documented fields, whose names mean a secret only where declared
 */
export function mask(raw: unknown, secrets: readonly SecretField[], knownFields: ReadonlySet<string>): Masked {
  return maskAt(raw, secrets, knownFields, 0, { left: mostSearched, values: mostValues });
}

function maskAt(
  raw: unknown,
  secrets: readonly SecretField[],
  knownFields: ReadonlySet<string>,
  textDepth: number,
  budget: Budget,
): Masked {
  const declared = new Set(secrets.map(({ path: at }) => at));
  const masked: string[] = [];
  const taken = new Set<string>();
  const value = copy(raw, '', []);
  for (const { path: at, fetchedFrom: from } of secrets) {
    if (from && isObject(value) && !masked.includes(at)) {
      define(value, at, maskText);
      masked.push(at);
      taken.add(JSON.stringify([at]));
    }
  }
  return { value, masked, places: placesIn(value, [], taken) };

  function hide(path: string, place: JsonPath): string {
    masked.push(path);
    taken.add(JSON.stringify(place));
    return maskText;
  }

  function copy(from: unknown, path: string, place: JsonPath): unknown {
    if (typeof from === 'string') {
      // A row that is a text, or in a list of lists, has no name that tells what it is.
      const isNameless = place.every((step) => typeof step === 'number');
      return holdsSecret(from, textDepth, budget) || (isNameless && isDenseText(from))
        ? hide(path, place)
        : // A text that is the mask's own would be taken for a masked one.
          from === maskText
          ? `${maskText} `
          : from;
    }
    if (typeof from !== 'object' || from === null || from instanceof ExactNumber) {
      return from;
    }
    if (place.length >= deepest) {
      return '…';
    }
    if (Array.isArray(from)) {
      const elements: readonly unknown[] = from;
      const isPair = isSecretPair(elements);
      const shown = within(elements).map((element, index, some) =>
        ((isPair && index === 1) || isArgument(some[index - 1], element)) && holdsSomething(element)
          ? hide(path, [...place, index])
          : copy(element, path, [...place, index]),
      );
      return shown.length < elements.length ? [...shown, '…'] : shown;
    }
    const to = {};
    const named = valueFieldsIn(from);
    const names = Object.keys(from);
    const shownNames = within(names);
    for (const name of shownNames) {
      const inner = fieldOf(from, name);
      const at = path === '' ? name : `${path}.${name}`;
      const isSuspect = named.has(name) || (isSecretName(name) && !knownFields.has(at));
      const isSecret = declared.has(at) || (isSuspect && !(typeof inner === 'string' && isPublic(inner)));
      const here = [...place, name];
      define(to, name, isSecret && holdsSomething(inner) ? hide(at, here) : copy(inner, at, here));
    }
    if (shownNames.length < names.length) {
      define(to, '…', '…');
    }
    return to;
  }

  function within<T>(those: readonly T[]): readonly T[] {
    const some = those.slice(0, budget.values);
    budget.values -= some.length;
    return some;
  }
}

/** Whether a text holds a secret, by itself or in JSON that it is. */
function holdsSecret(text: string, depth: number, budget: Budget): boolean {
  if (isPublic(text)) {
    return false;
  }
  if (text.length > budget.left) {
    return true;
  }
  budget.left -= text.length;
  if (maskSecretsIn(text) !== text) {
    return true;
  }
  const decoded = base64TextIn(text);
  if (decoded !== undefined) {
    return depth >= deepestText || holdsSecret(decoded, depth + 1, budget);
  }
  if (!/^[\s\uFEFF]*["[{]/.test(text.slice(0, 1000))) {
    return false;
  }
  let inner: unknown;
  try {
    inner = JSON.parse(text.replace(/^[\s\uFEFF]+/, ''));
  } catch {
    return false;
  }
  return depth >= deepestText || maskAt(inner, [], new Set(), depth + 1, budget).masked.length > 0;
}

// The fields of a pair whose other field says that they are secret.
function valueFieldsIn(object: object): ReadonlySet<string> {
  const names = Object.keys(object).slice(0, mostPaired);
  const isNamedSecret = names.some((field) => {
    const name = fieldOf(object, field);
    return typeof name === 'string' && naming.test(wordsOf(field)) && isSecretName(name);
  });
  return new Set(isNamedSecret ? names.filter((field) => holding.test(wordsOf(field))) : []);
}

// `["password", "…"]`, as entries of a map are written; two names are a list of names.
function isSecretPair(elements: readonly unknown[]): boolean {
  const [name, value] = elements;
  return (
    elements.length <= 2 &&
    typeof name === 'string' &&
    isSecretName(name) &&
    !(typeof value === 'string' && isSecretName(value))
  );
}

// `["--password", "…"]`
function isArgument(name: unknown, value: unknown): boolean {
  return (
    typeof name === 'string' && /^--[\w-]{1,64}$/.test(name) && isSecretName(name) && !String(value).startsWith('-')
  );
}

function placesIn(value: unknown, place: JsonPath, taken: ReadonlySet<string>): readonly JsonPath[] {
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

// A plain assignment to `__proto__` would change the object instead of adding a field.
function define(to: object, name: string, value: unknown): void {
  Object.defineProperty(to, name, { value, enumerable: true, configurable: true, writable: true });
}

function holdsSomething(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && typeof value !== 'boolean';
}
