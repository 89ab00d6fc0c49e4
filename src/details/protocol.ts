import { copyables, type Copyable } from '../explorer/present/copyable';

// The messages between the extension host and the script of the key page. Both sides validate what they receive.

/** The content of a page: texts in the reader's language, to be shown as text, never as HTML. */
export interface PageContent {
  readonly title: string;
  readonly kind: string;
  readonly path: readonly string[];
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly warnings: readonly string[];
  /** Pretty-printed, secrets masked. */
  readonly json: string;
  /** The text in `json` that replaces each secret. */
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

/** From the extension to the page. `ref`: the node's ID, which the page saves as its state. `at`: index of a masked secret. */
export type ToPage =
  | { readonly kind: 'show'; readonly ref: string; readonly content: PageContent }
  | { readonly kind: 'say'; readonly ref: string; readonly text: string; readonly action?: string }
  | { readonly kind: 'secret'; readonly at: number; readonly value: string };

/** From the page to the extension. `act`: the user pressed the button of a `say` message. */
export type FromPage =
  | { readonly kind: 'ready' | 'act' | 'showInSidebar' }
  | { readonly kind: 'copy'; readonly what: Copyable }
  | { readonly kind: 'reveal' | 'copySecret'; readonly at: number };

/** A message of the page; undefined if it has another form. */
export function readFromPage(message: unknown): FromPage | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) {
    return undefined;
  }
  const { kind } = message;
  if (kind === 'ready' || kind === 'act' || kind === 'showInSidebar') {
    return { kind };
  }
  if ((kind === 'reveal' || kind === 'copySecret') && 'at' in message) {
    return typeof message.at === 'number' && Number.isInteger(message.at) ? { kind, at: message.at } : undefined;
  }
  const what = kind === 'copy' && 'what' in message ? copyables.find((each) => each === message.what) : undefined;
  return what && { kind: 'copy', what };
}
