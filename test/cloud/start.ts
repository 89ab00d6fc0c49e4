import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { StandInControl } from './control';
import type { StandInOptions } from './data';

/** A stand-in that runs in a process of its own. */
export interface StandIn {
  /** `http://127.0.0.1:` and a port, without a trailing slash. */
  readonly url: string;
  readonly control: StandInControl;
  /** Ends the process; resolves when it is gone. */
  close(): Promise<void>;
}

const here = dirname(fileURLToPath(import.meta.url));
const startWithin = 30_000;

/** Starts a stand-in and waits until it listens. It ends with this process, and does not keep it alive. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(here, 'main.ts')], {
    cwd: join(here, '..', '..'),
    env: { ...process.env, KEY_EXPLORER_STAND_IN: JSON.stringify(options) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const close = async (): Promise<void> => {
    child.ref();
    lines.close();
    child.stdin.end();
    await gone;
  };
  try {
    const [line] = await Promise.race([
      once(lines, 'line', { signal: AbortSignal.timeout(startWithin) }),
      gone.then(() => {
        throw new Error('The stand-in ended before it listened');
      }),
    ]);
    const { url }: { url: string } = JSON.parse(String(line));
    child.unref();
    for (const pipe of [child.stdin, child.stdout]) {
      // A pipe of a child process is a socket.
      if (pipe instanceof Socket) {
        pipe.unref();
      }
    }
    return { url, control: new StandInControl(url), close };
  } catch (error) {
    child.kill();
    throw error;
  }
}
