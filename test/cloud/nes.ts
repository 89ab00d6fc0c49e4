import { Hono } from 'hono';
import { notPublished, reply, userFor, within, type Cloud, type Surroundings } from './answers';
import { offered } from './data';
import { documented } from './documented';

/** The service sends no more rows than this at once, whatever is asked (document 001: length of the array 0 - 100). */
const most = 100;

/** Node Engine Service: the API keys of documents 000 and 001. The offset counts rows. */
export function nesRoutes(cloud: Cloud): Hono<Surroundings> {
  const routes = new Hono<Surroundings>();
  routes.get('/nes/:region/v1/:project/node-provider/credentials', (asked) => {
    const { region, project } = asked.req.param();
    if (!offered.nes.some((one) => one === region)) {
      return notPublished(asked);
    }
    if (userFor(cloud, asked, region, project) === undefined) {
      return reply(401, documented('001', 401));
    }
    const offset = within(asked.req.query('offset'), 0, 0, 1000);
    const limit = within(asked.req.query('limit'), most, 1, 1000);
    if (offset === undefined || limit === undefined) {
      return reply(400, documented('001', 400));
    }
    const rows = cloud.data.nesKeys();
    // Documented range of the count: 0 to 1000.
    const count = Math.min(rows.length, 1000);
    return reply(200, { credentials: rows.slice(offset, offset + Math.min(limit, most)), count });
  });
  return routes;
}
