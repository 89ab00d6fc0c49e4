import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { StandInControl, throttled, type Fault } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import {
  answerField,
  documented,
  documents,
  exampleRows,
  fieldFor,
  listNamed,
  served,
  type ListDocument,
  type Row,
} from '../../cloud/documented';
import { Lists, sampleOf } from '../../cloud/lists';
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

const [north, northChild, , east, santiago] = SAMPLE.projects;
const { signs, quotas, eastInstances, nes, ssh } = samplePaths;
const sample = new Lists({});

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

  it('serves every answer of every document when a fault says so', async () => {
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
    const example1 = exampleRows('projects')[0];
    assert.deepEqual(Object.keys(Object(projects[0])), Object.keys(Object(example1)));
    assert.ok(projects.some((one) => one['name'] === 'MOS'));
    assert.equal(projects.filter((one) => one['enabled'] === false).length, 1);
    assert.ok(projects.every((one) => /^[0-9a-f]{32}$/.test(String(one['id']))));
    const regions = rowsOf(await get('/v3/regions', account), 'regions');
    assert.deepEqual(regions[3], exampleRows('regions')[0]);
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

  it('expires tokens on request, by scope, by project, and by age', async () => {
    const account = await tokenFor(cloud.url, inDomain);
    const inNorth = await tokenFor(cloud.url, inProject(north));
    const inEast = await tokenFor(cloud.url, inProject(east));
    await cloud.control.expire({ scope: 'project', project: 'cn-north-4' });
    assert.deepEqual((await get(signs, inNorth)).body, documented('signs', 401));
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

  it('answers with the documented errors, about the parameter or the row that is wrong', async () => {
    for (const [list, place] of everyList()) {
      const token = await tokenFor(cloud.url, inProject(place.project));
      const errorFor = async (
        path: string,
        user: string,
        status: number,
        about?: [example: string, actual: string],
      ) => {
        const got = await get(path, user);
        const printed = JSON.stringify({ ...errorOf(list, status, about?.[0]), request_id: undefined });
        const expected: object = JSON.parse(about ? printed.replace(...about) : printed);
        assert.equal(got.status, status, path);
        assert.deepEqual({ ...got.body, request_id: undefined }, { ...expected, request_id: undefined }, path);
      };
      await errorFor(place.path, 'none', 401);
      await errorFor(place.path, await tokenFor(cloud.url, inProject(santiago)), 401);
      const auditor = await tokenFor(cloud.url, inProject(place.project), SAMPLE.auditor);
      assert.equal((await get(place.path, auditor)).status, list.sample?.restricted ? 403 : 200, list.document);
      for (const [name, { in: where, of, type, min, max }] of Object.entries(list.parameters)) {
        if (of !== undefined) {
          const path = place.path.replace(place.values[name] ?? '', 'x');
          const example = errorsOf(list, 404).find(({ about }) => about?.parameter === name)?.about?.text ?? '';
          await errorFor(path, token, 404, [example, 'x']);
        } else if (where !== 'path') {
          const example = errorsOf(list, 400).find(({ about }) => about)?.about?.parameter;
          const sized = (size: number): string => (type === 'String' ? 'x'.repeat(size) : String(size));
          const wrong = [
            ...(type === 'String' ? [] : ['x', '', '1.5']),
            ...(max === undefined ? [] : [sized(max + 1)]),
            ...(min === undefined ? [] : [sized(min - 1)]),
          ];
          for (const text of wrong) {
            const path = `${place.path}?${new URLSearchParams({ [name]: text }).toString()}`;
            await errorFor(path, token, 400, example === undefined ? undefined : [example, name]);
          }
        }
      }
    }
  });

  it('serves the example answers when there are no more rows than they show', async () => {
    const amounts = served.map(({ document }) => [document, exampleRows(document).length] as const);
    // The examples of instances stand where most of them are not.
    const small = await startStandIn({ rows: Object.fromEntries(amounts), omitTotal: true, seed: 7 });
    try {
      for (const [list, place] of everyList()) {
        const home = list.document === 'instances' ? place.path.replace(east.region, north.region) : place.path;
        const path = home.replace(east.id, north.id);
        const project = list.document === 'instances' ? north : place.project;
        const got = await ask(small.url + path, authorized(await tokenFor(small.url, inProject(project))));
        const printed = exampleRows(list.document);
        const rows = rowsOf(got, answerField(list, 'rows') ?? '').slice(0, printed.length);
        const counted = Object.keys(list.fields).filter((name) => list.fields[name]?.counts !== undefined);
        const without = (row: Row): Row => ({ ...row, ...Object.fromEntries(counted.map((name) => [name, 0])) });
        assert.deepEqual(rows.map(without), printed.map(without), list.document);
        if (list.document !== 'instances') {
          const names = Object.keys(documented(list.document, 200));
          assert.deepEqual(Object.keys(got.body).toSorted(), names.toSorted(), list.document);
        }
      }
    } finally {
      await small.close();
    }
  });

  it('brings every row once, page by page, up to the largest page, with the documented fields only', async () => {
    for (const [list, place] of everyList()) {
      const token = await tokenFor(cloud.url, inProject(place.project));
      const all = sample.rowsOf(list.document, place.values);
      const [rows = '', total = ''] = [answerField(list, 'rows'), answerField(list, 'total')];
      const found: Row[] = [];
      const { limit, offset } = list.parameters;
      const most = list.answer[rows]?.maxItems ?? Infinity;
      for (let before = -1; list.paging.kind !== 'none' && found.length !== before;) {
        before = found.length;
        const got = await get(
          `${place.path}?offset=${Math.min(before, offset?.max ?? before)}&limit=${limit?.max}`,
          token,
        );
        assert.equal(got.body[total], all.length, list.document);
        found.push(...rowsOf(got, rows).slice(before - Math.min(before, offset?.max ?? before)));
      }
      assert.deepEqual(found, all, list.document);
      assert.ok(all.length < 2 || new Set(all.map((row) => row[fieldFor(list, 'id') ?? ''])).size === all.length);
      const first = rowsOf(await get(place.path, token), rows);
      assert.deepEqual(first, all.slice(0, Math.min(limit?.default ?? most, most)), list.document);
      const known = Object.keys(list.fields);
      for (const name of new Set(all.flatMap((row) => Object.keys(row)))) {
        assert.ok(
          known.includes(name) || known.some((each) => each.startsWith(`${name}.`)),
          `${list.document}.${name}`,
        );
      }
      if (offset?.negative) {
        assert.deepEqual(rowsOf(await get(`${place.path}?offset=-5`, token), rows), first, list.document);
      }
    }
  });

  it('filters as documented', async () => {
    for (const [list, place] of everyList()) {
      const token = await tokenFor(cloud.url, inProject(place.project));
      const [row] = sample.rowsOf(list.document, place.values);
      for (const { parameter, field, match, exact } of list.filters) {
        const text = String(row?.[field]);
        const find = async (query: Record<string, string>): Promise<readonly Row[]> => {
          const path = `${place.path}?${new URLSearchParams(query).toString()}`;
          return rowsOf(await get(path, token), answerField(list, 'rows') ?? '');
        };
        const name = `${list.document} ${parameter}`;
        assert.deepEqual((await find({ [parameter]: text }))[0], row, name);
        const toggled = text.toUpperCase() === text ? text.toLowerCase() : text.toUpperCase();
        const other = toggled === text ? `${text}0` : toggled;
        assert.equal((await find({ [parameter]: other })).length > 0, match === 'contains', name);
        if (exact) {
          assert.deepEqual(await find({ [parameter]: other, ...exact }), [], name);
          assert.deepEqual(await find({ [parameter]: text, ...exact }), [row], name);
        }
      }
    }
  });

  it('counts the rows of the lists below as the lists have them', async () => {
    const token = await tokenFor(cloud.url, inProject(north));
    const all = rowsOf(await get(quotas, token), 'quotas');
    for (const quota of all) {
      const got = await get(`${quotas}/${String(quota['app_quota_id'])}/bound-apps`, token);
      assert.equal(got.body['total'], quota['bound_app_num']);
    }
    assert.ok(all.some((one) => one['bound_app_num'] === 0));
  });

  it('makes the same rows from the same seed, others from another seed, in any amount', () => {
    const [list, { values }] = [listNamed('signs'), sampleOf(listNamed('signs'))];
    const many = new Lists({ rows: { signs: 10_000 } }).rowsOf('signs', values);
    assert.equal(new Set(many.map((row) => row['id'])).size, 10_000);
    const made = (seed: number): unknown => new Lists({ seed }).rows(list, values);
    assert.deepEqual(made(1), sample.rows(list, values));
    assert.notDeepEqual(made(2), made(1));
  });

  it('replaces rows on request, and restores them on a reset', () => {
    const changing = new Lists({ rows: { signs: 20 } });
    const { values } = sampleOf(listNamed('signs'), changing);
    const keys = (): readonly unknown[] => changing.rowsOf('signs', values).map((row) => row['id']);
    const before = keys();
    changing.churn(3);
    assert.equal(new Set(keys()).size, 20);
    const kept = keys().filter((id) => before.includes(id));
    assert.ok(kept.length >= 17 && kept.length < 20, String(kept.length));
    assert.equal(changing.rowsOf('instances', values)[0]?.['id'], values['instance_id']);
    changing.reset();
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

  describe('a fault', () => {
    let token: string;
    beforeEach(async () => {
      token = await tokenFor(cloud.url, inProject(north));
    });
    const asked = (): Promise<Got> => get(`${signs}?limit=20`, token);

    it('throttles a number of times, or until it is removed', async () => {
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
});

function everyList(): readonly (readonly [ListDocument, ReturnType<typeof sampleOf>])[] {
  return served.map((list) => [list, sampleOf(list, sample)] as const);
}

/** The errors of a status that a document prints, then those of its service. */
function errorsOf(list: ListDocument, status: number): ListDocument['answers'] {
  return [list, ...served.filter(({ service }) => service === list.service)]
    .flatMap(({ answers }) => answers)
    .filter((one) => one.status === status);
}

function errorOf(list: ListDocument, status: number, text: string | undefined): object {
  const errors = errorsOf(list, status);
  return (errors.find(({ about }) => status === 404 && about?.text === text) ?? errors[0])?.body ?? {};
}
