import * as v from 'valibot';
import { asName, asText, inBody, text, textOrNumber } from './fields';
import { phrase } from '../base/phrase';
import { collection, type Service } from './declaration';
import { fieldOf } from '../base/guards';

/**
 * API keys of nodes: `GET /v1/{project_id}/node-provider/credentials`. Two editions of one document describe it; the
 * shorter leaves fields out, so that each is optional. Whether `offset` counts rows is not said there; rows are assumed.
 */
const apiKeys = collection({
  id: 'credentials',
  label: phrase('API keys'),
  emptyStateText: phrase('API keys of your nodes'),
  docs: 'https://support.huaweicloud.com/intl/en-us/productdesc-nes/nes_productdesc_00005.html',
  rowLabel: phrase('API key'),
  icon: 'key',
  scope: 'project',
  path: '/v1/{project_id}/node-provider/credentials',
  paging: {
    kind: 'offset',
    offset: { min: 0, max: 1000 },
    // A limit of 1000 is accepted, but the array is documented to have up to 100 items. 1000 is tried at the last offset.
    size: { min: 1, max: 1000, sends: 100 },
  },
  rows: inBody('credentials'),
  // Documented range: 0 to 1000. A project with more keys also reports 1000.
  total: ({ body }) => {
    const count = fieldOf(body, 'count');
    return count === 1000 ? undefined : count;
  },
  filters: [],
  row: v.looseObject({
    id: text,
    eps_info: v.nullish(v.looseObject({ eps_id: textOrNumber, eps_name: text })),
    description: text,
    node_ids: v.nullish(v.array(v.string())),
    control_type: text,
    allowlists: v.nullish(v.array(v.looseObject({ allowlist_type: text, allowlist_info: text }))),
    create_time: text,
    update_time: text,
  }),
  item: (row) => {
    const id = asText(row.id);
    return {
      id,
      name: asName(row.description),
      description: id,
      // The document calls update_time the time when the key was last used.
      times: { created: row.create_time, used: row.update_time },
    };
  },
  secrets: [],
  codes: { 'BCS.03400001': 'invalidRequest', 'BCS.03401001': 'unauthenticated', 'BCS.03500001': 'server' },
});

/** Node Engine Service. It is offered in Singapore only; its host is in no document and inferred from its siblings'. */
export const nes: Service = {
  id: 'nes',
  label: phrase('Node Engine Service'),
  icon: 'server-environment',
  hosts: [{ url: 'https://bcs.{region}.myhuaweicloud.com', regions: ['ap-southeast-3'] }],
  collections: [apiKeys],
};
