import { Hono } from 'hono';
import { containing, notPublished, reply, userFor, within, type Cloud, type Surroundings } from './answers';
import { offered } from './data';
import { documented } from './documented';

const invalid = { error_code: 'CH.010001', error_msg: 'Invalid parameter.' };

/** CodeArts Repo: the SSH keys of document 002, for a token of any project of the region. */
export function codeArtsRepoRoutes(cloud: Cloud): Hono<Surroundings> {
  const routes = new Hono<Surroundings>();
  routes.get('/codeartsrepo/:region/v4/user/keys', (asked) => {
    const { region } = asked.req.param();
    if (!offered.codeartsrepo.some((one) => one === region)) {
      return notPublished(asked);
    }
    const user = userFor(cloud, asked, region);
    if (user === undefined) {
      return reply(401, documented('002', 401));
    }
    if (!user.allowed) {
      return reply(403, documented('002', 403));
    }
    const offset = within(asked.req.query('offset'), 0, 0, 2_147_483_647);
    const limit = within(asked.req.query('limit'), 20, 1, 100);
    const query = asked.req.query('query');
    // Documented range of the query: 1 to 2,000 characters.
    if (offset === undefined || limit === undefined || query === '' || (query?.length ?? 0) > 2000) {
      return reply(400, invalid);
    }
    const rows = containing(cloud.data.sshKeys(region), 'title', query);
    const keys = rows.slice(offset, offset + limit);
    return reply(200, cloud.options.omitTotal === true ? { keys } : { keys, total: rows.length });
  });
  return routes;
}
