import { usesPastedToken, type Account } from '../accounts/account';
import type { Collection } from '../catalog/declaration';
import type { NodeContext } from './nodes';
import type { ListedRow } from './loadedRows';

/** Whether a row is shown to the user. A pasted token works for its own project only, whatever IAM lists for it. */
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

/** Whether a row is not shown only because the user hid it. */
export function isHiddenByUser(listed: ListedRow, account: Account | undefined): boolean {
  return !isShown(listed, account) && isShown(listed, account && { ...account, hidden: undefined });
}

/** The lists shown in a place: regional ones only in the region's representative project, those of a project only in projects. */
export function shownHere(collections: readonly Collection[], context: NodeContext): readonly Collection[] {
  const inProject = context.pathParams['project_id'] !== undefined;
  return collections.filter(({ scope }) =>
    scope === 'region' ? context.showsRegionLists : scope === 'account' || inProject,
  );
}

/** Whether an account's pasted token can list projects but works for none of them. */
export function servesNoProject({ scope }: Collection, account: Account | undefined): boolean {
  return scope === 'account' && account !== undefined && usesPastedToken(account) && account.project === undefined;
}

/**
 * The rows that show the lists of their whole region: the project named like the region, else its first one.
 * @returns row keys by region
 */
export function regionRepresentatives(
  rows: readonly ListedRow[],
  account: Account | undefined,
): ReadonlyMap<string, string> {
  const representatives = new Map<string, string>();
  for (const listed of rows) {
    const { name, pathParams } = listed.row.item;
    const region = pathParams?.['region'];
    if (region !== undefined && isShown(listed, account) && (name === region || !representatives.has(region))) {
      representatives.set(region, listed.key);
    }
  }
  return representatives;
}
