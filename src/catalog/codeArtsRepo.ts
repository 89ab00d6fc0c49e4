import * as v from 'valibot';
import { asName, asText, inBody, text, textOrNumber } from './fields';
import { phrase } from '../base/phrase';
import { collection, type Service } from './declaration';

/** SSH keys of the signed-in user: `GET /v4/user/keys`. No project in the path: each region has its own list. */
const sshKeys = collection({
  id: 'sshKeys',
  label: phrase('SSH keys'),
  emptyStateText: phrase('SSH keys that you added to CodeArts Repo in this region'),
  docs: 'https://support.huaweicloud.com/intl/api-codeartsrepo/codeartsrepo_05_0001.html',
  action: 'codeartsrepo::getUserSetting',
  rowLabel: phrase('SSH key'),
  icon: 'key',
  scope: 'region',
  path: '/v4/user/keys',
  paging: {
    kind: 'offset',
    offset: { min: 0, max: 2147483647, default: 0 },
    size: { min: 1, max: 100, default: 20 },
  },
  rows: inBody('keys'),
  total: inBody('total'),
  filters: [{ id: 'title', query: 'query', label: phrase('Title'), match: 'contains', length: { min: 1, max: 2000 } }],
  row: v.looseObject({
    id: textOrNumber,
    // Answers to other calls of the service carry a number here, and null for the key.
    title: textOrNumber,
    key: text,
    created_at: text,
  }),
  item: (row) => ({
    id: asText(row.id),
    name: asName(row.title),
    description: asText(row.id),
    publicKey: asText(row.key),
    times: { created: row.created_at },
  }),
  secrets: [],
  codes: {
    'DEV.00000003': 'unauthenticated',
    'CH.004403': 'forbidden',
    // Sent with HTTP 401, though it means a missing permission.
    'CH.080401': 'forbidden',
    'CH.010001': 'invalidRequest',
  },
});

/** CodeArts Repo. The prefix of its host differs by region. */
export const codeArtsRepo: Service = {
  id: 'codeartsrepo',
  label: phrase('CodeArts Repo'),
  icon: 'repo',
  hosts: [
    {
      url: 'https://codehub-ext.{region}.myhuaweicloud.com',
      regions: [
        'cn-north-1',
        'cn-north-4',
        'cn-east-2',
        'cn-east-3',
        'cn-south-1',
        'cn-south-2',
        'cn-southwest-2',
        'sa-brazil-1',
        'la-north-2',
        'ap-southeast-3',
      ],
    },
    { url: 'https://codeartsrepo-ext.{region}.myhuaweicloud.com', regions: ['la-south-2', 'tr-west-1'] },
    { url: 'https://repo.{region}.myhuaweicloud.com', regions: ['me-east-1', 'af-south-1', 'af-north-1'] },
    // The cloud's own SDK names a .com host here, though every other host of the European site is a .eu one.
    { site: 'eu', url: 'https://codeartsrepo-ext.{region}.myhuaweicloud.com', regions: ['eu-west-101'] },
  ],
  collections: [sshKeys],
};
