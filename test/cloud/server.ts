import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { noSuchResource, notPublished, reply, type Cloud, type Surroundings } from './answers';
import { Clock } from './clock';
import type { Expiry, FaultRule, LoggedRequest } from './control';
import type { StandInOptions } from './data';
import { Faults, faulty } from './faults';
import { iamRoutes } from './iam';
import { KeyStore, signed } from './keys';
import { Lists } from './lists';
import { serviceRoutes } from './services';
import { fingerprint, TokenStore } from './tokens';

const noContent = (): Response => new Response(null, { status: 204 });

/** The stand-in's routes, put together: the control, then the log, the faults, the signatures, IAM and the services. */
function standIn(options: StandInOptions): Hono<Surroundings> {
  const clock = new Clock();
  const cloud: Cloud = {
    options,
    clock,
    lists: new Lists(options),
    tokens: new TokenStore(options, clock),
    keys: new KeyStore(clock),
  };
  const faults = new Faults(clock);
  const log: LoggedRequest[] = [];
  const open = new Set<LoggedRequest>();
  const app = new Hono<Surroundings>();

  app.route('/stand-in', control(cloud, faults, log));
  app.get('/stand-in/under-way', () => reply(200, { underWay: open.size }));
  app.use(async (asked, next) => {
    const entry = logged(asked.req.raw, asked.env);
    log.push(entry);
    open.add(entry);
    asked.env.outgoing.once('close', () => open.delete(entry));
    const requestId = randomBytes(16).toString('hex');
    asked.set('requestId', requestId);
    await next();
    // Where the connection is cut, nothing was answered, and nothing can be added.
    if (!asked.env.outgoing.headersSent && !asked.env.outgoing.destroyed) {
      entry.status = asked.res.status;
      asked.header(entry.path.startsWith('/v3') ? 'X-IAM-Trace-Id' : 'X-Request-Id', requestId);
      asked.header('Server', 'api-gateway');
      asked.header('Date', new Date(clock.now()).toUTCString());
    }
  });
  app.use(faulty(faults));
  app.use(signed(cloud));
  app.route('/', iamRoutes(cloud));
  app.route('/', serviceRoutes(cloud));
  app.notFound((asked) => (asked.req.path.startsWith('/v3') ? noSuchResource() : notPublished(asked)));
  return app;
}

/** Starts the stand-in on 127.0.0.1, in this process, for as long as that lives; gives its address. */
export function listen(options: StandInOptions): Promise<{ url: string }> {
  return new Promise((resolve, reject) => {
    const { fetch } = standIn(options);
    // The process keeps its own Request and Response: the routes make them, too.
    const settings = { fetch, hostname: '127.0.0.1', port: options.port ?? 0, overrideGlobalObjects: false };
    const listening = ({ port }: AddressInfo): void => resolve({ url: `http://127.0.0.1:${port}` });
    serve(settings, listening).once('error', reject);
  });
}

/** Requests of tests that control the stand-in; see `control.ts` for the other end. */
function control(cloud: Cloud, faults: Faults, log: LoggedRequest[]): Hono<Surroundings> {
  const routes = new Hono<Surroundings>();
  routes.post('/faults', async (asked) => {
    faults.add(await asked.req.json<FaultRule>());
    return noContent();
  });
  routes.delete('/faults', (asked) => {
    faults.clear(asked.req.query('match'));
    return noContent();
  });
  routes.get('/requests', () => reply(200, log));
  routes.delete('/requests', () => {
    log.length = 0;
    return noContent();
  });
  routes.post('/expire', async (asked) => {
    const text = await asked.req.text();
    const which: Expiry = JSON.parse(text === '' ? '{}' : text);
    cloud.tokens.expire(which);
    return noContent();
  });
  routes.post('/token-life', async (asked) => {
    cloud.tokens.life = (await asked.req.json<{ seconds: number }>()).seconds;
    return noContent();
  });
  routes.post('/password', async (asked) => {
    const { user, password } = await asked.req.json<{ user: string; password: string }>();
    cloud.tokens.changePassword(user, password);
    return noContent();
  });
  routes.post('/revoke', async (asked) => {
    cloud.keys.revoke((await asked.req.json<{ access: string }>()).access);
    return noContent();
  });
  routes.post('/clock', async (asked) => {
    cloud.clock.offset = (await asked.req.json<{ offset: number }>()).offset;
    return noContent();
  });
  routes.post('/churn', async (asked) => {
    cloud.lists.churn((await asked.req.json<{ rows: number }>()).rows);
    return noContent();
  });
  routes.post('/reset', () => {
    cloud.lists.reset();
    cloud.clock.offset = 0;
    cloud.tokens.reset();
    cloud.keys.reset();
    faults.clear(undefined);
    log.length = 0;
    return noContent();
  });
  return routes;
}

/** A line of the log: of headers only their names, of the token only its fingerprint. */
function logged(request: Request, env: HttpBindings): LoggedRequest {
  const url = new URL(request.url);
  const token = env.incoming.headers['x-auth-token'];
  return {
    method: request.method,
    path: url.pathname,
    query: url.search,
    headers: {
      names: Object.keys(env.incoming.headers),
      ...(typeof token === 'string' ? { token: fingerprint(token) } : {}),
    },
    status: null,
    at: Date.now(),
  };
}
