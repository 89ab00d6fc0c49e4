import { readFileSync, statSync } from 'node:fs';

interface Output {
  /** Source files by path, with the bytes that each contributes. */
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

function outputs(): Readonly<Record<string, Output>> {
  const metafiles: readonly { readonly outputs: Readonly<Record<string, Output>> }[] = JSON.parse(
    readFileSync('coverage/bundles.json', 'utf8'),
  );
  return Object.fromEntries(metafiles.flatMap((each) => Object.entries(each.outputs)));
}

/** The bundles that `npm run package` built. */
export function bundles(): readonly string[] {
  return Object.keys(outputs());
}

/** Source files that contribute code to a bundle, as `npm run package` recorded them. Paths are relative to the repository. */
export function bundledFiles(): readonly string[] {
  return Object.values(outputs())
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
}

/** The bundles that are loaded at activation: the entry point and its static imports, direct or not. */
export function activationScripts(): readonly string[] {
  const all = outputs();
  const scripts = new Set(['dist/extension.js']);
  // A set visits the entries that are added while it is read.
  for (const script of scripts) {
    for (const { path, kind } of all[script]?.imports ?? []) {
      if (kind === 'import-statement' && path in all) {
        scripts.add(path);
      }
    }
  }
  return [...scripts];
}

/** Bytes of script that are loaded at activation. */
export function activationBytes(): number {
  return activationScripts().reduce((bytes, script) => bytes + statSync(script).size, 0);
}
