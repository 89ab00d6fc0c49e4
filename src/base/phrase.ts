/**
 * A text that people will read, in English, with what goes into its `{0}` places.
 * The rooms without vscode make phrases; `host/translate.ts` turns them into the reader's language where they are shown.
 */
export interface Phrase {
  readonly text: string;
  readonly args: readonly (string | number)[];
}

/** Makes a {@link Phrase}. The text must be a literal: the translation check reads it from the source. */
export function phrase(text: string, ...args: readonly (string | number)[]): Phrase {
  return { text, args };
}
