import { env, l10n } from 'vscode';
import { escapeCharacters } from '../base/escape';
import type { Phrase } from '../base/phrase';
import type { LocalNames } from '../catalog/declaration';
import { maskSecretsIn, maskText } from '../base/secretText';
import { parseTime } from '../base/time';

// With the zone, since the JSON beside it may have another one.
const timeFormat: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
};

/** Maximum length of a text from outside in a label, characters. */
const maxLabel = 200;

/** Characters of a text that are searched for secrets before it is shortened. */
const maxSearched = 1000;

/**
 * A text for a row, a title or a message: a phrase in the UI language; a text from the cloud without line breaks, with
 * control and bidi characters escaped, and shortened.
 */
export function toDisplayText(text: Phrase | string): string {
  if (typeof text === 'string') {
    return escapeInvisible(text);
  }
  return l10n.t(
    text.text,
    ...text.args.map((arg) => (typeof arg === 'string' ? escapeInvisible(arg) : formatNumber(arg))),
  );
}

/** A name in the UI language, else in English, else empty. */
export function toLocalName(names: LocalNames): string {
  const language = env.language.toLowerCase();
  const [base = ''] = language.split('-');
  const locales = Object.keys(names);
  const best =
    locales.find((locale) => locale === language) ??
    locales.find((locale) => locale.startsWith(`${base}-`)) ??
    locales.find((locale) => locale === 'en-us');
  return best === undefined ? '' : escapeInvisible(names[best] ?? '');
}

/** A timestamp in the UI language; unchanged if it does not parse. */
export function formatTime(at: string | number): string {
  const time = parseTime(at);
  return time === undefined
    ? escapeInvisible(String(at))
    : new Intl.DateTimeFormat(env.language, timeFormat).format(time);
}

/** Escapes a text for a notification or a quick input, where `[text](command:…)` is a link and `$(name)` an icon. */
export function escapeQuickInput(text: string): string {
  return escapeIcons(escapeLinks(text));
}

/** Escapes text for a notification, which would make a link of `[text](command:…)`. */
export function escapeLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

/** Escapes text for the status bar, which would replace `$(name)` by an icon. */
export function escapeIcons(text: string): string {
  return text.replaceAll('$(', '$ (');
}

function formatNumber(number: number): string {
  return new Intl.NumberFormat(env.language).format(number);
}

function escapeInvisible(text: string): string {
  const masked = maskStart(text);
  // Without a lone surrogate at the end.
  const short =
    masked.length > maxLabel || text.length > maxSearched
      ? `${masked.slice(0, maxLabel).replace(/[\ud800-\udbff]$/, '')}…`
      : masked;
  return escapeCharacters(short.replace(/\s+/g, ' '), /[\p{Cc}\p{DI}\ufff9-\ufffb\ud800-\udfff]/gu);
}

// Masks before the text is shortened: half a secret is not recognized.
function maskStart(text: string): string {
  if (text.length <= maxSearched) {
    return maskSecretsIn(text);
  }
  // The `@` after user info may be beyond the end.
  return maskSecretsIn(text.slice(0, maxSearched).replace(/\/\/[^\s/?#]*$/, `//${maskText}`));
}
