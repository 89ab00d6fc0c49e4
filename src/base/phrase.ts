/**
 * A UI text in English, with values for its `{0}` placeholders.
 * The rooms without vscode make phrases; `platform/translate.ts` translates them when they are shown.
 */
export interface Phrase {
  readonly text: string;
  readonly args: readonly (string | number)[];
}

/** Makes a {@link Phrase}. The text must be a literal: the translation check reads it from the source. */
export function phrase(text: string, ...args: readonly (string | number)[]): Phrase {
  return { text, args };
}
