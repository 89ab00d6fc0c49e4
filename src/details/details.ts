import type { Disposable, WebviewPanel, WebviewPanelSerializer } from 'vscode';
import type { ItemNode } from '../explorer/nodes';
import type { DetailPages, DetailPagesDeps } from './detailPages';

/** The pages' type, as the manifest has it. */
export const detailType = 'keyExplorer.detail';

/** The detail pages, whose code is loaded with the first page. */
export class Details implements Disposable, WebviewPanelSerializer {
  readonly #parts: DetailPagesDeps;
  #pages: Promise<DetailPages> | undefined;

  constructor(parts: DetailPagesDeps) {
    this.#parts = parts;
  }

  /** Opens a key's page, or shows it again with what is known now. The keyboard stays where it is. */
  async open(node: ItemNode): Promise<void> {
    (await this.#loaded()).open(node);
  }

  /** Called by VS Code for each page that was open before the window reloaded. */
  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    await (await this.#loaded()).deserializeWebviewPanel(panel, state);
  }

  /** Closes the pages of an account that signed out. */
  closeBelow(accountNodeId: string): void {
    void this.#pages?.then((pages) => pages.closeBelow(accountNodeId));
  }

  dispose(): void {
    void this.#pages?.then((pages) => pages.dispose());
  }

  async #loaded(): Promise<DetailPages> {
    this.#pages ??= import('./detailPages').then((loaded) => new loaded.DetailPages(this.#parts));
    return this.#pages;
  }
}
