import { Hono } from 'hono';
import { reply, type Asked, type Cloud, type Surroundings } from './answers';
import { projectOf, SAMPLE, type Project } from './data';
import { documented } from './documented';
import type { Token } from './tokens';

/** Names of regions in the order and the languages that the list of regions gives; the last lacks its Chinese name. */
const regions: readonly { id: string; locales: Readonly<Record<string, string>> }[] = [
  { id: 'cn-north-4', locales: { 'en-us': 'CN North-Beijing4', 'zh-cn': '华北-北京四' } },
  { id: 'cn-east-3', locales: { 'en-us': 'CN East-Shanghai1', 'zh-cn': '华东-上海一' } },
  { id: 'ap-southeast-3', locales: { 'en-us': 'AP-Singapore', 'zh-cn': '亚太-新加坡' } },
  {
    id: 'la-south-2',
    locales: {
      'en-us': 'LA-Santiago',
      'zh-cn': '拉美-圣地亚哥',
      'pt-br': 'AL-Santiago',
      'es-us': 'AL-Santiago de Chile1',
      'es-es': 'LA-Santiago',
    },
  },
  { id: 'ru-northwest-2', locales: { 'en-us': 'RU-Moscow2' } },
];

const refusals = {
  malformed: documented('iam', 400),
  wrong: documented('iam', 401, 0),
  locked: documented('iam', 401, 1),
  unauthenticated: documented('iam', 401, 2),
  noSuchToken: documented('iam', 404),
} as const;

/** The root of the stand-in: tokens, projects and regions, as sections 2 and 3 of the facts describe them. */
export function iamRoutes(cloud: Cloud): Hono<Surroundings> {
  const routes = new Hono<Surroundings>();
  routes.get('/v3', (asked) => reply(200, version(origin(asked))));
  routes.post('/v3/auth/tokens', async (asked) => signIn(cloud, asked, await readBody(asked)));
  routes.get('/v3/auth/tokens', (asked) => {
    if (cloud.tokens.find(asked.req.header('x-auth-token')) === undefined) {
      return reply(401, refusals.unauthenticated);
    }
    const subject = cloud.tokens.find(asked.req.header('x-subject-token'));
    return subject === undefined ? reply(404, refusals.noSuchToken) : tokenAnswer(200, subject);
  });
  routes.get('/v3/auth/projects', (asked) =>
    guarded(cloud, asked, (base) => ({
      links: { self: `${base}/v3/auth/projects` },
      projects: SAMPLE.projects.map((one) => projectRow(one, base)),
    })),
  );
  routes.get('/v3/regions', (asked) =>
    guarded(cloud, asked, (base) => ({
      regions: regions.map(({ id, locales }) => ({
        id,
        type: 'public',
        description: '',
        parent_region_id: null,
        locales,
      })),
      links: { next: null, previous: null, self: `${base}/v3/regions` },
    })),
  );
  return routes;
}

/** An answer for whoever holds any valid token. */
function guarded(cloud: Cloud, asked: Asked, body: (base: string) => object): Response {
  const token = cloud.tokens.find(asked.req.header('x-auth-token'));
  return token === undefined ? reply(401, refusals.unauthenticated) : reply(200, body(origin(asked)));
}

function signIn(cloud: Cloud, asked: Asked, body: unknown): Response {
  const identity = at(body, 'auth', 'identity');
  const methods = at(identity, 'methods');
  if (!Array.isArray(methods)) {
    return reply(400, refusals.malformed);
  }
  const scope = scopeOf(at(body, 'auth', 'scope'));
  if (scope === 'malformed') {
    return reply(400, refusals.malformed);
  }
  if (methods.length === 1 && methods[0] === 'password') {
    const name = text(at(identity, 'password', 'user', 'name'));
    const password = text(at(identity, 'password', 'user', 'password'));
    const domain = text(at(identity, 'password', 'user', 'domain', 'name'));
    if (name === undefined || password === undefined || domain === undefined) {
      return reply(400, refusals.malformed);
    }
    const user = domain === SAMPLE.domain.name ? cloud.tokens.check(name, password) : 'wrong';
    if (user === 'wrong' || user === 'locked') {
      return reply(401, refusals[user]);
    }
    return scope === 'unknown'
      ? reply(401, refusals.unauthenticated)
      : tokenAnswer(201, cloud.tokens.issue(user, scope, ['password']));
  }
  if (methods.length === 1 && methods[0] === 'token') {
    const old = cloud.tokens.find(text(at(identity, 'token', 'id')) ?? asked.req.header('x-auth-token'));
    return old === undefined || scope === 'unknown'
      ? reply(401, refusals.unauthenticated)
      : tokenAnswer(201, cloud.tokens.issue(old.user, scope, ['token'], old.expiresAt));
  }
  return reply(400, refusals.malformed);
}

/** The project that a token is asked for, `undefined` for the whole account. */
function scopeOf(scope: unknown): Project | undefined | 'unknown' | 'malformed' {
  if (scope === undefined) {
    return undefined;
  }
  const project = at(scope, 'project');
  const domain = at(scope, 'domain');
  if ((project === undefined) === (domain === undefined)) {
    return 'malformed';
  }
  const wanted = { id: text(at(project ?? domain, 'id')), name: text(at(project ?? domain, 'name')) };
  if (wanted.id === undefined && wanted.name === undefined) {
    return 'malformed';
  }
  if (project !== undefined) {
    const found = projectOf(wanted);
    return found?.enabled === true ? found : 'unknown';
  }
  const mine = wanted.id === undefined ? wanted.name === SAMPLE.domain.name : wanted.id === SAMPLE.domain.id;
  return mine ? undefined : 'unknown';
}

function tokenAnswer(status: number, token: Token): Response {
  const { project, user } = token;
  const scope =
    project === undefined
      ? { domain: SAMPLE.domain }
      : { project: { id: project.id, name: project.name, domain: SAMPLE.domain } };
  const body = {
    token: {
      expires_at: microseconds(token.expiresAt),
      issued_at: microseconds(token.issuedAt),
      methods: token.methods,
      ...scope,
      roles: [{ id: '0', name: user.allowed ? 'te_admin' : 'readonly' }],
      user: { id: user.id, name: user.name, domain: SAMPLE.domain, password_expires_at: '' },
      catalog: [],
    },
  };
  return reply(status, body, { 'X-Subject-Token': token.value });
}

function projectRow(project: Project, base: string): object {
  return {
    id: project.id,
    name: project.name,
    domain_id: SAMPLE.domain.id,
    parent_id: project.parent,
    enabled: project.enabled,
    is_domain: false,
    description: '',
    links: { self: `${base}/v3/projects/${project.id}` },
  };
}

function version(base: string): object {
  const media = { type: 'application/vnd.openstack.identity-v3+json', base: 'application/json' };
  return {
    version: {
      id: 'v3.6',
      status: 'stable',
      updated: '2016-04-04T00:00:00Z',
      links: [{ rel: 'self', href: `${base}/v3/` }],
      'media-types': [media],
    },
  };
}

function origin(asked: Asked): string {
  return new URL(asked.req.url).origin;
}

/** IAM writes six digits after the second. */
function microseconds(moment: number): string {
  return new Date(moment).toISOString().replace('Z', '000Z');
}

async function readBody(asked: Asked): Promise<unknown> {
  try {
    return (await asked.req.json()) as unknown;
  } catch {
    return undefined;
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    here = typeof here === 'object' && here !== null ? Object.getOwnPropertyDescriptor(here, name)?.value : undefined;
  }
  return here;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
