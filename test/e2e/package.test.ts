import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PackageManager, listFiles } from '@vscode/vsce';
import type { Manifest } from '../integration/activation';
import { vsix } from './window';

/** The commands that are about no row: they ask a person for all that they need. */
const withoutRow = ['findKey', 'refreshAll', 'showAllServices', 'showLog', 'showOfferedServices', 'signIn'];

/** What only the sign-in by arguments had, and what only tests could want. */
const removed = [/Arguments are taken only/, /The argument /, /KEY_EXPLORER_/, /extensionMode/i];

describe('the package', function () {
  // The files are looked for in all that lies in the folder, an installed VS Code included.
  this.timeout(120_000);

  it('holds what users need, and nothing else', async () => {
    const files = await listFiles({ cwd: '.', packageManager: PackageManager.None });
    assert.deepEqual(files.map((file) => file.replaceAll('\\', '/')).toSorted(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/detail.js',
      'dist/extension.js',
      'dist/findKey.js',
      'dist/manage.js',
      'dist/nodeFetch.js',
      'dist/profiles.js',
      'dist/signIn.js',
      'l10n/bundle.l10n.zh-cn.json',
      'media/detail.css',
      'media/icon.png',
      'media/key-dark.svg',
      'media/key-light.svg',
      'media/view.svg',
      'package.json',
      'package.nls.json',
      'package.nls.zh-cn.json',
    ]);
  });

  it('has no way to sign in but those that ask a person, and nothing for tests', () => {
    for (const file of readdirSync('dist').filter((name) => name.endsWith('.js'))) {
      const script = readFileSync(join('dist', file), 'utf8');
      assert.deepEqual(
        removed.filter((text) => text.test(script)),
        [],
        file,
      );
    }
    const { contributes }: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
    const names = new Set(contributes.commands.map(({ command }) => command.replace('keyExplorer.', '')));
    const script = readFileSync('dist/extension.js', 'utf8');
    const handlers = [...script.matchAll(/\("(\w+)",(?:async)? ?(\(.*?\)|[\w$]+)=>/g)];
    const takeNothing = handlers.flatMap(([, name = '', parameters]) =>
      names.has(name) && parameters === '()' ? [name] : [],
    );
    assert.deepEqual(takeNothing.toSorted(), withoutRow);
  });

  it('is small: 250 kB in all, 150 kB of script at activation', () => {
    assert.ok(statSync(vsix).size <= 250_000);
    assert.ok(statSync('dist/extension.js').size <= 150_000);
  });
});
