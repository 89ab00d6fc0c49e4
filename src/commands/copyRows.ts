import { l10n } from 'vscode';
import { nameOf, type ItemNode } from '../explorer/nodes';
import { copyTextOf, type Copyable } from '../explorer/present/copyable';
import { copy } from '../platform/clipboard';
import { toDisplayText } from '../platform/translate';

/** Whether a row has this part to copy. */
export function canCopy(node: ItemNode, what: Copyable): boolean {
  return copyTextOf(node, what) !== undefined;
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
