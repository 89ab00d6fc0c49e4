import assert from 'node:assert/strict';
import { signedHeaders, type AccessKeys, type SigningScope, type Signable } from '../../../src/accounts/sign';
import {
  agencyBodyFor,
  ask,
  authorized,
  bodyFor,
  dig,
  inDomain,
  inProject,
  mfaBodyFor,
  rowsOf,
  samplePaths,
  tokenFor,
  tokens,
  type Got,
} from '../../cloud/ask';
import { SAMPLE } from '../../cloud/data';
import { documented } from '../../cloud/documented';
import { passcodeOf } from '../../cloud/passcodes';
import { startStandIn, type StandIn } from '../../cloud/start';

const [north, northChild, singapore] = SAMPLE.projects;
const { operator, auditor, guarded, partner } = SAMPLE;
const { signs, ssh, nes } = samplePaths;
const minute = 60_000;
const inNorth: SigningScope = { projectId: north.id };

/** A signed request; `change` alters it after it was signed. */
interface Signed {
  readonly keys?: AccessKeys;
  readonly place?: SigningScope;
  readonly at?: number;
  readonly body?: string;
  readonly change?: Readonly<Record<string, string>>;
}

describe('the stand-in cloud, its keys and second factors', function () {
  this.timeout(60_000);
  let cloud: StandIn;

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(() => cloud.control.reset());

  function send(path: string, signed: Signed = {}): Promise<Got> {
    const { keys = operator.key, place = {}, at = Date.now(), body, change = {} } = signed;
    const url = new URL(cloud.url + path);
    const method = body === undefined ? 'GET' : 'POST';
    const request: Signable = { method, url, headers: {}, ...(body === undefined ? {} : { body }) };
    const headers = { ...signedHeaders(request, keys, place, at), ...change };
    return ask(url.href, { method, headers, ...(body === undefined ? {} : { body }) });
  }

  /** The message of a refused signature. */
  async function refusal(path: string, signed: Signed = {}): Promise<string> {
    const { status, body, headers } = await send(path, signed);
    assert.deepEqual([status, body['error_code']], [401, 'APIGW.0301'], JSON.stringify(body));
    assert.equal(body['request_id'], headers.get('x-request-id') ?? headers.get('x-iam-trace-id'));
    const [, message = ''] = /^Incorrect IAM authentication information: (.*)$/.exec(String(body['error_msg'])) ?? [];
    return message;
  }

  async function temporary(user = operator, seconds = 900): Promise<AccessKeys> {
    const token = await tokenFor(cloud.url, inDomain, user);
    const body = JSON.stringify({ auth: { identity: { methods: ['token'], token: { duration_seconds: seconds } } } });
    const got = await ask(`${cloud.url}/v3.0/OS-CREDENTIAL/securitytokens`, {
      method: 'POST',
      body,
      headers: { 'X-Auth-Token': token },
    });
    return keysIn(got);
  }

  it('takes a signature for a token of the project that its header names', async () => {
    for (const query of ['?limit=500', '?name=a+b%20c&limit=1', '?name=签名&id=', '']) {
      assert.equal((await send(signs + query, { place: inNorth })).status, 200, query);
    }
    assert.equal((await send(ssh, { place: { projectId: northChild.id } })).status, 200);
    assert.equal((await send(nes, { place: { projectId: singapore.id } })).status, 200);
    assert.deepEqual((await send(signs, { place: inNorth, keys: auditor.key })).body, documented('signs', 403));
    const elsewhere = [{}, { projectId: singapore.id }, { projectId: northChild.id }, { projectId: 'x' }];
    for (const place of [...elsewhere, { projectId: partner.projects[0].id }]) {
      assert.deepEqual((await send(signs, { place })).body, documented('signs', 401), JSON.stringify(place));
    }
  });

  it('refuses an unknown key, and a signature of anything but what came', async () => {
    assert.equal(await refusal(signs, { keys: { access: 'NOBODY', secret: 'x' } }), 'ak NOBODY not exist');
    const echo = await refusal(`${signs}?limit=1&name=a+b`, { place: inNorth, keys: { ...operator.key, secret: 'x' } });
    const { host } = new URL(cloud.url);
    const lines = `${signs}/|limit=1&name=a%20b|host:${host}|x-project-id:${north.id}|x-sdk-date:`;
    assert.ok(echo.startsWith(`verify aksk signature fail, canonicalRequest:GET|${lines}`), echo);
    assert.match(
      echo,
      /Z\|\|host;x-project-id;x-sdk-date\|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855$/,
    );

    await cloud.control.reset();
    const url = new URL(`${cloud.url}${signs}?limit=1`);
    const headers = signedHeaders({ method: 'GET', url, headers: {} }, operator.key, inNorth, Date.now());
    const statuses: number[] = [];
    for (const path of [`${signs}?limit=1`, `${signs}?limit=2`, `${samplePaths.quotas}?limit=1`]) {
      statuses.push((await ask(cloud.url + path, { headers })).status);
    }
    statuses.push((await ask(url.href, { headers: { ...headers, 'X-Project-Id': singapore.id } })).status);
    assert.deepEqual(statuses, [200, 401, 401, 401]);

    await cloud.control.reset();
    for (const authorization of ['SDK-HMAC-SHA256 nonsense', `${headers['authorization']}0`]) {
      assert.equal(await refusal(signs, { change: { authorization } }), 'verify aksk signature fail');
    }
    const change = { 'x-sdk-date': 'yesterday' };
    assert.match(
      await refusal(signs, { change }),
      /^calc .* expired, signature time:yesterday,server time:\d{8}T\d{6}Z$/,
    );
  });

  it('refuses another body than the signed one', async () => {
    const body = JSON.stringify({ auth: { identity: { methods: ['token'] } } });
    assert.equal((await send('/v3.0/OS-CREDENTIAL/securitytokens', { body })).status, 201);
    const url = new URL(`${cloud.url}/v3.0/OS-CREDENTIAL/securitytokens`);
    const headers = signedHeaders({ method: 'POST', url, headers: {}, body }, operator.key, {}, Date.now());
    assert.equal((await ask(url.href, { method: 'POST', headers, body: `${body} ` })).status, 401);
  });

  it('keeps a clock, and refuses a signature that is more than 15 minutes off', async () => {
    await cloud.control.setClock(14.8 * minute);
    assert.equal((await send(signs, { place: inNorth })).status, 200);
    for (const [offset, at] of [
      [15.2 * minute, Date.now()],
      [0, Date.now() + 15.2 * minute],
    ] as const) {
      await cloud.control.setClock(offset);
      const message = await refusal(signs, { place: inNorth, at });
      assert.match(message, /^calc aksk signature fail:signature expired, signature time:\d{8}T\d{6}Z,server time:\d/);
    }
    await cloud.control.setClock(-60 * minute);
    const got = await send(signs, { place: inNorth, at: Date.now() - 60 * minute });
    assert.equal(got.status, 200);
    const behind = Date.now() - Date.parse(got.headers.get('date') ?? '');
    assert.ok(Math.abs(behind - 60 * minute) < 5000, `${behind} ms`);
  });

  it('locks a key for five minutes after five failures in a row', async () => {
    const wrong = { place: inNorth, keys: { ...operator.key, secret: 'x' } };
    const fail = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) {
        assert.match(await refusal(signs, wrong), /^verify aksk signature fail/);
      }
    };
    await fail(4);
    assert.equal((await send(signs, { place: inNorth })).status, 200);
    await fail(5);
    const locked = 'AK access failed to reach the limit,forbidden.';
    assert.equal(await refusal(signs, { place: inNorth }), locked);
    assert.equal((await send(signs, { place: inNorth, keys: guarded.key })).status, 200);
    await cloud.control.setClock(4.9 * minute);
    assert.equal(await refusal(signs, { place: inNorth }), locked);
    await cloud.control.setClock(5.1 * minute);
    assert.equal((await send(signs, { place: inNorth })).status, 200);
  });

  it('gives temporary keys, good with their security token and until they expire', async () => {
    const keys = await temporary();
    assert.equal((await send(signs, { place: inNorth, keys })).status, 200);
    const { access, secret } = keys;
    for (const securityToken of [undefined, 'another']) {
      const without = { access, secret, ...(securityToken === undefined ? {} : { securityToken }) };
      assert.equal(await refusal(signs, { place: inNorth, keys: without }), 'decrypt token fail');
    }
    await cloud.control.setClock(14.9 * minute);
    assert.equal((await send(signs, { place: inNorth, keys, at: Date.now() + 15 * minute })).status, 200);
    await cloud.control.setClock(15.1 * minute);
    const message = await refusal(signs, { place: inNorth, keys, at: Date.now() + 15 * minute });
    assert.match(message, /^token expires, expires_at: \d{4}-/);
    const hour = await temporary(operator, 3600);
    assert.equal((await send(signs, { place: inNorth, keys: hour, at: Date.now() + 15 * minute })).status, 200);
    const own = await temporary(auditor);
    const late = { place: inNorth, keys: own, at: Date.now() + 15 * minute };
    assert.deepEqual((await send(signs, late)).body, documented('signs', 403));
    await cloud.control.reset();
    assert.equal(await refusal(signs, { place: inNorth, keys: hour }), `ak ${hour.access} not exist`);
  });

  it('gives temporary keys for a token or a signature, for 15 minutes to a day, as documented', async () => {
    const path = '/v3.0/OS-CREDENTIAL/securitytokens';
    const bodyOf = (token: object): string => JSON.stringify({ auth: { identity: { methods: ['token'], token } } });
    const id = await tokenFor(cloud.url, inDomain);
    const got = await ask(cloud.url + path, { method: 'POST', body: bodyOf({ id }) });
    assert.equal(got.status, 201);
    const example = Object.keys(Object(dig(documented('iam', 201, 2), 'credential'))).toSorted();
    assert.deepEqual(Object.keys(Object(got.body['credential'])).toSorted(), example);
    const left = Date.parse(String(dig(got.body, 'credential', 'expires_at'))) - Date.now();
    assert.ok(left > 14 * minute && left <= 15 * minute, `${left} ms`);
    assert.equal((await send(path, { body: bodyOf({}) })).status, 201);
    for (const seconds of [899, 86_401, '900']) {
      assert.equal((await send(path, { body: bodyOf({ duration_seconds: seconds }) })).status, 400, String(seconds));
    }
    assert.equal((await ask(cloud.url + path, { method: 'POST', body: bodyOf({ id: 'x' }) })).status, 401);
  });

  it('revokes a key and changes a password on request', async () => {
    const token = await tokenFor(cloud.url, inProject(north));
    const other = await tokenFor(cloud.url, inProject(north), auditor);
    await cloud.control.revokeKey(operator.key.access);
    assert.equal(await refusal(signs, { place: inNorth }), `ak ${operator.key.access} not exist`);
    await cloud.control.changePassword(operator.name, 'New-Passw0rd!');
    assert.equal((await ask(cloud.url + signs, authorized(token))).status, 401);
    assert.equal((await ask(`${cloud.url}/v3/auth/projects`, authorized(other))).status, 200);
    const old = await tokens(cloud.url, bodyFor(operator.name, operator.password, inDomain));
    assert.deepEqual([old.status, old.body], [401, documented('iam', 401, 0)]);
    await tokenFor(cloud.url, inDomain, { name: operator.name, password: 'New-Passw0rd!' });
    await cloud.control.reset();
    await tokenFor(cloud.url, inDomain);
    assert.equal((await send(signs, { place: inNorth })).status, 200);
  });

  it('tells a signed request who asks, each user only of itself', async () => {
    const show = `/v3.0/OS-CREDENTIAL/credentials/${operator.key.access}`;
    const cases: [string, number][] = [
      ['/v3/auth/domains', 0],
      [`/v3/users/${operator.id}`, 1],
      [show, 2],
      ['/sts/cn-north-4/v5/caller-identity', 3],
    ];
    const bodies: unknown[] = [];
    for (const [path, index] of cases) {
      const { status, body } = await send(path);
      assert.deepEqual([status, shapeOf(body)], [200, shapeOf(documented('iam', 200, index))], path);
      bodies.push(body);
    }
    assert.equal(dig(bodies[0], 'domains', '0', 'name'), SAMPLE.domain.name);
    assert.deepEqual(
      [dig(bodies[1], 'user', 'name'), dig(bodies[1], 'user', 'domain_id')],
      [operator.name, SAMPLE.domain.id],
    );
    assert.equal(dig(bodies[2], 'credential', 'user_id'), operator.id);
    assert.equal(dig(bodies[3], 'principal_id'), operator.id);
    for (const path of [show, `/v3/users/${operator.id}`]) {
      const got = await send(path, { keys: auditor.key });
      assert.deepEqual([got.status, got.body], [403, documented('iam', 403)]);
    }
    // Documented to need no permission, and yet empty without one.
    assert.deepEqual((await send('/v3/auth/domains', { keys: auditor.key })).body['domains'], []);
    assert.equal(rowsOf(await send('/v3/auth/projects'), 'projects').length, SAMPLE.projects.length);
    assert.equal(rowsOf(await send('/v3/regions'), 'regions').length, 5);
    for (const path of [show, '/v3/auth/domains', '/sts/cn-north-4/v5/caller-identity']) {
      assert.equal((await ask(cloud.url + path)).status, 401, path);
    }

    const keys = await temporary();
    assert.equal((await send(`/v3.0/OS-CREDENTIAL/credentials/${keys.access}`, { keys })).status, 404);
    assert.equal((await send('/sts/cn-north-4/v5/caller-identity', { keys })).body['principal_id'], operator.id);
    assert.equal(dig((await send(`/v3/users/${operator.id}`, { keys })).body, 'user', 'name'), operator.name);
  });

  it('asks a user with an MFA device for its code, and takes each code once', async () => {
    const wrong = documented('iam', 401, 0);
    const plain = await tokens(cloud.url, bodyFor(guarded.name, guarded.password, inDomain));
    assert.deepEqual([plain.status, plain.body], [401, wrong]);
    const code = passcodeOf(guarded, Date.now());
    const got = await tokens(cloud.url, mfaBodyFor(guarded, code));
    assert.equal(got.status, 201);
    assert.deepEqual(dig(got.body, 'token', 'methods'), ['password', 'totp']);
    const next = passcodeOf(guarded, Date.now() + 30_000);
    for (const body of [
      mfaBodyFor(guarded, code),
      mfaBodyFor({ ...guarded, id: operator.id }, next),
      mfaBodyFor({ ...guarded, id: guarded.name }, next),
      mfaBodyFor({ ...guarded, password: 'wrong' }, next),
    ]) {
      const refused = await tokens(cloud.url, body);
      assert.deepEqual([refused.status, refused.body], [401, wrong], JSON.stringify(body));
    }
    assert.equal((await tokens(cloud.url, mfaBodyFor(guarded, next))).status, 201);
    const without = await tokens(cloud.url, mfaBodyFor(operator, next));
    assert.deepEqual([without.status, without.body], [401, wrong]);
    const identity = {
      methods: ['password', 'totp'],
      password: dig(mfaBodyFor(guarded, ''), 'auth', 'identity', 'password'),
    };
    assert.equal((await tokens(cloud.url, { auth: { identity, scope: inDomain } })).status, 400);
  });

  it('knows the code of RFC 6238, refuses one that is too old, and locks after five wrong ones', async () => {
    await cloud.control.setClock(59_000 - Date.now());
    assert.equal((await tokens(cloud.url, mfaBodyFor(guarded, '287082'))).status, 201);
    await cloud.control.reset();
    await cloud.control.setClock(125_000 - Date.now());
    for (const index of [0, 0, 0, 0, 1]) {
      const got = await tokens(cloud.url, mfaBodyFor(guarded, '287082'));
      assert.deepEqual([got.status, got.body], [401, documented('iam', 401, index)]);
    }
    const right = await tokens(cloud.url, mfaBodyFor(guarded, passcodeOf(guarded, 125_000)));
    assert.deepEqual(right.body, documented('iam', 401, 1));
  });

  it('gives a user the token of an agency in another account', async () => {
    const [there] = partner.projects;
    const assume = (body: object, token: string): Promise<Got> => tokens(cloud.url, body, { 'X-Auth-Token': token });
    const own = await tokenFor(cloud.url, inDomain);
    const got = await assume(agencyBodyFor(inProject(there)), own);
    assert.equal(got.status, 201);
    assert.deepEqual(shapeOf(got.body), shapeOf(documented('iam', 201, 1)));
    assert.equal(dig(got.body, 'token', 'user', 'name'), 'key-explorer-partner/explorer-agency');
    assert.equal(dig(got.body, 'token', 'assumed_by', 'user', 'name'), operator.name);
    const token = got.headers.get('x-subject-token') ?? '';
    const projects = await ask(`${cloud.url}/v3/auth/projects`, authorized(token));
    assert.deepEqual(
      rowsOf(projects, 'projects').map((one) => [one['id'], one['domain_id']]),
      [[there.id, partner.domain.id]],
    );
    const list = `${cloud.url}/roma/cn-north-4/v2/${there.id}/instances`;
    assert.equal(rowsOf(await ask(list, authorized(token)), 'instances').length, 2);
    assert.equal((await ask(cloud.url + signs, authorized(token))).status, 401);
    const named = { project: { name: 'cn-north-4' } };
    const again = await assume(agencyBodyFor(named), own);
    assert.equal(dig(again.body, 'token', 'project', 'id'), there.id);
    assert.equal((await assume(agencyBodyFor({ domain: { id: partner.domain.id } }), own)).status, 201);

    const forbidden = documented('iam', 403);
    const weak = await tokenFor(cloud.url, inDomain, auditor);
    for (const [body, whose] of [
      [agencyBodyFor(named), weak],
      [agencyBodyFor(named), token],
      [agencyBodyFor(named, 'other'), own],
      [agencyBodyFor(inProject(north)), own],
    ] as const) {
      const refused = await assume(body, whose);
      assert.deepEqual([refused.status, refused.body], [403, forbidden]);
    }
    const nobody = await assume(agencyBodyFor(named), 'x');
    assert.deepEqual([nobody.status, nobody.body], [401, documented('iam', 401, 3)]);
    await cloud.control.changePassword(operator.name, 'x');
    assert.equal((await ask(list, authorized(token))).status, 401);
  });
});

function keysIn(got: Got): AccessKeys {
  assert.equal(got.status, 201, got.text);
  const text = (name: string): string => String(dig(got.body, 'credential', name));
  return { access: text('access'), secret: text('secret'), securityToken: text('securitytoken') };
}

/** The names in a body, and what kind of value each has: of a list, those of its first row. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.slice(0, 1).map(shapeOf);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]))
    : typeof value;
}
