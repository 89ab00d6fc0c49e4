import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import type * as Iam from '../../../src/accounts/iamClient';
import type * as Errors from '../../../src/cloud/errors';
import { type LocalServer, serve } from '../../support/localServer';

const kibi = 1024;
const root = path.resolve(__dirname, '../../..');
const load = createRequire(__filename);

describe('large headers of answers, in the bundled code', () => {
  let folder: string;
  /** The bundle with its own class of errors. */
  let bundle: typeof Iam & Pick<typeof Errors, 'asCloudError'>;
  let server: LocalServer;
  let token: string;
  let first: Readonly<Record<string, string>>;
  let others: Readonly<Record<string, string>>;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'key-explorer-headers-'));
    const { forFetch }: { forFetch: Plugin[] } = load('../../../esbuild.js');
    const outfile = path.join(folder, 'iam.js');
    const contents = `export * from './src/accounts/iamClient'; export { asCloudError } from './src/cloud/errors';`;
    const stdin = { contents, resolveDir: root };
    await build({ stdin, outfile, bundle: true, platform: 'node', format: 'cjs', plugins: forFetch });
    bundle = load(outfile);
    server = await serve((_, response) => {
      const user = { id: 'u', name: 'user', domain: { id: 'd', name: 'domain' } };
      const headers = {
        ...first,
        'x-subject-token': token,
        'x-iam-trace-id': 'trace',
        server: 'api-gateway',
        ...others,
      };
      response.writeHead(201, headers).end(JSON.stringify({ token: { expires_at: '2100-01-01T00:00:00Z', user } }));
    });
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    first = {};
    others = {};
  });

  const signIn = async (): Promise<string | Errors.CloudError> => {
    const log = { info: () => undefined, warn: () => undefined };
    const transport = { timeout: () => 5000, log, clock: Date.now };
    const who = { kind: 'password', accountName: 'domain', userName: 'user', password: 'p' } as const;
    const scope = { domain: { name: 'domain' } };
    return bundle
      .requestToken(server.url, who, scope, transport, new AbortController().signal)
      .then(({ value }) => value, bundle.asCloudError);
  };

  for (const size of [1, 16, 48, 64]) {
    it(`reads a token of ${size} KiB`, async () => {
      token = 'M'.repeat(size * kibi);
      assert.equal(await signIn(), token);
    });
  }

  it('reads a token after 5,000 small headers', async () => {
    token = 'M'.repeat(kibi);
    first = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`x${at}`, '1']));
    assert.equal(await signIn(), token);
  });

  for (const [what, size, rest] of [
    ['a token of 66 KiB', 66, {}],
    ['a token of 1 MiB', kibi, {}],
    ['many headers', 1, Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`x-${at}`, 'y'.repeat(kibi)]))],
  ] as const) {
    it(`explains the error and the remedy for ${what}`, async () => {
      token = 'M'.repeat(size * kibi);
      others = rest;
      const error = await signIn();
      assert.ok(typeof error !== 'string');
      const { kind, reason, call } = error.failure;
      assert.deepEqual([kind, reason?.args], ['badAnswer', [64]]);
      assert.match(reason?.text ?? '', /headers .* are larger than .* sign in with an access key/);
      assert.equal(call, `POST 127.0.0.1:${server.port} /v3/auth/tokens`);
    });
  }
});
