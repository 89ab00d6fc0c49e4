import { randomBytes } from 'node:crypto';
import { Uri, ViewColumn, env, l10n, window, type Disposable, type WebviewPanel } from 'vscode';
import type { Copyable } from '../explorer/copyable';
import { detailOf } from '../explorer/detail';
import { maskText } from '../explorer/mask';
import type { ItemNode } from '../explorer/nodes';
import { show, showTime } from '../host/translate';
import { readFromPage, type PageContent, type ToPage } from './protocol';

const viewType = 'keyExplorer.detail';

/** The detail pages: one a key, shown again when the key is opened again. */
export class DetailPages implements Disposable {
  readonly #extension: Uri;
  readonly #copy: (node: ItemNode, what: Copyable) => Promise<void>;
  readonly #open = new Map<string, { panel: WebviewPanel; node: ItemNode }>();

  /** @param copy copies something of a row and says so */
  constructor(extension: Uri, copy: (node: ItemNode, what: Copyable) => Promise<void>) {
    this.#extension = extension;
    this.#copy = copy;
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
    const panel = window.createWebviewPanel(
      viewType,
      contentOf(node).title,
      { viewColumn: ViewColumn.Active, preserveFocus: true },
      {
        enableScripts: true,
        enableFindWidget: true,
        localResourceRoots: [Uri.joinPath(this.#extension, 'dist'), Uri.joinPath(this.#extension, 'media')],
      },
    );
    const page = { panel, node };
    this.#open.set(node.id, page);
    panel.onDidDispose(() => this.#open.delete(node.id));
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const said = readFromPage(message);
      if (said?.type === 'ready') {
        this.#send(page);
      } else if (said?.type === 'copy') {
        void this.#copy(page.node, said.what);
      }
    });
    panel.webview.html = this.#html(panel);
  }

  /** Closes the pages of an account that signed out. */
  closeBelow(accountNodeId: string): void {
    for (const [id, { panel }] of this.#open) {
      if (id.startsWith(`${accountNodeId}/`)) {
        panel.dispose();
      }
    }
  }

  dispose(): void {
    for (const { panel } of this.#open.values()) {
      panel.dispose();
    }
  }

  #send({ panel, node }: { panel: WebviewPanel; node: ItemNode }): void {
    const content = contentOf(node);
    panel.title = content.title;
    const message: ToPage = { type: 'show', content };
    void panel.webview.postMessage(message);
  }

  // No data is written into the page: it says that it is ready and gets them as a message.
  #html({ webview }: WebviewPanel): string {
    const nonce = randomBytes(16).toString('base64url');
    const script = webview.asWebviewUri(Uri.joinPath(this.#extension, 'dist', 'detail.js')).toString();
    const style = webview.asWebviewUri(Uri.joinPath(this.#extension, 'media', 'detail.css')).toString();
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
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
  }
}

function contentOf(node: ItemNode): PageContent {
  const detail = detailOf(node);
  return {
    title: show(detail.name),
    kind: show(node.listNode.collection.rowLabel),
    path: detail.path.map(show),
    facts: [
      ...(detail.id === undefined ? [] : [{ label: l10n.t('ID'), value: show(detail.id) }]),
      ...(detail.status === undefined ? [] : [{ label: l10n.t('Status'), value: show(detail.status) }]),
      ...detail.times.map(({ label, at }) => ({ label: show(label), value: showTime(at) })),
    ],
    marks: detail.marks.map(show),
    json: detail.json,
    mask: maskText,
    words: {
      path: l10n.t('Where it belongs'),
      json: l10n.t('JSON'),
      masked: l10n.t('A secret, masked'),
      copyId: l10n.t('Copy ID'),
      copyName: l10n.t('Copy Name'),
      copyJson: l10n.t('Copy JSON'),
    },
    can: { copyId: detail.id !== undefined, copyName: node.listed.row.item.name !== undefined },
  };
}
