/** Runs an extension's tests in the extension host of the npm-only VS Code, by the desktop VS Code's command line. */
import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import type { BrowserContext } from 'playwright-core';
import { launchBrowser } from './browser';
import { addUnpacked } from './extensionFolder';
import { ensureHost, type Host } from './install';
import { isNoise } from './noise';
import {
  onEndSignal,
  type OwnedProcess,
  removeFolder,
  serverEnvironment,
  startOwned,
  temporaryFolder,
  waitForLine,
} from './processes';

/** Port on which the extension host waits for a debugger; undefined without one. */
const inspectPort = process.env['TEST_HOST_INSPECT'];

/** The part of VS Code's command line that matters to a test run. */
export interface ShimArguments {
  readonly developmentPaths: readonly string[];
  readonly testsPath: string;
  /** A folder to open; an empty window without. */
  readonly folder: string | undefined;
  /** Its `User/settings.json` is taken over; nothing is written to it. */
  readonly userDataDir: string | undefined;
}

/** Reads VS Code's command line; unknown options are for the desktop only and are ignored. */
export function parseArguments(args: readonly string[]): ShimArguments {
  const values = (name: string): string[] =>
    args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => resolve(arg.slice(name.length + 3)));
  const testsPath = values('extensionTestsPath')[0];
  if (!testsPath) throw new Error('--extensionTestsPath=… is missing: this VS Code is for tests only');
  return {
    developmentPaths: values('extensionDevelopmentPath'),
    testsPath,
    folder: args.filter((arg) => !arg.startsWith('-')).map((arg) => resolve(arg))[0],
    userDataDir: values('user-data-dir').at(-1),
  };
}

/** Runs the tests and ends this process with their exit code. */
export function main(args: readonly string[]): void {
  const limit = Number(process.env['TEST_HOST_TIMEOUT'] ?? 300);
  const session = new TestSession();
  let ending = false;
  const end = (code: number, why?: string): void => {
    // Failures that ending causes are ignored.
    if (ending) return;
    ending = true;
    if (why) say(`${why}; the last that the server printed:\n${session.serverOutput()}`);
    void session.close().finally(() => process.exit(code));
  };

  onEndSignal(() => {
    ending = true;
    return session.close();
  });

  if (!inspectPort)
    setTimeout(() => end(124, `The tests took longer than ${limit} s (TEST_HOST_TIMEOUT)`), limit * 1000).unref();
  // The pipe from the parent process ends with it, even if the parent was killed.
  if (!process.stdin.isTTY)
    process.stdin
      .on('end', () => end(1))
      .on('error', () => end(1))
      .resume();
  process.stdout.on('error', () => end(1));

  session.run(parseArguments(args)).then(
    (code) => end(code),
    (error: unknown) => {
      end(1, `The test host failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  );
}

class TestSession {
  #server: OwnedProcess | undefined;
  #browser: BrowserContext | undefined;
  readonly #folder = temporaryFolder('test');

  serverOutput(): string {
    return this.#server?.output().trim().split('\n').slice(-40).join('\n') ?? '';
  }

  async run(options: ShimArguments): Promise<number> {
    const codeServer = process.env['TEST_HOST_CODE_SERVER'];
    const host = await ensureHost({ log: say, ...(codeServer ? { codeServer } : {}) });
    const serverData = join(this.#folder, 'server');
    const settings = options.userDataDir && join(options.userDataDir, 'User/settings.json');
    mkdirSync(join(serverData, 'data/User'), { recursive: true });
    if (settings && existsSync(settings)) cpSync(settings, join(serverData, 'data/User/settings.json'));
    // The browser's host develops one extension at a time; those beside it are installed.
    const extensions = join(serverData, 'extensions');
    mkdirSync(extensions);
    for (const path of options.developmentPaths.slice(1)) addUnpacked(extensions, path);

    // The browser takes as long to start as the server does.
    const [address, browser] = await Promise.all([this.#startServer(host, serverData), launchBrowser(host)]);
    this.#browser = browser;
    return this.#runTests(options, address, browser);
  }

  async #startServer(host: Host, serverData: string): Promise<string> {
    const server = startOwned(
      host.node,
      [
        host.vscodeServerMain,
        '--host=127.0.0.1',
        '--port=0',
        '--without-connection-token',
        '--accept-server-license-terms',
        // Without it a built VS Code passes over the tests in the payload, silently.
        '--enable-smoke-test-driver',
        '--telemetry-level=off',
        '--disable-workspace-trust',
        `--server-data-dir=${serverData}`,
      ],
      { env: serverEnvironment(this.#folder) },
    );
    this.#server = server;
    const [, port] = await waitForLine(server, /Extension host agent listening on (\d+)/, 60);
    return `127.0.0.1:${port}`;
  }

  async #runTests(options: ShimArguments, address: string, browser: BrowserContext): Promise<number> {
    const remote = (path: string): string => `vscode-remote://${address}${path}`;
    const payload = [
      ...options.developmentPaths.slice(0, 1).map((path) => ['extensionDevelopmentPath', remote(path)]),
      ['extensionTestsPath', remote(moduleFile(options.testsPath))],
      ['skipWelcome', 'true'],
      ...(inspectPort ? [['inspect-brk-extensions', inspectPort]] : []),
    ];
    const where = options.folder ? { folder: options.folder } : { ew: 'true' };
    const query = new URLSearchParams({ ...where, payload: JSON.stringify(payload) } as Record<string, string>);

    const page = browser.pages()[0] ?? (await browser.newPage());
    return new Promise<number>((done, fail) => {
      const open = async (): Promise<void> => {
        await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
          const line = fromTests(args);
          if (line !== undefined) say(line);
        });
        await page.exposeFunction('codeAutomationExit', (code: number) => done(code));
        page.on('crash', () => fail(new Error('the browser page crashed')));
        browser.on('close', () => fail(new Error('the browser ended')));
        void this.#server?.ended.then((code) => fail(new Error(`the VS Code server ended with code ${code}`)));
        await page.goto(`http://${address}/?${query.toString()}`, { waitUntil: 'domcontentloaded' });
      };
      open().catch(fail);
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#browser?.close().catch(() => undefined), this.#server?.stop()]);
    removeFolder(this.#folder);
  }
}

/** VS Code on the desktop takes a folder for its `index.js`; the browser's extension host wants the file. */
function moduleFile(path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return join(path, 'index.js');
  return existsSync(path) ? path : `${path}.js`;
}

/** A line that the tests printed; undefined for the workbench's own messages. */
function fromTests(args: unknown[]): string | undefined {
  const line = format(...args);
  return isNoise(line) && !process.env['TEST_HOST_VERBOSE'] ? undefined : line;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
