import assert from 'node:assert/strict';
import { SAMPLE } from './data';
import { listNamed, type Row } from './documented';
import { sampleOf } from './lists';

/** Where the sample's lists are, below the address of the stand-in; `instance` is the first one of cn-north-4. */
export const samplePaths = {
  instance: sampleOf(listNamed('signs')).values['instance_id'] ?? '',
  signs: sampleOf(listNamed('signs')).path,
  quotas: sampleOf(listNamed('appQuotas')).path,
  eastInstances: sampleOf(listNamed('instances')).path,
  nes: sampleOf(listNamed('credentials')).path,
  ssh: sampleOf(listNamed('sshKeys')).path,
} as const;

/** An answer, read whole; `body` is empty where it is no JSON object. */
export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Row;
}

/** One request and its answer. */
export async function ask(url: string, init: RequestInit = {}): Promise<Got> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  const body: Row = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: answer.status, headers: answer.headers, text, body };
}

/** The value of a body under nested names, `undefined` if there is none. */
export function dig(value: unknown, ...path: string[]): unknown {
  let here = value;
  for (const name of path) {
    here = Object.getOwnPropertyDescriptor(Object(here), name)?.value;
  }
  return here;
}

/** The rows of a list in an answer; fails when there is no such list. */
export function rowsOf(got: Got, list: string): readonly Row[] {
  const rows = got.body[list];
  assert.ok(Array.isArray(rows), `${list} in ${got.text.slice(0, 200)}`);
  return rows;
}

/** The body of a sign-in by password (facts, section 3.1); without a scope the token is for the whole account. */
export function bodyFor(
  user: string,
  password: string,
  scope: object | undefined,
  domain: string = SAMPLE.domain.name,
): object {
  const identity = { methods: ['password'], password: { user: { name: user, password, domain: { name: domain } } } };
  return { auth: { identity, ...(scope === undefined ? {} : { scope }) } };
}

/** The body of a sign-in by password and the code of an MFA device (facts, section 3.1). */
export function mfaBodyFor(
  user: { id: string; name: string; password: string },
  passcode: string,
  scope: object = inDomain,
): object {
  const { id, name, password } = user;
  return {
    auth: {
      identity: {
        methods: ['password', 'totp'],
        password: { user: { name, password, domain: { name: SAMPLE.domain.name } } },
        totp: { user: { id, passcode } },
      },
      scope,
    },
  };
}

/** The body that takes on the partner's agency; a token of the user goes with it as `X-Auth-Token`. */
export function agencyBodyFor(scope: object, agency: string = SAMPLE.partner.agencyName): object {
  const role = { domain_name: SAMPLE.partner.domain.name, agency_name: agency };
  return { auth: { identity: { methods: ['assume_role'], assume_role: role }, scope } };
}

/** `POST /v3/auth/tokens?nocatalog=true`; a string is sent as it is. */
export function tokens(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Got> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(`${url}/v3/auth/tokens?nocatalog=true`, { method: 'POST', body: text, headers });
}

/** Signs a sample user in and gives the token; fails when that is refused. */
export async function tokenFor(
  url: string,
  scope: object | undefined,
  user: { name: string; password: string } = SAMPLE.operator,
): Promise<string> {
  const got = await tokens(url, bodyFor(user.name, user.password, scope));
  assert.equal(got.status, 201, got.text);
  const token = got.headers.get('x-subject-token');
  assert.ok(token !== null);
  return token;
}

/** The header that carries a token. */
export function authorized(token: string): RequestInit {
  return { headers: { 'X-Auth-Token': token } };
}

/** The scope of a project's token. */
export const inProject = ({ id }: { id: string }): object => ({ project: { id } });
/** The scope of a token for the whole sample account. */
export const inDomain = { domain: { name: SAMPLE.domain.name } };
