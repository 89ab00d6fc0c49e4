import { phrase, type Phrase } from '../../base/phrase';
import { failureMessage, type Node, type Message } from '../nodes';
import type { ContextTag } from './contextTags';

/** What a row offers that stands in the place of a list's rows, or below them where the next page could not be loaded. */
export interface Offer {
  /** Short enough for a narrow sidebar: what there is to say, and what a click does. The tooltip says the rest. */
  readonly label: Phrase;
  /** The command of a click. */
  readonly command?: `keyExplorer.${string}`;
  /** A codicon, and the ID of its colour. */
  readonly icon: readonly [id: string, color?: string];
  /** Context-value tags of the row. */
  readonly tags: readonly ContextTag[];
  /** True where the label does not say what happened. */
  readonly needsCause?: true;
}

const retry = { command: 'keyExplorer.retry', tags: ['canRetry'] } as const;
const hide = { command: 'keyExplorer.hide', icon: ['info'] } as const;
const accept = {
  command: 'keyExplorer.acceptAddress',
  icon: ['error', 'list.errorForeground'],
  tags: ['canAccept', 'canRetry'],
  needsCause: true,
} as const;

/** The one table of what can be done, whatever the place. */
const offers: Readonly<Record<Message['kind'], Offer>> = {
  empty: { label: phrase('Nothing here · open docs'), command: 'keyExplorer.openDocs', icon: ['info'], tags: [] },
  unmatched: {
    label: phrase('No match · clear filter'),
    command: 'keyExplorer.clearFilter',
    icon: ['filter'],
    tags: [],
  },
  noProject: {
    label: phrase('Token serves no project · sign in'),
    command: 'keyExplorer.signInAgain',
    icon: ['warning', 'list.warningForeground'],
    tags: ['canSignIn'],
  },
  hidden: {
    label: phrase('All hidden · choose'),
    command: 'keyExplorer.manageAccounts',
    icon: ['eye-closed'],
    tags: ['canManage'],
  },
  hiddenHere: {
    label: phrase('All hidden · show'),
    command: 'keyExplorer.showAllServices',
    icon: ['eye-closed'],
    tags: [],
  },
  noAddress: { label: phrase('No address known · hide'), ...hide, tags: ['canHide'] },
  notOffered: { label: phrase('Not offered here · hide'), ...hide, tags: ['canHide', 'canRetry'] },
  forbidden: { label: phrase('No permission · retry'), icon: ['lock'], ...retry },
  // Asking again would only send once more what was refused.
  signedOut: {
    label: phrase('Sign-in invalid · sign in'),
    command: 'keyExplorer.signInAgain',
    icon: ['sign-in'],
    tags: ['canSignIn'],
  },
  newAddress: { label: phrase('Accept a new address'), ...accept },
  refusedAddress: { label: phrase('Address refused · accept'), ...accept },
  failed: { label: phrase('Retry'), icon: ['error', 'list.errorForeground'], ...retry, needsCause: true },
};

/** What a row offers; nothing for rows of other kinds, and where the next page can simply be loaded. */
export function offerOf(node: Node): Offer | undefined {
  const note =
    node.kind === 'message' ? node.message : node.kind === 'pager' ? failureMessage(node.listNode) : undefined;
  return note && offers[note.kind];
}
