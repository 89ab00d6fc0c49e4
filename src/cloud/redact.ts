import { isSecretName, maskSecretsIn, maskText } from '../base/secretText';
import { withoutUserInfo } from '../base/userInfo';

const redacted = '[redacted]';

/** Maximum length of a log line, characters. */
const maxLine = 2000;

/** Maximum length of an error's text, characters. */
const maxError = 500;

/** An address with a scheme. Its path and query may be secret as well. */
const address = /\b[a-z][a-z\d+.-]{0,30}:\/\/\S+/gi;

/** A name with a sign that a value follows. Names in JSON within JSON have escaped quotes. */
const named = /([\p{L}\p{N}\p{DI}_.-]{1,64})\\{0,8}["']?\s{0,9}(?:[:=\uff1a\uff1d]>?|>|%(?:25)*3[ADad])\s*/gu;

/** Headers that {@link isSecretName} does not recognize because of their other words, such as `Proxy-Authorization`. */
const headerName = /auth(?:orization)?$|proxy[-_]?user$|signature$/i;

/** A value: a quoted text, also within JSON within JSON, else a word. */
const value = /\\{2,}["'].*|\\"(?:[^"\\]|\\[^"])*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|(?:bearer|basic)\s+\S+|\S+/iy;

/** A run as long and dense as a secret key or a token, also URL-encoded. Request IDs have 32 or 36 characters. */
const dense = /[A-Za-z0-9+/=_%-]{40,}/g;

/** A user and a password in quotes, as in proxy settings; not a host and its port. */
const quotedPair = /(["'`])[^\s"'`:/@]{1,64}:(?!\d{1,5}\1)[^\s"'`]{1,256}\1/g;

/** Line breaks, with which an answer could forge log lines, and characters that change how a line reads. */
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * A log line without anything that looks like a secret, on one line and at most {@link maxLine} long. Callers pass no secrets;
 * this is a second line of defence against secrets inside answers and errors.
 */
export function redact(line: string): string {
  const left = redactNamed(withoutUserInfo(line)).replace(dense, redacted);
  const shown = maskSecretsIn(left.slice(0, maxLine)).replaceAll(maskText, redacted).replace(control, ' ');
  return left.length > maxLine ? `${shown}…` : shown;
}

/**
 * The message of an error of unknown origin, such as one of a proxy's agent, without addresses, which may hold a password,
 * and without anything else that looks like a secret.
 */
export function textOfError(thrown: unknown): string {
  const message = messageOf(thrown);
  // node-fetch quotes the address before the reason.
  const [, reason = message] = message.split(' failed, reason: ', 2);
  const plain = withoutUserInfo(reason).replace(address, '…').replace(quotedPair, '$1…$1');
  const text = redact(plain).trim();
  return text === '' ? '?' : text.slice(0, maxError);
}

// A message may have any type, or be an accessor that throws.
function messageOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message : thrown;
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

// Redacts values whose names mean a secret.
function redactNamed(text: string): string {
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
