// Builds the bundles and THIRD-PARTY-NOTICES.txt, which the package contains.
// --meta   also writes esbuild's metafiles, to coverage/bundles.json
// --dev    unminified, with source maps
// --watch  the same, and rebuilds on each change
const esbuild = require('esbuild');
const { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const meta = process.argv.includes('--meta');
const watch = process.argv.includes('--watch');
const dev = watch || process.argv.includes('--dev');

const shared = {
  bundle: true,
  minify: !dev,
  sourcemap: dev,
  metafile: true,
  legalComments: 'none',
  logLevel: watch ? 'silent' : 'warning',
};

// node-fetch brings polyfills for old versions of Node, 70 kB that no supported one needs. No form is ever sent or read.
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
    // Imported only to read a form.
    build.onResolve({ filter: /\/multipart-parser\.js$/ }, ({ path: name }) => ({ path: name, external: true }));
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

/** Plugins of every bundle with node-fetch, those of tests included. */
const forFetch = [withoutPolyfills, withLargeHeaders];

const entryPoint = path.resolve('src/extension.ts');

// Lazy parts are only loaded after the entry point. So each `import()` loads that as well, by a module of its own: then all that is
// loaded at activation is one chunk, and not a chunk for each set of modules that several parts share.
const oneActivationChunk = {
  name: 'one-activation-chunk',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path: name, resolveDir }) =>
      kind === 'dynamic-import' ? { path: path.resolve(resolveDir, name), namespace: 'lazy' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path: part }) => ({
      contents: `import ${JSON.stringify(entryPoint)}; export * from ${JSON.stringify(part)};`,
      resolveDir: __dirname,
    }));
  },
};

// All supported versions have them; without this, unused patterns of valibot would stay in the bundles.
const supported = { 'regexp-unicode-property-escapes': true };

// esbuild splits ES modules only. VS Code loads them, but CommonJS activates faster. CPU time of the extension host in `activate()`,
// median of 9 windows each, in VS Code 1.139 and 1.105 (which resolves each import of an ES module in another thread):
// split CommonJS 18.2 and 16.6 ms, split ES modules 19.7 and 22.2 ms, one CommonJS bundle of 147 kB 21.8 and 20.4 ms.
const asCommonJs = {
  name: 'as-common-js',
  setup(build) {
    build.initialOptions.write = false;
    build.onEnd(async ({ outputFiles = [] }) => {
      mkdirSync('dist', { recursive: true });
      for (const { path: file, text } of outputFiles) {
        const { code } = await esbuild.transform(text, {
          // Without the list of exports that Node needs to import CommonJS from an ES module.
          platform: 'neutral',
          format: 'cjs',
          target: 'node22',
          minify: true,
          // `import()` would go through the loader hooks of VS Code.
          supported: { ...supported, 'dynamic-import': false },
        });
        writeFileSync(file, code);
      }
    });
  },
};

// The folders of the packages that have code in a bundle; a package may have another within it.
function bundledPackages(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) => Object.entries(output.inputs)),
  );
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([name]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(name)?.[0]);
  return [...new Set(folders)]
    .filter((folder) => folder !== undefined)
    .toSorted((one, other) => one.localeCompare(other));
}

/** Licences that ask for nothing but their text and the copyright notices. */
const permitted = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'];

// Some packages have their licence in their README only.
function licenceIn(folder) {
  const files = readdirSync(folder);
  const texts = files
    .filter((name) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(name))
    .map((name) => readFileSync(path.join(folder, name), 'utf8').trim());
  if (texts.length > 0) {
    return texts.join('\n\n');
  }
  const readme = files.includes('README.md') ? readFileSync(path.join(folder, 'README.md'), 'utf8') : '';
  const [, section = ''] = readme.split(/^(?:#+ *)?License *$/im);
  if (!section.includes('Copyright')) {
    throw new Error(`${folder} has no licence text.`);
  }
  return section
    .replace(/^[\s-]+/, '')
    .replace(/^\[.*\]: .*$/gm, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .trim();
}

function noticesOf(metafiles) {
  const parts = bundledPackages(metafiles).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    if (!permitted.includes(license)) {
      throw new Error(`${folder} may not be bundled without a look at its licence: ${license}`);
    }
    return `${name} ${version}, ${license}\n\n${licenceIn(folder)}\n`;
  });
  return ['Key Explorer for Huawei Cloud contains code of the packages below.\n', ...parts].join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}

/** One build for the extension host, one for the web page. */
const builds = [
  {
    ...shared,
    entryPoints: [entryPoint],
    outdir: 'dist',
    chunkNames: '[name]-[hash]',
    platform: 'node',
    target: 'node22',
    supported,
    external: ['vscode'],
    ...(dev
      ? { format: 'cjs', plugins: forFetch }
      : { format: 'esm', splitting: true, plugins: [...forFetch, oneActivationChunk, asCommonJs] }),
  },
  {
    ...shared,
    entryPoints: ['src/details/page/keyPage.ts'],
    outfile: 'dist/detail.js',
    platform: 'browser',
    format: 'iife',
    target: 'chrome130',
  },
];

async function buildOnce() {
  const results = await Promise.all(builds.map((options) => esbuild.build(options)));
  const metafiles = results.map(({ metafile }) => metafile);
  writeFileSync('THIRD-PARTY-NOTICES.txt', noticesOf(metafiles));
  if (meta) {
    mkdirSync('coverage', { recursive: true });
    writeFileSync(path.join('coverage', 'bundles.json'), JSON.stringify(metafiles));
  }
}

/** Prints what the problem matcher in .vscode/tasks.json reads: the first and the last line of a round, and its problems. */
function reportRounds() {
  const running = new Set(builds);
  const print = (line) => process.stdout.write(`${line}\n`);
  const printProblems = (severity, messages) => {
    for (const { location, text } of messages) {
      // esbuild counts columns from 0.
      print(
        `${location ? `${location.file}:${location.line}:${location.column + 1}` : 'esbuild.js:1:1'}: ${severity}: ${text}`,
      );
    }
  };
  print('[watch] build started');
  return (options) => ({
    name: 'report-rounds',
    setup(build) {
      build.onStart(() => {
        if (running.size === 0) {
          print('[watch] build started');
        }
        running.add(options);
      });
      build.onEnd(({ errors, warnings }) => {
        printProblems('error', errors);
        printProblems('warning', warnings);
        if (running.delete(options) && running.size === 0) {
          print('[watch] build finished');
        }
      });
    },
  });
}

async function rebuildOnChange() {
  const reporter = reportRounds();
  for (const options of builds) {
    const context = await esbuild.context({ ...options, plugins: [...(options.plugins ?? []), reporter(options)] });
    await context.watch();
  }
}

async function main() {
  rmSync('dist', { recursive: true, force: true });
  await (watch ? rebuildOnChange() : buildOnce());
}

module.exports = { forFetch };

if (require.main === module) {
  main().catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
