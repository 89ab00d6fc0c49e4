/** Installs a complete VS Code, the Node that runs it and a browser from npm packages into `.vscode-test/`. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from './findBrowser';
import { releaseGitDependencies } from './gitDependencies';
import { withLock } from './lock';
import { chromiumPin, currentCodeServer, serverPins, type ServerPin } from './pins';
import { cleanEnvironment, hostFolder, repoRoot, startOwned } from './processes';

/** Everything that is needed to run a VS Code. */
export interface Host {
  /** The server with the web workbench, without code-server around it. */
  readonly vscodeServerMain: string;
  /** code-server's own command line. */
  readonly codeServerEntry: string;
  /** A Node that can run both. */
  readonly node: string;
  /** Undefined where it was not asked for. */
  readonly chromium: string | undefined;
  /** Where the browser's libraries are, where the system has not got them. */
  readonly chromiumLibraries: string | undefined;
  readonly versions: { readonly codeServer: string; readonly vscode: string };
}

/** Options of `ensureHost`. */
export interface HostOptions {
  /** One of the versions in `pins.ts`. */
  readonly codeServer?: string;
  /** Whether a browser is needed; it is by default. */
  readonly browser?: boolean;
  /** Takes the progress lines; they go to standard output by default. */
  readonly log?: (line: string) => void;
}

const cacheFolder = join(repoRoot, '.vscode-test');
const marker = 'complete.json';

/**
 * Makes sure that everything is installed, and says where it is.
 *
 * Does nothing if everything is installed; completes an interrupted installation; waits for another process that installs.
 */
export async function ensureHost(options: HostOptions = {}): Promise<Host> {
  const log = options.log ?? ((line: string): void => void process.stdout.write(`${line}\n`));
  const version = options.codeServer ?? currentCodeServer;
  const pin = serverPins[version];
  if (!pin) throw new Error(`code-server ${version} is not one of the versions in test/host/pins.ts`);

  mkdirSync(cacheFolder, { recursive: true });
  const parts = plan(pin, options.browser ?? true);
  if (isComplete(parts)) {
    putStandIns(parts.server.folder);
    return describe(pin, parts);
  }
  return withLock(
    join(cacheFolder, 'install.lock'),
    () => log('Waiting for another process that is installing VS Code …'),
    async () => {
      await installAll(parts, log);
      putStandIns(parts.server.folder);
      return describe(pin, parts);
    },
  );
}

/** One folder below `.vscode-test/`, complete when its marker file is there. */
interface Part {
  readonly title: string;
  readonly folder: string;
  install(folder: string): Promise<object>;
}

interface Plan {
  readonly server: Part;
  /** Undefined where the running Node fits. */
  readonly node: Part | undefined;
  /** Undefined where a browser is there already, or none is needed. */
  readonly chromium: Part | undefined;
  readonly presentBrowser: string | undefined;
}

function plan(pin: ServerPin, withBrowser: boolean): Plan {
  const node = nodePin(pin);
  const presentBrowser = withBrowser ? findBrowser() : undefined;
  return {
    server: {
      title: `VS Code ${pin.vscode} (code-server ${pin.codeServer})`,
      folder: join(cacheFolder, `code-server-${pin.codeServer}`),
      install: async (folder) => {
        await installPackage(folder, `code-server@${pin.codeServer}`);
        // Its install script would do the rest, along with building native modules that neither tests nor demo use.
        for (const file of pin.emptied) writeFileSync(join(folder, 'node_modules', file), 'module.exports = {};\n');
        const vscode = join(folder, 'node_modules/code-server/lib/vscode');
        releaseGitDependencies(vscode);
        await npm(['install', '--omit=dev'], vscode);
        return {};
      },
    },
    node: node && {
      title: `Node ${node.version}`,
      folder: join(cacheFolder, `node-${node.version}`),
      install: async (folder) => {
        await installPackage(folder, `${node.name}@${node.version}`);
        const path = join(folder, 'node_modules', node.name, 'bin/node');
        await run(path, ['--version'], folder);
        return { path };
      },
    },
    presentBrowser,
    chromium:
      presentBrowser || !withBrowser
        ? undefined
        : {
            title: `Chromium ${chromiumPin.version}`,
            folder: join(cacheFolder, `chromium-${chromiumPin.version}`),
            install: (folder) => installPackage(folder, `${chromiumPin.name}@${chromiumPin.version}`).then(() => ({})),
          },
  };
}

function nodePin(pin: ServerPin): { name: string; version: string } | undefined {
  if (pin.runsOn(Number.parseInt(process.versions.node, 10))) return undefined;
  const node = pin.node[`${process.platform}-${process.arch}`];
  if (!node) {
    throw new Error(
      `VS Code ${pin.vscode} cannot run on Node ${process.versions.node}, and npm has no fitting one for ` +
        `${process.platform}-${process.arch}: start this with a newer Node`,
    );
  }
  return node;
}

/**
 * Puts `spdlog.cjs` in the place of the native module that writes VS Code's logs; without either, no log is written.
 * An earlier installation gets it as well, and again after each change of it.
 */
function putStandIns(serverFolder: string): void {
  const standIn = join(hostFolder, 'spdlog.cjs');
  const place = join(serverFolder, 'node_modules/code-server/lib/vscode/node_modules/@vscode/spdlog/index.js');
  if (readFileSync(place, 'utf8') === readFileSync(standIn, 'utf8')) return;
  // By a rename, since a VS Code may be starting from this folder at the moment.
  const beside = `${place}.${process.pid}`;
  copyFileSync(standIn, beside);
  renameSync(beside, place);
}

function isComplete({ server, node, chromium }: Plan): boolean {
  return [server, node, chromium].every((part) => !part || existsSync(join(part.folder, marker)));
}

async function installAll({ server, node, chromium }: Plan, log: (line: string) => void): Promise<void> {
  const start = Date.now();
  const missing = [server, node, chromium].filter((part) => part && !existsSync(join(part.folder, marker)));
  if (missing.length === 0) return;
  log(`Installing into .vscode-test (once, about 1 GB): ${missing.map((part) => part?.title).join(', ')} …`);
  // Unpacking Chromium needs the Node, everything else goes side by side.
  const nodeReady = node ? ensurePart(node, log) : Promise.resolve();
  await Promise.all([
    ensurePart(server, log),
    nodeReady,
    chromium &&
      ensurePart(
        {
          ...chromium,
          install: async (folder) => {
            await Promise.all([chromium.install(folder), nodeReady]);
            return unpackChromium(folder, nodePath(node));
          },
        },
        log,
      ),
  ]);
  log(`Installed everything in ${seconds(start)}.`);
}

async function ensurePart(part: Part, log: (line: string) => void): Promise<void> {
  if (existsSync(join(part.folder, marker))) return;
  const start = Date.now();
  rmSync(part.folder, { recursive: true, force: true, maxRetries: 5 });
  mkdirSync(part.folder, { recursive: true });
  const facts = await part.install(part.folder);
  // Last, so that a folder without it is one whose installation was interrupted.
  writeFileSync(join(part.folder, marker), JSON.stringify(facts));
  log(`  ${part.title}: ${seconds(start)}`);
}

/** The record of the installation of a part. */
function factsOf(part: Part): { path?: string; libraries?: string } {
  const facts: { path?: string; libraries?: string } = JSON.parse(readFileSync(join(part.folder, marker), 'utf8'));
  return facts;
}

function nodePath(node: Part | undefined): string {
  return (node && factsOf(node).path) ?? process.execPath;
}

function describe(pin: ServerPin, { server, node, chromium, presentBrowser }: Plan): Host {
  const codeServer = join(server.folder, 'node_modules/code-server');
  const browser = chromium ? factsOf(chromium) : {};
  return {
    vscodeServerMain: join(codeServer, 'lib/vscode/out/server-main.js'),
    codeServerEntry: join(codeServer, 'out/node/entry.js'),
    node: nodePath(node),
    chromium: browser.path ?? presentBrowser,
    chromiumLibraries: browser.libraries,
    versions: { codeServer: pin.codeServer, vscode: pin.vscode },
  };
}

async function unpackChromium(folder: string, node: string): Promise<{ path: string; libraries?: string }> {
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  const script = `import('${chromiumPin.name}').then(async (m) => { await m.default.executablePath(); })`;
  // It unpacks into the temporary folder, and what it takes for a function service gets the NSS libraries as well.
  const env = cleanEnvironment({ TMPDIR: unpacked, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' });
  await run(node, ['--eval', script], folder, env);
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });

  const path = join(unpacked, 'chromium');
  const libraries = join(unpacked, 'al2023/lib');
  try {
    await run(path, ['--version'], folder);
    return { path };
  } catch {
    await run(path, ['--version'], folder, cleanEnvironment({ LD_LIBRARY_PATH: libraries }));
    return { path, libraries };
  }
}

async function installPackage(folder: string, spec: string): Promise<void> {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  await npm(['install', '--save-exact', spec], folder);
}

async function npm(args: string[], cwd: string): Promise<void> {
  const flags = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env['npm_execpath'];
  // The npm that started this, else the one on the path.
  const command = cli?.endsWith('npm-cli.js') ? [process.execPath, cli] : ['npm'];
  await run(command[0] ?? 'npm', [...command.slice(1), ...args, ...flags], cwd, npmEnvironment());
}

/**
 * An outer `npm run` hands its own flags and its project's folder to all npms below it, as `npm_config_…`: `npm ci --omit=dev`
 * or `--dry-run` out there must not change this installation. The configured registry still applies.
 */
function npmEnvironment(): NodeJS.ProcessEnv {
  const env = cleanEnvironment();
  const kept =
    /^npm_config_(registry|.*:registry|.*:_auth.*|cache|userconfig|globalconfig|(https_?|no_?)?proxy|ca|cafile|strict_ssl|fetch_.*|maxsockets|(prefer_)?offline)$/i;
  for (const [name, value] of Object.entries(process.env)) {
    if (kept.test(name)) env[name] = value;
  }
  return env;
}

async function run(command: string, args: string[], cwd: string, env = cleanEnvironment()): Promise<void> {
  const owned = startOwned(command, args, { cwd, env });
  const code = await owned.ended;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with code ${code}:\n${owned.output().trim()}`);
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
