/** Makes code-server run in another display language. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addUnpacked } from './extensionFolder';

/**
 * Installs a language pack without a translation.
 *
 * The workbench's own texts stay English, but `vscode.env.language` is the language's, and extensions load their own texts in it.
 * code-server passes over `--locale` for a language that no installed pack serves.
 */
export function addLanguagePack(userDataDir: string, extensionsDir: string, locale: string): void {
  const source = join(userDataDir, 'language-pack');
  mkdirSync(join(source, 'translations'), { recursive: true });
  const manifest = {
    name: `language-pack-${locale}`,
    publisher: 'key-explorer-test',
    version: '1.0.0',
    engines: { vscode: '*' },
    contributes: {
      localizations: [
        {
          languageId: locale,
          languageName: locale,
          localizedLanguageName: locale,
          translations: [{ id: 'vscode', path: './translations/main.i18n.json' }],
        },
      ],
    },
  };
  writeFileSync(join(source, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(source, 'translations/main.i18n.json'), JSON.stringify({ version: '1.0.0', contents: {} }));

  const { id, version, folder } = addUnpacked(extensionsDir, source);
  const pack = {
    hash: createHash('md5').update(id).update(version).digest('hex'),
    extensions: [{ extensionIdentifier: { id }, version }],
    translations: { vscode: join(folder, 'translations/main.i18n.json') },
    label: locale,
  };
  writeFileSync(join(userDataDir, 'languagepacks.json'), JSON.stringify({ [locale]: pack }));
}
