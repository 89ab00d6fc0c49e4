import { fileURLToPath } from 'node:url';
import { cleanEnvironment, startOwned } from '../host/processes';

/** A running server of prepared pages. */
export interface Pages {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string;
  /** The request paths with their queries since the last call. */
  asked(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Starts the server of prepared pages.
 * @param instances number of signature keys by instance ID
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
