import * as v from 'valibot';
import { asName, asText, flag, inBody, text } from './fields';
import { phrase } from '../base/phrase';
import { documentedRegion, regions } from './regions';
import { collection, type ChildDeclaration, type Collection } from './declaration';

/**
 * The projects of an account: `GET /v3/auth/projects` (KeystoneListAuthProjects), in one answer without pages.
 * A project's name starts with its region; a project named `MOS` is the cloud's own and shown to nobody.
 * @param below what stands below each project
 */
export function projects(below: readonly ChildDeclaration[]): Collection {
  return collection({
    id: 'projects',
    label: phrase('Projects'),
    emptyStateText: phrase('the projects that this user may see'),
    docs: 'https://console.huaweicloud.com/apiexplorer/#/openapi/IAM/doc?api=KeystoneListAuthProjects',
    rowLabel: phrase('project'),
    icon: 'project',
    inline: true,
    displayNamesFrom: regions,
    scope: 'account',
    path: '/v3/auth/projects',
    paging: { kind: 'none' },
    rows: inBody('projects'),
    filters: [],
    row: v.looseObject({
      id: text,
      name: text,
      domain_id: text,
      parent_id: text,
      enabled: flag,
      is_domain: flag,
      description: text,
      links: v.nullish(v.looseObject({ self: text })),
    }),
    item: (row) => {
      const id = asText(row.id);
      const name = asName(row.name);
      return {
        id,
        name,
        // The project that every region has by itself is named like the region.
        localNames: documentedRegion(name),
        hidden: row.name === 'MOS' || row.enabled === false,
        ...(id && name ? { pathParams: { project_id: id, region: name.split('_', 1)[0] ?? name } } : {}),
      };
    },
    secrets: [],
    // IAM's envelope carries the HTTP status as its code, which the status says already.
    codes: {},
    children: below,
  });
}
