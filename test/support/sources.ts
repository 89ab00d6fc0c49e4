import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** A call that makes a text for people, with the literal that it was given. */
export interface FoundText {
  readonly file: string;
  /** Undefined if the first argument is no literal. */
  readonly text: string | undefined;
}

/** Every call of `phrase` and `l10n.t` in the sources. */
export function textsIn(folder: string): FoundText[] {
  return sourcesIn(folder).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:phrase|l10n\.t)\(\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))?/g)]
      .filter((match) => !match.input.slice(0, match.index).endsWith('function '))
      .map((match) => ({ file, text: match[1] === undefined ? undefined : unquote(match[1]) })),
  );
}

/** Every TypeScript file below a folder. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? sourcesIn(file) : entry.name.endsWith('.ts') ? [file] : [];
  });
}

function unquote(literal: string): string {
  const inner = literal.slice(1, -1).replaceAll('\\n', '\n');
  return inner.replace(/\\(['"\\])/g, '$1');
}
