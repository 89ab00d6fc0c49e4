import * as v from 'valibot';
import { phrase } from '../base/phrase';
import { parseTime } from '../base/time';
import { errorOf, faultOf } from '../cloud/parseError';
import { errorInside } from '../cloud/errorInSuccess';
import { CloudError, badAnswer } from '../cloud/errors';
import { fillPath } from '../cloud/path';
import { send, type HttpAnswer, type Transport } from '../cloud/http';
import type { StoredKeys } from './accountSecret';
import type { AskedScope, IamToken, Identity, Owner } from './iamClient';
import { signedHeaders } from './sign';
import { fieldOf } from '../base/guards';

const named = v.object({ id: v.string(), name: v.string() });
const tokenBody = v.object({
  token: v.object({
    expires_at: v.string(),
    user: v.object({ ...named.entries, domain: named }),
    project: v.optional(named),
    domain: v.optional(v.unknown()),
  }),
});

const keysBody = v.object({
  credential: v.object({ access: v.string(), secret: v.string(), securitytoken: v.string(), expires_at: v.string() }),
});
const projectsBody = v.object({ projects: v.array(v.object({ domain_id: v.string() })) });
const domainsBody = v.object({ domains: v.array(named) });
const credentialBody = v.object({ credential: v.object({ user_id: v.string() }) });
const userBody = v.object({ user: v.object({ name: v.string() }) });

const path = '/v3/auth/tokens';

/**
 * Asks IAM for a token: `POST /v3/auth/tokens?nocatalog=true`. Sent once: repeated wrong passwords lock an account.
 * @throws CloudError; `unauthenticated` if the sign-in is refused
 */
export async function requestToken(
  iam: string,
  identity: Identity,
  scope: AskedScope,
  transport: Transport,
  signal: AbortSignal,
): Promise<IamToken> {
  const url = fillPath(iam, path, {});
  // Without it the answer lists every service of the cloud.
  url.searchParams.set('nocatalog', 'true');
  const answer = await send(
    {
      method: 'POST',
      url,
      template: path,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(identity.kind === 'agency' ? { 'x-auth-token': identity.token } : {}),
      },
      body: JSON.stringify({ auth: { identity: identityBody(identity), scope } }),
    },
    transport,
    signal,
  );
  const body = refusalAsOne(identity, () => bodyOf(answer, 201, 'token', secretsOf(identity)));
  const value = answer.header('x-subject-token');
  if (!value) {
    throw notUnderstood(answer);
  }
  return describe(answer, body, value);
}

/**
 * Asks IAM to describe a token: `GET /v3/auth/tokens`. IAM answers 404 to one that it does not know, and 401 to one that
 * may not ask; both mean a token of no use.
 * @throws CloudError; `unauthenticated` if the token is not valid
 */
export async function checkToken(
  iam: string,
  token: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<IamToken> {
  const url = fillPath(iam, path, {});
  url.searchParams.set('nocatalog', 'true');
  const headers = { 'x-auth-token': token, 'x-subject-token': token, accept: 'application/json' };
  const answer = await send({ method: 'GET', url, template: path, headers }, transport, signal);
  try {
    return describe(answer, bodyOf(answer, 200, 'token', [token]), token);
  } catch (error) {
    throw error instanceof CloudError && error.kind === 'notFound' ? error.as({ kind: 'unauthenticated' }) : error;
  }
}

/**
 * Turns a token into temporary keys of the user: `POST /v3.0/OS-CREDENTIAL/securitytokens`, for a day, the longest that
 * there is. They sign for all projects.
 * @throws CloudError if IAM does not give any
 */
export async function requestKeys(
  iam: string,
  token: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<StoredKeys> {
  const template = '/v3.0/OS-CREDENTIAL/securitytokens';
  const identity = { methods: ['token'], token: { id: token, duration_seconds: 86_400 } };
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const body = JSON.stringify({ auth: { identity } });
  const answer = await send(
    { method: 'POST', url: fillPath(iam, template, {}), template, headers, body },
    transport,
    signal,
  );
  const read = v.safeParse(keysBody, bodyOf(answer, 201, 'credential', [token]));
  const expires = read.success ? parseTime(read.output.credential.expires_at) : undefined;
  if (!read.success || expires === undefined) {
    throw notUnderstood(answer);
  }
  const { access, secret, securitytoken: securityToken } = read.output.credential;
  return { access, secret, securityToken, expires };
}

/**
 * Asks IAM whose keys these are. That the account's projects can be listed proves the keys and names the account by its ID;
 * its name, and the user's, need rights that not everybody has, and permanent keys: without them an ID stands in their place.
 * Sent one after the other, so that wrong keys are tried once.
 * @throws CloudError; `unauthenticated` if the keys are refused
 */
export async function ownerOf(
  iam: string,
  keys: StoredKeys,
  transport: Transport,
  signal: AbortSignal,
): Promise<Owner> {
  const ask = async (template: string, values: Readonly<Record<string, string>>, field?: string): Promise<unknown> => {
    const request = {
      method: 'GET',
      url: fillPath(iam, template, values),
      headers: { accept: 'application/json' },
    } as const;
    const signed = signedHeaders(request, keys, {}, transport.clock());
    const headers = { ...request.headers, ...signed };
    const answer = await send({ ...request, template, headers }, transport, signal);
    return bodyOf(answer, 200, field, [...Object.values(signed), keys.secret]);
  };
  const askOptional = async <T>(
    schema: v.GenericSchema<unknown, T>,
    template: string,
    values = {},
  ): Promise<T | undefined> => {
    try {
      const read = v.safeParse(schema, await ask(template, values));
      return read.success ? read.output : undefined;
    } catch (error) {
      if (
        error instanceof CloudError &&
        ['unauthenticated', 'forbidden', 'notFound', 'invalidRequest'].includes(error.kind)
      ) {
        return undefined;
      }
      throw error;
    }
  };
  const { projects } = v.parse(
    v.fallback(projectsBody, { projects: [] }),
    await ask('/v3/auth/projects', {}, 'projects'),
  );
  const domains = await askOptional(domainsBody, '/v3/auth/domains');
  // A user may see other accounts besides their own; the projects are of that one.
  const domainId = projects[0]?.domain_id ?? domains?.domains[0]?.id;
  if (domainId === undefined) {
    throw new CloudError({ kind: 'forbidden', reason: phrase('These keys may see no project and no account.') });
  }
  const domain = domains?.domains.find(({ id }) => id === domainId) ?? { id: domainId, name: domainId };
  const permanent = keys.securityToken === undefined;
  const credential = permanent
    ? await askOptional(credentialBody, '/v3.0/OS-CREDENTIAL/credentials/{access}', { access: keys.access })
    : undefined;
  const userId = credential?.credential.user_id;
  const user =
    userId === undefined ? undefined : await askOptional(userBody, '/v3/users/{user_id}', { user_id: userId });
  // Without a user's ID, the key's own ID stands for it: each temporary key is an account of its own then.
  return { domain, user: { id: userId ?? keys.access, name: user?.user.name ?? userId ?? keys.access } };
}

/** The state of a token according to IAM; `unknown` if IAM cannot be asked. */
export async function tokenState(
  iam: string,
  token: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<'good' | 'ended' | 'unknown'> {
  try {
    await checkToken(iam, token, transport, signal);
    return 'good';
  } catch (error) {
    return error instanceof CloudError && error.kind === 'unauthenticated' ? 'ended' : 'unknown';
  }
}

/** Whether IAM's host answers at all, whatever it says: its version document needs no token. */
export async function isReachable(iam: string, transport: Transport, signal: AbortSignal): Promise<boolean> {
  try {
    await send({ method: 'GET', url: fillPath(iam, '/v3', {}), template: '/v3', headers: {} }, transport, signal);
    return true;
  } catch {
    return false;
  }
}

function identityBody(identity: Identity): object {
  if (identity.kind === 'token') {
    return { methods: ['token'], token: { id: identity.token } };
  }
  if (identity.kind === 'agency') {
    const { agencyName, domainName } = identity;
    return { methods: ['assume_role'], assume_role: { agency_name: agencyName, domain_name: domainName } };
  }
  const { accountName, userName, password, passcode } = identity;
  const user = { name: userName, password, domain: { name: accountName } };
  return passcode
    ? {
        methods: ['password', 'totp'],
        password: { user },
        totp: { user: { id: passcode.userId, passcode: passcode.code } },
      }
    : { methods: ['password'], password: { user } };
}

// IAM may answer 403 or 400 for a user who is locked or may not sign in: the sign-in is refused, as with a wrong password. An
// answer without a code is from something on the way there, such as a proxy.
function refusalAsOne<T>({ kind: by }: Identity, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { kind, code, status, serviceMessage = '' } = error instanceof CloudError ? error.failure : {};
    const fault = faultOf(serviceMessage);
    const isRefusal = code !== undefined && (kind === 'forbidden' || (status === 400 && fault.signIn !== undefined));
    throw error instanceof CloudError && by === 'password' && isRefusal
      ? error.as({ kind: 'unauthenticated', ...fault })
      : error;
  }
}

function secretsOf(identity: Identity): readonly string[] {
  return identity.kind === 'password' ? [identity.password, identity.passcode?.code ?? ''] : [identity.token];
}

// The body of an answer with the expected status. `field`: must be in it.
function bodyOf(answer: HttpAnswer, status: number, field: string | undefined, secrets: readonly string[]): unknown {
  if (answer.status !== status) {
    throw errorOf(answer, {}, secrets);
  }
  let body: unknown;
  try {
    // Without the digits of long numbers, of which IAM sends none: restoring them may take longer than parsing.
    body = JSON.parse(answer.text);
  } catch {
    throw notUnderstood(answer);
  }
  const isThere = field !== undefined && fieldOf(body, field) !== undefined;
  const content = isThere ? 'rows' : field === undefined ? 'none' : 'missing';
  const error = errorInside(answer, body, { content }, {}, secrets);
  if (error) {
    throw error;
  }
  return body;
}

function describe(answer: HttpAnswer, body: unknown, value: string): IamToken {
  const read = v.safeParse(tokenBody, body);
  const expires = read.success ? parseTime(read.output.token.expires_at) : undefined;
  if (!read.success || expires === undefined) {
    throw notUnderstood(answer);
  }
  const { user, project, domain } = read.output.token;
  return {
    value,
    expires,
    user: { id: user.id, name: user.name },
    domain: user.domain,
    ...(project ? { project } : (domain ?? undefined) === undefined ? { unscoped: true } : {}),
  };
}

function notUnderstood({ origin, status, requestId }: HttpAnswer): CloudError {
  return badAnswer({ ...origin, status, requestId });
}
