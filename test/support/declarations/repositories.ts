import * as v from 'valibot';
import { asText, flag, inBody, integer, text } from '../../../src/catalog/fields';
import { phrase } from '../../../src/base/phrase';
import { collection, type Service } from '../../../src/catalog/declaration';

/** A bare array whose total stands in a header. */
const deployKeys = collection({
  id: 'deployKeys',
  label: phrase('Deploy keys'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('deploy key'),
  icon: 'key',
  scope: 'project',
  path: '/v4/projects/{project_id}/deploy-keys',
  paging: { kind: 'offset', offset: { min: 0 }, size: { min: 1, max: 2 } },
  rows: ({ body }) => body,
  total: (answer) => Number(answer.header('X-Total')),
  filters: [],
  row: v.looseObject({ id: integer, title: text, fingerprint: text }),
  item: (row) => ({ id: asText(row.id), name: asText(row.title), description: asText(row.fingerprint) }),
  secrets: [],
  codes: {},
});

/** A bare array without pages, with a query of its own. */
const accessTokens = collection({
  id: 'accessTokens',
  label: phrase('Access tokens'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('access token'),
  icon: 'key',
  scope: 'region',
  path: '/v4/users/impersonation-tokens',
  query: { state: 'all' },
  paging: { kind: 'none' },
  rows: ({ body }) => body,
  filters: [],
  row: v.looseObject({ id: integer, name: text, active: flag }),
  item: (row) => ({
    id: asText(row.id),
    name: asText(row.name),
    ...(row.active === false ? { status: { label: phrase('inactive'), tone: 'off' } } : {}),
  }),
  secrets: [],
  codes: {},
});

/** One object instead of a list. */
const signingKey = collection({
  id: 'signingKey',
  label: phrase('Signing key'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('signing key'),
  icon: 'key',
  scope: 'region',
  path: '/v4/user/gpg-keys',
  paging: { kind: 'none' },
  rows: ({ body }) => body,
  filters: [],
  row: v.looseObject({ id: integer, title: text, emails_with_verified_status: v.nullish(v.looseObject({})) }),
  item: (row) => ({ id: asText(row.id), name: asText(row.title) }),
  secrets: [],
  codes: {},
});

/** Pages by their number, under other names. */
const members = collection({
  id: 'members',
  label: phrase('Members'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('member'),
  icon: 'person',
  scope: 'project',
  path: '/v4/projects/{project_id}/members',
  paging: { kind: 'page', names: ['page', 'per_page'], size: { oneOf: [2, 4] } },
  rows: inBody('members'),
  filters: [],
  row: v.looseObject({ id: text }),
  item: (row) => ({ id: asText(row.id) }),
  secrets: [],
  codes: {},
});

export const repositories: Service = {
  id: 'repositories',
  label: phrase('Repositories'),
  icon: 'repo',
  hosts: [],
  collections: [deployKeys, accessTokens, signingKey, members],
};
