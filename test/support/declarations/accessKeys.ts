import * as v from 'valibot';
import { asText, inBody, text } from '../../../src/catalog/fields';
import { phrase } from '../../../src/base/phrase';
import { collection } from '../../../src/catalog/declaration';

/** A list of the account: asked at its IAM, with its token, for the user that signed in. */
export const accessKeys = collection({
  id: 'accessKeys',
  label: phrase('Access keys'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('access key'),
  icon: 'key',
  scope: 'account',
  path: '/v3.0/OS-CREDENTIAL/credentials',
  query: { user_id: '{user_id}' },
  paging: { kind: 'none' },
  rows: inBody('credentials'),
  filters: [],
  row: v.looseObject({ access: text, status: text, create_time: text, description: text }),
  item: (row) => ({ id: asText(row.access), name: asText(row.description), times: { created: row.create_time } }),
  secrets: [],
  codes: {},
});
