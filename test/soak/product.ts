import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  TreeItem,
  TreeItemCollapsibleState,
  extensions,
  window,
  type ExtensionContext,
  type TreeDataProvider,
  type TreeView,
  type TreeViewOptions,
} from 'vscode';
import type { Account } from '../../src/accounts/account';
import type { Node } from '../../src/explorer/nodes';
import { secretStoreIn } from '../../src/platform/storage';
import { accountsIn, type SignIn } from '../host/otherWindow';

const id = 'key-explorer.huaweicloud-key-explorer';

interface Shipped {
  readonly activate: (context: ExtensionContext) => void;
  readonly deactivate?: () => unknown;
}

/** The shipped extension as the extension host sees it: its view, its rows as VS Code got them, and its deactivation. */
export class Product {
  #context: ExtensionContext | undefined;
  #view: TreeView<Node> | undefined;
  #provider: TreeDataProvider<Node> | undefined;
  readonly #shipped: Shipped;
  /** The children that VS Code last got, by the parent's ID. */
  readonly #children = new Map<string, readonly Node[]>();
  readonly #open = new Set<string>();
  #given = 0;

  /** Create it before VS Code activates the extension: it hooks `activate` and `createTreeView`. */
  constructor() {
    const extension = extensions.getExtension(id);
    assert.ok(extension && !extension.isActive);
    const require = createRequire(__filename);
    const file = path.join(extension.extensionPath, 'dist/extension.js');
    const shipped: Shipped = require(file);
    this.#shipped = shipped;
    const loaded = require.cache[file];
    assert.ok(loaded);
    loaded.exports = {
      ...shipped,
      activate: (context: ExtensionContext) => {
        this.#context = context;
        shipped.activate(context);
      },
    };
    const host: { createTreeView: (viewId: string, options: TreeViewOptions<Node>) => TreeView<Node> } = window;
    const create = host.createTreeView;
    host.createTreeView = (viewId, options) => {
      this.#record(options.treeDataProvider);
      const view = create(viewId, options);
      view.onDidExpandElement(({ element }) => {
        this.#open.add(element.id);
        // An earlier request may have been cancelled: VS Code requests the children again.
        if (this.#children.get(element.id)?.length === 0) {
          this.#children.delete(element.id);
        }
      });
      view.onDidCollapseElement(({ element }) => this.#open.delete(element.id));
      this.#view = view;
      return view;
    };
  }

  get view(): TreeView<Node> {
    assert.ok(this.#view);
    return this.#view;
  }

  get provider(): TreeDataProvider<Node> {
    assert.ok(this.#provider);
    return this.#provider;
  }

  /**
   * Signs in as another window does, and waits until the extension lists the account. The extension's own sign-in is
   * interactive.
   */
  async signIn(cloud: string, signIn: SignIn): Promise<Account> {
    // VS Code may show a focused view before it activates the extension.
    await extensions.getExtension(id)?.activate();
    const { accounts, site } = this.#otherWindow(cloud);
    const signedIn = await signIn(accounts, site, new AbortController().signal);
    accounts.close();
    assert.ok(signedIn);
    const { account } = signedIn;
    await this.#untilAccounts((listed) => listed.some(({ generation }) => generation === account.generation));
    return account;
  }

  /** Signs all accounts out as another window does. */
  async signOutAll(cloud: string): Promise<void> {
    const { accounts } = this.#otherWindow(cloud);
    for (const { id: accountId } of accounts.all()) {
      // In sequence: each writes the same list.
      await accounts.signOut(accountId);
    }
    await this.#untilAccounts((listed) => listed.length === 0);
  }

  /** Rows that VS Code got so far. */
  get given(): number {
    return this.#given;
  }

  /** The visible rows, from the top. */
  rows(): readonly Node[] {
    const rows: Node[] = [];
    const known = new Set(['']);
    const walk = (rowId: string, isSeen: boolean): void => {
      for (const node of this.#children.get(rowId) ?? []) {
        known.add(node.id);
        if (isSeen) {
          rows.push(node);
        }
        walk(node.id, isSeen && this.isOpen(node));
      }
    };
    walk('', true);
    // Drop the rows that VS Code dropped.
    for (const rowId of [...this.#children.keys(), ...this.#open]) {
      if (!known.has(rowId)) {
        this.#children.delete(rowId);
        this.#open.delete(rowId);
      }
    }
    return rows;
  }

  /** Whether a row is expanded. VS Code collapses a row without children, and fires no event for that. */
  isOpen({ id: rowId }: Node): boolean {
    return this.#open.has(rowId) && this.#children.get(rowId)?.length !== 0;
  }

  /** Call it after _Collapse All_, for which VS Code fires no event. */
  closedAll(): void {
    this.#open.clear();
  }

  /** Deactivates the extension as VS Code does. */
  async deactivate(): Promise<void> {
    assert.ok(this.#context);
    await this.#shipped.deactivate?.();
    for (const each of this.#context.subscriptions) {
      await each.dispose();
    }
    this.#children.clear();
    this.#open.clear();
    this.#view = undefined;
    this.#provider = undefined;
    this.#context = undefined;
  }

  #otherWindow(cloud: string): ReturnType<typeof accountsIn> {
    assert.ok(this.#context);
    return accountsIn(this.#context.globalStorageUri.fsPath, secretStoreIn(this.#context.secrets), cloud);
  }

  async #untilAccounts(holds: (listed: readonly Account[]) => boolean): Promise<void> {
    const listed = async (): Promise<Account[]> =>
      ((await this.provider.getChildren()) ?? []).flatMap((node) => (node.kind === 'account' ? [node.account] : []));
    for (let tries = 200; !holds(await listed()); tries -= 1) {
      assert.ok(tries > 0, 'the extension does not follow the other window');
      await pause(50);
    }
  }

  #record(provider: TreeDataProvider<Node>): void {
    this.#provider = provider;
    const known = new Set<string>();
    const itemOf = provider.getTreeItem.bind(provider);
    provider.getTreeItem = (node) => {
      this.#given += 1;
      const item = itemOf(node);
      const isOpen = item instanceof TreeItem && item.collapsibleState === TreeItemCollapsibleState.Expanded;
      if (isOpen && !known.has(node.id)) {
        known.add(node.id);
        this.#open.add(node.id);
      }
      return item;
    };
    const childrenOf = provider.getChildren.bind(provider);
    provider.getChildren = async (node) => {
      const rows = await childrenOf(node);
      this.#children.set(node?.id ?? '', rows ?? []);
      return rows;
    };
  }
}
