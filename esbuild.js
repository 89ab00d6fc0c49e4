// Makes what is shipped: one bundle for the extension host, one for each page. `--meta` also writes what went into them.
const esbuild = require('esbuild');
const { mkdirSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const shared = { bundle: true, minify: true, metafile: true, legalComments: 'none', logLevel: 'warning' };

// node-fetch brings polyfills for old versions of Node, 70 kB that no supported one needs. No form is ever sent.
const native = {
  'fetch-blob': 'export default globalThis.Blob;',
  'fetch-blob/from.js': `export const { Blob, File } = globalThis;
    export const [blobFrom, blobFromSync, fileFrom, fileFromSync] = [];`,
  'formdata-polyfill/esm.min.js': 'export const { FormData } = globalThis; export const [formDataToBlob] = [];',
};
const withoutPolyfills = {
  name: 'without-polyfills',
  setup(build) {
    build.onResolve({ filter: /^(node:stream\/web|web-streams-polyfill.*)$/ }, ({ path: name }) =>
      name === 'node:stream/web' ? { path: name, external: true } : { path: 'stream/web', external: true },
    );
    build.onResolve({ filter: /^(fetch-blob|formdata-polyfill)\b/ }, ({ path: name }) =>
      Object.hasOwn(native, name) ? { path: name, namespace: 'native' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'native' }, ({ path: name }) => ({ contents: native[name] }));
  },
};

// node-fetch does not pass a limit of headers on to Node.
const withLargeHeaders = {
  name: 'with-large-headers',
  setup(build) {
    build.onResolve({ filter: /^node:https?$/ }, ({ path: name, importer }) =>
      /[\\/]node-fetch[\\/]/.test(importer) ? { path: name, namespace: 'large-headers' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'large-headers' }, ({ path: name }) => ({
      contents: `import original from '${name}';
        import { withLargeHeaders } from './src/cloud/largeHeaders';
        export default withLargeHeaders(original);`,
      resolveDir: __dirname,
    }));
  },
};

/** What every bundle with node-fetch needs, those of tests as well. */
const forFetch = [withoutPolyfills, withLargeHeaders];

// Loaded when they are first needed, so that little is loaded at activation.
const later = ['accounts/profiles/profiles', 'cloud/nodeFetch', 'commands/findKey', 'signIn/manage', 'signIn/signIn'];
const apart = {
  name: 'apart',
  setup(build) {
    const names = later.map((entry) => path.posix.basename(entry));
    build.onResolve({ filter: new RegExp(`/(${names.join('|')})$`) }, ({ kind, path: name }) =>
      kind === 'dynamic-import' ? { path: `./${path.posix.basename(name)}.js`, external: true } : undefined,
    );
  },
};

async function main() {
  rmSync('dist', { recursive: true, force: true });
  const forHost = { ...shared, platform: 'node', format: 'cjs', target: 'node22' };
  const bundles = await Promise.all([
    ...['extension', ...later].map((entry) =>
      esbuild.build({
        ...forHost,
        entryPoints: [`src/${entry}.ts`],
        outfile: `dist/${path.posix.basename(entry)}.js`,
        external: ['vscode'],
        plugins: [...forFetch, apart],
      }),
    ),
    esbuild.build({
      ...shared,
      entryPoints: ['src/details/page/detail.ts'],
      outfile: 'dist/detail.js',
      platform: 'browser',
      format: 'iife',
      target: 'chrome130',
    }),
  ]);
  if (process.argv.includes('--meta')) {
    mkdirSync('coverage', { recursive: true });
    const metafiles = bundles.map(({ metafile }) => metafile);
    writeFileSync(path.join('coverage', 'bundles.json'), JSON.stringify(metafiles));
  }
}

module.exports = { forFetch };

if (require.main === module) {
  main().catch(() => process.exit(1));
}
