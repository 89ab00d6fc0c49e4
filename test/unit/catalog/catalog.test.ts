import assert from 'node:assert/strict';
import * as v from 'valibot';
import { documents } from '../../cloud/documented';
import { catalog, services } from '../../../src/catalog/catalog';
import type { ApiResponse, Item } from '../../../src/catalog/declaration';
import { totalOf } from '../../../src/cloud/rows';
import { collectionOf, collectionsIn, rowsIn } from '../../support/collections';

const answer = (body: unknown): ApiResponse => ({ body, header: () => undefined });

// Every example answer that is a list of the catalog, and what it becomes. By document, in its order.
const nesTime = '2023-06-06T20:47:02.15507+08:00';
const nesItem = (id: string, name: string): Item => ({
  id,
  name,
  description: id,
  times: { created: nesTime, used: nesTime },
});
const examples: readonly { document: string; collection: string; total: number | undefined; items: Item[] }[] = [
  {
    document: '000',
    collection: 'credentials',
    total: 1,
    items: [nesItem('3bca624c-0468-11ee-8322-0255ac100043', 'test')],
  },
  {
    document: '001',
    collection: 'credentials',
    total: 2,
    items: [
      nesItem('3bca624c-0468-11ee-8322-0255ac100043', 'effective on partial nodes'),
      nesItem('5asa724c-0973-12de-8722-0209ac120447', 'effective for all nodes'),
    ],
  },
  {
    document: '002',
    collection: 'sshKeys',
    total: undefined,
    items: [
      {
        id: '2111842119',
        name: 'lssh',
        description: '2111842119',
        publicKey: 'ssh-rsa AAAAB3...',
        times: { created: '2022-12-14T11:22:57.000+08:00' },
      },
    ],
  },
  {
    document: '003',
    collection: 'signs',
    total: 2,
    items: [
      {
        id: '0b0e8f456b8742218af75f945307173c',
        name: 'signature_demo',
        description: 'hmac',
        times: { created: '2018-02-06T12:17:36Z', updated: '2018-02-07T02:00:27.964766Z' },
      },
      {
        id: '9dc388382fba485aadd19f932303f4c9',
        name: 'Signature_udlu',
        description: 'hmac',
        times: { created: '2020-07-30T03:56:58Z', updated: '2020-07-30T03:56:58Z' },
      },
    ],
  },
  {
    document: '004',
    collection: 'boundApps',
    total: 1,
    items: [
      {
        id: '98df09fb-d459-4cbf-83a7-2b55ca6f3d5d',
        name: 'app-demo',
        description: undefined,
        status: { label: { text: 'enabled', args: [] }, tone: 'good' },
        times: {
          created: '2020-09-18T09:25:19Z',
          updated: '2020-09-18T09:25:19Z',
          bound: '2020-09-19T07:43:11Z',
        },
      },
    ],
  },
  {
    document: 'iam',
    collection: 'projects',
    total: undefined,
    items: [
      {
        id: '06f1cbbaf280106b2f14c00313a9d065',
        name: 'af-south-1',
        localNames: { 'en-us': 'AF-Johannesburg', 'zh-cn': '非洲-约翰内斯堡' },
        hidden: false,
        pathParams: { project_id: '06f1cbbaf280106b2f14c00313a9d065', region: 'af-south-1' },
      },
    ],
  },
  {
    document: 'iam',
    collection: 'regions',
    total: undefined,
    items: [
      {
        id: 'la-south-2',
        localNames: {
          'en-us': 'LA-Santiago',
          'zh-cn': '拉美-圣地亚哥',
          'pt-br': 'AL-Santiago',
          'es-us': 'AL-Santiago de Chile1',
          'es-es': 'LA-Santiago',
        },
      },
    ],
  },
  {
    document: 'roma',
    collection: 'instances',
    total: 1,
    items: [
      {
        id: 'e34610ca-0a37-4f04-8856-4101b08cc5e2',
        name: 'roma-test',
        description: undefined,
        status: { label: { text: 'running', args: [] }, tone: 'good' },
        times: { created: '2019-12-06T06:49:04Z', updated: '2019-12-06T06:49:04Z' },
        pathParams: { instance_id: 'e34610ca-0a37-4f04-8856-4101b08cc5e2' },
      },
    ],
  },
  {
    document: 'quotas',
    collection: 'appQuotas',
    total: 1,
    items: [
      {
        id: 'c900c5612dbe451bb43cbcc49cfaf2f3',
        name: 'ClientQuota_demo',
        description: { text: '{0} bound', args: [0] },
        times: { created: '2020-09-19T15:27:47.60571141+08:00' },
        pathParams: { app_quota_id: 'c900c5612dbe451bb43cbcc49cfaf2f3' },
      },
    ],
  },
];

// Every documented field of a row, by hand from the documents. A type in brackets is accepted as well.
type Documented = 'String' | 'Integer' | 'Integer (String)' | 'String (Integer)' | 'Boolean' | 'Strings';
const strings = (...names: string[]): Record<string, Documented> =>
  Object.fromEntries(names.map((name) => [name, 'String']));
const fields: Readonly<Record<string, Readonly<Record<string, Documented>>>> = {
  credentials: {
    ...strings('id', 'description', 'control_type', 'create_time', 'update_time', 'eps_info.eps_name'),
    ...strings('allowlists.*.allowlist_type', 'allowlists.*.allowlist_info'),
    'eps_info.eps_id': 'Integer (String)',
    node_ids: 'Strings',
  },
  sshKeys: { id: 'Integer (String)', title: 'String (Integer)', ...strings('key', 'created_at') },
  signs: {
    ...strings('name', 'sign_type', 'sign_key', 'sign_secret', 'update_time', 'create_time', 'id', 'sign_algorithm'),
    bind_num: 'Integer',
    ldapi_bind_num: 'Integer',
  },
  boundApps: {
    ...strings('app_id', 'name', 'app_key', 'remark', 'register_time', 'update_time', 'app_quota_id'),
    ...strings('app_quota_name', 'bound_time'),
    status: 'Integer',
  },
  projects: {
    ...strings('id', 'name', 'domain_id', 'parent_id', 'description', 'links.self'),
    enabled: 'Boolean',
    is_domain: 'Boolean',
  },
  regions: strings('id', 'type', 'description', 'parent_region_id', 'locales.en-us', 'locales.zh-cn', 'locales.x'),
  instances: {
    ...strings('id', 'name', 'description', 'flavor_id', 'flavor_type', 'cpu_arch', 'vpc_id', 'subnet_id'),
    ...strings('security_group_id', 'publicip_id', 'publicip_address', 'status', 'error_code', 'error_msg'),
    ...strings('charge_type', 'project_id', 'create_time', 'update_time', 'maintain_begin', 'maintain_end'),
    ...strings('enterprise_project_id'),
    publicip_enable: 'Boolean',
    available_zone_ids: 'Strings',
  },
  appQuotas: {
    ...strings('app_quota_id', 'name', 'time_unit', 'remark', 'reset_time', 'create_time'),
    call_limits: 'Integer',
    time_interval: 'Integer',
    bound_app_num: 'Integer',
  },
};
const values: Readonly<Record<Documented, { good: readonly unknown[]; bad: readonly unknown[] }>> = {
  String: { good: ['x', '', '名'], bad: [1, true, {}, ['x']] },
  Integer: { good: [0, -1, 2147483647], bad: ['1', 1.5, true, {}, [1]] },
  'Integer (String)': { good: [0, 2147483647, '0'], bad: [true, {}, [1]] },
  'String (Integer)': { good: ['x', '', 12312], bad: [true, {}, ['x']] },
  Boolean: { good: [true, false], bad: ['true', 1, {}] },
  Strings: { good: [[], ['x']], bad: ['x', [1], {}, [null]] },
};

/** A row with one value at a path; `*` is a row of a list. */
function rowWith(path: string, value: unknown): unknown {
  return path.split('.').reduceRight<unknown>((inner, name) => (name === '*' ? [inner] : { [name]: inner }), value);
}

// Every documented parameter, its range and default, by hand from the documents.
const hundreds = { min: 1, max: 500, default: 20 };
const inInstance = '/v2/{project_id}/apic/instances/{instance_id}';
const calls = {
  credentials: {
    path: '/v1/{project_id}/node-provider/credentials',
    scope: 'project',
    paging: { kind: 'offset', offset: { min: 0, max: 1000 }, size: { min: 1, max: 1000, sends: 100 } },
    filters: [],
  },
  sshKeys: {
    path: '/v4/user/keys',
    scope: 'region',
    paging: {
      kind: 'offset',
      offset: { min: 0, max: 2147483647, default: 0 },
      size: { min: 1, max: 100, default: 20 },
    },
    filters: [{ query: 'query', match: 'contains', exact: undefined, length: { min: 1, max: 2000 } }],
  },
  signs: {
    path: `${inInstance}/signs`,
    scope: 'project',
    paging: { kind: 'offset', offset: { min: 0, default: 0 }, size: hundreds },
    filters: [
      { query: 'name', match: 'contains', exact: { precise_search: 'name' }, length: undefined },
      { query: 'id', match: 'id', exact: undefined, length: undefined },
    ],
  },
  boundApps: {
    path: `${inInstance}/app-quotas/{app_quota_id}/bound-apps`,
    scope: 'project',
    paging: { kind: 'offset', offset: { min: 0, default: 0 }, size: hundreds },
    filters: [{ query: 'app_name', match: 'contains', exact: undefined, length: undefined }],
  },
  projects: { path: '/v3/auth/projects', scope: 'account', paging: { kind: 'none' }, filters: [] },
  regions: { path: '/v3/regions', scope: 'account', paging: { kind: 'none' }, filters: [] },
  instances: {
    path: '/v2/{project_id}/instances',
    scope: 'project',
    paging: { kind: 'offset', offset: { min: 0, max: 100, default: 0 }, size: { min: 1, max: 100, default: 10 } },
    filters: [{ query: 'status', match: 'exact', exact: undefined, length: { min: 3, max: 128 } }],
  },
  appQuotas: {
    path: `${inInstance}/app-quotas`,
    scope: 'project',
    paging: { kind: 'offset', offset: { min: 0, default: 0 }, size: hundreds },
    filters: [{ query: 'name', match: 'contains', exact: undefined, length: undefined }],
  },
} as const;

describe('catalog', () => {
  it('turns every example answer of every document into its rows', () => {
    for (const { document, collection, total, items: expected } of examples) {
      const list = collectionOf(collection);
      const bodies = documents.find((one) => one.document === document)?.answers ?? [];
      const isOfList = (call: string | undefined): boolean => call === undefined || call === `GET ${list.path}`;
      const body = bodies.find((one) => one.status === 200 && isOfList(one.call))?.body;
      const rows = rowsIn(list, answer(body));
      assert.deepEqual(
        rows.map(({ item }) => item),
        expected,
        document,
      );
      assert.deepEqual(rows.map(({ bad }) => bad).flat(), [], document);
      assert.equal(totalOf(list, answer(body)), total, document);
    }
    const [shown, all] = [examples, documents].map((each) => new Set(each.map(({ document }) => document)));
    assert.deepEqual(shown, all);
  });

  it('declares every documented field of every row with its type, and no other', () => {
    for (const { id, row } of collectionsIn(catalog)) {
      const documented = fields[id] ?? {};
      const names = new Set<unknown>(Object.keys(documented).map((path) => path.split('.')[0]));
      assert.deepEqual(new Set<unknown>(Object.keys(row.entries)), names, id);
      for (const [path, type] of Object.entries(documented)) {
        for (const value of [...values[type].good, null, undefined]) {
          assert.ok(v.is(row, rowWith(path, value)), `${id} ${path} takes ${JSON.stringify(value)}`);
        }
        for (const value of values[type].bad) {
          assert.ok(!v.is(row, rowWith(path, value)), `${id} ${path} refuses ${JSON.stringify(value)}`);
        }
      }
    }
  });

  it('declares every documented parameter with its range and default', () => {
    const declared = collectionsIn(catalog).map(({ id, path, scope, paging, filters }) => [
      id,
      {
        path,
        scope,
        paging,
        filters: filters.map(({ query, match, exact, length, secret }) => ({
          query,
          match,
          exact,
          length,
          ...(secret ? { secret } : {}),
        })),
      },
    ]);
    assert.deepEqual(Object.fromEntries(declared), calls);
  });

  it('asks for one row again by a filter that its document has', () => {
    for (const { id, one, filters } of collectionsIn(catalog)) {
      assert.ok(!one || ('filter' in one && filters.some((filter) => filter.id === one.filter)), id);
    }
  });

  it('gives every list an ID of its own', () => {
    const ids = collectionsIn(catalog).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('masks the documented secrets and no public key', () => {
    const secrets = collectionsIn(catalog).flatMap(({ id, secrets: own }) => own.map(({ path: at }) => `${id}.${at}`));
    assert.deepEqual(secrets.toSorted(), ['boundApps.app_key', 'signs.sign_key', 'signs.sign_secret']);
  });

  it('has the host of every region of every service', () => {
    const named = (prefix: string, ending: string, regions: string): [string, string][] =>
      regions.split(' ').map((region) => [region, `https://${prefix}.{region}.myhuaweicloud.${ending}`]);
    const asia = 'cn-north-1 cn-north-4 cn-east-2 cn-east-3 cn-south-1';
    const expected = {
      nes: named('bcs', 'com', 'ap-southeast-3'),
      codeartsrepo: [
        ...named('codehub-ext', 'com', `${asia} cn-south-2 cn-southwest-2 sa-brazil-1 la-north-2 ap-southeast-3`),
        ...named('codeartsrepo-ext', 'com', 'la-south-2 tr-west-1'),
        ...named('repo', 'com', 'me-east-1 af-south-1 af-north-1'),
        ...named('codeartsrepo-ext', 'com', 'eu-west-101'),
      ],
      roma: named('roma', 'com', `${asia} ap-southeast-1 ap-southeast-3 ru-northwest-2`),
    };
    const declared = services.map(({ id, hosts }) => [
      id,
      hosts.flatMap(({ url, regions }) => (regions ?? ['']).map((region) => [region, url])),
    ]);
    assert.deepEqual(Object.fromEntries(declared), expected);
    const european = services.flatMap(({ hosts }) => hosts.filter(({ site }) => site === 'eu'));
    assert.deepEqual(
      european.flatMap(({ regions }) => regions),
      ['eu-west-101'],
    );
  });
});
