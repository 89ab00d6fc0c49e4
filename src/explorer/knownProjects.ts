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
  /** Display names of the region with the project's name. */
  readonly localNames: LocalNames | undefined;
}

/**
 * The projects of an account, including those that the user hid: the list of the tree, loaded or retried if necessary.
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
      const { name = '', pathParams } = listed.row.item;
      const { project_id: projectId, region } = pathParams ?? {};
      return projectId === undefined || region === undefined
        ? []
        : [{ id: projectId, name, region, localNames: localNamesOf({ listNode, listed }) }];
    });
}
