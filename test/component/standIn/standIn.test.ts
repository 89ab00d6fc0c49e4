import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { StandInControl, throttled, type Fault } from '../../cloud/control';
import { Data, SAMPLE, type StandInOptions } from '../../cloud/data';
import { documented, documents, exampleRows, type Row } from '../../cloud/documented';
import {
  authorized,
  ask,
  bodyFor,
  dig,
  inDomain,
  inProject,
  rowsOf,
  samplePaths,
  tokenFor,
  tokens,
  type Got,
} from '../../cloud/ask';
import { startStandIn, type StandIn } from '../../cloud/start';

const [north, northChild, singapore, east, santiago] = SAMPLE.projects;
const { instance, signs, quotas, apps, eastInstances, nes, ssh } = samplePaths;

describe('the stand-in cloud', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let get: (path: string, token: string) => Promise<Got>;
  const fault = (one: Fault, times?: number): Promise<void> =>
    cloud.control.fault({ match: '/signs\\?limit=\\d+$', fault: one, ...(times === undefined ? {} : { times }) });

  before(async () => {
    cloud = await startStandIn();
    get = (path, token) => ask(cloud.url + path, authorized(token));
  });
  after(() => cloud.close());
  beforeEach(() => cloud.control.reset());

  it('serves every answer of every document when told to', async () => {
    for (const { document, answers } of documents) {
      const seen = new Map<number, number>();
      for (const { status, body } of answers) {
        const index = seen.get(status) ?? 0;
        seen.set(status, index + 1);
        await cloud.control.fault({ match: '/nes/', times: 1, fault: { kind: 'document', document, status, index } });
        const got = await get(nes, 'none');
        assert.equal(got.status, status);
        assert.deepEqual(got.body, body);
        assert.match(got.headers.get('x-request-id') ?? '', /^[0-9a-f]{32}$/);
      }
    }
  });

  it('comes to the documented errors by itself', async () => {
    const [inNorth, inSingapore, auditor] = await Promise.all([
      tokenFor(cloud.url, inProject(north)),
      tokenFor(cloud.url, inProject(singapore)),
      tokenFor(cloud.url, inProject(north), SAMPLE.auditor),
    ]);
    const longName = '名'.repeat(65);
    const missing = signs.replace(instance, 'f0fa1789-3b76-433b-a787-9892951c620ec');
    const cases: [string, string, string, number][] = [
      [`${nes}?limit=0`, inSingapore, '001', 400],
      [nes, inNorth, '001', 401],
      [ssh, inSingapore, '002', 401],
      [ssh, auditor, '002', 403],
      [`${signs}?name=${longName}`, inNorth, '003', 400],
      [signs, inSingapore, '003', 401],
      [signs, auditor, '003', 403],
      [missing, inNorth, '003', 404],
      [`${quotas}/${await firstQuota(inNorth)}/bound-apps?app_name=${longName}`, inNorth, '004', 400],
      [`${quotas}/x/bound-apps`, 'none', '004', 401],
      [`${quotas}/c900c5612dbe451bb43cbcc49cfaf2f3/bound-apps`, inNorth, '004', 404],
      [quotas, 'none', 'quotas', 401],
    ];
    for (const [path, token, document, status] of cases) {
      const got = await get(path, token);
      assert.equal(got.status, status, path);
      assert.deepEqual(got.body, documented(document, status), path);
    }
  });

  it('comes to the example answers by itself when there is no more than they show', async () => {
    const options: StandInOptions = { nesKeys: 2, sshKeys: 1, signatures: 2, boundApps: 1, omitTotal: true, seed: 7 };
    const small = await startStandIn(options);
    try {
      const inNorth = await tokenFor(small.url, inProject(north));
      const inSingapore = await tokenFor(small.url, inProject(singapore));
      const fromSmall = (path: string, token: string): Promise<Got> => ask(small.url + path, authorized(token));
      assert.deepEqual((await fromSmall(nes, inSingapore)).body, documented('001', 200));
      assert.deepEqual((await fromSmall(ssh, inNorth)).body, documented('002', 200));
      assert.deepEqual((await fromSmall(signs, inNorth)).body, documented('003', 200));
      const bound = await fromSmall(`${quotas}/${await firstQuota(inNorth, small)}/bound-apps`, inNorth);
      assert.deepEqual(bound.body, documented('004', 200));
    } finally {
      await small.close();
    }
  });

  it('signs in, says whose token it is, and lists projects and regions', async () => {
    const got = await tokens(cloud.url, bodyFor(SAMPLE.user, SAMPLE.password, inProject(north)));
    const value = got.headers.get('x-subject-token') ?? '';
    assert.match(value, /^MII.{2000,}$/);
    assert.ok(got.headers.has('x-iam-trace-id'));
    const example = dig(documented('iam', 201), 'token');
    assert.deepEqual(Object.keys(Object(got.body['token'])).toSorted(), Object.keys(Object(example)).toSorted());
    assert.match(String(dig(got.body, 'token', 'expires_at')), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/);
    assert.equal(dig(got.body, 'token', 'project', 'name'), 'cn-north-4');

    const account = await tokenFor(cloud.url, inDomain);
    const check = (subject: string): Promise<Got> =>
      ask(`${cloud.url}/v3/auth/tokens`, { headers: { 'X-Auth-Token': account, 'X-Subject-Token': subject } });
    const [checked, unknown] = [await check(value), await check('x')];
    assert.deepEqual([checked.status, checked.body], [200, got.body]);
    assert.deepEqual([unknown.status, unknown.body], [404, documented('iam', 404)]);

    const projects = rowsOf(await get('/v3/auth/projects', account), 'projects');
    const example1 = Object(dig(documented('iam', 200), 'projects'))[0];
    assert.deepEqual(Object.keys(Object(projects[0])), Object.keys(Object(example1)));
    assert.ok(projects.some((one) => one['name'] === 'MOS'));
    assert.equal(projects.filter((one) => one['enabled'] === false).length, 1);
    assert.ok(projects.every((one) => /^[0-9a-f]{32}$/.test(String(one['id']))));
    const regions = rowsOf(await get('/v3/regions', account), 'regions');
    assert.deepEqual(regions[3], Object(dig(documented('iam', 200, 1), 'regions'))[0]);
    assert.equal((await ask(`${cloud.url}/v3`)).status, 200);
    assert.equal((await get('/v3/auth/projects', 'none')).status, 401);
  });

  it('refuses malformed bodies, unknown scopes and wrong passwords, and locks after five of these', async () => {
    const identities = [{ methods: ['password'] }, { methods: ['x'] }];
    for (const body of ['{', {}, ...identities.map((identity) => ({ auth: { identity } }))]) {
      const got = await tokens(cloud.url, body);
      assert.deepEqual([got.status, got.body], [400, documented('iam', 400)]);
    }
    const disabled = SAMPLE.projects.find((one) => !one.enabled);
    assert.ok(disabled !== undefined);
    for (const scope of [{ project: { name: 'nowhere' } }, inProject(disabled), { domain: { name: 'other' } }]) {
      assert.equal((await tokens(cloud.url, bodyFor(SAMPLE.user, SAMPLE.password, scope))).status, 401);
    }
    const wrongs = [
      bodyFor('nobody', SAMPLE.password, inDomain),
      bodyFor(SAMPLE.user, SAMPLE.password, inDomain, 'other'),
      ...Array.from({ length: 4 }, () => bodyFor(SAMPLE.user, 'wrong', inDomain)),
    ];
    for (const body of wrongs) {
      const got = await tokens(cloud.url, body);
      assert.deepEqual([got.status, got.body], [401, documented('iam', 401, 0)]);
    }
    for (const password of ['wrong', SAMPLE.password]) {
      const got = await tokens(cloud.url, bodyFor(SAMPLE.user, password, inDomain));
      assert.deepEqual([got.status, got.body], [401, documented('iam', 401, 1)]);
    }
    await tokenFor(cloud.url, inDomain, SAMPLE.auditor);
    await cloud.control.reset();
    await tokenFor(cloud.url, inDomain);
  });

  it('exchanges tokens and knows which is for which project', async () => {
    const account = await tokenFor(cloud.url, undefined);
    const exchange = (token: string): Promise<Got> =>
      tokens(cloud.url, { auth: { identity: { methods: ['token'], token: { id: token } }, scope: inProject(east) } });
    const got = await exchange(account);
    assert.equal(got.status, 201);
    const inEast = got.headers.get('x-subject-token') ?? '';
    assert.equal((await exchange('x')).status, 401);

    assert.equal((await get(eastInstances, inEast)).status, 200);
    const refused = await get(eastInstances, account);
    assert.equal(refused.status, 401);
    assert.equal(refused.body['error_code'], 'ROMA.00012000');
    assert.equal(refused.body['request_id'], refused.headers.get('x-request-id'));
    assert.equal((await get(ssh, inEast)).status, 401);
    // SSH keys are those of a region: any project of it will do.
    assert.equal((await get(ssh, await tokenFor(cloud.url, inProject(northChild)))).status, 200);
  });

  it('expires tokens when told to, by scope, by project, and by age', async () => {
    const account = await tokenFor(cloud.url, inDomain);
    const inNorth = await tokenFor(cloud.url, inProject(north));
    const inEast = await tokenFor(cloud.url, inProject(east));
    await cloud.control.expire({ scope: 'project', project: 'cn-north-4' });
    assert.deepEqual((await get(signs, inNorth)).body, documented('003', 401));
    assert.equal((await get(eastInstances, inEast)).status, 200);
    await cloud.control.expire({ scope: 'domain' });
    assert.equal((await get('/v3/auth/projects', account)).status, 401);
    assert.equal((await get(eastInstances, inEast)).status, 200);
    await cloud.control.expire();
    assert.equal((await get(eastInstances, inEast)).status, 401);
    await cloud.control.tokenLife(0.3);
    const short = await tokenFor(cloud.url, inProject(east));
    assert.equal((await get(eastInstances, short)).status, 200);
    await wait(350);
    assert.equal((await get(eastInstances, short)).status, 401);
  });

  it('offers services only where they are', async () => {
    const inSantiago = await tokenFor(cloud.url, inProject(santiago));
    for (const path of [
      `/roma/la-south-2/v2/${santiago.id}/instances`,
      `/nes/cn-north-4/v1/${north.id}/node-provider/credentials`,
      '/codeartsrepo/la-south-2/v4/user/keys',
      '/roma/cn-north-4/v9/nothing',
    ]) {
      const got = await get(path, inSantiago);
      assert.equal(got.status, 404);
      assert.equal(got.body['error_code'], 'APIGW.0101');
      assert.equal(got.body['request_id'], got.headers.get('x-request-id'));
    }
  });

  it('pages Node Engine Service by at most 100 rows and checks its ranges', async () => {
    const token = await tokenFor(cloud.url, inProject(singapore));
    const all: Row[] = [];
    for (const offset of [0, 100, 200, 300]) {
      const got = await get(`${nes}?offset=${offset}&limit=1000`, token);
      assert.equal(got.body['count'], 250);
      all.push(...rowsOf(got, 'credentials'));
    }
    assert.equal(all.length, 250);
    assert.equal(new Set(all.map((one) => one['id'])).size, 250);
    assert.deepEqual(all.slice(0, 2), exampleRows('001', 'credentials'));
    for (const query of ['limit=1001', 'limit=x', 'offset=-1', 'offset=1001', 'offset=1.5', 'limit=']) {
      const got = await get(`${nes}?${query}`, token);
      assert.deepEqual([got.status, got.body], [400, documented('001', 400)], query);
    }
  });

  it('pages and filters SSH keys', async () => {
    const token = await tokenFor(cloud.url, inProject(north));
    const first = await get(ssh, token);
    assert.equal(first.body['total'], 45);
    assert.equal(rowsOf(first, 'keys').length, 20);
    assert.deepEqual(rowsOf(first, 'keys')[0], exampleRows('002', 'keys')[0]);
    assert.equal(rowsOf(await get(`${ssh}?offset=40`, token), 'keys').length, 5);
    assert.equal(rowsOf(await get(`${ssh}?offset=45&limit=100`, token), 'keys').length, 0);
    const found = await get(`${ssh}?query=LSSH`, token);
    assert.deepEqual([found.body['total'], rowsOf(found, 'keys')[0]?.['title']], [1, 'lssh']);
    for (const query of ['limit=0', 'limit=101', 'offset=-1', 'offset=2147483648', 'query=']) {
      const got = await get(`${ssh}?${query}`, token);
      assert.deepEqual([got.status, got.body['error_code']], [400, 'CH.010001'], query);
    }
  });

  it('pages and filters signature keys', async () => {
    const token = await tokenFor(cloud.url, inProject(north));
    const first = await get(signs, token);
    assert.deepEqual([first.body['total'], first.body['size']], [240, 20]);
    assert.deepEqual(rowsOf(first, 'signs').slice(0, 2), exampleRows('003', 'signs'));
    assert.equal(rowsOf(await get(`${signs}?offset=-5&limit=500`, token), 'signs').length, 240);
    assert.deepEqual((await get(`${signs}?offset=240`, token)).body, { total: 240, size: 0, signs: [] });
    const byId = await get(`${signs}?id=9dc388382fba485aadd19f932303f4c9`, token);
    assert.deepEqual([byId.body['total'], rowsOf(byId, 'signs')[0]?.['name']], [1, 'Signature_udlu']);
    const chinese = rowsOf(await get(`${signs}?name=签名密钥&limit=500`, token), 'signs');
    assert.ok(chinese.length > 100 && chinese.every((one) => String(one['name']).includes('签名密钥')));
    assert.equal((await get(`${signs}?name=signature_&precise_search=name`, token)).body['total'], 0);
    assert.equal((await get(`${signs}?name=Signature_udlu&precise_search=name`, token)).body['total'], 1);
    for (const query of ['limit=0', 'limit=501', 'offset=x']) {
      const got = await get(`${signs}?${query}`, token);
      assert.deepEqual([got.status, got.body['error_code']], [400, 'APIG.2012']);
      assert.match(String(got.body['error_msg']), new RegExp(`parameterName:${query.split('=')[0]}\\.`));
    }
  });

  it('lists instances up to its own caps, and filters them by status', async () => {
    const token = await tokenFor(cloud.url, inProject(east));
    assert.deepEqual((await get(eastInstances, token)).body['size'], 10);
    const page1 = rowsOf(await get(`${eastInstances}?limit=100`, token), 'instances');
    const page2 = rowsOf(await get(`${eastInstances}?limit=100&offset=100`, token), 'instances');
    assert.equal(new Set([...page1, ...page2].map((one) => one['id'])).size, 130);
    for (const query of ['offset=101', 'limit=101', 'offset=-1', 'limit=x', 'status=ab']) {
      const got = await get(`${eastInstances}?${query}`, token);
      assert.deepEqual([got.status, got.body['error_code']], [400, 'ROMA.00013000'], query);
      assert.equal(typeof got.body['error_details'], 'string');
    }
    const running = await get(`${eastInstances}?status=RUNNING&limit=100`, token);
    assert.ok(Number(running.body['total']) < 130 && Number(running.body['total']) > 100);
    const inNorth = await tokenFor(cloud.url, inProject(north));
    const mine = rowsOf(await get(`/roma/cn-north-4/v2/${north.id}/instances`, inNorth), 'instances');
    assert.equal(mine.length, 2);
    assert.deepEqual(mine[0], exampleRows('roma', 'instances')[0]);
  });

  it('lists quotas, who is bound to them, and all credentials', async () => {
    const token = await tokenFor(cloud.url, inProject(north));
    const all = rowsOf(await get(quotas, token), 'quotas');
    assert.equal(all.length, 12);
    assert.equal(all[0]?.['bound_app_num'], 135);
    assert.equal((await get(`${quotas}?name=clientquota`, token)).body['total'], 1);
    let bound = 0;
    for (const quota of all) {
      const got = await get(`${quotas}/${String(quota['app_quota_id'])}/bound-apps?limit=500`, token);
      assert.equal(got.body['total'], quota['bound_app_num']);
      bound += rowsOf(got, 'apps').length;
    }
    assert.ok(all.some((one) => one['bound_app_num'] === 0));
    const path = `${quotas}/${String(all[0]?.['app_quota_id'])}/bound-apps`;
    const first = await get(path, token);
    assert.deepEqual(rowsOf(first, 'apps')[0], exampleRows('004', 'apps')[0]);
    assert.equal((await get(`${path}?app_name=APP-DEMO`, token)).body['total'], 1);
    assert.equal((await get(`${path}?limit=501`, token)).status, 400);
    const credentials = await get(`${apps}?limit=500`, token);
    assert.equal(credentials.body['total'], bound + 5);
    assert.equal(typeof rowsOf(credentials, 'apps')[0]?.['app_secret'], 'string');
  });

  it('makes the same data from the same seed, other data from another, in any amount', () => {
    const many = new Data({ signatures: 10_000 }).signatures(instance);
    assert.equal(new Set(many.map((one) => one['id'])).size, 10_000);
    assert.deepEqual(new Data({}).nesKeys(), new Data({ seed: 1 }).nesKeys());
    assert.notDeepEqual(new Data({ seed: 2 }).nesKeys(), new Data({ seed: 1 }).nesKeys());
  });

  it('replaces rows when told to, and has the old ones back after a reset', () => {
    const data = new Data({ signatures: 20 });
    const keys = (): readonly unknown[] => data.signatures(instance).map((row) => row['id']);
    const before = keys();
    data.churn(3);
    assert.equal(new Set(keys()).size, 20);
    const kept = keys().filter((id) => before.includes(id));
    assert.ok(kept.length >= 17 && kept.length < 20, String(kept.length));
    data.reset();
    assert.deepEqual(keys(), before);
  });

  it('logs requests without the values of their headers', async () => {
    const token = await tokenFor(cloud.url, inProject(north));
    await get(`${signs}?limit=1`, token);
    const log = await new StandInControl(cloud.url).requests();
    const lines = log.map((one) => `${one.method} ${one.path}${one.query} ${one.status}`);
    assert.deepEqual(lines, ['POST /v3/auth/tokens?nocatalog=true 201', `GET ${signs}?limit=1 200`]);
    assert.ok(log[1]?.headers.names.includes('x-auth-token'));
    assert.match(log[1]?.headers.token ?? '', /^[0-9a-f]{8}$/);
    assert.ok(!JSON.stringify(log).includes(token.slice(0, 40)));
    assert.ok(!JSON.stringify(log).includes(SAMPLE.password));
    await cloud.control.clearRequests();
    assert.deepEqual(await cloud.control.requests(), []);
  });

  describe('told to misbehave', () => {
    let token: string;
    beforeEach(async () => {
      token = await tokenFor(cloud.url, inProject(north));
    });
    const asked = (): Promise<Got> => get(`${signs}?limit=20`, token);

    it('throttles so many times, or until it is told to stop', async () => {
      await fault(throttled, 2);
      assert.deepEqual([(await asked()).status, (await asked()).status, (await asked()).status], [429, 429, 200]);
      await fault(throttled);
      assert.equal((await asked()).body['error_code'], 'APIGW.0308');
      assert.equal((await get(quotas, token)).status, 200);
      await cloud.control.clearFaults();
      assert.equal((await asked()).status, 200);
    });

    it('throttles what comes beyond a limit, by its own clock', async () => {
      await fault({ kind: 'limit', requests: 2, within: 60_000, retryAfter: '7' });
      assert.deepEqual([(await asked()).status, (await asked()).status], [200, 200]);
      const third = await asked();
      assert.deepEqual([third.status, third.headers.get('retry-after')], [429, '7']);
      assert.equal(third.body['error_code'], 'APIGW.0308');
      await cloud.control.setClock(61_000);
      assert.deepEqual([(await asked()).status, (await asked()).status, (await asked()).status], [200, 200, 429]);
    });

    it('answers with any status and body', async () => {
      await fault({ kind: 'answer', status: 502, body: '<html>bad</html>', contentType: 'text/html' }, 1);
      const html = await asked();
      assert.deepEqual([html.status, html.text], [502, '<html>bad</html>']);
      assert.equal(html.headers.get('content-type'), 'text/html');
      await fault({ kind: 'answer', status: 500 }, 1);
      const empty = await asked();
      assert.deepEqual([empty.status, empty.text], [500, '']);
      await fault({ kind: 'answer', status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 1);
      const moved = await fetch(`${cloud.url}${signs}?limit=1`, { redirect: 'manual' });
      assert.deepEqual([moved.status, moved.headers.get('location')], [302, 'http://127.0.0.1:1/']);
    });

    it('is slow, and slow before another fault', async () => {
      await fault({ kind: 'slow', ms: 150 });
      await fault(throttled, 1);
      const before = Date.now();
      assert.equal((await asked()).status, 429);
      assert.equal((await asked()).status, 200);
      assert.ok(Date.now() - before >= 290);
    });

    it('cuts the connection, hangs, and breaks answers off', async () => {
      await fault({ kind: 'reset' }, 1);
      await assert.rejects(asked());
      await fault({ kind: 'hang' }, 1);
      await assert.rejects(fetch(`${cloud.url}${signs}?limit=1`, { signal: AbortSignal.timeout(300) }));
      await fault({ kind: 'truncate' }, 1);
      const half = await fetch(`${cloud.url}${signs}?limit=20`, authorized(token));
      const text = await half.text();
      assert.ok(half.status === 200 && text.startsWith('{"total"') && text.length > 100);
      assert.throws(() => JSON.parse(text));
      await fault({ kind: 'truncate', abort: true }, 1);
      await assert.rejects(asked());
      const log = (await cloud.control.requests()).slice(-4);
      assert.equal(log.map((one) => one.status).join(), ',,200,');
    });

    it('knows how many requests wait for the end of their answer', async () => {
      await fault({ kind: 'hang' });
      const giveUp = new AbortController();
      const waiting = get(`${signs}?limit=7`, token).catch(() => undefined);
      const given = fetch(`${cloud.url}${signs}?limit=8`, { ...authorized(token), signal: giveUp.signal });
      const both = async (count: number): Promise<void> => {
        while ((await cloud.control.underWay()) !== count) {
          // One is on its way, or just ended.
        }
      };
      await both(2);
      giveUp.abort();
      await assert.rejects(given);
      await both(1);
      void waiting;
    });

    it('dribbles, and swells', async () => {
      const whole = (await asked()).text;
      await fault({ kind: 'trickle', bytesPerSecond: Buffer.byteLength(whole) * 4 }, 1);
      const before = Date.now();
      assert.equal((await asked()).text, whole);
      assert.ok(Date.now() - before >= 200);
      await fault({ kind: 'huge', bytes: 17 * 2 ** 20 }, 1);
      const { text } = await asked();
      assert.equal(Buffer.byteLength(text), 17 * 2 ** 20);
      assert.equal(text.trimStart(), whole);
    });
  });

  async function firstQuota(token: string, { url } = cloud): Promise<string> {
    return String(rowsOf(await ask(url + quotas, authorized(token)), 'quotas')[0]?.['app_quota_id']);
  }
});
