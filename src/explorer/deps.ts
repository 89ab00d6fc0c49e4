import type { Accounts } from '../accounts/accounts';
import type { ChildDeclaration } from '../catalog/declaration';
import type { FilterValue } from '../cloud/client';

/** Stored filters, by node ID of the list. */
export interface FilterStore {
  read(listId: string): FilterValue | undefined;
  write(listId: string, filter: FilterValue | undefined): void;
  /** Deletes the filters of all lists below a node. */
  forget(nodeId: string): void;
}

/** Services that the user hid, by node ID. */
export interface HiddenStore {
  has(nodeId: string): boolean;
  /** @param lasting whether it is stored, or kept for this window only */
  add(nodeId: string, lasting: boolean): void;
  /** Deletes those below a node. */
  forget(nodeId: string): void;
}

/** Dependencies of the explorer. */
export interface ExplorerDeps {
  readonly accounts: Pick<Accounts, 'all' | 'client' | 'noSite' | 'site'>;
  readonly catalog: readonly ChildDeclaration[];
  /** Rows per page, before the limits of each list. */
  readonly pageSize: () => number;
  /** Whether to show services that are not known to be offered in a region. */
  readonly showAllServices: () => boolean;
  readonly filters: FilterStore;
  readonly hidden: HiddenStore;
}
