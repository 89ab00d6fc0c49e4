import assert from 'node:assert/strict';
import dns from 'node:dns';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Server } from 'node:net';
import path from 'node:path';
import { workspace } from 'vscode';
import { requestToken } from '../../src/accounts/iamClient';
import { asCloudError, type CloudError } from '../../src/cloud/errors';

const host = 'iam.headers.invalid';
const root = process.env['KEY_EXPLORER_ROOT'] ?? '';
type Looked = (error: Error | null, address: string | dns.LookupAddress[], family?: number) => void;

/** VS Code puts a function of its own in the place of Node's for requests that go to other machines. */
export function largeHeaders(): void {
  describe('an answer with large headers from a host of another name', () => {
    const { lookup } = dns;
    let iam: Server;
    let proxy: Server;
    /** The hosts that the proxy was asked to connect to. */
    let connected: (string | undefined)[];
    let token: string;

    before(async () => {
      const pem = readFileSync(path.join(root, 'test/cloud/untrusted.pem'));
      const user = { id: 'u', name: 'user', domain: { id: 'd', name: 'domain' } };
      const body = JSON.stringify({ token: { expires_at: '2100-01-01T00:00:00Z', user } });
      iam = createTlsServer({ key: pem, cert: pem }, (_, response) =>
        response.writeHead(201, { 'x-subject-token': token }).end(body),
      );
      proxy = createServer().on('connect', ({ url }, socket) => {
        connected.push(url);
        const onward = connect(portOf(iam), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          onward.pipe(socket).pipe(onward);
        });
        onward.on('error', () => socket.destroy());
        socket.on('error', () => onward.destroy());
      });
      for (const server of [iam, proxy]) {
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
      }
      // The one form that connections use.
      // oxlint-disable-next-line no-unsafe-type-assertion
      dns.lookup = ((name: string, options: dns.LookupOptions, done: Looked) => {
        if (name !== host) {
          lookup(name, options, done);
        } else if (options.all === true) {
          process.nextTick(done, null, [{ address: '127.0.0.1', family: 4 }]);
        } else {
          process.nextTick(done, null, '127.0.0.1', 4);
        }
      }) as unknown as typeof lookup;
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    });
    after(() => {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      dns.lookup = lookup;
      iam.close();
      proxy.close();
    });
    beforeEach(() => {
      connected = [];
    });

    const signIn = async (): Promise<string | CloudError> => {
      const ignore = (): void => undefined;
      const transport = { timeout: () => 10_000, log: { info: ignore, warn: ignore }, clock: Date.now };
      const who = { kind: 'password', accountName: 'a', userName: 'u', password: 'p' } as const;
      const address = `https://${host}:${portOf(iam)}`;
      const signal = new AbortController().signal;
      return requestToken(address, who, { domain: { name: 'a' } }, transport, signal).then(
        ({ value }) => value,
        asCloudError,
      );
    };

    for (const throughProxy of [false, true]) {
      describe(throughProxy ? 'through a proxy' : 'without a proxy', () => {
        before(async () => setProxy(throughProxy ? `http://127.0.0.1:${portOf(proxy)}` : undefined));
        after(async () => setProxy(undefined));
        afterEach(() => assert.deepEqual(connected, throughProxy ? [`${host}:${portOf(iam)}`] : []));

        for (const size of [16, 48, 64]) {
          it(`comes with a token of ${size} KiB`, async () => {
            token = 'M'.repeat(size * 1024);
            const came = await signIn();
            assert.ok(came === token, came instanceof Error ? came.message : `${came.length} characters came`);
          });
        }

        it('reports headers of more than 64 KiB as a bad answer', async () => {
          token = 'M'.repeat(100 * 1024);
          const error = await signIn();
          assert.ok(typeof error !== 'string');
          assert.deepEqual([error.kind, error.failure.reason?.args], ['badAnswer', [64]], error.message);
        });
      });
    }

    it('is what the shipped bundle allows as well', () => {
      const folder = path.join(root, 'dist');
      const bundles = readdirSync(folder).filter((name) => name.endsWith('.js'));
      assert.match(bundles.map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n'), /maxHeaderSize/);
    });
  });
}

async function setProxy(address: string | undefined): Promise<void> {
  await workspace.getConfiguration('http').update('proxy', address, true);
}

function portOf(server: Server): number {
  // A server that listens on TCP has an address of this type.
  // oxlint-disable-next-line no-unsafe-type-assertion
  return (server.address() as AddressInfo).port;
}
