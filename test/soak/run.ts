/** Builds the extension and its soak, and runs that in the extension host of a real VS Code. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import esbuild from 'esbuild';
import { sampleSite } from '../cloud/control';
import { SAMPLE } from '../cloud/data';
import { startStandIn } from '../cloud/start';
import { runIntegration } from '../host/integration';
import type { Plan } from './index';

const root = path.resolve(__dirname, '../..');
const outfile = path.join(root, 'dist/soak/index.js');

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { actions: { type: 'string' }, seed: { type: 'string' } } });
  const actions = Number(values.actions ?? 10_000);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`${actions} actions, --seed=${seed}\n`);
  execFileSync(process.execPath, ['esbuild.js'], { cwd: root, stdio: 'inherit' });
  await esbuild.build({
    entryPoints: [path.join(__dirname, 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  const cloud = await startStandIn({ rows: { instances: 12 } });
  process.env['TEST_HOST_TIMEOUT'] ??= '3600';
  try {
    const plan: Plan = {
      cloud: cloud.url,
      sample: SAMPLE,
      actions,
      warmUp: Math.min(1000, Math.floor(actions / 2)),
      seed,
    };
    return await runIntegration({
      extensionDevelopmentPath: root,
      extensionTestsPath: outfile,
      settings: {
        'keyExplorer.sites': { demo: sampleSite(cloud.url) },
        'keyExplorer.requestTimeout': 5,
        'keyExplorer.pageSize': 50,
      },
      env: { KEY_EXPLORER_SOAK: JSON.stringify(plan) },
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
