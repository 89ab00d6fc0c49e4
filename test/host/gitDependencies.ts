/** Makes a package installable where only the package registry can be reached. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  dependencies?: Record<string, string>;
}

interface Shrinkwrap {
  packages: Record<string, (Manifest & { version?: string; resolved?: string; integrity?: string }) | undefined>;
}

/**
 * Replaces dependencies on a commit of a repository by the release of the same version.
 *
 * VS Code 1.105 asks for one such commit of `@parcel/watcher`, a native module that is not built here anyway.
 */
export function releaseGitDependencies(folder: string): void {
  const manifestFile = join(folder, 'package.json');
  const shrinkwrapFile = join(folder, 'npm-shrinkwrap.json');
  const manifest: Manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const shrinkwrap: Shrinkwrap = JSON.parse(readFileSync(shrinkwrapFile, 'utf8'));

  const commits = Object.entries(manifest.dependencies ?? {}).filter(([, range]) => range.includes('#'));
  if (commits.length === 0) return;
  for (const [name] of commits) {
    const locked = shrinkwrap.packages[`node_modules/${name}`];
    if (!locked?.version) throw new Error(`${shrinkwrapFile} does not say which version of ${name} is meant`);
    delete locked.resolved;
    delete locked.integrity;
    for (const one of [manifest, shrinkwrap.packages['']]) {
      if (one?.dependencies) one.dependencies[name] = locked.version;
    }
  }
  writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));
  writeFileSync(shrinkwrapFile, JSON.stringify(shrinkwrap, null, 2));
}
