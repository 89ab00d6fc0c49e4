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

/** Maximum depth of a value; deeper levels are omitted. No document nests so deeply, but a hostile answer may. */
const maxDepth = 32;

/** A JSON value with masked secrets. `masked`: their paths, joined by dots. */
export interface Masked {
  readonly value: unknown;
  readonly masked: readonly string[];
  /** The same paths, in the order of the value. */
  readonly places: readonly JsonPath[];
}

/** Last words of field names in pairs such as `{ "Name": "password", "Value": "…" }`: of the naming and of the value field. */
const naming =
  /(?:^|_)(?:name|key|k|n|field|param|parameter|var|variable|env|header|attr|attribute|property|label|type|id|title|item|option|setting|arg|argument|名称|名|键)$/;
const holding = /(?:^|_)(?:values?|val|v|content|data|text|raw|default|default_value|值)$/;

/** Maximum fields of an object that counts as a pair. */
const maxPairFields = 50;

/** Maximum nesting of JSON inside text inside JSON; deeper texts are masked entirely. */
const maxTextDepth = 4;

/** Budget of a row in characters searched, up to 100 ms. A text longer than the rest of the budget is masked entirely. */
const maxSearched = 200_000;

/** Maximum values of a row shown; the rest is omitted. Many more would take seconds. */
const maxValues = 20_000;

/** Remaining characters to search and values to copy. */
interface Budget {
  characters: number;
  values: number;
}

/**
 * Copies a row with its secrets masked: declared secrets; undocumented fields at any depth whose name means a secret; and
 * any text that contains a secret. A declared secret that another call returns is added, masked. Certificates and
 * public keys stay, whatever their field is called.
 * @param knownFields the documented fields, which are secret only if declared
 */
export function mask(raw: unknown, secrets: readonly SecretField[], knownFields: ReadonlySet<string>): Masked {
  return maskAt(raw, secrets, knownFields, 0, { characters: maxSearched, values: maxValues });
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
      // A text without a field name, as in a list of lists.
      const isNameless = place.every((step) => typeof step === 'number');
      return holdsSecret(from, textDepth, budget) || (isNameless && isDenseText(from))
        ? hide(path, place)
        : // A text that equals the mask would count as a masked one.
          from === maskText
          ? `${maskText} `
          : from;
    }
    if (typeof from !== 'object' || from === null || from instanceof ExactNumber) {
      return from;
    }
    if (place.length >= maxDepth) {
      return '…';
    }
    if (Array.isArray(from)) {
      const elements: readonly unknown[] = from;
      const isPair = isSecretPair(elements);
      const shown = withinBudget(elements).map((element, index, some) =>
        ((isPair && index === 1) || isArgument(some[index - 1], element)) && holdsSomething(element)
          ? hide(path, [...place, index])
          : copy(element, path, [...place, index]),
      );
      return shown.length < elements.length ? [...shown, '…'] : shown;
    }
    const to = {};
    const named = valueFieldsIn(from);
    const names = Object.keys(from);
    const shownNames = withinBudget(names);
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

  function withinBudget<T>(values: readonly T[]): readonly T[] {
    const first = values.slice(0, budget.values);
    budget.values -= first.length;
    return first;
  }
}

/** Whether a text contains a secret, also inside JSON in the text. */
function holdsSecret(text: string, depth: number, budget: Budget): boolean {
  if (isPublic(text)) {
    return false;
  }
  if (text.length > budget.characters) {
    return true;
  }
  budget.characters -= text.length;
  if (maskSecretsIn(text) !== text) {
    return true;
  }
  const decoded = base64TextIn(text);
  if (decoded !== undefined) {
    return depth >= maxTextDepth || holdsSecret(decoded, depth + 1, budget);
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
  return depth >= maxTextDepth || maskAt(inner, [], new Set(), depth + 1, budget).masked.length > 0;
}

// The value fields of a pair whose name field names a secret.
function valueFieldsIn(object: object): ReadonlySet<string> {
  const names = Object.keys(object).slice(0, maxPairFields);
  const isNamedSecret = names.some((field) => {
    const name = fieldOf(object, field);
    return typeof name === 'string' && naming.test(wordsOf(field)) && isSecretName(name);
  });
  return new Set(isNamedSecret ? names.filter((field) => holding.test(wordsOf(field))) : []);
}

// `["password", "…"]`: an entry of a map. Two names are a list of names.
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
