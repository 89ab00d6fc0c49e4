import { env, l10n } from 'vscode';
import { escapeCharacters } from '../base/escape';
import type { Phrase } from '../base/phrase';
import type { LocalNames } from '../catalog/declaration';
import { maskSecretsIn, maskText } from '../base/secretText';
import { parseTime } from '../base/time';

// The zone is said, since the JSON beside it may have another one.
const timeFormat: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
};

/** A text from outside is cut behind this many characters where it is a label. */
const longest = 200;

/** Characters in which secrets are looked for before a text is cut. */
const longestSearched = 1000;

/**
 * A text as it may be shown in a row, a title or a message: ours in the reader's language; one from the cloud without
 * line breaks, with control and bidi characters made visible, and cut short.
 */
export function toDisplayText(text: Phrase | string): string {
  if (typeof text === 'string') {
    return escapeInvisible(text);
  }
  return l10n.t(text.text, ...text.args.map((arg) => (typeof arg === 'string' ? escapeInvisible(arg) : grouped(arg))));
}

/** What something is called in the reader's language, else in English; nothing where it has no name in either. */
export function toLocalName(names: LocalNames): string {
  const language = env.language.toLowerCase();
  const [base = ''] = language.split('-');
  const locales = Object.keys(names);
  const fitting =
    locales.find((locale) => locale === language) ??
    locales.find((locale) => locale.startsWith(`${base}-`)) ??
    locales.find((locale) => locale === 'en-us');
  return fitting === undefined ? '' : escapeInvisible(names[fitting] ?? '');
}

/** A timestamp in the reader's language; one that does not parse is shown as it came. */
export function formatTime(at: string | number): string {
  const time = parseTime(at);
  return time === undefined
    ? escapeInvisible(String(at))
    : new Intl.DateTimeFormat(env.language, timeFormat).format(time);
}

/** Text for a notification or a quick input, where `[text](command:…)` would be a link and `$(name)` an icon. */
export function escapeQuickInput(text: string): string {
  return text.replaceAll('](', '] (').replaceAll('$(', '$ (');
}

// 12,400 is read at a glance, 12400 is not.
function grouped(number: number): string {
  return new Intl.NumberFormat(env.language).format(number);
}

function escapeInvisible(text: string): string {
  const masked = maskedStart(text);
  // Cutting must not leave half a character.
  const short =
    masked.length > longest || text.length > longestSearched
      ? `${masked.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…`
      : masked;
  return escapeCharacters(short.replace(/\s+/g, ' '), /[\p{Cc}\p{DI}\ufff9-\ufffb\ud800-\udfff]/gu);
}

// Masked before it is cut: half a secret would no longer look like one.
function maskedStart(text: string): string {
  if (text.length <= longestSearched) {
    return maskSecretsIn(text);
  }
  // A cut may have parted user information from its `@`.
  return maskSecretsIn(text.slice(0, longestSearched).replace(/\/\/[^\s/?#]*$/, `//${maskText}`));
}
