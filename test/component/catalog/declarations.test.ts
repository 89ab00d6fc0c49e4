import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import type { Account } from '../../../src/accounts/account';
import { projects } from '../../../src/catalog/iam';
import type { Collection } from '../../../src/catalog/declaration';
import type { ListRequest } from '../../../src/cloud/client';
import { maskedJson, maskedRow } from '../../../src/explorer/present/keyDetails';
import { Explorer } from '../../../src/explorer/explorer';
import { labelOf } from '../../../src/explorer/present/labels';
import { maskText } from '../../../src/base/secretText';
import type { Node } from '../../../src/explorer/nodes';
import { answering, type LocalServer, serve } from '../../support/localServer';
import { MemoryFilterStore, MemoryHiddenStore } from '../../support/memoryStores';
import { errorFrom, pageOf, testClient, type TestClient } from '../../support/testClient';
import { accessKeys } from '../../support/declarations/accessKeys';
import { keyPairService } from '../../support/declarations/keyPairs';
import { repositories } from '../../support/declarations/repositories';

const account: Account = {
  id: 'test:d:u',
  site: 'test',
  domain: { id: 'd', name: 'Domain' },
  user: { id: 'u 1', name: 'User' },
  signIn: 'password',
  generation: 'first',
  remember: 'session',
  accepted: [],
};

const keys = ['a', 'b', 'c', 'd', 'e'];

/** The answers of the service, by the path and query of the request. */
const bodies: Readonly<Record<string, unknown>> = {
  '/v3/auth/projects': { projects: [{ id: 'p', name: 'r-1', enabled: true }] },
  '/v3.0/OS-CREDENTIAL/credentials?user_id=u+1': {
    credentials: [
      { access: 'AK1', status: 'active', description: 'first', create_time: '2020-01-08T06:25:19.014028Z' },
    ],
  },
  '/rep/r-1/v4/projects/p/deploy-keys?offset=0&limit=2': [{ id: 1, title: 'one' }, { id: 2 }],
  '/rep/r-1/v4/projects/p/deploy-keys?offset=1&limit=2': [{ id: 2 }, { id: 3, title: 'three' }],
  '/rep/r-1/v4/users/impersonation-tokens?state=all': [{ id: 1, name: 't', active: false }, { id: 2 }],
  '/rep/r-1/v4/user/gpg-keys': { id: 5, title: 'gpg', emails_with_verified_status: { 'a@b': true } },
  '/rep/r-1/v4/projects/p/members?page=1&per_page=4': { members: keys.slice(0, 4).map((id) => ({ id })) },
  '/rep/r-1/v4/projects/p/members?page=2&per_page=4': { members: keys.slice(4).map((id) => ({ id })) },
  ...Object.fromEntries(
    ['', 'b', 'd'].map((marker, index) => [
      `/kps/r-1/v3/p/keypairs?${marker && `marker=${marker}&`}limit=2`,
      {
        keypairs: keys.slice(index * 2, index * 2 + 2).map((name) => ({ keypair: { name, type: 'ssh' } })),
        page_info: { next_marker: ['b', 'd', null][index] },
      },
    ]),
  ),
  '/v3/regions': { regions: [] },
  '/kps/r-1/v2/p/apps': { apps: [{ id: 'x', name: 'app', key: 'in-clear' }] },
};

// The whole tree: every row is expanded, every list loaded to its end.
const tree = `
User
  r-1
    Repositories
      Deploy keys
        one
        2
        three
      Access tokens
        t
        2
      Signing key
        gpg
      Members
        a
        b
        c
        d
        e
    Key pairs and apps
      Key pairs
        a
        b
        c
        d
        e
      Apps
        app
  Access keys
    first`;

describe('the shape of the catalog carries lists that it does not have yet', () => {
  let server: LocalServer;
  let secretAnswer: unknown = { secret: 'by-a-second-call' };
  let asking: TestClient;
  let explorer: Explorer;
  before(async () => {
    server = await serve((request, response) => {
      const body = request.url?.endsWith('/secret') ? secretAnswer : bodies[request.url ?? ''];
      if (body === undefined) {
        response.writeHead(404).end();
        return;
      }
      answering(body, request.url?.includes('deploy-keys') ? { 'X-Total': '3' } : {})(request, response);
    });
    asking = testClient();
    const services = { repositories: `${server.url}/rep/{region}`, kps: `${server.url}/kps/{region}` };
    const site = { id: 'test', label: 'Test', iam: server.url, services, fromSettings: [] };
    explorer = new Explorer({
      accounts: {
        all: () => [account],
        client: () => asking.client,
        site: () => site,
        noSite: () => assert.fail('it has one'),
      },
      catalog: [projects([repositories, keyPairService]), accessKeys],
      pageSize: () => 100,
      showAllServices: () => false,
      filters: new MemoryFilterStore(),
      hidden: new MemoryHiddenStore(),
    });
  });
  after(() => server.close());

  it('and the explorer walks them all, to their ends', async () => {
    const lines: string[] = [];
    for (const root of explorer.roots()) {
      await walk(root, 0, lines);
    }
    assert.equal(`\n${lines.join('\n')}`, tree);
    assert.deepEqual(new Set(server.requests.map(({ url }) => url)), new Set(Object.keys(bodies)));
  });

  it('and lists of the account use its token and address, the others those of the project', () => {
    for (const { url, scope } of asking.authorizer.asked) {
      const ofAccount = url.pathname.startsWith('/v3/') || url.pathname.startsWith('/v3.0/');
      assert.deepEqual(scope, ofAccount ? { kind: 'account' } : { kind: 'project', projectId: 'p' }, url.pathname);
    }
  });

  it('and a call sends headers of its own, filled from the rows above, but none in place of the token', () => {
    const request: IncomingMessage | undefined = server.requests.find(({ url }) => url?.includes('/apps'));
    const { headers } = request ?? {};
    assert.deepEqual(
      [headers?.['x-language'], headers?.['instance-id'], headers?.['x-auth-token']],
      ['en-us', 'p', 'the-token'],
    );
  });

  it('and a secret that needs a second call is shown masked, and that call is not made', () => {
    const app = explorer.items().find(({ listNode }) => listNode.collection.id === 'apps');
    assert.ok(app);
    assert.deepEqual(JSON.parse(maskedJson(app)), { id: 'x', name: 'app', key: maskText, secret: maskText });
    assert.ok(!server.requests.some(({ url }) => url?.endsWith('/secret')));
  });

  it('until the user asks for that one', async () => {
    const app = explorer.items().find(({ listNode }) => listNode.collection.id === 'apps');
    assert.ok(app);
    const { places } = maskedRow(app);
    const never = new AbortController().signal;
    assert.deepEqual(await Promise.all(places.map((place) => explorer.secret(app, place, never))), [
      'in-clear',
      'by-a-second-call',
    ]);
    assert.equal(server.requests.filter(({ url }) => url?.endsWith('/apps/x/secret')).length, 1);
  });

  it('and a second call that brings an error, or something else, is an error', async () => {
    const app = explorer.items().find(({ listNode }) => listNode.collection.id === 'apps');
    assert.ok(app);
    const never = new AbortController().signal;
    const asked = () => explorer.secret(app, ['secret'], never);
    for (const [answer, kind] of [
      [{ error: { code: 'APIGW.0101', message: 'None' }, status: 'failed' }, 'notOffered'],
      [{ error_code: 'APIGW.0101', error_msg: 'None' }, 'notOffered'],
      [{ secret: null, error_code: 'XX.1' }, 'server'],
      [{ code: 'XX.1', message: 'Broken' }, 'badAnswer'],
      [{}, 'badAnswer'],
    ] as const) {
      secretAnswer = answer;
      assert.equal((await errorFrom(asked())).kind, kind, JSON.stringify(answer));
    }
    secretAnswer = { secret: 'again', error: null };
    assert.equal(await asked(), 'again');
  });

  it('and a nested row is shown whole, and found by its own ID', () => {
    const pair = explorer.items().find(({ listNode }) => listNode.collection.id === 'keyPairs');
    assert.equal(pair?.listed.row.item.id, 'a');
    assert.deepEqual(pair && JSON.parse(maskedJson(pair)), { keypair: { name: 'a', type: 'ssh' } });
  });

  it('and ends a list whose marker comes again, and one whose array is empty', async () => {
    const [keyPairs] = keyPairService.collections;
    const [deployKeys] = repositories.collections;
    for (const [collection, at, body, next] of [
      [keyPairs, 'm', { keypairs: [{}], page_info: { next_marker: 'm' } }, undefined],
      [keyPairs, 'm', { keypairs: [{}], page_info: { next_marker: 'n' } }, 'n'],
      [keyPairs, 'm', { keypairs: null }, undefined],
      [deployKeys, 4, [], 4],
    ] as const) {
      const other = await serve(answering(body, { 'x-total': 'many' }));
      try {
        const page = await pageOf(testClient(), addressOf(collection, other.url), at);
        assert.deepEqual([page.next, page.total], [next, undefined]);
      } finally {
        await other.close();
      }
    }
  });

  it('sends nothing if a value for its query or a header is missing, or no header can carry it', async () => {
    const other = await serve(answering({}));
    try {
      const [, apps] = keyPairService.collections;
      for (const [collection, values] of [
        [accessKeys, {}],
        [accessKeys, { user_id: '' }],
        [apps, { project_id: 'a\r\nX-Auth-Token: b' }],
        [apps, { project_id: '名' }],
      ] as const) {
        const address = { ...addressOf(collection, other.url), pathParams: values };
        assert.equal((await errorFrom(pageOf(testClient(), address))).kind, 'invalidRequest');
      }
      assert.equal(other.requests.length, 0);
    } finally {
      await other.close();
    }
  });

  function addressOf(collection: Collection | undefined, base: string): ListRequest {
    assert.ok(collection);
    return { collection, base, scope: { kind: 'account' }, pathParams: { project_id: 'p' } };
  }

  async function walk(node: Node, depth: number, lines: string[]): Promise<void> {
    const label = labelOf(node);
    lines.push('  '.repeat(depth) + (typeof label === 'string' ? label : label.text));
    let children = await explorer.children(node);
    for (let pager = children.at(-1); pager?.kind === 'pager'; pager = children.at(-1)) {
      await explorer.loadMore(pager);
      children = await explorer.children(node);
    }
    for (const child of children) {
      await walk(child, depth + 1, lines);
    }
  }
});
