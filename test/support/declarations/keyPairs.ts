import * as v from 'valibot';
import { asText, inBody, text } from '../../../src/catalog/fields';
import { phrase } from '../../../src/base/phrase';
import { collection, type Service } from '../../../src/catalog/declaration';
import { fieldOf } from '../../../src/base/guards';

/** Pages by a marker; each row stands one deeper, in an object of its own: `keypairs[].keypair`. */
const keyPairs = collection({
  id: 'keyPairs',
  label: phrase('Key pairs'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('key pair'),
  icon: 'key',
  scope: 'project',
  path: '/v3/{project_id}/keypairs',
  paging: {
    kind: 'marker',
    size: { min: 1, max: 2 },
    next: ({ body }) => {
      const marker = fieldOf(fieldOf(body, 'page_info'), 'next_marker');
      return typeof marker === 'string' ? marker : undefined;
    },
  },
  rows: inBody('keypairs'),
  optionalRows: true,
  filters: [],
  row: v.looseObject({ keypair: v.nullish(v.looseObject({ name: text, type: text, fingerprint: text })) }),
  item: ({ keypair }) => ({
    id: asText(keypair?.name),
    name: asText(keypair?.name),
    description: asText(keypair?.type),
  }),
  secrets: [],
  codes: {},
});

/** Rows that the answer carries without their secret: a second call brings it. The call has a header of its own. */
const apps = collection({
  id: 'apps',
  label: phrase('Apps'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('app'),
  icon: 'key',
  scope: 'project',
  path: '/v2/{project_id}/apps',
  headers: { 'X-Language': 'en-us', 'Instance-Id': '{project_id}' },
  paging: { kind: 'none' },
  rows: inBody('apps'),
  filters: [],
  row: v.looseObject({ id: text, name: text, key: text }),
  item: (row) => ({
    id: asText(row.id),
    name: asText(row.name),
    ...(row.id ? { pathParams: { app_id: row.id } } : {}),
  }),
  secrets: [
    { path: 'key' },
    { path: 'secret', fetchedFrom: { path: '/v2/{project_id}/apps/{app_id}/secret', field: 'secret' } },
  ],
  codes: {},
});

export const keyPairService: Service = {
  id: 'kps',
  label: phrase('Key pairs and apps'),
  icon: 'key',
  hosts: [],
  collections: [keyPairs, apps],
};
