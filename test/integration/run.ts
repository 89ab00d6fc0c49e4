/**
 * Builds the extension and its integration tests, and runs them in the extension host of a real VS Code; with `--floor`,
 * of the oldest one that the manifest admits.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import esbuild, { type Plugin } from 'esbuild';
import { sampleSite } from '../cloud/control';
import { SAMPLE } from '../cloud/data';
import { startStandIn } from '../cloud/start';
import { runIntegration } from '../host/integration';
import { floorCodeServer } from '../host/pins';
import type { Given } from './given';

const root = path.resolve(__dirname, '../..');
const { forFetch }: { forFetch: Plugin[] } = createRequire(__filename)('../../esbuild.js');
const outfile = path.join(root, 'dist/integration/index.js');

async function main(): Promise<number> {
  if (process.argv.includes('--floor')) {
    process.env['TEST_HOST_CODE_SERVER'] = floorCodeServer;
  }
  const inspected = process.env['TEST_HOST_INSPECT'] !== undefined;
  execFileSync(process.execPath, ['esbuild.js', ...(inspected ? ['--dev'] : [])], { cwd: root, stdio: 'inherit' });
  await esbuild.build({
    entryPoints: [path.join(__dirname, 'index.ts')],
    outfile,
    bundle: true,
    sourcemap: inspected,
    platform: 'node',
    format: 'cjs',
    plugins: forFetch,
    // mocha is asked for by name at run time, and must be one and the same for runner and tests.
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  const cloud = await startStandIn();
  try {
    const given: Given = { cloud: cloud.url, sample: SAMPLE };
    return await runIntegration({
      extensionDevelopmentPath: [root, path.join(__dirname, 'probe')],
      extensionTestsPath: outfile,
      settings: { 'keyExplorer.sites': { demo: sampleSite(cloud.url) } },
      env: {
        KEY_EXPLORER_GIVEN: JSON.stringify(given),
        KEY_EXPLORER_ROOT: root,
        TEST_COUNTS: process.env['TEST_COUNTS'] ?? '',
      },
    });
  } finally {
    await cloud.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
