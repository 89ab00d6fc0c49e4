import { EventEmitter, window, type Disposable, type TreeDataProvider, type TreeItem, type TreeView } from 'vscode';
import type { Explorer } from '../explorer/explorer';
import type { Node, MessageNode, PagerNode } from '../explorer/nodes';
import type { Waits } from '../explorer/waits';
import { toDisplayText } from '../platform/translate';
import { treeItemOf } from './treeItems';

// As in package.json.
const viewId = 'keyExplorer.keys';

/** The tree view of the explorer's nodes. */
export class Sidebar implements TreeDataProvider<Node>, Disposable {
  readonly #changes = new EventEmitter<Node | undefined>();
  readonly #explorer: Explorer;
  readonly #view: TreeView<Node>;
  // The view's own `selection` is empty for a moment after its rows are rendered again.
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

  /** The rows that the user selected last. */
  get selection(): readonly Node[] {
    return this.#selection.filter(({ id }) => this.#explorer.node(id));
  }

  /**
   * Loads the next page and focuses its first row, if the view is visible and the pager is still the only selected row.
   * Otherwise the focus would leave what the user does meanwhile.
   */
  async loadMore(pager: PagerNode): Promise<void> {
    const first = await window.withProgress({ location: { viewId } }, async () => this.#explorer.loadMore(pager));
    if (first && this.#isSelected(pager)) {
      await this.reveal(first);
    }
  }

  /**
   * Runs the action of a message row, which may replace the message by rows. If the message had the focus, the first new row
   * gets it.
   */
  async replace(message: MessageNode, work: () => unknown): Promise<void> {
    const wasSelected = this.#isSelected(message);
    const [first] = await window.withProgress({ location: { viewId } }, async () => {
      await work();
      return message.parent ? this.#explorer.children(message.parent) : [];
    });
    // A message that is gone leaves an empty selection. If the user went elsewhere, another row is selected.
    const isElsewhere = this.selection.length > 0 && !this.#isSelected(message);
    if (first && first !== message && wasSelected && this.#view.visible && !isElsewhere) {
      await this.reveal(first);
    }
  }

  /** Reloads a node, or everything, with the progress bar of the view. */
  async refresh(node: Node | undefined): Promise<void> {
    await window.withProgress({ location: { viewId } }, async () => this.#explorer.refresh(node));
  }

  /** Reveals and expands an account that just signed in. */
  async showAccount(id: string | undefined): Promise<void> {
    const node = this.#explorer.roots().find(({ account }) => account.id === id);
    if (node) {
      await this.#view.reveal(node, { select: true, focus: true, expand: true });
    }
  }

  /** Reveals and focuses a row, also if the view is hidden. */
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

  #isSelected(row: Node): boolean {
    return this.#view.visible && this.selection.length === 1 && this.selection[0] === row;
  }
}
