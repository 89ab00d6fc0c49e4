import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Clock } from './clock';
import type { Data, Principal, Project, StandInOptions } from './data';
import type { Row } from './documented';
import type { KeyStore } from './keys';
import type { TokenStore } from './tokens';

/** Who asks, and for which project; without one, for the whole account. */
export interface Caller {
  readonly user: Principal;
  readonly project: Project | undefined;
}

/** What a request carries on its way: the server's Node objects, the ID that its answer will bear, and who signed it. */
export interface Surroundings {
  Bindings: HttpBindings;
  Variables: { requestId: string; signer?: Caller };
}

/** One request. */
export type Asked = Context<Surroundings>;

/** What all routes share. */
export interface Cloud {
  readonly options: StandInOptions;
  readonly clock: Clock;
  readonly data: Data;
  readonly tokens: TokenStore;
  readonly keys: KeyStore;
}

/** An answer in JSON. */
export function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
  });
}

/** The gateway's answer where a service is not in the region, or a call not in the service (facts, section 3.3). */
export function notPublished(asked: Asked): Response {
  return reply(404, {
    error_msg: 'The API does not exist or has not been published in the environment',
    error_code: 'APIGW.0101',
    request_id: asked.get('requestId'),
  });
}

/** IAM's answer where there is no such thing. */
export function noSuchResource(): Response {
  return reply(404, { error: { code: 404, message: 'The resource could not be found.', title: 'Not Found' } });
}

/** A whole number in a query, `fallback` when the parameter is absent, `undefined` when it is no whole number. */
export function wholeNumber(text: string | undefined, fallback: number): number | undefined {
  if (text === undefined) {
    return fallback;
  }
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A whole number between two bounds, both included; `undefined` when it is outside or no whole number. */
export function within(text: string | undefined, fallback: number, from: number, to: number): number | undefined {
  const value = wholeNumber(text, fallback);
  return value === undefined || value < from || value > to ? undefined : value;
}

/** Rows whose field contains a text, whatever the case; all of them when there is no text. */
export function containing(rows: readonly Row[], field: string, text: string | undefined): readonly Row[] {
  if (text === undefined || text === '') {
    return rows;
  }
  const wanted = text.toLowerCase();
  return rows.filter((row) => String(row[field]).toLowerCase().includes(wanted));
}

/** Rows whose field is exactly a text; all of them when there is no text. */
export function equalling(rows: readonly Row[], field: string, text: string | undefined): readonly Row[] {
  return text === undefined || text === '' ? rows : rows.filter((row) => String(row[field]) === text);
}

/** Who asks: whoever signed the request, or whose token it has; `undefined` for neither. */
export function callerOf(cloud: Cloud, asked: Asked): Caller | undefined {
  return asked.get('signer') ?? cloud.tokens.find(asked.req.header('x-auth-token'));
}

/** Who asks for a project in a region, or `undefined` where nobody does who may. */
export function userFor(cloud: Cloud, asked: Asked, region: string, projectId?: string): Principal | undefined {
  const caller = callerOf(cloud, asked);
  if (caller?.project === undefined || caller.project.region !== region) {
    return undefined;
  }
  return projectId === undefined || caller.project.id === projectId ? caller.user : undefined;
}
