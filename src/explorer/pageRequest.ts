import * as v from 'valibot';
import type { Accounts } from '../accounts/accounts';
import type { Collection } from '../catalog/declaration';
import type { ListPage } from '../cloud/client';
import { cancelled } from '../cloud/errors';
import type { Position } from '../cloud/pages';
import type { Purpose, TokenScope } from '../cloud/ports';
import { valueAt, type JsonPath } from '../base/jsonPath';
import type { ItemNode, ListNode } from './nodes';

/** Who is asked, and for how many rows at a time. */
export interface PageRequestDeps {
  readonly accounts: Pick<Accounts, 'client' | 'noSite'>;
  readonly pageSize: () => number;
}

/** How many rows a page may bring, how many at its front are known and asked for on top of a page's, and what it is for. */
interface PageOptions {
  readonly most?: number | undefined;
  readonly known?: number | undefined;
  readonly purpose?: Purpose;
}

/** One page of a list where it stands in the tree. @throws CloudError */
export async function requestPage(
  { accounts, pageSize }: PageRequestDeps,
  { collection, context, filter }: Pick<ListNode, 'collection' | 'context' | 'filter'>,
  at: Position | undefined,
  signal: AbortSignal,
  { most = Number.MAX_SAFE_INTEGER, known = 0, purpose = 'click' }: PageOptions = {},
): Promise<ListPage> {
  const { accountId, base, pathParams: values } = context;
  const client = accounts.client(accountId);
  if (!client) {
    throw cancelled();
  }
  if (base === undefined) {
    throw accounts.noSite(accountId);
  }
  const scope: TokenScope =
    collection.scope === 'account' ? { kind: 'account' } : { kind: 'project', projectId: values['project_id'] ?? '' };
  return client.getPage(
    { collection, base, scope, pathParams: values, purpose, ...(filter ? { filter } : {}) },
    at,
    Math.min(pageSize() + known, most),
    signal,
  );
}

/** A secret of a row: what the row holds there, or what the second call brings that is declared for it. @throws CloudError */
export async function requestSecret(
  asking: PageRequestDeps,
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
    ...listNode.collection,
    path: from.path,
    query: {},
    paging: { kind: 'none' },
    rows: ({ body }) => body,
    row: v.looseObject({ [path[0] ?? '']: v.unknown() }),
    item: () => ({}),
  };
  const { rows } = await requestPage(asking, { collection: second, context, filter: undefined }, undefined, signal);
  return valueAt(rows[0]?.raw, path);
}
