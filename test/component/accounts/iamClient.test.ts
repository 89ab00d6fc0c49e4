import assert from 'node:assert/strict';
import { ownerOf } from '../../../src/accounts/iamClient';
import { serve } from '../../support/localServer';

const transport = {
  timeout: () => 5000,
  clock: Date.now,
  log: { info: () => undefined, warn: () => undefined },
};

describe('the owner of keys', () => {
  it('is of the account that has the projects, whatever other accounts the user may see', async () => {
    const bodies: Readonly<Record<string, object>> = {
      '/v3/auth/projects': { projects: [{ id: 'a', name: 'cn-north-4', domain_id: 'own' }] },
      '/v3/auth/domains': {
        domains: [
          { id: 'other', name: 'Other' },
          { id: 'own', name: 'Own' },
        ],
      },
    };
    const server = await serve(({ url = '' }, response) => {
      const body = bodies[url];
      response.writeHead(body ? 200 : 403, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
    });
    try {
      const keys = { access: 'ACCESS', secret: 'SECRET' };
      const { domain } = await ownerOf(server.url, keys, transport, new AbortController().signal);
      assert.deepEqual(domain, { id: 'own', name: 'Own' });
    } finally {
      await server.close();
    }
  });
});
