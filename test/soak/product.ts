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

/** The extension as it is shipped, seen from the host: its view, its rows as VS Code knows them, and its end. */
export class Product {
  #context: ExtensionContext | undefined;
  #view: TreeView<Node> | undefined;
  #provider: TreeDataProvider<Node> | undefined;
  readonly #shipped: Shipped;
  /** What VS Code was last given below each row, by its ID. */
  readonly #below = new Map<string, readonly Node[]>();
  readonly #open = new Set<string>();
  #given = 0;

  /** To be made before VS Code activates the extension. */
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
        // It may have been asked for before, and given up: it is asked for again.
        if (this.#below.get(element.id)?.length === 0) {
          this.#below.delete(element.id);
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
   * Signs in as another window does, and waits until the extension has taken the account up. Its own ways to sign in all ask
   * a person.
   */
  async signIn(cloud: string, signIn: SignIn): Promise<Account> {
    // A focused view may be shown before its extension is active.
    await extensions.getExtension(id)?.activate();
    const { accounts, site } = this.#otherWindow(cloud);
    const signedIn = await signIn(accounts, site, new AbortController().signal);
    accounts.close();
    assert.ok(signedIn);
    const { account } = signedIn;
    await this.#untilAccounts((taken) => taken.some(({ generation }) => generation === account.generation));
    return account;
  }

  /** Signs all accounts out as another window does. */
  async signOutAll(cloud: string): Promise<void> {
    const { accounts } = this.#otherWindow(cloud);
    for (const { id: accountId } of accounts.all()) {
      // Each writes the list that the one before it wrote.
      await accounts.signOut(accountId);
    }
    await this.#untilAccounts((taken) => taken.length === 0);
  }

  /** How many rows VS Code was given so far. */
  get given(): number {
    return this.#given;
  }

  /** The rows that can be seen, from the top. */
  rows(): readonly Node[] {
    const rows: Node[] = [];
    const known = new Set(['']);
    const walk = (rowId: string, isSeen: boolean): void => {
      for (const node of this.#below.get(rowId) ?? []) {
        known.add(node.id);
        if (isSeen) {
          rows.push(node);
        }
        walk(node.id, isSeen && this.isOpen(node));
      }
    };
    walk('', true);
    // Nothing that VS Code forgot is to be held here.
    for (const rowId of [...this.#below.keys(), ...this.#open]) {
      if (!known.has(rowId)) {
        this.#below.delete(rowId);
        this.#open.delete(rowId);
      }
    }
    return rows;
  }

  /** Whether a row is open: VS Code closes one that it finds nothing below, and tells of that to nobody. */
  isOpen({ id: rowId }: Node): boolean {
    return this.#open.has(rowId) && this.#below.get(rowId)?.length !== 0;
  }

  /** To be called when all rows were closed at once, of which VS Code tells nothing. */
  closedAll(): void {
    this.#open.clear();
  }

  /** Does what VS Code does when it deactivates an extension. */
  async deactivate(): Promise<void> {
    assert.ok(this.#context);
    await this.#shipped.deactivate?.();
    for (const each of this.#context.subscriptions) {
      await each.dispose();
    }
    this.#below.clear();
    this.#open.clear();
    this.#view = undefined;
    this.#provider = undefined;
    this.#context = undefined;
  }

  #otherWindow(cloud: string): ReturnType<typeof accountsIn> {
    assert.ok(this.#context);
    return accountsIn(this.#context.globalStorageUri.fsPath, secretStoreIn(this.#context.secrets), cloud);
  }

  async #untilAccounts(holds: (taken: readonly Account[]) => boolean): Promise<void> {
    const taken = async (): Promise<Account[]> =>
      ((await this.provider.getChildren()) ?? []).flatMap((node) => (node.kind === 'account' ? [node.account] : []));
    for (let tries = 200; !holds(await taken()); tries -= 1) {
      assert.ok(tries > 0, 'what another window did is not taken up');
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
      this.#below.set(node?.id ?? '', rows ?? []);
      return rows;
    };
  }
}
