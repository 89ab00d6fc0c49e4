import { env, l10n } from 'vscode';
import type { Phrase } from '../catalog/phrase';
import { parseTime } from '../catalog/time';

/** A text from outside is cut behind this many characters where it is a label. */
const longest = 200;

/**
 * A text as it may be shown in a row, a title or a message: ours in the reader's language; one from the cloud without
 * line breaks, with control and bidi characters made visible, and cut short.
 */
export function show(text: Phrase | string): string {
  if (typeof text === 'string') {
    return visible(text);
  }
  return l10n.t(text.text, ...text.args.map((arg) => (typeof arg === 'string' ? visible(arg) : arg)));
}

/** A timestamp in the reader's language; one that does not parse is shown as it came. */
export function showTime(at: string | number): string {
  const time = parseTime(at);
  return time === undefined
    ? visible(String(at))
    : new Intl.DateTimeFormat(env.language, { dateStyle: 'medium', timeStyle: 'medium' }).format(time);
}

/** Text for a notification or a quick input, where `[text](command:…)` would be a link and `$(name)` an icon. */
export function inert(text: string): string {
  return text.replaceAll('](', '] (').replaceAll('$(', '$ (');
}

function visible(text: string): string {
  const characters = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return characters.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => (/\s/.test(character) && character !== '\ufeff' ? ' ' : `\\u${hex(character)}`),
  );
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0');
}
