import { l10n, window, type QuickPickItem } from 'vscode';
import type { FilterValue } from '../cloud/client';
import { labelOf } from '../explorer/present/labels';
import type { ListNode } from '../explorer/nodes';
import { escapeQuickInput, toDisplayText } from '../platform/translate';

type Declared = ListNode['collection']['filters'][number];

/** One way to narrow a list: a declared filter, and whether by its exact switch. */
interface Way extends QuickPickItem {
  readonly declared: Declared;
  readonly exact: boolean;
}

/** Asks by what a list is to be narrowed. @returns nothing where its user closed it */
export async function askFilter(node: ListNode): Promise<FilterValue | undefined> {
  const title = l10n.t('Filter {0}', toDisplayText(labelOf(node)));
  const ways = node.collection.filters.flatMap(waysOf);
  const way =
    ways.length > 1 ? await window.showQuickPick(ways, { title, placeHolder: l10n.t('Select a filter') }) : ways[0];
  if (!way) {
    return undefined;
  }
  const { declared, exact } = way;
  const text = await window.showInputBox({
    title,
    prompt: way.label,
    value: node.filter?.id === declared.id ? node.filter.text : '',
    password: declared.secret === true,
    ignoreFocusOut: true,
    validateInput: (typed) => wrongText(typed, declared),
  });
  return text === undefined ? undefined : { id: declared.id, text, exact };
}

function waysOf(declared: Declared): Way[] {
  const label = toDisplayText(declared.label);
  const whole = {
    label: escapeQuickInput(l10n.t('{0} is exactly', label)),
    declared,
    exact: declared.exact !== undefined,
  };
  const part = { label: escapeQuickInput(l10n.t('{0} contains', label)), declared, exact: false };
  return declared.match !== 'contains' ? [whole] : declared.exact ? [part, whole] : [part];
}

function wrongText(text: string, { length = { min: 1, max: 64 } }: Declared): string | undefined {
  if (text.length < length.min) {
    return l10n.t('At least {0} characters.', length.min);
  }
  return text.length > length.max ? l10n.t('At most {0} characters.', length.max) : undefined;
}
