import assert from 'node:assert/strict';
import { globalAgent } from 'node:http';
import { send } from '../../src/cloud/send';
import { serve } from './localServer';
import { failureOf } from './world';

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

describe('an error of a request', () => {
  it('does not quote a header that cannot be sent', async () => {
    const headers = { 'x-auth-token': 'planted-secret\u4e2d' };
    const url = new URL('http://127.0.0.1:9/');
    holdsNone(await failureOf(send({ method: 'GET', url, template: '/', headers }, transport, signal)), 'planted');
  });

  it('does not quote the query, which may look for a secret', async () => {
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

  it('does not quote the query where what failed has no code, as a proxy that gives no tunnel', async () => {
    const createConnection: unknown = Reflect.get(globalAgent, 'createConnection');
    Object.assign(globalAgent, {
      createConnection: (_: unknown, done: (error: Error) => void) => {
        setImmediate(() => done(new Error('the proxy gave no tunnel')));
      },
    });
    try {
      const url = new URL('http://127.0.0.1:9/apps?app_key=planted-secret');
      const request = { method: 'GET', url, template: '/apps', headers: {} } as const;
      const error = await failureOf(send(request, transport, signal));
      holdsNone(error, 'planted');
      assert.deepEqual(error.failure.reason?.args, ['the proxy gave no tunnel']);
    } finally {
      Object.assign(globalAgent, { createConnection });
    }
  });
});
