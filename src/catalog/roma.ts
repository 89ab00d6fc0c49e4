import * as v from 'valibot';
import type { ExactNumber } from '../base/exactNumber';
import { asName, asText, flag, inBody, integer, text } from './fields';
import { phrase } from '../base/phrase';
import { collection, type ErrorKind, type Item, type Paging, type Service } from './declaration';

const pages = {
  kind: 'offset',
  // A negative offset is documented to count as 0.
  offset: { min: 0, default: 0 },
  size: { min: 1, max: 500, default: 20 },
} as const satisfies Paging;

const total = inBody('total');

const codes: Readonly<Record<string, ErrorKind>> = {
  'APIG.2012': 'invalidRequest',
  'APIG.1002': 'unauthenticated',
  'APIG.1005': 'forbidden',
  'APIG.3004': 'notFound',
  'APIG.3030': 'notFound',
  'APIG.3093': 'notFound',
  'APIG.9999': 'server',
};

/** Signature keys: `GET /v2/{project_id}/apic/instances/{instance_id}/signs`. Both secret fields come in clear. */
const signatureKeys = collection({
  id: 'signs',
  label: phrase('Signature keys'),
  emptyStateText: phrase('signature keys of this instance'),
  docs: 'https://console.huaweicloud.com/apiexplorer/#/openapi/ROMA/doc?api=ListSignatureKeysV2',
  rowLabel: phrase('signature key'),
  icon: 'key',
  scope: 'project',
  path: '/v2/{project_id}/apic/instances/{instance_id}/signs',
  paging: pages,
  rows: inBody('signs'),
  total,
  filters: [
    {
      id: 'name',
      query: 'name',
      label: phrase('Name'),
      match: 'contains',
      exact: { precise_search: 'name' },
    },
    { id: 'id', query: 'id', label: phrase('ID'), match: 'id' },
  ],
  row: v.looseObject({
    id: text,
    name: text,
    sign_type: text,
    sign_key: text,
    sign_secret: text,
    // Not in the document, but in the cloud's own SDK: set for the type `aes` only.
    sign_algorithm: text,
    create_time: text,
    update_time: text,
    bind_num: integer,
    ldapi_bind_num: integer,
  }),
  item: (row) => ({
    id: asText(row.id),
    name: asName(row.name),
    description: asText(row.sign_type),
    times: { created: row.create_time, updated: row.update_time },
  }),
  one: { filter: 'id' },
  secrets: [{ path: 'sign_key' }, { path: 'sign_secret' }],
  codes,
});

/** Credentials bound to a quota: `GET …/app-quotas/{app_quota_id}/bound-apps`. */
const boundCredentials = collection({
  id: 'boundApps',
  label: phrase('Bound credentials'),
  emptyStateText: phrase('credentials that are bound to this quota'),
  docs: 'https://console.huaweicloud.com/apiexplorer/#/openapi/ROMA/doc?api=ListAppQuotaBoundApps',
  rowLabel: phrase('bound credential'),
  icon: 'key',
  scope: 'project',
  path: '/v2/{project_id}/apic/instances/{instance_id}/app-quotas/{app_quota_id}/bound-apps',
  paging: pages,
  rows: inBody('apps'),
  total,
  filters: [{ id: 'name', query: 'app_name', label: phrase('Name'), match: 'contains' }],
  row: v.looseObject({
    app_id: text,
    name: text,
    status: integer,
    app_key: text,
    remark: text,
    register_time: text,
    update_time: text,
    app_quota_id: text,
    app_quota_name: text,
    bound_time: text,
  }),
  item: (row) => ({
    id: asText(row.app_id),
    name: asName(row.name),
    description: asText(row.remark),
    status: credentialStatus(row.status),
    times: { created: row.register_time, updated: row.update_time, bound: row.bound_time },
  }),
  secrets: [{ path: 'app_key' }],
  codes,
});

/** AppCodes of a credential: `GET …/apps/{app_id}/app-codes` (ListAppCodesV2). An AppCode alone is enough to call the APIs of the app. */
const appCodes = collection({
  id: 'appCodes',
  label: phrase('AppCodes'),
  emptyStateText: phrase('AppCodes of this credential'),
  docs: 'https://console.huaweicloud.com/apiexplorer/#/openapi/ROMA/doc?api=ListAppCodesV2',
  rowLabel: phrase('AppCode'),
  icon: 'key',
  scope: 'project',
  path: '/v2/{project_id}/apic/instances/{instance_id}/apps/{app_id}/app-codes',
  paging: pages,
  rows: inBody('app_codes'),
  total,
  filters: [],
  row: v.looseObject({ app_code: text, id: text, app_id: text, create_time: text }),
  item: (row) => ({ id: asText(row.id), times: { created: row.create_time } }),
  secrets: [{ path: 'app_code' }],
  codes,
});

/** Credentials: `GET …/apps` (ListAppsV2). Both secret fields come in clear. */
const credentials = collection({
  id: 'apps',
  label: phrase('Credentials'),
  emptyStateText: phrase('credentials of this instance'),
  docs: 'https://console.huaweicloud.com/apiexplorer/#/openapi/ROMA/doc?api=ListAppsV2',
  rowLabel: phrase('credential'),
  icon: 'key',
  scope: 'project',
  path: '/v2/{project_id}/apic/instances/{instance_id}/apps',
  paging: pages,
  rows: inBody('apps'),
  total,
  filters: [
    { id: 'name', query: 'name', label: phrase('Name'), match: 'contains', exact: { precise_search: 'name' } },
    { id: 'id', query: 'id', label: phrase('ID'), match: 'id' },
    { id: 'status', query: 'status', label: phrase('Status'), match: 'exact' },
    { id: 'key', query: 'app_key', label: phrase('AppKey'), match: 'exact', secret: true },
  ],
  row: v.looseObject({
    id: text,
    name: text,
    remark: text,
    creator: text,
    update_time: text,
    app_key: text,
    app_secret: text,
    register_time: text,
    status: integer,
    app_type: text,
    roma_app_type: text,
    bind_num: integer,
  }),
  item: (row) => {
    const id = asText(row.id);
    return {
      id,
      name: asName(row.name),
      description: asText(row.remark),
      status: credentialStatus(row.status),
      times: { created: row.register_time, updated: row.update_time },
      ...(id ? { pathParams: { app_id: id } } : {}),
    };
  },
  one: { filter: 'id' },
  secrets: [{ path: 'app_key' }, { path: 'app_secret' }],
  codes,
  children: [appCodes],
});

// The document names the field without its values; the cloud's own SDK has them.
function credentialStatus(status: number | ExactNumber | null | undefined): Item['status'] {
  switch (status) {
    case 1:
      return { label: phrase('enabled'), tone: 'good' };
    case 2:
      return { label: phrase('disabled'), tone: 'off' };
    default:
      return undefined;
  }
}

/** Credential quotas: `GET …/app-quotas` (ListAppQuotas). */
const credentialQuotas = collection({
  id: 'appQuotas',
  label: phrase('Credential quotas'),
  emptyStateText: phrase('credential quotas of this instance'),
  docs: 'https://console.huaweicloud.com/apiexplorer/#/openapi/ROMA/doc?api=ListAppQuotas',
  rowLabel: phrase('credential quota'),
  icon: 'dashboard',
  scope: 'project',
  path: '/v2/{project_id}/apic/instances/{instance_id}/app-quotas',
  paging: pages,
  rows: inBody('quotas'),
  total,
  filters: [{ id: 'name', query: 'name', label: phrase('Name'), match: 'contains' }],
  row: v.looseObject({
    app_quota_id: text,
    name: text,
    call_limits: integer,
    time_unit: text,
    time_interval: integer,
    remark: text,
    reset_time: text,
    create_time: text,
    bound_app_num: integer,
  }),
  item: (row) => {
    const id = asText(row.app_quota_id);
    return {
      id,
      name: asName(row.name),
      ...boundCount(row.bound_app_num),
      times: { created: row.create_time },
      ...(id ? { pathParams: { app_quota_id: id } } : {}),
    };
  },
  secrets: [],
  codes,
  children: [boundCredentials],
});

function boundCount(count: number | ExactNumber | null | undefined): Pick<Item, 'description'> {
  return count === null || count === undefined
    ? {}
    : { description: phrase('{0} bound', typeof count === 'number' ? count : count.text) };
}

/** Instances: `GET /v2/{project_id}/instances` (CheckRomaInstanceListV2). No row beyond offset 100 can start a page. */
const instances = collection({
  id: 'instances',
  label: phrase('Instances'),
  emptyStateText: phrase('ROMA Connect instances of this project'),
  docs: 'https://console.huaweicloud.com/apiexplorer/#/openapi/ROMA/doc?api=CheckRomaInstanceListV2',
  rowLabel: phrase('instance'),
  icon: 'server',
  inline: true,
  scope: 'project',
  path: '/v2/{project_id}/instances',
  paging: {
    kind: 'offset',
    offset: { min: 0, max: 100, default: 0 },
    // The document allows a limit of 0 as well, which brings nothing.
    size: { min: 1, max: 100, default: 10 },
  },
  rows: inBody('instances'),
  total,
  filters: [{ id: 'status', query: 'status', label: phrase('Status'), match: 'exact', length: { min: 3, max: 128 } }],
  row: v.looseObject({
    id: text,
    name: text,
    description: text,
    flavor_id: text,
    flavor_type: text,
    cpu_arch: text,
    vpc_id: text,
    subnet_id: text,
    security_group_id: text,
    publicip_enable: flag,
    publicip_id: text,
    publicip_address: text,
    status: text,
    error_code: text,
    error_msg: text,
    charge_type: text,
    project_id: text,
    create_time: text,
    update_time: text,
    maintain_begin: text,
    maintain_end: text,
    available_zone_ids: v.nullish(v.array(v.string())),
    enterprise_project_id: text,
  }),
  item: (row) => {
    const id = asText(row.id);
    return {
      id,
      name: asName(row.name),
      description: asText(row.description),
      status: instanceStatus(row.status),
      times: { created: row.create_time, updated: row.update_time },
      ...(id ? { pathParams: { instance_id: id } } : {}),
    };
  },
  secrets: [],
  // One code, ROMA.00012000, comes with 401 and with 403 alike: only the status tells them apart.
  codes: { 'ROMA.00013000': 'invalidRequest', 'ROMA.00011000': 'server' },
  children: [signatureKeys, credentialQuotas, credentials],
});

function instanceStatus(status: string | null | undefined): Item['status'] {
  switch (status) {
    case null:
    case undefined:
    case '':
      return undefined;
    case 'RUNNING':
      return { label: phrase('running'), tone: 'good' };
    case 'CREATING':
      return { label: phrase('being created'), tone: 'busy' };
    case 'DELETING':
      return { label: phrase('being deleted'), tone: 'busy' };
    case 'FREEZING':
    case 'FROZEN':
      return { label: phrase('frozen'), tone: 'off' };
    // The document spells one of them DELETE_FALIED.
    case 'CREATE_FAILED':
    case 'DELETE_FAILED':
    case 'DELETE_FALIED':
    case 'ERROR':
      return { label: status, tone: 'bad' };
    default:
      return { label: status, tone: 'off' };
  }
}

/** ROMA Connect. */
export const roma: Service = {
  id: 'roma',
  label: phrase('ROMA Connect'),
  icon: 'plug',
  hosts: [
    {
      url: 'https://roma.{region}.myhuaweicloud.com',
      regions: [
        'cn-north-1',
        'cn-north-4',
        'cn-east-2',
        'cn-east-3',
        'cn-south-1',
        'ap-southeast-1',
        'ap-southeast-3',
        'ru-northwest-2',
      ],
    },
  ],
  collections: [instances],
};
