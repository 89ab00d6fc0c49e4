import { phrase, type Phrase } from '../catalog/phrase';
import type { LocalNames } from '../catalog/shape';
import { maskText } from './mask';
import { nameOf, type ItemNode, type ListNode, type Node, type NoteNode, type PagerNode } from './nodes';
import { shortCause } from './words';

/** What a row is called: a text of ours, or a name from the cloud as it came. */
export function labelOf(node: Node): Phrase | string {
  switch (node.kind) {
    case 'account':
      return node.account.label ?? node.account.user.name;
    case 'service':
      return node.service.label;
    case 'list':
      return node.collection.label;
    case 'item':
      return nameOf(node) ?? phrase('(no name)');
    case 'pager':
      return pagerLabel(node);
    case 'note':
      return noteLabel(node);
  }
}

function pagerLabel({ listNode: { list } }: PagerNode): Phrase {
  const { received, total, error, cut, loading } = list;
  if (loading) {
    return phrase('Loading…');
  }
  if (cut) {
    return phrase('The list is longer than the service can show ({0} shown)', received);
  }
  if (error) {
    return phrase('Retry');
  }
  return total === undefined
    ? phrase('Load more ({0} so far)', received)
    : phrase('Load more ({0} of {1})', received, total);
}

function noteLabel({ note, listNode }: NoteNode): Phrase {
  switch (note.says) {
    case 'empty':
      return phrase('Nothing here: read what it is for');
    case 'unmatched':
      return phrase('Nothing matches: clear the filter');
    case 'noProject':
      return phrase('This token serves no project by itself');
    case 'hidden':
      return phrase('All of it is hidden: choose what is shown');
    case 'notOffered':
      return listNode
        ? phrase('Not offered in this region: hide')
        : phrase('Not known to be offered in this region: hide');
    case 'forbidden':
      return phrase('No permission');
    case 'signedOut':
      return phrase('Signed out: sign in again');
    case 'failed':
      return note.error.failure.accept === undefined
        ? phrase('Could not load: retry')
        : phrase('Accept a new address: {0}', hostOf(note.error.failure.accept));
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
export function countLabel({ list }: ListNode): Phrase | undefined {
  if (list.untouched || list.error) {
    return undefined;
  }
  const { total, received, ended } = list;
  return total === undefined && !ended ? phrase('{0} so far', received) : phrase('{0} in all', total ?? received);
}

/** Why a row does not show what it should, in a few words. */
export function causeOf(node: PagerNode | NoteNode): Phrase | undefined {
  const error = node.kind === 'pager' ? node.listNode.list.error : 'error' in node.note ? node.note.error : undefined;
  return error && shortCause(error);
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\/(?:[^/@]*@)?/, '').replace(/\/.*$/s, '');
}
