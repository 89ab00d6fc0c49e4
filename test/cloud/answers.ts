import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Clock } from './clock';
import type { Principal, Project, StandInOptions } from './data';
import type { KeyStore } from './keys';
import type { Lists } from './lists';
import type { TokenStore } from './tokens';

/** Who asks, and for which project; without one, for the whole account. */
export interface Caller {
  readonly user: Principal;
  readonly project: Project | undefined;
}

/** The context of a request: the server's Node objects, the ID that its answer will bear, and who signed it. */
export interface Surroundings {
  Bindings: HttpBindings;
  Variables: { requestId: string; signer?: Caller };
}

/** One request. */
export type Asked = Context<Surroundings>;

/** Shared by all routes. */
export interface Cloud {
  readonly options: StandInOptions;
  readonly clock: Clock;
  readonly lists: Lists;
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

/** The user who signed the request, or whose token it has; `undefined` for neither. */
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
