import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { PassThrough } from 'node:stream';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials';
import {
  authorization,
  signedHeaders,
  type AccessKeys,
  type SigningScope,
  type Signable,
} from '../../../src/accounts/sign';
import { fillPath } from '../../../src/cloud/path';
import { send } from '../../../src/cloud/http';
import { Random } from '../../cloud/random';
import { canonicalRequest, isSignedWith, readSignature, type Received } from '../../cloud/signature';
import { serve } from '../../support/localServer';

const keys: AccessKeys = { access: 'AccessKey', secret: 'SecretKey' };
const date = '20060102T150405Z';
const now = Date.UTC(2006, 0, 2, 15, 4, 5, 678);

describe('the signer', () => {
  it('makes the signatures of the SDK for Go', () => {
    const headers = { 'X-Sdk-Date': date };
    const get = { method: 'GET', url: new URL('https://example.huaweicloud.com/path?limit=1'), headers } as const;
    const post = { method: 'POST', url: new URL('https://example.huaweicloud.com/path?key=value'), headers } as const;
    const [first, second] = [
      '5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624',
      'cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59',
    ];
    const start = 'SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=x-sdk-date, Signature=';
    assert.equal(authorization(get, keys, date), start + first);
    assert.equal(authorization({ ...post, body: '{"Name":"test","Id":1}\n' }, keys, date), start + second);
    assert.notEqual(authorization({ ...post, body: '{"Name":"test","Id":1}' }, keys, date), start + second);
  });

  it('agrees with the SDK for Node.js on 1,000 requests', () => {
    const random = new Random(1, 'signer');
    const seen = new Set<string>();
    for (let index = 0; index < 1000; index += 1) {
      const { request, keys: some, place, data } = generated(random);
      const headers = signedHeaders(request, some, place, now);
      assert.equal(headers['authorization'], bySdk(request, data, headers, some), JSON.stringify(request));
      seen.add(headers['authorization'] ?? '');
    }
    assert.equal(seen.size, 1000);
  });

  it('adds the headers of the place and of temporary keys, and signs them', () => {
    const request: Signable = { method: 'GET', url: new URL('https://iam.example.com/v3/auth/projects'), headers: {} };
    const names = (headers: Record<string, string>): string[] => Object.keys(headers).toSorted();
    const plain = signedHeaders(request, keys, {}, now);
    assert.deepEqual(names(plain), ['authorization', 'host', 'x-sdk-date']);
    assert.equal(plain['x-sdk-date'], date);
    const temporary = { ...keys, securityToken: 'the-token' };
    const whole = signedHeaders(request, temporary, { projectId: 'p', domainId: 'd' }, now);
    const { authorization: header, ...added } = whole;
    assert.deepEqual(added, {
      host: 'iam.example.com',
      'x-sdk-date': date,
      'x-project-id': 'p',
      'x-domain-id': 'd',
      'x-security-token': 'the-token',
    });
    assert.match(header ?? '', /SignedHeaders=host;x-domain-id;x-project-id;x-sdk-date;x-security-token,/);
    const seen = [{ projectId: 'q' }, { domainId: 'd' }, {}].map((place) => signatureOf(request, temporary, place));
    assert.equal(new Set([...seen, header]).size, 4);
  });

  it('signs the headers of the request, but for a content type and names with an underscore', () => {
    const url = new URL('https://roma.example.com/');
    const headers = { Accept: ' application/json ', 'Content-Type': 'application/json', a_b: 'c', 'Instance-Id': 'i' };
    const header = signatureOf({ method: 'GET', url, headers });
    assert.match(header, /SignedHeaders=accept;host;instance-id;x-sdk-date,/);
    const fewer = { accept: 'application/json', 'instance-id': 'i', 'content-type': 'text/plain' };
    assert.equal(signatureOf({ method: 'GET', url, headers: fewer }), header);
    assert.notEqual(signatureOf({ method: 'GET', url, headers: { ...fewer, 'instance-id': 'j' } }), header);
  });

  it('signs the path with one slash at its end, and a percent sign that encodes nothing', () => {
    const sign = (href: string): string => signatureOf({ method: 'GET', url: new URL(href), headers: {} });
    assert.equal(sign('https://a.example.com/b'), sign('https://a.example.com/b/'));
    assert.equal(sign('https://a.example.com'), sign('https://a.example.com/'));
    assert.notEqual(sign('https://a.example.com/b'), sign('https://a.example.com/b//'));
    assert.equal(sign('https://a.example.com/100%'), sign('https://a.example.com/100%25'));
    assert.notEqual(sign('https://a.example.com/b%2Fc'), sign('https://a.example.com/b/c'));
  });

  it('puts the security token into its own header only, and the secret into none', () => {
    const url = new URL('https://a.example.com/b?c=d');
    const some = { access: 'AK', secret: 'TheSecretKey', securityToken: 'TheSecurityToken' };
    const { 'x-security-token': token, ...rest } = signedHeaders({ method: 'GET', url, headers: {} }, some, {}, now);
    assert.equal(token, 'TheSecurityToken');
    assert.ok(!/TheSecret|TheSecurity/.test(JSON.stringify(rest)));
  });

  describe('on the wire', function () {
    this.timeout(30_000);

    it('signs what arrives, byte for byte', async () => {
      const arrived: Received[] = [];
      const server = await serve((incoming, response) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const { method = '', url = '', headers } = incoming;
          arrived.push({ method, target: url, headers, body: Buffer.concat(chunks) });
          response.end('{}');
        });
      });
      try {
        const random = new Random(2, 'wire');
        for (let index = 0; index < 100; index += 1) {
          const base = `http://${random.pick(['127.0.0.1', 'localhost'])}:${server.port}`;
          const { request, keys: some, place } = generated(random, base);
          const headers = { ...request.headers, ...signedHeaders(request, some, place, now) };
          const log = { info: () => undefined, warn: () => undefined };
          const transport = { timeout: () => 5000, log, clock: Date.now };
          await send({ ...request, headers, template: '/' }, transport, new AbortController().signal);
        }
      } finally {
        await server.close();
      }
      assert.equal(arrived.length, 100);
      for (const one of arrived) {
        const signature = readSignature(one.headers.authorization);
        assert.ok(signature !== undefined && signature.names.includes('host'));
        const canonical = canonicalRequest(one, signature.names);
        assert.ok(isSignedWith(secretOf(signature.access), canonical, date, signature.hex), canonical);
      }
    });

    it('has Node.js send the host that is signed, even where that knows no default port', () => {
      for (const [href, host] of [
        ['https://iam.example.com/v3', 'iam.example.com'],
        ['https://iam.example.com:443/v3', 'iam.example.com'],
        ['https://iam.example.com:8443/v3', 'iam.example.com:8443'],
        ['http://127.0.0.1:8080/v3', '127.0.0.1:8080'],
        ['http://[::1]:8080/v3', '[::1]:8080'],
        ['https://IAM.Example.com./v3', 'iam.example.com.'],
      ] as const) {
        const url = new URL(href);
        const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
        const outgoing = make(url, {
          headers: signedHeaders({ method: 'GET', url, headers: {} }, keys, {}, now),
          createConnection: () => new PassThrough(),
        }).on('error', () => undefined);
        assert.equal(outgoing.getHeader('host'), host);
        outgoing.destroy();
      }
    });
  });
});

function signatureOf(request: Signable, some: AccessKeys = keys, place: SigningScope = {}): string {
  return signedHeaders(request, some, place, now)['authorization'] ?? '';
}

function secretOf(access: string): string {
  return `secret of ${access}`;
}

// prettier-ignore
const texts: readonly string[] = [
  'a', 'Z9', '0', '-', '_', '.', '~', '!', "'", '(', ')', '*', ' ', '+', '&', '=', '?', '#', '%', '%41', '/', ':', '@',
  ';', ',', '$', '"', '<', '[', '|', '\\', '^', '`', '{', 'é', '密钥', '名 称', '🔑', '\n', '\u0000',
];

/** Without a slash within a segment: the SDKs do not agree on it. */
const inSegments = texts.filter((text) => text !== '/');

function someText(random: Random, atLeast: number, usable = texts): string {
  return Array.from({ length: random.integer(atLeast, 4) }, () => random.pick(usable)).join('');
}

interface Generated {
  readonly request: Signable;
  readonly keys: AccessKeys;
  readonly place: SigningScope;
  /** The body, before it becomes JSON. */
  readonly data: object | undefined;
}

/** A request as the client makes one: a filled path, a query set by name, and some queries that have a name twice. */
function generated(random: Random, base = 'https://roma.cn-north-4.myhuaweicloud.com'): Generated {
  const parts = Array.from({ length: random.integer(0, 4) }, (_, index) => `{p${index}}`);
  const values = parts.map((_, index) => [`p${index}`, `v${someText(random, 0, inSegments)}`]);
  const template = random.pick(['/', '/v1/', '/v2']) + parts.join('/') + random.pick(['', '', '/']);
  const url = fillPath(base, template, Object.fromEntries(values));
  for (let index = random.integer(0, 4); index > 0; index -= 1) {
    const name = random.pick(['limit', 'name', 'Name', 'offset', 'id', someText(random, 1)]);
    url.searchParams.set(name, someText(random, 0));
    if (random.next() < 0.2) {
      url.searchParams.append(name, someText(random, 0));
    }
  }
  const data = random.next() < 0.3 ? { [someText(random, 0)]: someText(random, 0), list: [1, null] } : undefined;
  const access = `AK${random.hex(18)}`;
  return {
    request: {
      method: data === undefined ? 'GET' : 'POST',
      url,
      headers: {
        accept: 'application/json',
        ...(data === undefined ? {} : { 'content-type': 'application/json' }),
        ...(random.next() < 0.2 ? { 'Instance-Id': random.uuid() } : {}),
      },
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
    },
    keys: {
      access,
      secret: secretOf(access),
      ...(random.next() < 0.3 ? { securityToken: random.hex(64) } : {}),
    },
    place: {
      ...(random.next() < 0.5 ? { projectId: random.hex(32) } : {}),
      ...(random.next() < 0.2 ? { domainId: random.hex(32) } : {}),
    },
    data,
  };
}

/**
 * The SDK's signer encodes the path of an address a second time, where those for Go and Python encode what it means. It
 * is given that, and does the rest as it always does.
 */
class Reference extends AKSKSigner {
  protected static override CanonicalURI(path = ''): string | undefined {
    return super.CanonicalURI(decodeURIComponent(path));
  }
}

/** The `Authorization` that the SDK makes of the same request. It would sign the content type, too: so it gets none. */
function bySdk(
  { method, url, headers }: Signable,
  data: object | undefined,
  added: Record<string, string>,
  { access, secret }: AccessKeys,
): unknown {
  const { authorization: _, host: __, 'x-sdk-date': at, ...rest } = added;
  const { 'content-type': ___, ...own } = headers;
  const names = [...new Set(url.searchParams.keys())];
  const signed = Reference.sign(
    {
      method,
      endpoint: url.href,
      queryParams: Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name)])),
      headers: { ...own, ...rest, 'X-Sdk-Date': at },
      data,
    },
    new BasicCredentials({ ak: access, sk: secret }),
  );
  return Object.getOwnPropertyDescriptor(signed, 'Authorization')?.value;
}
