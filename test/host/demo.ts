/** The demo: a VS Code with the packaged extension, signed in to a cloud that runs on this machine. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sampleSite } from '../cloud/control';
import { SAMPLE } from '../cloud/data';
import { startStandIn } from '../cloud/start';
import { ensureHost } from './install';
import { hostFolder, onEndSignal, repoRoot, startOwned } from './processes';
import { startWorkbench, type Workbench, type WorkbenchOptions } from './workbench';

/** What `runDemo` is told. */
export interface DemoOptions {
  /** The packaged extension. */
  readonly vsix: string;
  /** The sites that the extension is to know, as in the setting `keyExplorer.sites`. */
  readonly sites: Readonly<Record<string, unknown>>;
  /** The arguments of the command `keyExplorer.signIn`; nobody is signed in without. */
  readonly signIn?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly locale?: string;
}

/** Starts VS Code for the demo. */
export async function runDemo(options: DemoOptions): Promise<Workbench> {
  const host = await ensureHost({ browser: false });
  const workbench: WorkbenchOptions = {
    host,
    vsix: options.vsix,
    settings: { 'keyExplorer.sites': options.sites },
    ...(options.signIn && {
      companions: [join(hostFolder, 'companion')],
      // Not in a settings file: a password has no place there, not even a sample's.
      env: { KEY_EXPLORER_DEMO_SIGN_IN: JSON.stringify(options.signIn) },
    }),
    ...(options.port !== undefined && { port: options.port }),
    ...(options.locale && { locale: options.locale }),
  };
  return startWorkbench(workbench);
}

async function packageExtension(): Promise<string> {
  const build = startOwned('npm', ['run', '--silent', 'package'], { env: process.env });
  const code = await build.ended;
  if (code !== 0) throw new Error(`npm run package ended with code ${code}:\n${build.output().trim()}`);
  return join(repoRoot, 'key-explorer.vsix');
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, locale: { type: 'string' } } });
  const closers: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    say('Ending the demo …');
    await Promise.allSettled(closers.map((close) => close()));
  };
  onEndSignal(closeAll);
  endWithParent(closeAll);

  say('Packaging the extension, and installing what VS Code needs where it is missing …');
  const [vsix] = await Promise.all([packageExtension(), ensureHost({ browser: false, log: say })]);
  const cloud = await startStandIn();
  closers.push(() => cloud.close());
  say(`The sample cloud listens on ${cloud.url}. Starting VS Code …`);
  const demo = await runDemo({
    vsix,
    sites: { demo: sampleSite(cloud.url) },
    signIn: {
      site: 'demo',
      accountName: SAMPLE.domain.name,
      userName: SAMPLE.user,
      password: SAMPLE.password,
      remember: 'session',
    },
    ...(values.port !== undefined && { port: Number(values.port) }),
    ...(values.locale !== undefined && { locale: values.locale }),
  });
  closers.push(() => demo.close());
  say(`\n  Open ${demo.url} in a browser.\n\n  Ctrl+C ends the demo.`);
}

/** A parent that was killed cannot pass the end on; who takes its place has another process number. */
function endWithParent(closeAll: () => Promise<void>): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void closeAll().finally(() => process.exit(1));
  }, 1000).unref();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (process.argv[1] && join(process.argv[1]) === join(hostFolder, 'demo.ts')) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
