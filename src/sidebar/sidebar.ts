import { EventEmitter, window, type Disposable, type TreeDataProvider, type TreeItem, type TreeView } from 'vscode';
import type { Explorer } from '../explorer/explorer';
import type { Node, MessageNode, PagerNode } from '../explorer/nodes';
import type { Waits } from '../explorer/waits';
import { toDisplayText } from '../platform/translate';
import { treeItemOf } from './treeItems';

// As the manifest has it.
const viewId = 'keyExplorer.keys';

/** The view: turns the explorer's nodes into rows, and nothing more. */
export class Sidebar implements TreeDataProvider<Node>, Disposable {
  readonly #changes = new EventEmitter<Node | undefined>();
  readonly #explorer: Explorer;
  readonly #view: TreeView<Node>;
  // Kept here, since the view's own `selection` is empty for a moment whenever the rows around it are shown anew.
  #selection: readonly Node[] = [];
  readonly #subscriptions: readonly Pick<Disposable, 'dispose'>[];
  readonly onDidChangeTreeData = this.#changes.event;

  constructor(explorer: Explorer, waits: Waits) {
    this.#explorer = explorer;
    this.#view = window.createTreeView(viewId, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#view.onDidCollapseElement(({ element }) => this.#explorer.collapsed(element));
    this.#view.onDidChangeSelection(({ selection }) => {
      this.#selection = selection;
    });
    this.#subscriptions = [
      explorer.onDidChange((node) => this.#changes.fire(node)),
      waits.onDidChange(() => {
        this.#view.message = waits.label ? toDisplayText(waits.label) : '';
      }),
    ];
  }

  /** The rows chosen last, by click or by keyboard. */
  get selection(): readonly Node[] {
    return this.#selection.filter(({ id }) => this.#explorer.node(id));
  }

  /**
   * Loads the next page, and puts the focus on its first row: only while the view is visible and the pager row is
   * still the one selected, since anything else would take the keyboard from its user.
   */
  async loadMore(pager: PagerNode): Promise<void> {
    const first = await window.withProgress({ location: { viewId } }, async () => this.#explorer.loadMore(pager));
    if (first && this.#isStillOn(pager)) {
      await this.reveal(first);
    }
  }

  /**
   * Does what a note offers, which may bring rows in its place: the focus, which would be lost with the note, goes to the
   * first of them.
   */
  async replace(note: MessageNode, work: () => unknown): Promise<void> {
    const wasOn = this.#isStillOn(note);
    const [first] = await window.withProgress({ location: { viewId } }, async () => {
      await work();
      return note.parent ? this.#explorer.children(note.parent) : [];
    });
    // The note may be gone by now, and with it the selection; where its user went elsewhere, something else is selected.
    const isElsewhere = this.selection.length > 0 && !this.#isStillOn(note);
    if (first && first !== note && wasOn && this.#view.visible && !isElsewhere) {
      await this.reveal(first);
    }
  }

  /** Loads a node, or everything, again, with the view's own sign of progress. */
  async refresh(node: Node | undefined): Promise<void> {
    await window.withProgress({ location: { viewId } }, async () => this.#explorer.refresh(node));
  }

  /** Shows an account that just signed in, opened. */
  async showAccount(id: string | undefined): Promise<void> {
    const node = this.#explorer.roots().find(({ account }) => account.id === id);
    if (node) {
      await this.#view.reveal(node, { select: true, focus: true, expand: true });
    }
  }

  /** Puts the focus on a row, wherever the view is. */
  async reveal(node: Node): Promise<void> {
    await this.#view.reveal(node, { select: true, focus: true });
  }

  getTreeItem(node: Node): TreeItem {
    return treeItemOf(node);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    return [...(node ? await this.#explorer.children(node) : this.#explorer.roots())];
  }

  getParent(node: Node): Node | undefined {
    return node.parent;
  }

  async resolveTreeItem(item: TreeItem, node: Node): Promise<TreeItem> {
    const { tooltipOf } = await import('./tooltips');
    const tooltip = tooltipOf(node);
    if (tooltip) {
      item.tooltip = tooltip;
    }
    return item;
  }

  dispose(): void {
    this.#subscriptions.forEach((subscription) => subscription.dispose());
    this.#view.dispose();
    this.#changes.dispose();
  }

  #isStillOn(row: Node): boolean {
    return this.#view.visible && this.selection.length === 1 && this.selection[0] === row;
  }
}
