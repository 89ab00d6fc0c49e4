import { usesPastedToken, type Account } from '../accounts/account';
import type { Collection } from '../catalog/declaration';
import type { NodeContext } from './nodes';
import type { ListedRow } from './loadedRows';

/** Whether a row is one for the user. A pasted token serves its own project only, whatever IAM lists for it. */
export function isShown({ row: { item } }: ListedRow, account: Account | undefined): boolean {
  if (item.hidden) {
    return false;
  }
  const { project_id: projectId, region } = item.pathParams ?? {};
  const { regions = [], projects = [] } = account?.hidden ?? {};
  if ((region !== undefined && regions.includes(region)) || (projectId !== undefined && projects.includes(projectId))) {
    return false;
  }
  return projectId === undefined || !account || !usesPastedToken(account) || account.project?.id === projectId;
}

/** Whether a row would be one for the user, had they not hidden it. */
export function isHiddenByUser(listed: ListedRow, account: Account | undefined): boolean {
  return !isShown(listed, account) && isShown(listed, account && { ...account, hidden: undefined });
}

/** The lists that stand somewhere: those of a region only in its home, those of a project only in one. */
export function shownHere(collections: readonly Collection[], context: NodeContext): readonly Collection[] {
  const inProject = context.pathParams['project_id'] !== undefined;
  return collections.filter(({ scope }) =>
    scope === 'region' ? context.showsRegionLists : scope === 'account' || inProject,
  );
}

/** Whether an account's token, pasted, can list projects but serves none of them. */
export function servesNoProject({ scope }: Collection, account: Account | undefined): boolean {
  return scope === 'account' && account !== undefined && usesPastedToken(account) && account.project === undefined;
}

/**
 * Which rows of a list show what belongs to a whole region: the region's own project, else its first one.
 * @returns the keys of those rows, by region
 */
export function regionRepresentatives(
  rows: readonly ListedRow[],
  account: Account | undefined,
): ReadonlyMap<string, string> {
  const homes = new Map<string, string>();
  for (const listed of rows) {
    const { name, pathParams: gives } = listed.row.item;
    const region = gives?.['region'];
    if (region !== undefined && isShown(listed, account) && (name === region || !homes.has(region))) {
      homes.set(region, listed.key);
    }
  }
  return homes;
}
