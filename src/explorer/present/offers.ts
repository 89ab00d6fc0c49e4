import { phrase, type Phrase } from '../../base/phrase';
import { failureMessage, type Node, type Message } from '../nodes';
import type { ContextTag } from './contextTags';

/** The action of a message row, or of a pager whose page failed. */
export interface Offer {
  /** The state and the action of a click, short enough for a narrow sidebar. The tooltip has the details. */
  readonly label: Phrase;
  /** The command of a click. */
  readonly command?: `keyExplorer.${string}`;
  /** A codicon and its theme colour. */
  readonly icon: readonly [id: string, color?: string];
  /** Context-value tags of the row. */
  readonly tags: readonly ContextTag[];
  /** True if the label does not name the cause. */
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

/** The actions by kind of message. */
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
  // No retry: it would only send the refused sign-in again.
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

/** The offer of a row; undefined for other rows and for pagers without an error. */
export function offerOf(node: Node): Offer | undefined {
  const message =
    node.kind === 'message' ? node.message : node.kind === 'pager' ? failureMessage(node.listNode) : undefined;
  return message && offers[message.kind];
}
