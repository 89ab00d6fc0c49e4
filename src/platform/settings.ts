import { workspace } from 'vscode';
import { readSites, type Site, type Sites } from '../accounts/sites';

const section = 'keyExplorer';

/** The settings, read anew at each use, so that a change needs no reload. */
export const settings = {
  /** The sites by ID. The setting is application-scoped: no workspace can redirect a token. */
  sites: (): Sites => readSites(workspace.getConfiguration(section).get('sites')),
  site: (id: string): Site | undefined => settings.sites().sites.get(id),
  /** Rows a page. */
  pageSize: (): number => between(workspace.getConfiguration(section).get('pageSize'), 1, 500, 100),
  /** Milliseconds for a request, its answer's body included. */
  requestTimeout: (): number => 1000 * between(workspace.getConfiguration(section).get('requestTimeout'), 1, 600, 30),
  showAllServices: (): boolean => workspace.getConfiguration(section).get('showAllServices') === true,
  /** Writes the user's choice. */
  setShowAllServices: async (value: boolean): Promise<void> => {
    await workspace.getConfiguration(section).update('showAllServices', value, true);
  },
  section,
};

// Settings files are edited by hand: what is no number in the range counts as the default.
function between(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && value >= least && value <= most ? value : otherwise;
}
