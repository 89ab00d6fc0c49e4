import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { workspace } from 'vscode';
import { requestToken } from '../../src/accounts/iamClient';
import { CloudError } from '../../src/cloud/errors';

export function proxy(): void {
  describe('the proxy of the settings', () => {
    it('gets the requests of the extension', async () => {
      const asked: string[] = [];
      const server = createServer();
      server.on('connect', ({ url }, socket) => {
        asked.push(url ?? '');
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      assert.ok(typeof address === 'object' && address);
      const http = workspace.getConfiguration('http');
      await http.update('proxy', `http://127.0.0.1:${address.port}`, true);
      try {
        const ignore = (): void => undefined;
        const transport = { timeout: () => 5000, log: { info: ignore, warn: ignore }, clock: Date.now };
        const identity = { kind: 'password', accountName: 'a', userName: 'u', password: 'p' } as const;
        const scope = { domain: { name: 'a' } };
        const never = new AbortController().signal;
        const error: unknown = await requestToken(
          'https://iam.proxied.invalid',
          identity,
          scope,
          transport,
          never,
        ).catch((thrown: unknown) => thrown);
        assert.ok(error instanceof CloudError);
        assert.deepEqual(asked, ['iam.proxied.invalid:443']);
      } finally {
        await http.update('proxy', undefined, true);
        server.close();
      }
    });
  });
}
