import * as v from 'valibot';
import { asName, asText, inBody, text } from './fields';
import { phrase } from '../base/phrase';
import { collection, type LocalNames } from './declaration';

/**
 * The names of the regions in the documents, used until the cloud's own are loaded. A name that only one language's
 * documents have is missing in the other.
 */
const documentedRegions: ReadonlyMap<string, LocalNames> = new Map([
  ['cn-north-1', named('CN North-Beijing1', '华北-北京一')],
  ['cn-north-2', named('CN North-Beijing2')],
  ['cn-north-4', named('CN North-Beijing4', '华北-北京四')],
  ['cn-north-9', named('CN North-Ulanqab1', '华北-乌兰察布一')],
  ['cn-east-2', named('CN East-Shanghai2', '华东-上海二')],
  ['cn-east-3', named('CN East-Shanghai1', '华东-上海一')],
  ['cn-east-4', named(undefined, '华东二')],
  ['cn-east-5', named('CN East-Qingdao', '华东-青岛')],
  ['cn-south-1', named('CN South-Guangzhou', '华南-广州')],
  ['cn-south-2', named('CN South-Shenzhen', '华南-深圳')],
  ['cn-southwest-2', named('CN Southwest-Guiyang1', '西南-贵阳一')],
  ['ap-southeast-1', named('CN-Hong Kong', '中国-香港')],
  ['ap-southeast-2', named('AP-Bangkok', '亚太-曼谷')],
  ['ap-southeast-3', named('AP-Singapore', '亚太-新加坡')],
  ['ap-southeast-4', named('AP-Jakarta', '亚太-雅加达')],
  ['ap-southeast-5', named('AP-Manila', '亚太-马尼拉')],
  ['af-south-1', named('AF-Johannesburg', '非洲-约翰内斯堡')],
  ['af-north-1', named('AF-Cairo', '非洲-开罗')],
  ['sa-brazil-1', named('LA-Sao Paulo1', '拉美-圣保罗一')],
  ['la-south-2', named('LA-Santiago', '拉美-圣地亚哥')],
  ['la-north-2', named('LA-Mexico City2', '拉美-墨西哥城二')],
  ['na-mexico-1', named('LA-Mexico City1')],
  ['tr-west-1', named('TR-Istanbul', '土耳其-伊斯坦布尔')],
  ['me-east-1', named('ME-Riyadh', '中东-利雅得')],
  ['ae-ad-1', named('ME-Abu Dhabi')],
  ['eu-west-0', named('EU-Paris', '欧洲-巴黎')],
]);

/** The names of a region in the documents; undefined if they have none, or it is no region. */
export function documentedRegion(id: string | undefined): LocalNames | undefined {
  return id === undefined ? undefined : documentedRegions.get(id);
}

/** The cloud's names of the regions: `GET /v3/regions` (KeystoneListRegions). Its rows are not shown in the tree. */
export const regions = collection({
  id: 'regions',
  label: phrase('Regions'),
  emptyStateText: phrase('the regions of the cloud'),
  docs: 'https://console.huaweicloud.com/apiexplorer/#/openapi/IAM/doc?api=KeystoneListRegions',
  rowLabel: phrase('region'),
  icon: 'globe',
  scope: 'account',
  path: '/v3/regions',
  paging: { kind: 'none' },
  rows: inBody('regions'),
  filters: [],
  row: v.looseObject({
    id: text,
    type: text,
    description: text,
    parent_region_id: text,
    locales: v.nullish(v.record(v.string(), text)),
  }),
  item: ({ id, locales }) => {
    const names = Object.entries(locales ?? {}).flatMap(([locale, name]) => {
      const known = asName(name);
      return known === undefined ? [] : [[locale.toLowerCase(), known] as const];
    });
    return { id: asText(id), localNames: Object.fromEntries(names) };
  },
  secrets: [],
  codes: {},
});

function named(english: string | undefined, chinese?: string): LocalNames {
  return {
    ...(english === undefined ? {} : { 'en-us': english }),
    ...(chinese === undefined ? {} : { 'zh-cn': chinese }),
  };
}
