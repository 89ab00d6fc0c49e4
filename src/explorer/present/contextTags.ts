import { errorShownBy, hasChildren, isKey, listOf, type Node } from '../nodes';
import { offerOf } from './offers';

/** Context-value tags of rows, which the menus of package.json test for. */
export const contextTags = [
  'canAccept',
  'canCopyError',
  'canCopyId',
  'canCopyJson',
  'canCopyName',
  'canFilter',
  'canHide',
  'canManage',
  'canOpen',
  'canOpenDocs',
  'canRefresh',
  'canRetry',
  'canSignIn',
  'canSignOut',
  'isFiltered',
  'isUnfiltered',
] as const;
export type ContextTag = (typeof contextTags)[number];

/** The tags of a row. */
export function tagsOf(node: Node): readonly ContextTag[] {
  const tags: ContextTag[] = [];
  if (node.kind === 'account') {
    tags.push('canSignOut', 'canSignIn', 'canManage');
  }
  if (node.kind === 'item') {
    const { id, name } = node.listed.row.item;
    tags.push('canCopyJson', ...(id === undefined ? [] : ['canCopyId' as const]));
    tags.push(...(name === undefined ? [] : ['canCopyName' as const]));
  }
  if (node.kind === 'service') {
    tags.push('canHide');
  }
  const list = listOf(node);
  if (list || (node.kind === 'message' && node.listNode)) {
    tags.push('canOpenDocs');
  }
  if (list && !list.range && list.collection.filters.length > 0) {
    tags.push(list.filter ? 'isFiltered' : 'isUnfiltered', 'canFilter');
  }
  if (isKey(node)) {
    tags.push('canOpen');
  }
  if (hasChildren(node)) {
    tags.push('canRefresh');
  }
  tags.push(...(offerOf(node)?.tags ?? []));
  if (errorShownBy(node)) {
    tags.push('canCopyError');
  }
  return tags;
}
