import assert from 'node:assert/strict';
import { globalAgent } from 'node:http';
import * as fc from 'fast-check';
import { asCloudError, type CloudError } from '../../../src/cloud/errors';
import { fillPath } from '../../../src/cloud/path';
import { redact } from '../../../src/cloud/redact';
import { send } from '../../../src/cloud/http';
import { failureOf } from '../../support/harness';
import { serve } from '../../support/localServer';
import { errorDetails } from '../../../src/explorer/present/errorDetails';

const lines: string[] = [];
const transport = {
  timeout: () => 5000,
  clock: Date.now,
  log: { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) },
};
const { signal } = new AbortController();

function holdsNone(error: Error & { failure: unknown }, secret: string): void {
  const seen = [String(error), error.stack, JSON.stringify(error.failure), ...lines].join('\n');
  assert.ok(!seen.includes(secret), seen);
}

/** The base64 of a user and a password. */
const planted = 'cGxhbnRlZDpwbGFudGVk';

describe('an error of a request', () => {
  it('does not quote a header that cannot be sent', async () => {
    const headers = { 'x-auth-token': 'planted-secret\u4e2d' };
    const url = new URL('http://127.0.0.1:9/');
    holdsNone(await failureOf(send({ method: 'GET', url, template: '/', headers }, transport, signal)), 'planted');
  });

  it('does not quote the query, which may hold a secret filter', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip');
    });
    try {
      const url = new URL(`${server.url}/apps?app_key=planted-secret`);
      const request = { method: 'GET', url, template: '/apps', headers: {} } as const;
      holdsNone(await failureOf(send(request, transport, signal)), 'planted');
    } finally {
      await server.close();
    }
  });

  it('does not quote the query of an error without a code, such as a proxy that refuses a tunnel', async () => {
    const error = await failureThrough(new Error('the proxy gave no tunnel'));
    holdsNone(error, 'planted');
    assert.deepEqual(error.failure.reason?.args, ['the proxy gave no tunnel']);
  });

  it('shows no user info of an address in the tooltip, the copied error and the log', async () => {
    for (const [message, left] of [
      ['connect ECONNREFUSED planted:planted@proxy.example:3128', 'connect ECONNREFUSED …@proxy.example:3128'],
      ['no tunnel: ["PROXY http://planted:planted@10.0.0.1:8080"]', 'no tunnel: ["PROXY …@10.0.0.1:8080'],
      ['no tunnel: http://pla:nted/planted#p@planted?x@proxy.example/p is down', 'no tunnel: …@proxy.example is down'],
      ['via http://planted:planted planted@proxy.example failed', 'via …@proxy.example failed'],
      ['via DOMAIN\\planted:planted@proxy:8080 failed', 'via …@proxy:8080 failed'],
      ['via http%3A%2F%2Fplanted%3Aplanted%40proxy.example failed', 'via …@proxy.example failed'],
      ['via http%253A%252F%252Fplanted%253Aplanted%2540proxy failed', 'via …@ failed'],
      ['via planted%3Aplanted%40proxy.example failed', 'via …@proxy.example failed'],
      ['via planted@proxy.example failed', 'via …@proxy.example failed'],
      ['a http://planted:planted@a.example, b http://planted@b.example/planted', 'a …@b.example'],
      ['via //planted:planted@[::1]:8080/ failed', 'via …@[::1]:8080 failed'],
      ['via http://a:b@planted failed', 'via …@ failed'],
      ['https://a.example/planted?planted=1 failed', '… failed'],
      ['failed with "Proxy-Authorization: Basic planted="', 'failed with "Proxy-Authorization: [redacted]'],
      ["failed with { auth: 'planted:planted', port: 8080 }", 'failed with { auth: [redacted], port: 8080 }'],
      ["failed with { proxyAuth: 'planted:planted' }", 'failed with { proxyAuth: [redacted] }'],
      ["cannot parse 'planted:planted' for the proxy", "cannot parse '…' for the proxy"],
      ["no route to 'proxy.example:3128' or 'localhost:80'", "no route to 'proxy.example:3128' or 'localhost:80'"],
      [`refused "Basic ${planted}"`, 'refused "Basic [redacted]"'],
      [`["Proxy-Authorization", "Basic ${planted}"]`, '["Proxy-Authorization", "Basic [redacted]"]'],
      ['', '?'],
    ] as const) {
      for (const error of [await failureThrough(new Error(message)), asCloudError(new Error(message))]) {
        holdsNone(error, 'planted');
        holdsNone(error, planted);
        assert.deepEqual(error.failure.reason?.args, [left]);
        assert.ok(!JSON.stringify(errorDetails(error)).includes('planted'));
      }
      assert.ok(message.includes("'planted") || !redact(message.replace(/https:\S+/, '')).includes('planted'), message);
    }
    const odd = Object.assign(new Error('x'), { code: 'ECONN http://planted:planted@proxy.example' });
    holdsNone(await failureThrough(odd), 'planted');
    assert.ok(
      await Promise.resolve()
        .then(() => fillPath('http://planted:planted@a b', '/', {}))
        .then(
          () => false,
          (error: unknown) => !JSON.stringify(errorDetails(asCloudError(error))).includes('planted'),
        ),
    );
    assert.deepEqual(asCloudError(Object.create(null)).failure.reason?.args, ['?']);
  });

  it('can be made of any thrown value, even if its message is not a text or cannot be read', () => {
    const secret = new Error('http://planted:planted@proxy.example');
    for (const message of [{ value: { a: 1 } }, { value: undefined }, { get: () => assert.fail('planted') }]) {
      const error = asCloudError(Object.defineProperty(new Error('x'), 'message', message));
      assert.deepEqual(error.failure.reason?.args, ['?']);
    }
    for (const thrown of [new AggregateError([secret], ''), new Error('', { cause: secret }), secret.message]) {
      assert.ok(!JSON.stringify(errorDetails(asCloudError(thrown))).includes('planted'));
    }
  });

  it('shows no user info with any characters', () => {
    const special = fc.string({
      unit: fc.constantFrom(...'aZ0:/@?#[]%\\"\'<>&=+,;!$^`{}|~.-_'.split('')),
      maxLength: 12,
    });
    const encodings = fc.constantFrom(
      (text: string) => text,
      encodeURIComponent,
      (text: string) => encodeURIComponent(encodeURIComponent(text)),
      (text: string) => JSON.stringify(text),
    );
    const frame = fc.constantFrom(
      '%',
      'connect to % failed',
      'PROXY % (407); DIRECT',
      'x@y.example %',
      '% x@y.example',
    );
    fc.assert(
      fc.property(special, special, fc.boolean(), encodings, frame, (user, password, hasScheme, encode, text) => {
        const url = `${hasScheme ? 'http://' : ''}Zq7${user}:Zq8${password}Zq9@proxy.example:8080/x`;
        const said = text.replace('%', () => encode(url));
        for (const shown of [asCloudError(new Error(said)).failure.reason?.args[0], redact(said)]) {
          assert.doesNotMatch(String(shown), /Zq[789]/, said);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** The error of a request whose connection fails with another one. */
async function failureThrough(cause: Error): Promise<CloudError> {
  const createConnection: unknown = Reflect.get(globalAgent, 'createConnection');
  Object.assign(globalAgent, {
    createConnection: (_: unknown, done: (error: Error) => void) => {
      setImmediate(() => done(cause));
    },
  });
  try {
    const url = new URL('http://127.0.0.1:9/apps?app_key=planted-secret');
    const request = { method: 'GET', url, template: '/apps', headers: {} } as const;
    return await failureOf(send(request, transport, signal));
  } finally {
    Object.assign(globalAgent, { createConnection });
  }
}
