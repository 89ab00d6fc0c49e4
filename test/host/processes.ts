/** Starting and surely ending processes and temporary folders. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of these files. */
export const hostFolder = dirname(fileURLToPath(import.meta.url));

/** The root of the repository. */
export const repoRoot = dirname(dirname(hostFolder));

/** A process with all that it started. */
export interface OwnedProcess {
  readonly pid: number;
  /** Everything it printed so far, both streams. */
  output(): string;
  /** Calls back for each line that it prints, the lines printed already included. */
  onLine(listener: (line: string) => void): void;
  /** Its exit code, when it has ended. */
  readonly ended: Promise<number>;
  /** Ends it and everything that it started. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
const folders = new Set<string>();

process.on('exit', () => {
  for (const child of running) killGroup(child, 'SIGKILL');
  for (const folder of folders) removeFolder(folder);
});

/**
 * Starts a command in a process group of its own that ends with this process, however this process ends.
 *
 * Only `env` is passed on, so that the caller decides about inherited variables.
 */
export function startOwned(
  command: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string },
): OwnedProcess {
  const child = spawn(process.execPath, [join(hostFolder, 'reaper.cjs'), command, ...args], {
    cwd: options.cwd ?? repoRoot,
    env: options.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  // A pipe that breaks says only that the process has ended, which `ended` says as well.
  child.stdin.on('error', () => undefined);

  let text = '';
  let rest = '';
  const lines: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  const take = (chunk: string): void => {
    text += chunk;
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      for (const listener of listeners) listener(line);
    }
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);

  const ended = new Promise<number>((resolve) => {
    child.on('error', (error) => {
      take(`${error.message}\n`);
      running.delete(child);
      resolve(127);
    });
    // Processes that the command left behind would keep the pipes open.
    child.on('exit', () => killGroup(child, 'SIGKILL'));
    child.on('close', (code) => {
      running.delete(child);
      resolve(code ?? 1);
    });
  });

  return {
    pid: child.pid ?? -1,
    output: () => text,
    onLine: (listener) => {
      for (const line of lines) listener(line);
      listeners.push(listener);
    },
    ended,
    stop: async () => {
      killGroup(child, 'SIGTERM');
      const force = setTimeout(() => killGroup(child, 'SIGKILL'), 3000);
      await ended;
      clearTimeout(force);
    },
  };
}

/** Waits for a line of a process that matches; rejects, with what was printed, when it ends or takes too long. */
export async function waitForLine(owned: OwnedProcess, pattern: RegExp, seconds: number): Promise<RegExpExecArray> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<RegExpExecArray>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${why}. It printed:\n${owned.output().trim()}`));
      timer = setTimeout(() => fail(`no line matching ${String(pattern)} within ${seconds} s`), seconds * 1000);
      owned.onLine((line) => {
        const match = pattern.exec(line);
        if (match) resolve(match);
      });
      void owned.ended.then((code) => fail(`the process ended with code ${code}`));
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Makes a temporary folder that is removed when this process ends. */
export function temporaryFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `key-explorer-${purpose}-`));
  folders.add(folder);
  return folder;
}

/** Removes a temporary folder now; one that is still being written to is tried a few times. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    folders.delete(folder);
  } catch {
    // Left to the system's own cleaning of temporary folders.
  }
}

/**
 * The environment without the variables of an outer VS Code or npm, which would change a VS Code that is started from here:
 * inside VS Code's own terminal, for example, code-server would hand its arguments to that window.
 */
export function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(VSCODE_|CODE_SERVER_|ELECTRON_|npm_)|^(PASSWORD|HASHED_PASSWORD|NODE_OPTIONS)$/.test(name))
      env[name] = value;
  }
  return { ...env, ...extra };
}

/** Sign-ins that the extension would offer as profiles, and proxies that VS Code would send its requests through. */
const ofThisMachine = /^(HUAWEICLOUD_|HW_|OS_)|_proxy$/i;

/**
 * The environment of a VS Code server: nothing of this machine's accounts and proxies is in it, and no extension gallery is
 * looked up.
 * @param home the folder that takes the place of the user's own
 * @param extra reaches the extension host as well
 */
export function serverEnvironment(home: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = Object.entries(cleanEnvironment()).filter(([name]) => !ofThisMachine.test(name));
  return { ...Object.fromEntries(env), EXTENSIONS_GALLERY: '{}', HOME: home, USERPROFILE: home, ...extra };
}

/** Runs `stop` once on the first signal that asks this process to end, then exits with the shell's code for it. */
export function onEndSignal(stop: () => Promise<void>): void {
  let stopping = false;
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.on(signal, () => {
      // `npm run` passes on a Ctrl+C that the terminal has sent already: the second is the same one.
      if (stopping) return;
      stopping = true;
      void stop().finally(() => process.exit(128 + number));
    });
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of that group is left.
  }
}
