import * as v from 'valibot';
import type { Accounts } from '../accounts/accounts';
import type { Collection } from '../catalog/shape';
import type { Page } from '../cloud/client';
import { cancelled } from '../cloud/errors';
import type { Position } from '../cloud/pages';
import type { Purpose, TokenScope } from '../cloud/ports';
import { valueAt, type Place as SecretPlace } from './mask';
import type { ItemNode, ListNode } from './nodes';

/** Who is asked, and for how many rows at a time. */
export interface Asking {
  readonly accounts: Pick<Accounts, 'client' | 'noSite'>;
  readonly pageSize: () => number;
}

/** How many rows a page may bring, how many at its front are known and asked for on top of a page's, and what it is for. */
interface PageWish {
  readonly most?: number | undefined;
  readonly known?: number | undefined;
  readonly purpose?: Purpose;
}

/** One page of a list where it stands in the tree. @throws CloudError */
export async function askPage(
  { accounts, pageSize }: Asking,
  { collection, place, filter }: Pick<ListNode, 'collection' | 'place' | 'filter'>,
  at: Position | undefined,
  signal: AbortSignal,
  { most = Number.MAX_SAFE_INTEGER, known = 0, purpose = 'click' }: PageWish = {},
): Promise<Page> {
  const { accountId, base, values } = place;
  const client = accounts.client(accountId);
  if (!client) {
    throw cancelled();
  }
  if (base === undefined) {
    throw accounts.noSite(accountId);
  }
  const scope: TokenScope =
    collection.scope === 'account' ? { of: 'account' } : { of: 'project', projectId: values['project_id'] ?? '' };
  return client.getPage(
    { collection, base, scope, values, purpose, ...(filter ? { filter } : {}) },
    at,
    Math.min(pageSize() + known, most),
    signal,
  );
}

/** A secret of a row: what the row holds there, or what the second call brings that is declared for it. @throws CloudError */
export async function askSecret(
  asking: Asking,
  { listNode, listed, place }: ItemNode,
  at: SecretPlace,
  signal: AbortSignal,
): Promise<unknown> {
  const held = valueAt(listed.row.raw, at);
  const from = listNode.collection.secrets.find((secret) => secret.at === at.join('.'))?.from;
  if ((held !== undefined && held !== null) || !from) {
    return held;
  }
  const path = from.at.split('.');
  const second: Collection = {
    ...listNode.collection,
    path: from.path,
    query: {},
    paging: { by: 'none' },
    rows: ({ body }) => body,
    row: v.looseObject({ [path[0] ?? '']: v.unknown() }),
    item: () => ({}),
  };
  const { rows } = await askPage(asking, { collection: second, place, filter: undefined }, undefined, signal);
  return valueAt(rows[0]?.raw, path);
}
