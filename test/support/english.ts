import type { Phrase } from '../../src/base/phrase';

/** A phrase in English, with its arguments filled in. */
export function toEnglish({ text, args }: Phrase): string {
  return text.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)]));
}
