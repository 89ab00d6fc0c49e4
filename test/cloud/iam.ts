import { Hono } from 'hono';
import { callerOf, noSuchResource, reply, type Asked, type Caller, type Cloud, type Surroundings } from './answers';
import { projectOf, projectsOf, SAMPLE, type Domain, type Principal, type Project } from './data';
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
  invalidToken: documented('iam', 401, 3),
  forbidden: documented('iam', 403),
  noSuchToken: documented('iam', 404),
} as const;

/** How long temporary keys may live, in seconds. */
const keyLife = { shortest: 900, longest: 86_400 } as const;

/** The root of the stand-in: sign-ins, and who may go where, as sections 2 and 3 of the facts describe them. */
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
    guarded(cloud, asked, (base, { user }) => ({
      links: { self: `${base}/v3/auth/projects` },
      projects: projectsOf(user.domain).map((one) => projectRow(one, base)),
    })),
  );
  routes.get('/v3/auth/domains', (asked) =>
    guarded(cloud, asked, (base, { user }) => ({
      // A user without iam:users:getUser gets none (facts, section 2.1).
      domains: user.allowed ? [domainRow(user.domain, base)] : [],
      links: { self: `${base}/v3/auth/domains` },
    })),
  );
  routes.get('/v3/users/:user', (asked) => {
    const { user } = asked.req.param();
    const owner = SAMPLE.users.find(({ id }) => id === user);
    return own(cloud, asked, owner, (found, base) => ({ user: userRow(found, base) }));
  });
  routes.get('/v3.0/OS-CREDENTIAL/credentials/:access', (asked) => {
    const { access } = asked.req.param();
    return own(cloud, asked, cloud.keys.ownerOf(access), (found) => ({ credential: keyRow(found, access) }));
  });
  routes.post('/v3.0/OS-CREDENTIAL/securitytokens', async (asked) => exchange(cloud, asked, await readBody(asked)));
  routes.get('/sts/:region/v5/caller-identity', (asked) =>
    guarded(cloud, asked, (_, { user }) => callerIdentity(user)),
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

/** An answer for any sign-in. */
function guarded(cloud: Cloud, asked: Asked, body: (base: string, caller: Caller) => object): Response {
  const caller = callerOf(cloud, asked);
  return caller === undefined ? reply(401, refusals.unauthenticated) : reply(200, body(origin(asked), caller));
}

/** An answer about a user for that user only. */
function own(
  cloud: Cloud,
  asked: Asked,
  owner: Principal | undefined,
  body: (owner: Principal, base: string) => object,
): Response {
  const caller = callerOf(cloud, asked);
  if (caller === undefined) {
    return reply(401, refusals.unauthenticated);
  }
  if (owner === undefined) {
    return noSuchResource();
  }
  return owner.id === caller.user.id ? reply(200, body(owner, origin(asked))) : reply(403, refusals.forbidden);
}

function signIn(cloud: Cloud, asked: Asked, body: unknown): Response {
  const identity = at(body, 'auth', 'identity');
  const methods = methodsOf(identity);
  switch (methods.join()) {
    case 'password':
    case 'password,totp':
      return byPassword(cloud, body, identity, methods);
    case 'token':
      return byToken(cloud, asked, body, identity);
    case 'assume_role':
      return byAgency(cloud, asked, body, identity);
    default:
      return reply(400, refusals.malformed);
  }
}

function byPassword(cloud: Cloud, body: unknown, identity: unknown, methods: readonly string[]): Response {
  const scope = scopeOf(body, SAMPLE.domain);
  const name = text(at(identity, 'password', 'user', 'name'));
  const password = text(at(identity, 'password', 'user', 'password'));
  const domain = text(at(identity, 'password', 'user', 'domain', 'name'));
  const userId = text(at(identity, 'totp', 'user', 'id'));
  const passcode = text(at(identity, 'totp', 'user', 'passcode'));
  const isSecond = methods.includes('totp');
  const isWhole = name !== undefined && password !== undefined && domain !== undefined;
  if (scope === 'malformed' || !isWhole || (isSecond && (userId === undefined || passcode === undefined))) {
    return reply(400, refusals.malformed);
  }
  const second = isSecond ? { userId: userId ?? '', passcode: passcode ?? '' } : undefined;
  const user = domain === SAMPLE.domain.name ? cloud.tokens.check(name, password, second) : 'wrong';
  if (user === 'wrong' || user === 'locked') {
    return reply(401, refusals[user]);
  }
  return scope === 'unknown'
    ? reply(401, refusals.unauthenticated)
    : tokenAnswer(201, cloud.tokens.issue({ user, project: scope }, methods));
}

function byToken(cloud: Cloud, asked: Asked, body: unknown, identity: unknown): Response {
  const old = cloud.tokens.find(text(at(identity, 'token', 'id')) ?? asked.req.header('x-auth-token'));
  const scope = scopeOf(body, old?.user.domain ?? SAMPLE.domain);
  if (scope === 'malformed') {
    return reply(400, refusals.malformed);
  }
  return old === undefined || scope === 'unknown'
    ? reply(401, refusals.unauthenticated)
    : tokenAnswer(201, cloud.tokens.issue({ user: old.user, project: scope }, ['token'], old));
}

/** KeystoneCreateAgencyToken: a token of the agency of another account, for a user of the sample's. */
function byAgency(cloud: Cloud, asked: Asked, body: unknown, identity: unknown): Response {
  const { agency, agencyName, domain } = SAMPLE.partner;
  const scope = scopeOf(body, domain);
  const name = text(at(identity, 'assume_role', 'agency_name'));
  const domainId = text(at(identity, 'assume_role', 'domain_id'));
  const domainName = text(at(identity, 'assume_role', 'domain_name'));
  if (scope === 'malformed' || name === undefined || (domainId ?? domainName) === undefined) {
    return reply(400, refusals.malformed);
  }
  const caller = cloud.tokens.find(asked.req.header('x-auth-token'));
  if (caller === undefined) {
    return reply(401, refusals.invalidToken);
  }
  const isPartner = domainId === undefined ? domainName === domain.name : domainId === domain.id;
  const mayAssume = caller.assumedBy === undefined && caller.user.allowed;
  if (!isPartner || name !== agencyName || !mayAssume || scope === 'unknown') {
    return reply(403, refusals.forbidden);
  }
  const from = { assumedBy: caller.user };
  return tokenAnswer(201, cloud.tokens.issue({ user: agency, project: scope }, ['assume_role'], from));
}

/** CreateTemporaryAccessKeyByToken: a signature counts before the header's token, and that before the body's. */
function exchange(cloud: Cloud, asked: Asked, body: unknown): Response {
  const identity = at(body, 'auth', 'identity');
  const seconds = at(identity, 'token', 'duration_seconds') ?? keyLife.shortest;
  const isLife = typeof seconds === 'number' && seconds >= keyLife.shortest && seconds <= keyLife.longest;
  if (methodsOf(identity).join() !== 'token' || !isLife) {
    return reply(400, refusals.malformed);
  }
  const caller = callerOf(cloud, asked) ?? cloud.tokens.find(text(at(identity, 'token', 'id')));
  if (caller === undefined) {
    return reply(401, refusals.unauthenticated);
  }
  const { access, secret, securityToken, expiresAt } = cloud.keys.issue(caller.user, seconds);
  const credential = { access, secret, securitytoken: securityToken, expires_at: microseconds(expiresAt) };
  return reply(201, { credential });
}

function methodsOf(identity: unknown): readonly string[] {
  const methods = at(identity, 'methods');
  return Array.isArray(methods) ? methods.map(String) : [];
}

/** The project that a token is asked for, `undefined` for the whole account. */
function scopeOf(body: unknown, owner: Domain): Project | undefined | 'unknown' | 'malformed' {
  const scope = at(body, 'auth', 'scope');
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
    return projectOf(owner, wanted) ?? 'unknown';
  }
  const mine = wanted.id === undefined ? wanted.name === owner.name : wanted.id === owner.id;
  return mine ? undefined : 'unknown';
}

function tokenAnswer(status: number, token: Token): Response {
  const { project, user, assumedBy } = token;
  const { domain } = user;
  const scope = project === undefined ? { domain } : { project: { id: project.id, name: project.name, domain } };
  const whose =
    assumedBy === undefined
      ? { user: tokenUser(user) }
      : { user: { id: user.id, name: user.name, domain }, assumed_by: { user: tokenUser(assumedBy) } };
  const body = {
    token: {
      expires_at: microseconds(token.expiresAt),
      issued_at: microseconds(token.issuedAt),
      methods: token.methods,
      ...scope,
      roles: [{ id: '0', name: user.allowed ? 'te_admin' : 'readonly' }],
      ...whose,
      catalog: [],
    },
  };
  return reply(status, body, { 'X-Subject-Token': token.value });
}

function tokenUser({ id, name, domain }: Principal): object {
  return { id, name, domain, password_expires_at: '' };
}

function domainRow({ id, name }: Domain, base: string): object {
  return { description: '', enabled: true, id, links: { self: `${base}/v3/domains/${id}` }, name };
}

function userRow({ id, name, domain }: Principal, base: string): object {
  return {
    pwd_status: false,
    domain_id: domain.id,
    last_project_id: SAMPLE.projects[0].id,
    name,
    description: '',
    password_expires_at: null,
    links: { next: null, previous: null, self: `${base}/v3/users/${id}` },
    id,
    enabled: true,
  };
}

function keyRow({ id }: Principal, access: string): object {
  return {
    last_use_time: '2026-01-08T06:26:08.123059Z',
    access,
    create_time: '2026-01-08T06:25:19.014028Z',
    user_id: id,
    description: '',
    status: 'active',
  };
}

/** GetCallerIdentity of STS: of an agency, the URN and ID name the session, too. */
function callerIdentity({ id, name, domain }: Principal): object {
  const isUser = SAMPLE.users.some((user) => user.id === id);
  return {
    account_id: domain.id,
    principal_urn: isUser
      ? `iam::${domain.id}:user:${name}`
      : `sts::${domain.id}:assumed-agency:${SAMPLE.partner.agencyName}/session`,
    principal_id: isUser ? id : `${id}:session`,
  };
}

function projectRow(project: Project, base: string): object {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.domain.id,
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
