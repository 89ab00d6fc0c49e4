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

/** Dependencies of the pages. */
export interface DetailPagesDeps {
  /** The folder of the extension. */
  readonly extension: Uri;
  /** Copies a part of a row and confirms it. */
  readonly copy: (node: ItemNode, what: Copyable) => Promise<void>;
  /** Copies a secret and confirms it without showing the secret. */
  readonly copySecret: (text: string) => Promise<void>;
  /** One secret of a row. */
  readonly secret: (node: ItemNode, at: JsonPath, signal: AbortSignal) => Promise<unknown>;
  /** Finds the row of a restored page. */
  readonly find: (ref: string, signal: AbortSignal) => Promise<Resolution>;
  readonly showInSidebar: (ref: string, name: string) => Promise<void>;
  readonly signIn: (ref: string) => Promise<void>;
}

/** An open page. Without a node, its row is being looked for, or the page shows why there is none. */
interface KeyPage {
  readonly panel: WebviewPanel;
  readonly ref: string;
  readonly closing: AbortController;
  node: ItemNode | undefined;
  /** The action of the button beside a message. */
  act: (() => Promise<void>) | undefined;
}

/** The pages of keys: one for each key, restored after the window was reloaded. */
export class DetailPages implements Disposable, WebviewPanelSerializer {
  readonly #deps: DetailPagesDeps;
  readonly #open = new Map<string, KeyPage>();

  constructor(deps: DetailPagesDeps) {
    this.#deps = deps;
  }

  /** Opens or updates a key's page. The focus stays. */
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
    this.#register(panel, node.id, node);
  }

  /** Restores a page after the window was reloaded. */
  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const ref = fieldOf(state, 'ref');
    if (typeof ref !== 'string') {
      panel.dispose();
      return;
    }
    // VS Code restores a page when it becomes visible. By then the key may have been opened again: the restored page stays.
    const other = this.#open.get(ref);
    this.#register(panel, ref, other?.node);
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

  #register(panel: WebviewPanel, ref: string, node: ItemNode | undefined): void {
    const page: KeyPage = { panel, ref, node, closing: new AbortController(), act: undefined };
    this.#open.set(ref, page);
    panel.onDidDispose(() => {
      if (this.#open.get(ref) === page) {
        this.#open.delete(ref);
      }
      page.closing.abort();
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const request = readFromPage(message);
      if (request) {
        this.#answer(page, request).catch((error: unknown) => this.#reportError(error));
      }
    });
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(this.#deps.extension, 'dist'), Uri.joinPath(this.#deps.extension, 'media')],
    };
    const icon = (theme: string): Uri => Uri.joinPath(this.#deps.extension, 'media', `key-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.html = this.#html(panel);
  }

  async #answer(page: KeyPage, request: FromPage): Promise<void> {
    const { node, ref } = page;
    switch (request.kind) {
      case 'ready':
        return node ? this.#send(page) : this.#resolve(page);
      case 'act':
        return page.act?.();
      case 'showInSidebar':
        return this.#deps.showInSidebar(ref, page.panel.title);
      case 'copy':
        return node && this.#deps.copy(node, request.what);
      case 'reveal':
      case 'copySecret': {
        const value = await this.#secret(page, request.at);
        if (value === undefined) {
          return undefined;
        }
        return request.kind === 'reveal'
          ? this.#post(page, { kind: 'secret', at: request.at, value: jsonText(value) })
          : this.#deps.copySecret(typeof value === 'string' ? value : jsonText(value, ''));
      }
    }
  }

  async #secret({ node, closing }: KeyPage, at: number): Promise<unknown> {
    const place = node && maskedRow(node).places[at];
    return place && this.#deps.secret(node, place, closing.signal);
  }

  async #resolve(page: KeyPage): Promise<void> {
    const { ref, closing } = page;
    const found = await this.#deps.find(ref, closing.signal);
    if (closing.signal.aborted) {
      return;
    }
    const retry = async (): Promise<void> => this.#resolve(page);
    switch (found.kind) {
      case 'found':
        page.node = found.node;
        return this.#send(page);
      case 'gone':
        // VS Code restores the title of a page.
        return this.#say(
          page,
          l10n.t('The key {0} is no longer there.', page.panel.title),
          l10n.t('Look Again'),
          retry,
        );
      case 'hidden':
        return this.#say(page, l10n.t('The filter on its list hides this key.'), l10n.t('Show in Sidebar'), async () =>
          this.#deps.showInSidebar(ref, page.panel.title),
        );
      case 'signedOut':
        return this.#say(
          page,
          l10n.t('The account of the key {0} is signed out.', page.panel.title),
          l10n.t('Sign In'),
          async () => {
            await this.#deps.signIn(ref);
            await retry();
          },
        );
      case 'failed':
        return this.#say(page, toDisplayText(errorSummary(found.error)), l10n.t('Retry'), retry);
    }
  }

  #say(page: KeyPage, text: string, action?: string, act?: () => Promise<void>): void {
    page.act = act;
    this.#post(page, { kind: 'say', ref: page.ref, text, ...(action === undefined ? {} : { action }) });
  }

  #send(page: KeyPage): void {
    if (page.node) {
      const content = contentOf(page.node);
      page.panel.title = content.title;
      this.#post(page, { kind: 'show', ref: page.ref, content });
    }
  }

  #post({ panel }: KeyPage, message: ToPage): void {
    void panel.webview.postMessage(message);
  }

  #reportError(error: unknown): void {
    const { failure } = asCloudError(error);
    if (failure.kind !== 'cancelled') {
      void window.showErrorMessage(
        escapeQuickInput(toDisplayText(failure.reason ?? errorSummary(asCloudError(error)))),
      );
    }
  }

  // The HTML contains no data: the page reports that it is ready and gets its content as a message.
  #html({ webview }: WebviewPanel): string {
    const nonce = randomBytes(16).toString('base64url');
    const script = webview.asWebviewUri(Uri.joinPath(this.#deps.extension, 'dist', 'detail.js')).toString();
    const style = webview.asWebviewUri(Uri.joinPath(this.#deps.extension, 'media', 'detail.css')).toString();
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
