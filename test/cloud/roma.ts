import { Hono } from 'hono';
import {
  containing,
  equalling,
  notPublished,
  reply,
  userFor,
  wholeNumber,
  within,
  type Asked,
  type Cloud,
  type Surroundings,
} from './answers';
import { offered } from './data';
import { documented, reworded, type Row } from './documented';

/** ROMA Connect: instances, and of each its signature keys, quotas, bound credentials (documents 003, 004) and apps. */
export function romaRoutes(cloud: Cloud): Hono<Surroundings> {
  const routes = new Hono<Surroundings>();
  const root = '/roma/:region/v2/:project';
  routes.get(`${root}/instances`, (asked) => instances(cloud, asked));
  routes.get(`${root}/apic/instances/:instance/signs`, (asked) =>
    listed(cloud, asked, '003', (instance) => {
      const name = asked.req.query('name');
      const precise = asked.req.query('precise_search');
      if ((name?.length ?? 0) > 64) {
        return invalid('name');
      }
      const exact = precise?.split(',').includes('name') === true;
      const rows = equalling(cloud.data.signatures(instance), 'id', asked.req.query('id'));
      return page(asked, 'signs', (exact ? equalling : containing)(rows, 'name', name));
    }),
  );
  routes.get(`${root}/apic/instances/:instance/app-quotas`, (asked) =>
    listed(cloud, asked, 'quotas', (instance) =>
      page(asked, 'quotas', containing(cloud.data.quotas(instance), 'name', asked.req.query('name'))),
    ),
  );
  routes.get(`${root}/apic/instances/:instance/app-quotas/:quota/bound-apps`, (asked) =>
    listed(cloud, asked, '004', (instance) => {
      const name = asked.req.query('app_name');
      if ((name?.length ?? 0) > 64) {
        return invalid('app_name');
      }
      const { quota } = asked.req.param();
      const rows = cloud.data.boundApps(instance, quota);
      return rows === undefined
        ? reply(404, reworded(documented('004', 404), 'c900c5612dbe451bb43cbcc49cfaf2f3', quota))
        : page(asked, 'apps', containing(rows, 'name', name));
    }),
  );
  routes.get(`${root}/apic/instances/:instance/apps`, (asked) =>
    listed(cloud, asked, '003', (instance) => {
      const exact = asked.req.query('precise_search')?.split(',') ?? [];
      let rows = cloud.data.apps(instance);
      rows = equalling(rows, 'id', asked.req.query('id'));
      rows = equalling(rows, 'status', asked.req.query('status'));
      rows = equalling(rows, 'app_key', asked.req.query('app_key'));
      rows = (exact.includes('name') ? equalling : containing)(rows, 'name', asked.req.query('name'));
      return page(asked, 'apps', rows);
    }),
  );
  return routes;
}

/** CheckRomaInstanceListV2; it has error bodies of its own (facts, section 2.4). */
function instances(cloud: Cloud, asked: Asked): Response {
  const { region = '', project = '' } = asked.req.param();
  if (!isOffered(region)) {
    return notPublished(asked);
  }
  const own = { request_id: asked.get('requestId') };
  if (userFor(cloud, asked, region, project) === undefined) {
    return reply(401, { ...documented('roma', 401), ...own });
  }
  const offset = within(asked.req.query('offset'), 0, 0, 100);
  const limit = within(asked.req.query('limit'), 10, 0, 100);
  const status = asked.req.query('status');
  const wrong =
    offset === undefined
      ? 'offset'
      : status !== undefined && (status.length < 3 || status.length > 128)
        ? 'status'
        : 'limit';
  if (offset === undefined || limit === undefined || wrong === 'status') {
    return reply(400, { ...reworded(documented('roma', 400), 'of limit', `of ${wrong}`), ...own });
  }
  const rows = equalling(cloud.data.instances(project), 'status', status);
  const some = rows.slice(offset, offset + limit);
  return reply(200, { total: rows.length, size: some.length, instances: some });
}

/** What all lists of an instance check alike: the region, the token, the permission, the instance. */
function listed(cloud: Cloud, asked: Asked, document: string, answer: (instance: string) => Response): Response {
  const { region = '', project = '', instance = '' } = asked.req.param();
  if (!isOffered(region)) {
    return notPublished(asked);
  }
  const user = userFor(cloud, asked, region, project);
  if (user === undefined) {
    return reply(401, documented(document, 401));
  }
  // The second sample user may see quotas and who is bound to them, but no signature key.
  if (!user.allowed && asked.req.path.endsWith('/signs')) {
    return reply(403, documented(document, 403));
  }
  if (!cloud.data.instances(project).some((one) => one['id'] === instance)) {
    return reply(404, reworded(documented('003', 404), 'f0fa1789-3b76-433b-a787-9892951c620ec', instance));
  }
  return answer(instance);
}

/** One page; a negative offset counts as 0, a limit outside 1 to 500 is refused, 20 when there is none. */
function page(asked: Asked, name: string, rows: readonly Row[]): Response {
  const offset = wholeNumber(asked.req.query('offset'), 0);
  const limit = within(asked.req.query('limit'), 20, 1, 500);
  if (offset === undefined || limit === undefined) {
    return invalid(offset === undefined ? 'offset' : 'limit');
  }
  const from = Math.max(offset, 0);
  const some = rows.slice(from, from + limit);
  return reply(200, { total: rows.length, size: some.length, [name]: some });
}

function invalid(parameter: string): Response {
  return reply(400, reworded(documented('003', 400), 'parameterName:name', `parameterName:${parameter}`));
}

function isOffered(region: string): boolean {
  return offered.roma.some((one) => one === region);
}
