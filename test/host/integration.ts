/** Runs tests inside the extension host of a real VS Code. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { quietSettings } from './settings';
import { hostFolder, removeFolder, repoRoot, temporaryFolder } from './processes';

/** Options of `runIntegration`. */
export interface IntegrationOptions {
  /** The folder with the extension's `package.json`; several for companions. */
  readonly extensionDevelopmentPath: string | string[];
  /** A CommonJS module that exports `run(): Promise<void>`. */
  readonly extensionTestsPath: string;
  /** User settings of the window, application-scoped ones included. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder to open; an empty window without. */
  readonly workspace?: string;
}

/**
 * Runs the tests and gives their exit code: 0 when they passed.
 *
 * In the npm-only VS Code by default; in a desktop VS Code, which is downloaded, with `VSCODE_HOST=desktop`.
 */
export async function runIntegration(options: IntegrationOptions): Promise<number> {
  const folder = temporaryFolder('integration');
  const userDataDir = join(folder, 'user');
  mkdirSync(join(userDataDir, 'User'), { recursive: true });
  writeFileSync(join(userDataDir, 'User/settings.json'), JSON.stringify({ ...quietSettings, ...options.settings }));

  const executable = join(hostFolder, 'vscode.cjs');
  const desktop = process.env['VSCODE_HOST'] === 'desktop';
  // A copy of the repository that came without file modes must work as well.
  if (!desktop) chmodSync(executable, 0o755);
  process.once('SIGTERM', onTerminate);
  try {
    return await runTests({
      ...(desktop ? { cachePath: join(repoRoot, '.vscode-test') } : { vscodeExecutablePath: executable }),
      extensionDevelopmentPath: options.extensionDevelopmentPath,
      extensionTestsPath: options.extensionTestsPath,
      extensionTestsEnv: { ...options.env },
      launchArgs: [
        ...(options.workspace ? [options.workspace] : []),
        `--user-data-dir=${userDataDir}`,
        `--extensions-dir=${join(folder, 'extensions')}`,
        '--disable-extensions',
      ],
    });
  } catch (error) {
    if (error instanceof TestRunFailedError) return error.code ?? 1;
    throw error;
  } finally {
    process.off('SIGTERM', onTerminate);
    removeFolder(folder);
  }
}

/** Ends by `exit`, at which temporary folders are removed; SIGINT is handled by `runTests` itself. */
function onTerminate(): never {
  process.exit(143);
}
