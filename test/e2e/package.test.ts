import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PackageManager, listFiles } from '@vscode/vsce';
import type { Manifest } from '../integration/activation';
import { activationBytes, activationScripts, bundledFiles, bundles } from '../bundles';
import { vsix } from './window';

/** The commands that are about no row: they ask a person for all that they need. */
const withoutRow = ['findKey', 'refreshAll', 'showAllServices', 'showLog', 'showOfferedServices', 'signIn'];

/** Parts of a removed sign-in by arguments, and hooks for tests. */
const removed = [/Arguments are taken only/, /The argument /, /KEY_EXPLORER_/, /extensionMode/i];

/**
 * License texts in the files of bundled packages: js-yaml names its own, and valibot that of its pattern for emoji, which
 * is in no bundle.
 */
const reviewed = ['Emoji regex from [emoji-regex-xs](https:', 'js-yaml 5.5.0 https: github.com nodeca j'];

/** The files of packages that are in a bundle. */
function packageFiles(): readonly string[] {
  return bundledFiles().filter((file) => file.includes('node_modules/'));
}

describe('the package', function () {
  // The files are looked for in all that lies in the folder, an installed VS Code included.
  this.timeout(120_000);

  it('holds what users need, and nothing else', async () => {
    const files = await listFiles({ cwd: '.', packageManager: PackageManager.None });
    assert.deepEqual(files.map((file) => file.replaceAll('\\', '/')).toSorted(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES.txt',
      ...bundles().toSorted(),
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
    const script = activationScripts().map((file) => readFileSync(file, 'utf8'));
    const handlers = [...script.join('\n').matchAll(/[{,](\w+):(?:async ?)?(\([^()]*\)|[\w$]+)=>/g)];
    const takeNothing = handlers.flatMap(([, name = '', parameters]) =>
      names.has(name) && parameters === '()' ? [name] : [],
    );
    assert.deepEqual([...new Set(takeNothing)].toSorted(), withoutRow);
  });

  it('has the licence of each package that is in its bundles, and of no other', () => {
    const files = packageFiles();
    const folders = new Set(files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? ''));
    assert.ok(folders.size >= 5);
    const notices = readFileSync('THIRD-PARTY-NOTICES.txt', 'utf8')
      .split(`\n${'-'.repeat(80)}\n\n`)
      .slice(1);
    for (const folder of folders) {
      const { name, version }: { name: string; version: string } = JSON.parse(
        readFileSync(`${folder}/package.json`, 'utf8'),
      );
      const notice = notices.find((text) => text.startsWith(`${name} ${version}, `)) ?? '';
      assert.ok(notice.includes('Copyright') && notice.length > 500, name);
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
      assert.ok(file === undefined || notice.includes(readFileSync(`${folder}/${file}`, 'utf8').trim()), name);
    }
    assert.equal(notices.length, folders.size);
  });

  it('has no code that one package took over from another', () => {
    const mentions = packageFiles().flatMap((file) =>
      (readFileSync(file, 'utf8').match(/\/\*[^]*?\*\/|\/\/.*/g) ?? [])
        .filter((comment) => /licen[cs]e|copyright/i.test(comment))
        .map((comment) => comment.replace(/[\s/*!]+/g, ' ').trim()),
    );
    assert.deepEqual([...new Set(mentions)].map((mention) => mention.slice(0, 40)).toSorted(), reviewed);
    for (const file of readdirSync('dist').filter((name) => name.endsWith('.js'))) {
      assert.doesNotMatch(readFileSync(join('dist', file), 'utf8'), /Emoji_Modifier/, file);
    }
  });

  it('is small: 250 kB in all, 130 kB of script at activation', () => {
    assert.ok(statSync(vsix).size <= 250_000);
    assert.ok(activationBytes() <= 130_000, `${activationBytes()} bytes of script at activation`);
  });
});
