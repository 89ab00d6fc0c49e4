import * as v from 'valibot';
import type { Accounts } from '../accounts/accounts';
import type { Collection } from '../catalog/declaration';
import type { ListPage } from '../cloud/client';
import { cancelled } from '../cloud/errors';
import type { Position } from '../cloud/pages';
import type { Purpose, TokenScope } from '../cloud/ports';
import { valueAt, type JsonPath } from '../base/jsonPath';
import type { ItemNode, ListNode } from './nodes';

/** Dependencies of requests. */
export interface PageRequestDeps {
  readonly accounts: Pick<Accounts, 'client' | 'noSite'>;
  readonly pageSize: () => number;
}

/** `maxRows`: limit of the page's rows. `known`: known rows at its start, requested in addition to the page size. */
interface PageOptions {
  readonly maxRows?: number | undefined;
  readonly known?: number | undefined;
  readonly purpose?: Purpose;
}

/** Requests one page of a list. @throws CloudError */
export async function requestPage(
  { accounts, pageSize }: PageRequestDeps,
  { collection, context, filter }: Pick<ListNode, 'collection' | 'context' | 'filter'>,
  at: Position | undefined,
  signal: AbortSignal,
  { maxRows = Number.MAX_SAFE_INTEGER, known = 0, purpose = 'click' }: PageOptions = {},
): Promise<ListPage> {
  const { accountId, base, pathParams } = context;
  const client = accounts.client(accountId);
  if (!client) {
    throw cancelled();
  }
  if (base === undefined) {
    throw accounts.noSite(accountId);
  }
  const scope: TokenScope =
    collection.scope === 'account'
      ? { kind: 'account' }
      : { kind: 'project', projectId: pathParams['project_id'] ?? '' };
  return client.getPage(
    { collection, base, scope, pathParams, purpose, ...(filter ? { filter } : {}) },
    at,
    Math.min(pageSize() + known, maxRows),
    signal,
  );
}

/** A secret of a row: from the row itself, or from the call that is declared for it. @throws CloudError */
export async function requestSecret(
  deps: PageRequestDeps,
  { listNode, listed, context }: ItemNode,
  at: JsonPath,
  signal: AbortSignal,
): Promise<unknown> {
  const held = valueAt(listed.row.raw, at);
  const from = listNode.collection.secrets.find((secret) => secret.path === at.join('.'))?.fetchedFrom;
  if ((held !== undefined && held !== null) || !from) {
    return held;
  }
  const path = from.field.split('.');
  const second: Collection = {
    ...singleRowOf(listNode.collection, from.path),
    row: v.looseObject({ [path[0] ?? '']: v.unknown() }),
    item: () => ({}),
  };
  const { rows } = await requestPage(deps, { collection: second, context, filter: undefined }, undefined, signal);
  return valueAt(rows[0]?.raw, path);
}

/** A collection whose call answers one row, not a list. */
export function singleRowOf(collection: Collection, path: string): Collection {
  return { ...collection, path, query: {}, paging: { kind: 'none' }, rows: ({ body }) => body };
}
