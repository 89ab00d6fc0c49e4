import * as v from 'valibot';
import { phrase } from '../catalog/phrase';
import { parseTime } from '../catalog/time';
import { errorOf } from '../cloud/envelope';
import { CloudError } from '../cloud/errors';
import { fillPath } from '../cloud/path';
import { send, type HttpAnswer, type Transport } from '../cloud/send';

/** Who signs in, and how. */
export type Identity =
  | { readonly by: 'password'; readonly accountName: string; readonly userName: string; readonly password: string }
  | { readonly by: 'token'; readonly token: string };

/** What a token is asked for. */
export type AskedScope = { readonly domain: { name: string } | { id: string } } | { readonly project: { id: string } };

/** A token and what IAM says of it. `expires`: milliseconds since 1970. */
export interface Token {
  readonly value: string;
  readonly expires: number;
  readonly user: { readonly id: string; readonly name: string };
  readonly domain: { readonly id: string; readonly name: string };
  readonly project?: { readonly id: string; readonly name: string };
}

const named = v.object({ id: v.string(), name: v.string() });
const tokenBody = v.object({
  token: v.object({
    expires_at: v.string(),
    user: v.object({ ...named.entries, domain: named }),
    project: v.optional(named),
  }),
});

const path = '/v3/auth/tokens';

/**
 * Asks IAM for a token: `POST /v3/auth/tokens?nocatalog=true`. Sent once: repeated wrong passwords lock an account.
 * @throws CloudError; `unauthenticated` where the sign-in is refused
 */
export async function requestToken(
  iam: string,
  identity: Identity,
  scope: AskedScope,
  transport: Transport,
  signal: AbortSignal,
): Promise<Token> {
  const url = fillPath(iam, path, {});
  // Without it the answer lists every service of the cloud.
  url.searchParams.set('nocatalog', 'true');
  const answer = await send(
    {
      method: 'POST',
      url,
      template: path,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ auth: { identity: identityBody(identity), scope } }),
    },
    transport,
    signal,
  );
  if (answer.status !== 201) {
    throw errorOf(answer, {}, [identity.by === 'password' ? identity.password : identity.token]);
  }
  const value = answer.header('x-subject-token');
  if (!value) {
    throw notUnderstood(answer);
  }
  return describe(answer, value);
}

/**
 * Asks IAM what a token is: `GET /v3/auth/tokens`. IAM answers 404 to one that it does not know, and 401 to one that
 * may not ask; both mean a token of no use.
 * @throws CloudError; `unauthenticated` where the token is not valid
 */
export async function checkToken(
  iam: string,
  token: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<Token> {
  const url = fillPath(iam, path, {});
  url.searchParams.set('nocatalog', 'true');
  const headers = { 'x-auth-token': token, 'x-subject-token': token, accept: 'application/json' };
  const answer = await send({ method: 'GET', url, template: path, headers }, transport, signal);
  if (answer.status !== 200) {
    const error = errorOf(answer, {}, [token]);
    throw error.kind === 'notFound' ? error.as({ kind: 'unauthenticated' }) : error;
  }
  return describe(answer, token);
}

/** Whether IAM says of a token that it is good. One that cannot be checked is not taken to be. */
export async function isGood(iam: string, token: string, transport: Transport, signal: AbortSignal): Promise<boolean> {
  try {
    await checkToken(iam, token, transport, signal);
    return true;
  } catch {
    return false;
  }
}

/** Whether IAM's host answers at all, whatever it says: its version document needs no token. */
export async function answers(iam: string, transport: Transport, signal: AbortSignal): Promise<boolean> {
  try {
    await send({ method: 'GET', url: fillPath(iam, '/v3', {}), template: '/v3', headers: {} }, transport, signal);
    return true;
  } catch {
    return false;
  }
}

function identityBody(identity: Identity): object {
  if (identity.by === 'token') {
    return { methods: ['token'], token: { id: identity.token } };
  }
  const { accountName, userName, password } = identity;
  return { methods: ['password'], password: { user: { name: userName, password, domain: { name: accountName } } } };
}

function describe(answer: HttpAnswer, value: string): Token {
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    throw notUnderstood(answer);
  }
  const read = v.safeParse(tokenBody, body);
  const expires = read.success ? parseTime(read.output.token.expires_at) : undefined;
  if (!read.success || expires === undefined) {
    throw notUnderstood(answer);
  }
  const { user, project } = read.output.token;
  return {
    value,
    expires,
    user: { id: user.id, name: user.name },
    domain: user.domain,
    ...(project ? { project } : {}),
  };
}

function notUnderstood({ call, status, requestId }: HttpAnswer): CloudError {
  return new CloudError({
    kind: 'badAnswer',
    call,
    status,
    ...(requestId === undefined ? {} : { requestId }),
    reason: phrase('The service sent an answer that could not be understood.'),
  });
}
