import { isDeepStrictEqual } from 'node:util';
import type { ListNode } from './nodes';
import { requestPage, type PageRequestDeps } from './pageRequest';
import { localNamesOf } from './present/labels';

/**
 * Loads the display names of a list's rows from the collection that supplies them, once. If that fails, rows keep their
 * names until the list is loaded again.
 * @returns whether the name of a row changed
 */
export async function loadDisplayNames(deps: PageRequestDeps, listNode: ListNode): Promise<boolean> {
  const { collection, context, list, signal } = listNode;
  if (!collection.displayNamesFrom || listNode.localNames || list.error || list.notLoaded) {
    return false;
  }
  const names = (): unknown => list.rows.map((listed) => localNamesOf({ listNode, listed }));
  listNode.localNames = new Map();
  const before = names();
  try {
    const source = { collection: collection.displayNamesFrom, context, filter: undefined };
    const { rows } = await requestPage(deps, source, undefined, signal);
    listNode.localNames = new Map(
      rows.flatMap(({ item: { id, localNames } }) => (id !== undefined && localNames ? [[id, localNames]] : [])),
    );
  } catch {
    delete listNode.localNames;
    return false;
  }
  return !isDeepStrictEqual(names(), before);
}
