import { fileURLToPath } from 'node:url';
import { cleanEnvironment, startOwned } from '../host/processes';

/** Pages that are ready, from a process of its own. */
export interface Pages {
  /** `http://127.0.0.1:` and a port, without a trailing slash. */
  readonly url: string;
  /** The paths with their queries that were asked for since the last time. */
  asked(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Starts what has the pages ready.
 * @param instances by ID, with so many signature keys each
 */
export async function startPages(instances: Readonly<Record<string, number>>): Promise<Pages> {
  const pages = fileURLToPath(new URL('pages.ts', import.meta.url));
  const server = startOwned(process.execPath, ['--import', 'tsx', pages], {
    env: cleanEnvironment({ KEY_EXPLORER_BENCH_INSTANCES: JSON.stringify(instances) }),
  });
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      server.onLine(resolve);
    }),
    server.ended.then(() => {
      throw new Error(`The pages did not start:\n${server.output()}`);
    }),
  ]);
  return {
    url,
    asked: async () => {
      const answer = await fetch(`${url}/asked`);
      const paths: readonly string[] = JSON.parse(await answer.text());
      return paths;
    },
    close: async () => server.stop(),
  };
}
