import type { Accounts } from '../accounts/accounts';
import type { ChildDeclaration } from '../catalog/declaration';
import type { FilterValue } from '../cloud/client';

/** Where filters are kept between windows, by their list's node ID. */
export interface FilterStore {
  read(listId: string): FilterValue | undefined;
  write(listId: string, filter: FilterValue | undefined): void;
  /** Forgets those of all lists below a node. */
  forget(nodeId: string): void;
}

/** Services that their user hid, by their node's ID. */
export interface HiddenStore {
  has(nodeId: string): boolean;
  /** @param lasting whether it is kept between windows */
  add(nodeId: string, lasting: boolean): void;
  /** Forgets those below a node. */
  forget(nodeId: string): void;
}

/** What the explorer needs. */
export interface ExplorerDeps {
  readonly accounts: Pick<Accounts, 'all' | 'client' | 'noSite' | 'site'>;
  readonly catalog: readonly ChildDeclaration[];
  /** Rows that a page is asked for, before each list's own limits. */
  readonly pageSize: () => number;
  /** Whether services are listed that are not known to be offered in a region. */
  readonly showAllServices: () => boolean;
  readonly filters: FilterStore;
  readonly hidden: HiddenStore;
}
