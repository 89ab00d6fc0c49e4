import { phrase, type Phrase } from '../catalog/phrase';
import type { LocalNames } from '../catalog/shape';
import { maskText } from '../catalog/secretText';
import { nameOf, type ItemNode, type ListNode, type Node, type NoteNode, type PagerNode } from './nodes';
import type { Span } from './pagedList';
import { shortCause } from './words';

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
      return pagerLabel(node);
    case 'note':
      return noteLabel(node);
  }
}

function rangeLabel({ from, until }: Span, total: number | undefined): Phrase {
  return total === undefined
    ? phrase('{0} to {1}', from + 1, until)
    : phrase('{0} to {1} of {2}', from + 1, Math.min(until, total), total);
}

function pagerLabel({ listNode: { list, range } }: PagerNode): Phrase {
  const { rows, received, total, error, cut, loading } = list;
  if (loading) {
    return phrase('Loading…');
  }
  if (cut) {
    // Rows that came twice were received twice.
    return phrase('Only {0} rows can be shown', (range?.from ?? 0) + rows.length);
  }
  if (error) {
    return phrase('Retry');
  }
  return total === undefined
    ? phrase('Load more ({0} so far)', received)
    : phrase('Load more ({0} of {1})', received, total);
}

// Short enough for a narrow sidebar: what there is to say, and what a click does. The tooltip says the rest.
function noteLabel({ note, listNode }: NoteNode): Phrase {
  switch (note.says) {
    case 'empty':
      return phrase('Nothing here · open docs');
    case 'unmatched':
      return phrase('No match · clear filter');
    case 'noProject':
      return phrase('Token serves no project');
    case 'hidden':
      return phrase('All hidden · choose');
    case 'notOffered':
      return listNode ? phrase('Not offered here · hide') : phrase('No address known · hide');
    case 'forbidden':
      return phrase('No permission · retry');
    case 'signedOut':
      return phrase('Signed out · sign in');
    case 'failed':
      return note.error.failure.accept === undefined ? phrase('Retry') : phrase('Accept a new address');
  }
}

/** What people call a row, beside its name: what the cloud tells outweighs what the documents say. */
export function localNamesOf({ listNode, listed }: Pick<ItemNode, 'listNode' | 'listed'>): LocalNames | undefined {
  const { name, localNames } = listed.row.item;
  const told = name === undefined ? undefined : listNode.localNames?.get(name);
  return told ? { ...localNames, ...told } : localNames;
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

/** How many rows a narrowed list has, as far as that is known. */
export function countLabel({ list }: ListNode): Phrase | string | undefined {
  if (list.untouched || list.error) {
    return undefined;
  }
  const { total, received, ended } = list;
  return total === undefined && !ended ? phrase('{0} so far', received) : String(total ?? received);
}

/** Why a row does not show what it should, in a few words; an address to accept is its own cause. */
export function causeOf(node: PagerNode | NoteNode): Phrase | string | undefined {
  const error = node.kind === 'pager' ? node.listNode.list.error : 'error' in node.note ? node.note.error : undefined;
  const address = node.kind === 'note' ? error?.failure.accept : undefined;
  return error && (address === undefined ? shortCause(error) : hostOf(address));
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\/(?:[^/@]*@)?/, '').replace(/\/.*/s, '');
}
