import { l10n, window, type Disposable } from 'vscode';
import { errorShownBy } from '../explorer/nodes';
import type { Copyable } from '../explorer/present/copyable';
import { copy } from '../platform/clipboard';
import { toDisplayText } from '../platform/translate';
import type { CommandDeps } from './commandDeps';
import { askKey } from './keys';
import { registerAll } from './register';
import { nodeOf, nodesOf } from './rowArguments';

/** Commands that copy. */
export function registerCopyCommands({ explorer, tree, log }: CommandDeps): Disposable[] {
  const copyRows =
    (what: Copyable) =>
    async (argument: unknown, selected: unknown): Promise<void> => {
      const nodes = nodesOf(explorer, argument, selected, tree.selection);
      const items = nodes.filter((node) => node.kind === 'item');
      if (nodes.length > 0 && items.length === 0) {
        void window.showInformationMessage(l10n.t('There is nothing to copy in this row.'));
        return;
      }
      const { canCopy, copyOf } = await import('./copyRows');
      const key = items.length > 0 ? undefined : await askKey(explorer, (node) => canCopy(node, what));
      await copyOf(key ? [key] : items, what);
    };
  return registerAll(log, {
    copyId: copyRows('id'),
    copyName: copyRows('name'),
    copyJson: copyRows('json'),
    copyError: async (argument) => {
      const node = nodeOf(explorer, argument);
      const error = node && errorShownBy(node);
      if (error) {
        const { errorDetails } = await import('../explorer/present/errorDetails');
        await copy(errorDetails(error).map(toDisplayText).join('\n'), l10n.t('the error'));
      }
    },
  });
}
