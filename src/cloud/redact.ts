import { isSecretName, maskSecretsIn, maskText } from '../base/secretText';

const redacted = '[redacted]';

/** A longer line is cut: characters. */
const longestLine = 2000;

/** A longer text of an error is cut: characters. */
const longestError = 500;

/** What parts user info from a host, also percent-encoded once or more, or as an entity. */
const userInfoEnd = /@|%(?:25)*40|[\uff20\ufe6b]|&#(?:64|x40);|\\u0040/gi;

/** What the first word of an address, or of a user with a password, holds. */
const addressPart = /:\S|\/\/|%(?:25)*(?:3a|2f)/i;

/** A host behind user info, as far as it cannot be the rest of a password. */
const host =
  /^(?:[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?|[\w-]+:\d{1,5}|\[[\da-f:.]+\](?::\d{1,5})?|localhost)(?![^\s/?#"'\])},;])/i;

/** An address with a scheme: what stands in its path or query may be secret, too. */
const address = /\b[a-z][a-z\d+.-]{0,30}:\/\/\S+/gi;

/** A name, as far as a sign behind it says that a value follows. Names in JSON within JSON have escaped quotes. */
const named = /([\p{L}\p{N}\p{DI}_.-]{1,64})\\{0,8}["']?\s{0,9}(?:[:=\uff1a\uff1d]>?|>|%(?:25)*3[ADad])\s*/gu;

/** Headers whose other words keep {@link isSecretName} from knowing them, such as `Proxy-Authorization`. */
const headerName = /auth(?:orization)?$|proxy[-_]?user$|signature$/i;

/** A value: a quoted text, also within JSON within JSON, else a word. */
const value = /\\{2,}["'].*|\\"(?:[^"\\]|\\[^"])*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|(?:bearer|basic)\s+\S+|\S+/iy;

/** Anything as long and dense as a secret key or a token, also URL-encoded. Request IDs have 32 or 36 characters. */
const dense = /[A-Za-z0-9+/=_%-]{40,}/g;

/** A user and a password in quotes, as settings of a proxy have them; not a host and its port. */
const quotedPair = /(["'`])[^\s"'`:/@]{1,64}:(?!\d{1,5}\1)[^\s"'`]{1,256}\1/g;

/** A raw line break would let an answer write lines of its own; others change how a line reads. */
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * A log line without anything that looks like a secret, on one line and cut. Lines are made without secrets; this is the
 * second wall, for what an answer or an error smuggles in.
 */
export function redact(line: string): string {
  const left = withoutNamed(withoutUserInfo(line)).replace(dense, redacted);
  const shown = maskSecretsIn(left.slice(0, longestLine)).replaceAll(maskText, redacted).replace(control, ' ');
  return left.length > longestLine ? `${shown}…` : shown;
}

/**
 * What an error of unknown origin says, such as one of a proxy's agent: without addresses, which may hold a password, and
 * without anything else that looks like a secret.
 */
export function textOfError(thrown: unknown): string {
  const said = messageOf(thrown);
  // What node-fetch puts before the reason quotes the address.
  const [, reason = said] = said.split(' failed, reason: ', 2);
  const plain = withoutUserInfo(reason).replace(address, '…').replace(quotedPair, '$1…$1');
  const text = redact(plain).trim();
  return text === '' ? '?' : text.slice(0, longestError);
}

// A message may be anything, or an accessor that throws.
function messageOf(thrown: unknown): string {
  try {
    const said: unknown = thrown instanceof Error ? thrown.message : thrown;
    return typeof said === 'string' ? said : '';
  } catch {
    return '';
  }
}

/**
 * A text without user info: all between the first word that may begin an address and the last sign that may end user info,
 * since a password may hold anything.
 */
export function withoutUserInfo(text: string): string {
  let end: RegExpMatchArray | undefined;
  for (const match of text.matchAll(userInfoEnd)) {
    end = match;
  }
  if (end?.index === undefined) {
    return text;
  }
  const before = text.slice(0, end.index);
  const marker = before.search(addressPart);
  let start = marker < 0 ? before.length : marker;
  while (start > 0 && !/\s/.test(text.charAt(start - 1))) {
    start -= 1;
  }
  const [word = ''] = /^\S*/.exec(text.slice(end.index + end[0].length)) ?? [];
  const [shown = ''] = host.exec(word) ?? [];
  return `${text.slice(0, start)}…@${shown}${text.slice(end.index + end[0].length + word.length)}`;
}

// What stands behind a name that means a secret.
function withoutNamed(text: string): string {
  let left = '';
  let from = 0;
  for (const { 0: match, 1: name = '', index } of text.matchAll(named)) {
    if (index >= from && (isSecretName(name) || headerName.test(name))) {
      value.lastIndex = index + match.length;
      const [secret = ''] = value.exec(text) ?? [];
      left += text.slice(from, index + match.length) + (secret === '' ? '' : redacted);
      from = index + match.length + secret.length;
    }
  }
  return left + text.slice(from);
}
