/** The demo: a VS Code with the packaged extension, signed in to a cloud that runs on this machine. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sampleSite } from '../cloud/control';
import { startStandIn } from '../cloud/start';
import { signInByProfile } from './demoAccount';
import { ensureHost } from './install';
import { hostFolder, onEndSignal, repoRoot, startOwned } from './processes';
import { startWorkbench } from './workbench';

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

  say('Packaging the extension, and installing VS Code if it is missing …');
  const [vsix, host] = await Promise.all([packageExtension(), ensureHost({ browser: false, log: say })]);
  const cloud = await startStandIn();
  closers.push(() => cloud.close());
  say(`The sample cloud listens on ${cloud.url}. Starting VS Code …`);
  const demo = await startWorkbench({
    host,
    vsix,
    companions: [join(hostFolder, 'companion')],
    settings: { 'keyExplorer.sites': { demo: sampleSite(cloud.url) } },
    ...(values.port !== undefined && { port: Number(values.port) }),
    ...(values.locale !== undefined && { locale: values.locale }),
  });
  closers.push(() => demo.close());
  await signInByProfile(demo, cloud.url);
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
