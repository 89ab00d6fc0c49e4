import { copyables, type Copyable } from '../explorer/present/copyable';

// What the two halves of the detail page say to each other. Both check what they get.

/** What the page shows: texts in the reader's language, ready to be shown as text. */
export interface PageContent {
  readonly title: string;
  readonly kind: string;
  readonly path: readonly string[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly marks: readonly string[];
  /** Pretty-printed, secrets masked. */
  readonly json: string;
  /** The text that stands for a secret, as it stands in `json`. */
  readonly mask: string;
  readonly words: {
    readonly path: string;
    readonly json: string;
    readonly masked: string;
    readonly reveal: string;
    readonly hide: string;
    readonly copySecret: string;
    readonly revealed: string;
    readonly copyId: string;
    readonly copyName: string;
    readonly copyJson: string;
    readonly showInSidebar: string;
  };
  readonly can: { readonly copyId: boolean; readonly copyName: boolean };
}

/** From the extension to the page. `ref` is all that the page keeps: the ID of the row's node. `at` counts masked secrets. */
export type ToPage =
  | { readonly kind: 'show'; readonly ref: string; readonly content: PageContent }
  | { readonly kind: 'say'; readonly ref: string; readonly text: string; readonly action?: string }
  | { readonly kind: 'secret'; readonly at: number; readonly value: string };

/** From the page to the extension. `act` does what was offered beside what was said. */
export type FromPage =
  | { readonly kind: 'ready' | 'act' | 'showInSidebar' }
  | { readonly kind: 'copy'; readonly what: Copyable }
  | { readonly kind: 'reveal' | 'copySecret'; readonly at: number };

/** A message of the page; nothing where it is none. */
export function readFromPage(message: unknown): FromPage | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) {
    return undefined;
  }
  const { type } = message;
  if (type === 'ready' || type === 'act' || type === 'showInSidebar') {
    return { kind: type };
  }
  if ((type === 'reveal' || type === 'copySecret') && 'at' in message) {
    return typeof message.at === 'number' && Number.isInteger(message.at) ? { kind: type, at: message.at } : undefined;
  }
  const what = type === 'copy' && 'what' in message ? copyables.find((each) => each === message.what) : undefined;
  return what && { kind: 'copy', what };
}
