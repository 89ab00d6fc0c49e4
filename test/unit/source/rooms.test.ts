import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sourcesIn } from '../../support/sources';

/** Rooms without VS Code. */
const pure = ['base', 'catalog', 'cloud', 'accounts', 'explorer'];
const belowFaces = [...pure, 'platform'];
const faces = ['signIn', 'manageAccounts', 'authentication', 'sidebar', 'details', 'commands'];

/** The rooms that each room may import. `.` is `extension.ts`. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  base: [],
  catalog: ['base'],
  cloud: ['base', 'catalog'],
  accounts: ['base', 'catalog', 'cloud'],
  explorer: ['base', 'catalog', 'cloud', 'accounts'],
  platform: ['base', 'catalog', 'cloud', 'accounts'],
  ...Object.fromEntries(faces.map((room) => [room, belowFaces])),
  '.': [...belowFaces, ...faces],
};

interface Import {
  readonly from: string;
  readonly what: string;
}

describe('names of source files', () => {
  it('no two files have one name, but for pairs in the folders of methods, and indexes', () => {
    const names = sourcesIn('src')
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => !file.includes('/methods/'))
      .map((file) => path.posix.basename(file))
      .filter((name) => name !== 'index.ts' && name !== 'register.ts');
    assert.ok(names.length > 100);
    assert.deepEqual(
      names.filter((name, at) => names.indexOf(name) < at),
      [],
    );
  });
});

describe('import order', () => {
  const imports = sourcesIn('src').flatMap((file) => importsOf(file, readFileSync(file, 'utf8')));

  it('reads imports of every form', () => {
    const text = `import type { A } from './a';\nexport * from "./b";\nconst c = await import('./c'); require('./d');\nimport './e';`;
    assert.deepEqual(
      importsOf('src/x.ts', text).map(({ what }) => what),
      ['./a', './b', './c', './d', './e'],
    );
    assert.ok(imports.length > 100);
  });

  it('every room is known', () => {
    assert.deepEqual(
      [...new Set(imports.map(({ from }) => roomOf(from)))].filter((room) => !mayUse[room]),
      [],
    );
  });

  it('no room uses one above or beside it', () => {
    assert.deepEqual(imports.filter(breaks), []);
    assert.ok(breaks({ from: 'src/catalog/nes.ts', what: '../cloud/client' }));
    assert.ok(breaks({ from: 'src/sidebar/sidebar.ts', what: '../commands/copy' }));
  });

  it('the pure rooms know nothing of vscode, not even its types', () => {
    assert.deepEqual(
      imports.filter(({ from, what }) => what === 'vscode' && pure.includes(roomOf(from))),
      [],
    );
  });
});

function importsOf(file: string, text: string): Import[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;
  return [...text.matchAll(pattern)].map((match) => ({ from: file.replaceAll('\\', '/'), what: match[2] ?? '' }));
}

function breaks({ from, what }: Import): boolean {
  if (!what.startsWith('.')) {
    return false;
  }
  const room = roomOf(from);
  const used = roomOf(path.posix.join(path.posix.dirname(from), what));
  return used !== room && !mayUse[room]?.includes(used);
}

function roomOf(file: string): string {
  const parts = path.posix.normalize(file).split('/').slice(1);
  return parts.length > 1 ? (parts[0] ?? '.') : '.';
}
