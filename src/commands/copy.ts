import { l10n, window, type Disposable } from 'vscode';
import { errorShownBy, nameOf, type ItemNode } from '../explorer/nodes';
import { copyTextOf, type Copyable } from '../explorer/present/copyable';
import { errorDetails } from '../explorer/present/errorMessages';
import { copy } from '../platform/clipboard';
import { toDisplayText } from '../platform/translate';
import type { CommandDeps } from './deps';
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
      if (items.length > 0) {
        await copyOf(items, what);
        return;
      }
      const key = await askKey(explorer, (node) => copyTextOf(node, what) !== undefined);
      if (key) {
        await copyOf([key], what);
      }
    };
  return registerAll(log, {
    copyId: copyRows('id'),
    copyName: copyRows('name'),
    copyJson: copyRows('json'),
    copyError: async (argument) => {
      const node = nodeOf(explorer, argument);
      const error = node && errorShownBy(node);
      if (error) {
        await copy(errorDetails(error).map(toDisplayText).join('\n'), l10n.t('the error'));
      }
    },
  });
}

/** Copies a field or the JSON of each row that has it, a line each, and says what was copied. */
export async function copyOf(nodes: readonly ItemNode[], what: Copyable): Promise<void> {
  const texts = nodes.map((node) => copyTextOf(node, what)).filter((text) => text !== undefined);
  const [first] = texts;
  if (first === undefined) {
    return;
  }
  const name = nodes[0] && (nameOf(nodes[0]) ?? '');
  // Several rows of JSON are one JSON array.
  const text = what === 'json' && texts.length > 1 ? `[\n${texts.join(',\n')}\n]` : texts.join('\n');
  await copy(text, texts.length === 1 ? describeOne(what, first, name ?? '') : describeMany(what, texts.length));
}

function describeOne(what: Copyable, text: string, name: string): string {
  switch (what) {
    case 'id':
      return l10n.t('the ID of {0}: {1}', toDisplayText(name), toDisplayText(text));
    case 'name':
      return l10n.t('the name {0}', toDisplayText(text));
    case 'json':
      return l10n.t('the JSON of {0}, secrets masked', toDisplayText(name));
  }
}

function describeMany(what: Copyable, count: number): string {
  switch (what) {
    case 'id':
      return l10n.t('{0} IDs', count);
    case 'name':
      return l10n.t('{0} names', count);
    case 'json':
      return l10n.t('the JSON of {0} rows, secrets masked', count);
  }
}
