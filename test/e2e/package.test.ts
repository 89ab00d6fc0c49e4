import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { PackageManager, listFiles } from '@vscode/vsce';
import { vsix } from './window';

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

  it('is small: 250 kB in all, 150 kB of script at activation', () => {
    assert.ok(statSync(vsix).size <= 250_000);
    assert.ok(statSync('dist/extension.js').size <= 150_000);
  });
});
