import { isKey, type Node } from './nodes';

/** The command that a click on a row runs; nothing where it only selects it. */
export function commandOf(node: Node): string | undefined {
  if (isKey(node)) {
    return 'keyExplorer.open';
  }
  if (node.kind === 'pager') {
    return node.listNode.list.cut ? undefined : 'keyExplorer.loadMore';
  }
  if (node.kind === 'note') {
    switch (node.note.says) {
      case 'signedOut':
        return 'keyExplorer.signInAgain';
      case 'failed':
        return node.note.error.failure.accept === undefined ? 'keyExplorer.retry' : 'keyExplorer.acceptAddress';
      case 'forbidden':
        return 'keyExplorer.retry';
      case 'notOffered':
        return 'keyExplorer.hide';
      case 'hidden':
        return 'keyExplorer.manageAccounts';
      case 'unmatched':
        return 'keyExplorer.clearFilter';
      case 'empty':
        return 'keyExplorer.openDocs';
      case 'noProject':
        return undefined;
    }
  }
  return undefined;
}
