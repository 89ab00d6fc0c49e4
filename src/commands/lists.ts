import { Uri, env, type Disposable } from 'vscode';
import { listOf } from '../explorer/nodes';
import type { CommandDeps } from './commandDeps';
import { registerAll } from './register';
import { listBehind, nodeOf } from './rowArguments';

/** Commands of lists: loading, refreshing, filtering, documentation. */
export function registerListCommands({ explorer, tree, log, showLog }: CommandDeps): Disposable[] {
  return registerAll(log, {
    loadMore: async (argument) => {
      const node = nodeOf(explorer, argument);
      if (node?.kind === 'pager') {
        await tree.loadMore(node);
      }
    },
    retry: async (argument) => {
      const node = nodeOf(explorer, argument);
      if (node?.kind === 'pager') {
        await tree.loadMore(node);
      } else if (node?.kind === 'message') {
        await tree.replace(node, () => explorer.retry(node));
      }
    },
    refresh: async (argument) => tree.refresh(nodeOf(explorer, argument)),
    // VS Code may pass the selected row to a command of the view's title: ignored.
    refreshAll: async () => tree.refresh(undefined),
    filter: async (argument) => {
      const node = nodeOf(explorer, argument);
      const list = node && listOf(node);
      const { askFilter } = await import('./filter');
      const filter = list && (await askFilter(list));
      if (filter) {
        explorer.setFilter(list, filter);
      }
    },
    clearFilter: async (argument) => {
      const node = nodeOf(explorer, argument);
      const list = listBehind(node);
      if (list && node?.kind === 'message') {
        await tree.replace(node, () => explorer.setFilter(list, undefined));
      } else if (list) {
        explorer.setFilter(list, undefined);
      }
    },
    openDocs: async (argument) => {
      const list = listBehind(nodeOf(explorer, argument));
      if (list) {
        await env.openExternal(Uri.parse(list.collection.docs));
      }
    },
    showLog,
  });
}
