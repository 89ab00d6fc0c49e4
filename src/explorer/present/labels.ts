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

/** What a row is called: a text of ours, or a name from the cloud as it came. */
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
  const { truncated: cut, loading } = listNode.list;
  const { seen, total } = countsOf(listNode);
  if (loading) {
    return phrase('Loading…');
  }
  if (cut) {
    return phrase('Only {0} rows can be shown', seen);
  }
  return total === undefined ? phrase('Load more ({0} so far)', seen) : phrase('Load more ({0} of {1})', seen, total);
}

/** What people call a row, beside its name: what the cloud tells outweighs what the documents say. */
export function localNamesOf({ listNode, listed }: Pick<ItemNode, 'listNode' | 'listed'>): LocalNames | undefined {
  const { name, localNames } = listed.row.item;
  const told = name === undefined ? undefined : listNode.localNames?.get(name);
  return told ? { ...localNames, ...told } : localNames;
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

/** What is unexpected about the data of a row. */
export function warningsOf({ listed: { row, clash } }: Pick<ItemNode, 'listed'>): readonly Phrase[] {
  return [
    ...(row.bad.length > 0 ? [phrase('Unexpected fields: {0}', row.bad.map((at) => at || '*').join(', '))] : []),
    ...(clash ? [phrase('Another row has the same ID and other content')] : []),
    ...(row.item.id === undefined ? [phrase('This row has no ID')] : []),
  ];
}

/** What a list is narrowed to; a secret text is not shown. */
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
 * How many rows of a list, or of a part of it, are seen, and how many will be, as far as that is known. A row that came and is
 * not shown, came twice, or is gone, is in neither.
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

/** How many rows a narrowed list has, as far as that is known. */
export function countLabel(listNode: ListNode): Phrase | string | undefined {
  const { notLoaded: untouched, error, done: ended, spanComplete: full } = listNode.list;
  if (untouched || error) {
    return undefined;
  }
  const { seen, total } = countsOf(listNode);
  return total === undefined && (!ended || full) ? phrase('{0} so far', seen) : String(total ?? seen);
}

/** Why a row does not show what it should, in a few words; an address to accept is its own cause. */
export function causeOf(node: Node): Phrase | string | undefined {
  const error = errorShownBy(node);
  const address = error?.failure.accept;
  return error && (address === undefined ? errorSummary(error) : hostOf(address));
}

/** The cause where a row's label does not say it. */
export function causeNotInLabel(node: Node): Phrase | string | undefined {
  const isFault = errorShownBy(node)?.failure.signIn !== undefined;
  return isFault || offerOf(node)?.needsCause ? causeOf(node) : undefined;
}

/** Why an account is signed out; undefined if it is not, as far as this window knows. */
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

/** What an account's row says of that: that it is signed out, and why. */
export function signedOutLabels(node: AccountNode): readonly Phrase[] {
  const error = signedOutFor(node);
  if (!error) {
    return [];
  }
  const why = error.failure.signIn ? errorSummary(error) : node.account.refused ? phrase('Refused') : undefined;
  return [phrase('sign-in no longer valid'), ...(why ? [why] : [])];
}
