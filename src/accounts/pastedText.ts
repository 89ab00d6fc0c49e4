import { phrase, type Phrase } from '../base/phrase';
import { placeholderIn, type SignInText } from './placeholders';

/** A kind of value that is often pasted. */
export type PastedKind = Exclude<SignInText, 'password' | 'name'> | 'code';

/** An access key with its secret. */
export interface KeyPair {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** A value without its surroundings, or why the text is no such value; `pair`: the whole access key that was pasted with it. */
export type Pasted = { readonly value: string; readonly pair?: KeyPair } | { readonly reason: Phrase };

/** One kind of pasted value. */
interface Declared {
  /** Shown if another kind is expected. */
  readonly instead: Phrase;
  /** Its labels where it is copied from: lower-case letters and digits, without {@link prefixes}. */
  readonly labels: readonly string[];
  /** Each of its characters. Tokens are those of RFC 7235 (`token68`). */
  readonly character: RegExp;
  /** Joins text that was wrapped or is shown in groups. */
  readonly joined?: (text: string) => string;
}

const kinds: Readonly<Record<PastedKind, Declared>> = {
  accessKey: {
    instead: phrase('This is an access key ID (AK), and something else is asked for.'),
    labels: ['ak', 'access', 'accesskey', 'accesskeyid', 'accesskeyidak', '访问密钥', '访问密钥id'],
    character: /[\w.~-]/,
  },
  secretKey: {
    instead: phrase('This is a secret access key (SK), and something else is asked for.'),
    labels: ['sk', 'secret', 'secretkey', 'secretaccesskey', 'secretaccesskeysk', 'accesskeysecret'],
    character: /[\w.~+/=!@#$%^&*?-]/,
  },
  securityToken: {
    instead: phrase('This is a security token, and something else is asked for.'),
    labels: ['securitytoken', 'sessiontoken', 'ststoken'],
    character: /[\w.~+/=-]/,
    joined: unwrapped,
  },
  token: {
    instead: phrase('This is a token, and something else is asked for.'),
    labels: ['token', 'authtoken', 'subjecttoken', 'authorization', 'bearer'],
    character: /[\w.~+/=-]/,
    joined: unwrapped,
  },
  code: {
    instead: phrase('This is a code, and something else is asked for.'),
    labels: ['code', 'mfacode', 'otp', 'totp', 'passcode', 'verificationcode', '验证码'],
    character: /\d/,
    joined: (text) => text.replace(/[\s\p{Pd}]/gu, ''),
  },
};

const kindNames = Object.keys(kinds).filter((name): name is PastedKind => name in kinds);

/** Text before the label of a value: programs' own names, commands of a shell, `-H` of curl. */
const prefixes = [
  'curl',
  'export',
  'set',
  'env',
  'header',
  'h',
  'x',
  'cli',
  'huaweicloudsdk',
  'huaweicloud',
  'huawei',
  'hw',
  'os',
  'aws',
  'amz',
  'obs',
  'tfvar',
];

/** Maximum length of a value, characters: no service takes a longer header. Pasted text may be wrapped and spaced. */
const longest = 65_535;
const longestPasted = 2 * longest;

/** Minimum length of a wrapped part, characters: no program wraps a token earlier. */
const shortestPart = 16;

/** Maximum length of a label, characters. */
const longestLabel = 60;

/** Invisible characters, which no key has: zero widths, joiners, marks of direction and order, soft hyphens. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

const around = ' \t\r\n\v\f\u2028\u2029"\'`“”„‟‘’‚‛«»‹›「」『』';
const behind = `${around},;\\`;

/** Columns of `credentials.csv`, which the console makes ("My Credentials", access keys). */
const columns = ['username', 'accesskeyid', 'secretaccesskey'];

/**
 * A secret as it was meant, from what was pasted: without quotes, the name of its header or variable, `Bearer`, white space and
 * characters that are not seen; full-width letters and digits as the usual ones. A line of `credentials.csv` is taken for the
 * access key in it.
 */
export function pasted(text: string, kind: PastedKind): Pasted {
  if (text.length > longestPasted) {
    return { reason: tooLong() };
  }
  const plain = text.normalize('NFKC').replace(unseen, '');
  const pair = kind === 'accessKey' || kind === 'secretKey' ? pairIn(plain) : undefined;
  if (pair) {
    return 'reason' in pair ? pair : { value: kind === 'accessKey' ? pair.accessKey : pair.secretKey, pair };
  }
  const { label, rest } = unlabelled(plain);
  if (label !== undefined && label !== kind) {
    return { reason: kinds[label].instead };
  }
  return checked(rest, kind);
}

/**
 * The first character that no value of a kind has.
 * @returns undefined if there is none
 */
export function strangeIn(value: string, kind: PastedKind): string | undefined {
  const { character } = kinds[kind];
  return Array.from(value).find((each) => !character.test(each));
}

/** The error in a name, which is sent as it is. @returns undefined if there is none */
export function wrongName(name: string): Phrase | undefined {
  if (name.trim() === '') {
    return empty();
  }
  const hidden = unseenIn(name);
  if (hidden !== undefined) {
    return phrase('There is a character in it that is not seen ({0}).', hidden);
  }
  return name === name.trim() ? placeholderFor(name, 'name') : phrase('There is a space before or after it.');
}

/** The error in a password, which is sent as it is. @returns undefined if there is none */
export function wrongPassword(password: string): Phrase | undefined {
  return password === '' ? empty() : placeholderFor(password, 'password');
}

/**
 * A likely slip in a password, which may be right all the same.
 * @returns undefined if there is nothing
 */
export function doubtIn(password: string): Phrase | undefined {
  const hidden = unseenIn(password);
  if (hidden !== undefined) {
    return phrase('There is a character in it that is not seen ({0}). Press Enter again to send it as it is.', hidden);
  }
  return password === password.trim()
    ? undefined
    : phrase('There is a space before or after it. Press Enter again to send it as it is.');
}

// Besides the usual space, which is seen well enough within a text.
function unseenIn(text: string): string | undefined {
  const [found] = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]|(?! )\p{Z}/u.exec(text) ?? [];
  return found === undefined ? undefined : codeOf(found);
}

function placeholderFor(text: string, kind: SignInText): Phrase | undefined {
  switch (placeholderIn(text, kind)) {
    case 'masked':
      return phrase('This value is masked. Copy it from where it is shown in full. Nothing was sent.');
    case 'placeholder':
      return phrase('This is a placeholder. Enter the value that it stands for. Nothing was sent.');
    default:
      return undefined;
  }
}

function checked(text: string, kind: PastedKind): Pasted {
  const placeholder = kind === 'code' ? undefined : placeholderFor(text, kind);
  if (placeholder) {
    return { reason: placeholder };
  }
  const value = kinds[kind].joined?.(text) ?? text;
  if (value === '') {
    return { reason: empty() };
  }
  if (kind === 'code') {
    return /^\d{6}$/.test(value) ? { value } : { reason: phrase('A code has six digits.') };
  }
  if (value.length > longest) {
    return { reason: tooLong() };
  }
  const strange = strangeIn(value, kind);
  if (strange !== undefined) {
    return {
      reason: /\s/.test(strange)
        ? phrase('There is a space in the middle of it. Enter one value alone.')
        : phrase('It has a character that no such value has: {0} ({1}).', strange, codeOf(strange)),
    };
  }
  // `NAME=value` with a name that is not known.
  if (/=[^=]/.test(value)) {
    return { reason: phrase('It has a character that no such value has: {0} ({1}).', '=', codeOf('=')) };
  }
  const shape = shapeOf(value);
  return shape === undefined || shape === kind || (shape === 'token' && kind === 'securityToken')
    ? { value }
    : { reason: kinds[shape].instead };
}

/**
 * The kind that a value certainly has: in the wrong field it would be sent to a place where it must not go (a secret key as a token, a
 * token as the name of a key), or be refused, and counted.
 */
function shapeOf(value: string): PastedKind | undefined {
  if (/^[A-Z0-9]{20}$/.test(value)) {
    return 'accessKey';
  }
  if (/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{40}$/.test(value)) {
    return 'secretKey';
  }
  return value.length > 48 && /^(?:MI[I-L]|eyJ|gAAAA)/.test(value) ? 'token' : undefined;
}

// Lines are joined, and long parts: a short one before a space is a word of its own.
function unwrapped(text: string): string {
  const lines = text.split(/[\r\n\u2028\u2029]/).map(trimmed);
  const parts = lines.join('').split(/\s+/);
  return parts.slice(0, -1).every(({ length }) => length >= shortestPart) ? parts.join('') : lines.join('');
}

/** Splits a value from the label before it: `X-Auth-Token: …`, `export HW_ACCESS_KEY="…"`, `"sk": "…",`. */
function unlabelled(text: string): { readonly label: PastedKind | undefined; readonly rest: string } {
  let rest = trimmed(text);
  let label: PastedKind | undefined;
  // `Authorization: Bearer …` has two.
  for (let times = 0; times < 2; times += 1) {
    const found = [...rest.slice(0, longestLabel).matchAll(/[:=\s]/g)]
      .map(({ index }) => ({ index, kind: kindOf(rest.slice(0, index)) }))
      .findLast((each) => each.kind !== undefined);
    if (found) {
      label ??= found.kind;
      rest = trimmed(rest.slice(found.index).replace(/^\s*[:=]?/, ''));
    }
  }
  return { label, rest };
}

/** The kind that a label names. */
function kindOf(label: string): PastedKind | undefined {
  const name = lettersOf(label);
  return (
    kindNames.find((kind) => kinds[kind].labels.includes(name)) ??
    prefixes
      .filter((prefix) => name.startsWith(prefix) && name !== prefix)
      .map((prefix) => kindOf(name.slice(prefix.length)))
      .find((kind) => kind !== undefined)
  );
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** The access key of `credentials.csv`: its line, or all of it; a field for one line pastes lines without their breaks. */
function pairIn(text: string): KeyPair | { readonly reason: Phrase } | undefined {
  const [first = '', second, ...others] = text.split(/[\r\n]+/).filter((line) => trimmed(line) !== '');
  const fields = fieldsOf(first);
  if (second === undefined) {
    // The last column and the first value are one field.
    const count = (fields.length + 1) / 2;
    const joined = fields[count - 1] ?? '';
    const header = fields.slice(0, Math.floor(count) - 1);
    const name = columns.find((each) => lettersOf(joined).startsWith(each));
    if (name !== undefined && header.length > 0 && header.every((field) => columnOf(field) !== undefined)) {
      const end = endOf(name, joined);
      return pairOf([trimmed(joined.slice(end)), ...fields.slice(count)], [...header, name]);
    }
    return fields.length === columns.length ? pairOf(fields, columns) : undefined;
  }
  if (fields.length < 2 || fields.some((field) => columnOf(field) === undefined)) {
    return undefined;
  }
  return others.length > 0
    ? { reason: phrase('There is more than one access key in it. Paste the line of one.') }
    : pairOf(fieldsOf(second), fields);
}

/** The kind of a column. */
function columnOf(name: string): PastedKind | 'userName' | undefined {
  return lettersOf(name) === 'username' ? 'userName' : kindOf(name);
}

function pairOf(fields: readonly string[], header: readonly string[]): KeyPair | { readonly reason: Phrase } {
  const held = header.map(columnOf);
  const id = fields[held.indexOf('accessKey')];
  const secret = fields[held.indexOf('secretKey')];
  const unclear = phrase('It is not clear which of these values is which. Enter the access key ID alone.');
  if (fields.length !== header.length || id === undefined || secret === undefined) {
    return { reason: unclear };
  }
  const accessKey = checked(id, 'accessKey');
  const secretKey = checked(secret, 'secretKey');
  if ('reason' in accessKey) {
    return accessKey;
  }
  if ('reason' in secretKey) {
    return secretKey;
  }
  // In another order the secret would be sent as the ID.
  return accessKey.value.length < secretKey.value.length
    ? { accessKey: accessKey.value, secretKey: secretKey.value }
    : { reason: unclear };
}

function fieldsOf(line: string): readonly string[] {
  return line.split(/[,;\t]/).map(trimmed);
}

/** Where a column's name ends, which is written with spaces. */
function endOf(name: string, text: string): number {
  let end = 0;
  while (lettersOf(text.slice(0, end)) !== name) {
    end += 1;
  }
  return end;
}

function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && around.includes(text.charAt(start))) {
    start += 1;
  }
  while (end > start && behind.includes(text.charAt(end - 1))) {
    end -= 1;
  }
  // A sentence ends with one; more of them hide something.
  return text.slice(start, text.charAt(end - 1) === '.' && !/[.\s]/.test(text.charAt(end - 2)) ? end - 1 : end);
}

function empty(): Phrase {
  return phrase('This must not be empty.');
}

function tooLong(): Phrase {
  return phrase('This is longer than any such value.');
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
