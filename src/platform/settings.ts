import { workspace } from 'vscode';
import { readSites, type Site, type Sites } from '../accounts/sites';

const section = 'keyExplorer';

/** The settings, read on each use, so that a change needs no reload. */
export const settings = {
  /** The sites by ID. The setting has application scope, so that no workspace can redirect a token. */
  sites: (): Sites => readSites(workspace.getConfiguration(section).get('sites')),
  site: (id: string): Site | undefined => settings.sites().sites.get(id),
  /** Rows per page. */
  pageSize: (): number => between(workspace.getConfiguration(section).get('pageSize'), 1, 500, 100),
  /** Time limit of a request with its answer's body, ms. */
  requestTimeout: (): number => 1000 * between(workspace.getConfiguration(section).get('requestTimeout'), 1, 600, 30),
  showAllServices: (): boolean => workspace.getConfiguration(section).get('showAllServices') === true,
  setShowAllServices: async (value: boolean): Promise<void> => {
    await workspace.getConfiguration(section).update('showAllServices', value, true);
  },
  section,
};

// Users may write any value into a settings file.
function between(value: unknown, min: number, max: number, fallback: number): number {
  return typeof value === 'number' && value >= min && value <= max ? value : fallback;
}
