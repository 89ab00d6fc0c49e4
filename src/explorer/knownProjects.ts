import type { Account } from '../accounts/account';
import type { LocalNames } from '../catalog/declaration';
import type { Explorer } from './explorer';
import { localNamesOf } from './present/labels';
import { listOf } from './nodes';
import { isShown } from './visibility';

/** A project that an account may see. */
export interface KnownProject {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** What people call the region that it is named like. */
  readonly localNames: LocalNames | undefined;
}

/**
 * The projects of an account, those that its user hid included: the list of the tree, loaded where it is not yet, and
 * again where it failed.
 * @throws CloudError
 */
export async function projectsOf(explorer: Explorer, { id }: Pick<Account, 'id'>): Promise<readonly KnownProject[]> {
  const node = explorer.roots().find(({ account }) => account.id === id);
  if (!node) {
    return [];
  }
  const [first] = await explorer.children(node);
  if (first?.kind === 'message' && 'error' in first.message) {
    explorer.retry(first);
    await explorer.children(node);
  }
  const listNode = listOf(node);
  if (!listNode) {
    return [];
  }
  const { rows, error } = listNode.list;
  if (error && rows.length === 0) {
    throw error;
  }
  return rows
    .filter((listed) => isShown(listed, { ...node.account, hidden: undefined }))
    .flatMap((listed) => {
      const { name = '', pathParams: gives } = listed.row.item;
      const { project_id: projectId, region } = gives ?? {};
      return projectId === undefined || region === undefined
        ? []
        : [{ id: projectId, name, region, localNames: localNamesOf({ listNode, listed }) }];
    });
}
