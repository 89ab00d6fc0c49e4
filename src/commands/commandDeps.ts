import type { Account } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import type { Log } from '../base/log';
import type { Explorer } from '../explorer/explorer';
import type { ItemNode, MessageNode, Node, PagerNode } from '../explorer/nodes';
import type { Waits } from '../explorer/waits';

/** The tree view, as commands use it. */
interface TreeActions {
  readonly selection: readonly Node[];
  loadMore(pager: PagerNode): Promise<void>;
  /** Runs work that may replace a message row by other rows. */
  replace(message: MessageNode, work: () => unknown): Promise<void>;
  /** Without a node: everything. */
  refresh(node: Node | undefined): Promise<void>;
  reveal(node: Node): Promise<void>;
  showAccount(id: string | undefined): Promise<void>;
}

/** The dependencies of the commands. */
export interface CommandDeps {
  readonly accounts: Accounts;
  readonly explorer: Explorer;
  readonly tree: TreeActions;
  readonly waits: Waits;
  readonly log: Log;
  readonly showLog: () => void;
  /** Opens the page of a key. */
  readonly openKey: (node: ItemNode) => Promise<void>;
  /** Reveals a key in the tree. `name`: what messages call it. */
  readonly showInSidebar: (ref: string, name: string) => Promise<void>;
  /** The guided sign-in: of another account, or of this one again. */
  readonly signIn: (account?: Account, projectId?: string) => Promise<Account | undefined>;
  /** Signs an account out after the user confirmed. */
  readonly signOut: (account: Account) => Promise<void>;
  /** Opens Manage Accounts at an account, or at the list of accounts. */
  readonly manageAccounts: (account: Account | undefined) => Promise<void>;
}
