import type { Disposable, WebviewPanel, WebviewPanelSerializer } from 'vscode';
import type { ItemNode } from '../explorer/nodes';
import type { DetailPages, DetailPagesDeps } from './detailPages';

/** The view type of the pages, as in package.json. */
export const detailType = 'keyExplorer.detail';

/** The pages of keys; their code is loaded with the first page. */
export class Details implements Disposable, WebviewPanelSerializer {
  readonly #deps: DetailPagesDeps;
  #pages: Promise<DetailPages> | undefined;

  constructor(deps: DetailPagesDeps) {
    this.#deps = deps;
  }

  /** Opens or updates a key's page. The focus stays. */
  async open(node: ItemNode): Promise<void> {
    (await this.#loaded()).open(node);
  }

  /** Restores a page after the window was reloaded. */
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
    this.#pages ??= import('./detailPages').then((loaded) => new loaded.DetailPages(this.#deps));
    return this.#pages;
  }
}
