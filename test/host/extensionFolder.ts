/** Installs extensions that are folders into an extensions folder of VS Code. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface ExtensionEntry {
  readonly identifier: { readonly id: string };
  readonly version: string;
  readonly location: { readonly $mid: 1; readonly path: string; readonly scheme: 'file' };
  readonly relativeLocation: string;
}

/** Installs an extension that is a folder, by VS Code's own list of installed extensions. */
export function addUnpacked(extensionsDir: string, source: string): { id: string; version: string; folder: string } {
  const manifest: { publisher: string; name: string; version: string } = JSON.parse(
    readFileSync(join(source, 'package.json'), 'utf8'),
  );
  const id = `${manifest.publisher}.${manifest.name}`;
  const relativeLocation = `${id}-${manifest.version}`;
  const folder = join(extensionsDir, relativeLocation);
  cpSync(source, folder, { recursive: true });

  const listFile = join(extensionsDir, 'extensions.json');
  const list: ExtensionEntry[] = existsSync(listFile) ? JSON.parse(readFileSync(listFile, 'utf8')) : [];
  list.push({
    identifier: { id },
    version: manifest.version,
    location: { $mid: 1, path: folder, scheme: 'file' },
    relativeLocation,
  });
  writeFileSync(listFile, JSON.stringify(list));
  return { id, version: manifest.version, folder };
}
