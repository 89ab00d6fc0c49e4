import { copyables, type Copyable } from '../explorer/copyable';

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
    readonly copyId: string;
    readonly copyName: string;
    readonly copyJson: string;
  };
  readonly can: { readonly copyId: boolean; readonly copyName: boolean };
}

/** From the extension to the page. */
export interface ToPage {
  readonly type: 'show';
  readonly content: PageContent;
}

/** From the page to the extension. */
export type FromPage = { readonly type: 'ready' } | { readonly type: 'copy'; readonly what: Copyable };

/** A message of the page; nothing where it is none. */
export function readFromPage(message: unknown): FromPage | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) {
    return undefined;
  }
  if (message.type === 'ready') {
    return { type: 'ready' };
  }
  const what =
    message.type === 'copy' && 'what' in message ? copyables.find((each) => each === message.what) : undefined;
  return what && { type: 'copy', what };
}
