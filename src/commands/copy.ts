import { l10n } from 'vscode';
import { copyTextOf, type Copyable } from '../explorer/present/copyable';
import { errorDetails } from '../explorer/present/errorMessages';
import { errorShownBy, nameOf, type ItemNode, type Node } from '../explorer/nodes';
import { copy } from '../platform/clipboard';
import { toDisplayText } from '../platform/translate';

/** Copies something of each row that has it, a line each, and says what was copied. */
export async function copyOf(nodes: readonly ItemNode[], what: Copyable): Promise<void> {
  const texts = nodes.map((node) => copyTextOf(node, what)).filter((text) => text !== undefined);
  const [first] = texts;
  if (first === undefined) {
    return;
  }
  const name = nodes[0] && (nameOf(nodes[0]) ?? '');
  // Several rows of JSON are JSON too.
  const text = what === 'json' && texts.length > 1 ? `[\n${texts.join(',\n')}\n]` : texts.join('\n');
  await copy(text, texts.length === 1 ? describeOne(what, first, name ?? '') : describeMany(what, texts.length));
}

/** Copies why a row could not be loaded, with the request ID that support asks for. */
export async function copyError(node: Node): Promise<void> {
  const error = errorShownBy(node);
  if (error) {
    await copy(errorDetails(error).map(toDisplayText).join('\n'), l10n.t('the error'));
  }
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
