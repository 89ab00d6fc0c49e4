import { l10n, window, type QuickPickItem } from 'vscode';
import type { FilterValue } from '../cloud/client';
import { labelOf } from '../explorer/present/labels';
import type { ListNode } from '../explorer/nodes';
import { escapeQuickInput, toDisplayText } from '../platform/translate';

type Declared = ListNode['collection']['filters'][number];

/** A choice: a declared filter, and whether it matches exactly. */
interface FilterPick extends QuickPickItem {
  readonly declared: Declared;
  readonly exact: boolean;
}

/** Asks for a filter of a list. @returns undefined if the user closed the question */
export async function askFilter(node: ListNode): Promise<FilterValue | undefined> {
  const title = l10n.t('Filter {0}', toDisplayText(labelOf(node)));
  const picks = node.collection.filters.flatMap(picksOf);
  const pick =
    picks.length > 1 ? await window.showQuickPick(picks, { title, placeHolder: l10n.t('Select a filter') }) : picks[0];
  if (!pick) {
    return undefined;
  }
  const { declared, exact } = pick;
  const text = await window.showInputBox({
    title,
    prompt: pick.label,
    value: node.filter?.id === declared.id ? node.filter.text : '',
    password: declared.secret === true,
    ignoreFocusOut: true,
    validateInput: (typed) => invalidText(typed, declared),
  });
  return text === undefined ? undefined : { id: declared.id, text, exact };
}

function picksOf(declared: Declared): FilterPick[] {
  const label = toDisplayText(declared.label);
  const exactly = {
    label: escapeQuickInput(l10n.t('{0} is exactly', label)),
    declared,
    exact: declared.exact !== undefined,
  };
  const contains = { label: escapeQuickInput(l10n.t('{0} contains', label)), declared, exact: false };
  return declared.match !== 'contains' ? [exactly] : declared.exact ? [contains, exactly] : [contains];
}

function invalidText(text: string, { length = { min: 1, max: 64 } }: Declared): string | undefined {
  if (text.length < length.min) {
    return l10n.t('At least {0} characters.', length.min);
  }
  return text.length > length.max ? l10n.t('At most {0} characters.', length.max) : undefined;
}
