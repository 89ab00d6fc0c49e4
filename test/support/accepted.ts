import type { ChosenSite, Site } from '../../src/accounts/sites';

/** A site with some of its addresses accepted, and the others refused. */
export function accepting(site: Site, ...accepted: readonly string[]): ChosenSite {
  return { ...site, accepted, declined: site.fromSettings.filter((address) => !accepted.includes(address)) };
}

/** A site with all of its addresses accepted, as by a user who changes no tick. */
export function allAccepted(site: Site): ChosenSite {
  return accepting(site, ...site.fromSettings);
}
