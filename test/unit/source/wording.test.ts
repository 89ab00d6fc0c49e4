import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Words that CONTRIBUTING.md rules out, and the pattern that finds them in a text without line breaks. */
const forbidden: readonly (readonly [words: string, pattern: RegExp])[] = [
  ['whoever', /\bwhoever\b/gi],
  ['anew', /\banew\b/gi],
  ['nothing where', /\bnothing\s+where\b/gi],
  ['its user', /\bits\s+user\b(?!\s+interface)/gi],
  ['told', /(?<!\\)\btold\b/gi],
  ['so many … at most', /\bso\s+many\b[^.!?]{0,80}?\bat\s+most\b/gi],
  ['what … is', /\bwhat\b[^.!?:;,(){}<>=]{0,60}?\bis\b/gi],
  ['a sentence that begins with “What” or “Of”', /\b(?:What|Of)\b/g],
];

/** All folders and files with comments or texts. */
const places = [
  '.devcontainer',
  '.github',
  '.vscode',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'docs',
  'esbuild.js',
  'package.json',
  'package.nls.json',
  'src',
  'test',
];

/** Recorded answers, which are quoted as they are, and this file. */
const exempt = ['test/cloud/documents/', 'test/unit/source/wording.test.ts'];

const root = path.resolve(__dirname, '../../..');

interface Finding {
  readonly line: number;
  readonly words: string;
}

describe('wording of comments, texts and documents', () => {
  it('finds forbidden words with their line, also across a line break of a comment', () => {
    const source =
      "/** The\n * value, nothing\n * where it is unset. */\n// It is told.\nconst isWhat = 'mistold';\n// Of these.";
    assert.deepEqual(findingsIn(source), [
      { line: 2, words: 'nothing where' },
      { line: 4, words: 'told' },
      { line: 6, words: 'a sentence that begins with “What” or “Of”' },
    ]);
  });

  it('no forbidden words are in the sources, tests and documents', () => {
    const files = places.flatMap(filesBelow);
    assert.ok(files.length > places.length);
    assert.deepEqual(
      files.flatMap((file) => findingsIn(textOf(file)).map(({ line, words }) => `${file}:${line}: ${words}`)),
      [],
    );
  });
});

/** Every text file at or below a path, relative to the repository with `/` as the separator. */
function filesBelow(place: string): string[] {
  if (/\.\w+$/.test(path.basename(place)) && !place.startsWith('.')) {
    return [place];
  }
  return readdirSync(path.join(root, place), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(place, name.replaceAll('\\', '/')))
    .filter((file) => /\.(?:cjs|css|js|json|md|ts|ya?ml)$/.test(file))
    .filter((file) => !exempt.some((start) => file.startsWith(start)));
}

/** Inline code of a document quotes a word and does not use it. */
function textOf(file: string): string {
  const text = readFileSync(path.join(root, file), 'utf8');
  return file.endsWith('.md') ? text.replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length)) : text;
}

function findingsIn(text: string): Finding[] {
  const oneLine = text.replace(/\n\s*(?:\*|\/\/)?/g, (lineBreak) => ' '.repeat(lineBreak.length));
  return forbidden
    .flatMap(([words, pattern]) => [...oneLine.matchAll(pattern)].map(({ index }) => ({ index, words })))
    .toSorted((one, other) => one.index - other.index)
    .map(({ index, words }) => ({ line: text.slice(0, index).split('\n').length, words }));
}
