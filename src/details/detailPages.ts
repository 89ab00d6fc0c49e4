import { randomBytes } from 'node:crypto';
import {
  Uri,
  ViewColumn,
  env,
  l10n,
  window,
  type Disposable,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import { asCloudError } from '../cloud/errors';
import type { Copyable } from '../explorer/present/copyable';
import { maskedRow } from '../explorer/present/keyDetails';
import type { Resolution } from '../explorer/resolveRef';
import { jsonText } from '../explorer/present/jsonText';
import { fieldOf } from '../base/guards';
import type { JsonPath } from '../base/jsonPath';
import type { ItemNode } from '../explorer/nodes';
import { errorSummary } from '../explorer/present/errorMessages';
import { escapeQuickInput, toDisplayText } from '../platform/translate';
import { contentOf } from './pageContent';
import { detailType } from './details';
import { readFromPage, type FromPage, type ToPage } from './protocol';

/** What the pages need of others. */
export interface DetailPagesDeps {
  /** Where the extension is installed. */
  readonly extension: Uri;
  /** Copies something of a row and says so. */
  readonly copy: (node: ItemNode, what: Copyable) => Promise<void>;
  /** Copies a secret and says so, without saying the secret. */
  readonly copySecret: (text: string) => Promise<void>;
  /** The one secret at a place of a row. */
  readonly secret: (node: ItemNode, at: JsonPath, signal: AbortSignal) => Promise<unknown>;
  /** Finds a row again after the window reloaded. */
  readonly find: (ref: string, signal: AbortSignal) => Promise<Resolution>;
  readonly showInSidebar: (ref: string, name: string) => Promise<void>;
  readonly signIn: (ref: string) => Promise<void>;
}

/** A page that is open. Without a node it is being looked for, or says why it cannot be shown. */
interface Page {
  readonly panel: WebviewPanel;
  readonly ref: string;
  readonly closing: AbortController;
  node: ItemNode | undefined;
  /** What the button beside a message does. */
  act: (() => Promise<void>) | undefined;
}

/** The detail pages: one a key, shown again when the key is opened again, and back after the window reloads. */
export class DetailPages implements Disposable, WebviewPanelSerializer {
  readonly #parts: DetailPagesDeps;
  readonly #open = new Map<string, Page>();

  constructor(parts: DetailPagesDeps) {
    this.#parts = parts;
  }

  /** Opens a key's page, or shows it again with what is known now. The keyboard stays where it is. */
  open(node: ItemNode): void {
    const known = this.#open.get(node.id);
    if (known) {
      known.node = node;
      this.#send(known);
      known.panel.reveal(undefined, true);
      return;
    }
    const { title } = contentOf(node);
    const panel = window.createWebviewPanel(
      detailType,
      title,
      { viewColumn: ViewColumn.Active, preserveFocus: true },
      { enableFindWidget: true },
    );
    this.#take(panel, node.id, node);
  }

  /** Called by VS Code for each page that was open before the window reloaded. */
  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const ref = fieldOf(state, 'ref');
    if (typeof ref !== 'string') {
      panel.dispose();
      return;
    }
    // VS Code brings a page back only when it is shown: the key may have been opened again by then. The one that the user looks
    // at stays.
    const other = this.#open.get(ref);
    this.#take(panel, ref, other?.node);
    other?.panel.dispose();
  }

  /** Closes the pages of an account that signed out. */
  closeBelow(accountNodeId: string): void {
    for (const [ref, { panel }] of this.#open) {
      if (ref.startsWith(`${accountNodeId}/`)) {
        panel.dispose();
      }
    }
  }

  dispose(): void {
    for (const { panel } of this.#open.values()) {
      panel.dispose();
    }
  }

  #take(panel: WebviewPanel, ref: string, node: ItemNode | undefined): void {
    const page: Page = { panel, ref, node, closing: new AbortController(), act: undefined };
    this.#open.set(ref, page);
    panel.onDidDispose(() => {
      if (this.#open.get(ref) === page) {
        this.#open.delete(ref);
      }
      page.closing.abort();
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const said = readFromPage(message);
      if (said) {
        this.#answer(page, said).catch((error: unknown) => this.#complain(error));
      }
    });
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(this.#parts.extension, 'dist'), Uri.joinPath(this.#parts.extension, 'media')],
    };
    const icon = (theme: string): Uri => Uri.joinPath(this.#parts.extension, 'media', `key-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.html = this.#html(panel);
  }

  async #answer(page: Page, said: FromPage): Promise<void> {
    const { node, ref } = page;
    switch (said.kind) {
      case 'ready':
        return node ? this.#send(page) : this.#restore(page);
      case 'act':
        return page.act?.();
      case 'showInSidebar':
        return this.#parts.showInSidebar(ref, page.panel.title);
      case 'copy':
        return node && this.#parts.copy(node, said.what);
      case 'reveal':
      case 'copySecret': {
        const value = await this.#secret(page, said.at);
        if (value === undefined) {
          return undefined;
        }
        return said.kind === 'reveal'
          ? this.#post(page, { kind: 'secret', at: said.at, value: jsonText(value) })
          : this.#parts.copySecret(typeof value === 'string' ? value : jsonText(value, ''));
      }
    }
  }

  async #secret({ node, closing }: Page, at: number): Promise<unknown> {
    const place = node && maskedRow(node).places[at];
    return place && this.#parts.secret(node, place, closing.signal);
  }

  async #restore(page: Page): Promise<void> {
    const { ref, closing } = page;
    const found = await this.#parts.find(ref, closing.signal);
    if (closing.signal.aborted) {
      return;
    }
    const again = async (): Promise<void> => this.#restore(page);
    switch (found.kind) {
      case 'there':
        page.node = found.node;
        return this.#send(page);
      case 'gone':
        // VS Code keeps the title of a page over a reload.
        return this.#say(
          page,
          l10n.t('The key {0} is no longer there.', page.panel.title),
          l10n.t('Look Again'),
          again,
        );
      case 'hidden':
        return this.#say(page, l10n.t('The filter on its list hides this key.'), l10n.t('Show in Sidebar'), async () =>
          this.#parts.showInSidebar(ref, page.panel.title),
        );
      case 'signedOut':
        return this.#say(
          page,
          l10n.t('The account of the key {0} is signed out.', page.panel.title),
          l10n.t('Sign In'),
          async () => {
            await this.#parts.signIn(ref);
            await again();
          },
        );
      case 'failed':
        return this.#say(page, toDisplayText(errorSummary(found.error)), l10n.t('Retry'), again);
    }
  }

  #say(page: Page, text: string, action?: string, act?: () => Promise<void>): void {
    page.act = act;
    this.#post(page, { kind: 'say', ref: page.ref, text, ...(action === undefined ? {} : { action }) });
  }

  #send(page: Page): void {
    if (page.node) {
      const content = contentOf(page.node);
      page.panel.title = content.title;
      this.#post(page, { kind: 'show', ref: page.ref, content });
    }
  }

  #post({ panel }: Page, message: ToPage): void {
    void panel.webview.postMessage(message);
  }

  #complain(error: unknown): void {
    const { failure } = asCloudError(error);
    if (failure.kind !== 'cancelled') {
      void window.showErrorMessage(
        escapeQuickInput(toDisplayText(failure.reason ?? errorSummary(asCloudError(error)))),
      );
    }
  }

  // No data is written into the page: it says that it is ready and gets them as a message.
  #html({ webview }: WebviewPanel): string {
    const nonce = randomBytes(16).toString('base64url');
    const script = webview.asWebviewUri(Uri.joinPath(this.#parts.extension, 'dist', 'detail.js')).toString();
    const style = webview.asWebviewUri(Uri.joinPath(this.#parts.extension, 'media', 'detail.css')).toString();
    const policy = [
      "default-src 'none'",
      `style-src ${webview.cspSource}`,
      `script-src 'nonce-${nonce}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; ');
    return `<!DOCTYPE html>
<html lang="${env.language}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Key Explorer</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<main></main>
<p id="status" role="status"></p>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
  }
}
