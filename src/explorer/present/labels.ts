import { phrase, type Phrase } from '../../base/phrase';
import type { LocalNames } from '../../catalog/declaration';
import { hostOf } from '../../cloud/url';
import { CloudError } from '../../cloud/errors';
import { maskText } from '../../base/secretText';
import {
  accountOf,
  errorShownBy,
  nameOf,
  type AccountNode,
  type ItemNode,
  type ListNode,
  type Node,
  type PagerNode,
} from '../nodes';
import { offerOf } from './offers';
import type { Span } from '../loadedRows';
import { isShown } from '../visibility';
import { errorSummary } from './errorMessages';

/** The label of a row: a text of the extension, or a name from the cloud, unescaped. */
export function labelOf(node: Node): Phrase | string {
  switch (node.kind) {
    case 'account':
      return node.account.label ?? node.account.user.name;
    case 'service':
      return node.service.label;
    case 'list':
      return node.range ? rangeLabel(node.range, node.range.of.list.total) : node.collection.label;
    case 'item':
      return nameOf(node) ?? phrase('(no name)');
    case 'pager':
      return offerOf(node)?.label ?? pagerLabel(node);
    case 'message':
      return offerOf(node)?.label ?? '';
  }
}

function rangeLabel({ from, until }: Span, total: number | undefined): Phrase {
  return total === undefined
    ? phrase('{0} to {1}', from + 1, until)
    : phrase('{0} to {1} of {2}', from + 1, Math.min(until, total), total);
}

function pagerLabel({ listNode }: PagerNode): Phrase {
  const { truncated, loading } = listNode.list;
  const { seen, total } = countsOf(listNode);
  if (loading) {
    return phrase('Loading…');
  }
  if (truncated) {
    return phrase('Only {0} rows can be shown', seen);
  }
  return total === undefined ? phrase('Load more ({0} so far)', seen) : phrase('Load more ({0} of {1})', seen, total);
}

/** Display names of a row, shown beside its name. Names from the cloud override those from the documents. */
export function localNamesOf({ listNode, listed }: Pick<ItemNode, 'listNode' | 'listed'>): LocalNames | undefined {
  const { name, localNames } = listed.row.item;
  const loaded = name === undefined ? undefined : listNode.localNames?.get(name);
  return loaded ? { ...localNames, ...loaded } : localNames;
}

/** A time of a row, as the cloud sent it. */
export interface RowTime {
  readonly label: Phrase;
  readonly at: string | number;
}

/** The times of a row. */
export function timesOf({ listed }: Pick<ItemNode, 'listed'>): readonly RowTime[] {
  const { created, updated, used, bound } = listed.row.item.times ?? {};
  return [
    { label: phrase('Created'), at: created },
    { label: phrase('Updated'), at: updated },
    { label: phrase('Bound'), at: bound },
    { label: phrase('Last used'), at: used },
  ].flatMap(({ label, at }) => (at ? [{ label, at: typeof at === 'object' ? at.text : at }] : []));
}

/** Warnings about unexpected data of a row. */
export function warningsOf({ listed: { row, clash } }: Pick<ItemNode, 'listed'>): readonly Phrase[] {
  return [
    ...(row.bad.length > 0 ? [phrase('Unexpected fields: {0}', row.bad.map((at) => at || '*').join(', '))] : []),
    ...(clash ? [phrase('Another row has the same ID and other content')] : []),
    ...(row.item.id === undefined ? [phrase('This row has no ID')] : []),
  ];
}

/** The filter of a list; a secret text is masked. */
export function filterLabel({ collection, filter }: ListNode): Phrase | undefined {
  const declared = collection.filters.find(({ id }) => id === filter?.id);
  if (!filter || !declared) {
    return undefined;
  }
  const text = declared.secret ? maskText : filter.text;
  const whole = filter.exact || declared.match !== 'contains';
  return whole ? phrase('= {0}', text) : phrase('contains {0}', text);
}

/**
 * The numbers of rows of a list or range: shown so far, and in total if known. Hidden, duplicate and disappeared rows count
 * in neither.
 */
export function countsOf(listNode: ListNode): { readonly seen: number; readonly total: number | undefined } {
  const { list, range } = listNode;
  const { rows, received, total } = list;
  const account = accountOf(listNode)?.account;
  const seen = rows.filter((listed) => !listed.gone && isShown(listed, account)).length;
  const from = range?.from ?? 0;
  const unseen = received - from - seen;
  return { seen, total: total === undefined ? undefined : Math.min(total, range?.until ?? total) - from - unseen };
}

/** The number of rows of a filtered list, as far as known. */
export function countLabel(listNode: ListNode): Phrase | string | undefined {
  const { notLoaded, error, done, spanComplete } = listNode.list;
  if (notLoaded || error) {
    return undefined;
  }
  const { seen, total } = countsOf(listNode);
  return total === undefined && (!done || spanComplete) ? phrase('{0} so far', seen) : String(total ?? seen);
}

/** The error of a row in a few words, or the address to accept. */
export function causeOf(node: Node): Phrase | string | undefined {
  const error = errorShownBy(node);
  const address = error?.failure.accept;
  return error && (address === undefined ? errorSummary(error) : hostOf(address));
}

/** The cause of an error if the label does not name it. */
export function causeNotInLabel(node: Node): Phrase | string | undefined {
  const isFault = errorShownBy(node)?.failure.signIn !== undefined;
  return isFault || offerOf(node)?.needsCause ? causeOf(node) : undefined;
}

/** The error of an account's sign-in; undefined if it is valid, as far as this window knows. */
export function signedOutFor({ account, signedOut }: AccountNode): CloudError | undefined {
  const { refused, refusalReason } = account;
  if (!refused && !refusalReason) {
    return signedOut;
  }
  return new CloudError({
    kind: 'unauthenticated',
    ...(refused ? { reason: phrase('The cloud refused the sign-in.') } : {}),
    ...(refusalReason ? { signIn: refusalReason } : {}),
  });
}

/** The texts for an account whose sign-in is no longer valid, with the reason. */
export function signedOutLabels(node: AccountNode): readonly Phrase[] {
  const error = signedOutFor(node);
  if (!error) {
    return [];
  }
  const reason = error.failure.signIn ? errorSummary(error) : node.account.refused ? phrase('Refused') : undefined;
  return [phrase('sign-in no longer valid'), ...(reason ? [reason] : [])];
}
