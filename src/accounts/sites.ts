import * as v from 'valibot';
import { isObject } from '../base/guards';
import { phrase, type Phrase } from '../base/phrase';
import type { HostRule, Service } from '../catalog/declaration';
import { plainAddress } from '../cloud/url';
import { CloudError } from '../cloud/errors';
import { withoutSlashes } from '../cloud/path';
import type { Account } from './account';

/** Where an IAM and its services are. */
export interface Site {
  readonly id: string;
  readonly label: Phrase | string;
  readonly iam: string;
  /** The host of its console, which distinguishes sites that share an IAM. */
  readonly console?: string;
  /** Addresses from the user's settings, by service ID; `{region}` stands for the region. */
  readonly services: Readonly<Record<string, string>>;
  /** Every address of this site that comes from the settings, or from a profile. */
  readonly fromSettings: readonly string[];
}

const builtIn: readonly Pick<Site, 'id' | 'label' | 'iam' | 'console'>[] = [
  {
    id: 'cn',
    label: phrase('Huawei Cloud, Chinese mainland'),
    iam: 'https://iam.myhuaweicloud.com',
    console: 'console.huaweicloud.com',
  },
  {
    id: 'intl',
    label: phrase('Huawei Cloud, International'),
    iam: 'https://iam.myhuaweicloud.com',
    console: 'console-intl.huaweicloud.com',
  },
  {
    id: 'eu',
    label: phrase('Huawei Cloud, Europe'),
    iam: 'https://iam.myhuaweicloud.eu',
    console: 'console.eu.huaweicloud.com',
  },
];

/** Maximum length of a region's name, characters. */
export const longestRegion = 64;

/**
 * A site as the user chose it to sign in, with the decisions about the addresses of the settings or a profile. An address in
 * neither list was not asked about.
 */
export interface ChosenSite extends Site {
  readonly accepted: readonly string[];
  readonly declined: readonly string[];
}

/** An entry of the setting that cannot be used, and the reason. */
export interface WrongSite {
  readonly id: string;
  readonly reason: Phrase;
}

/** The sites of the setting `keyExplorer.sites` and the built-in ones. */
export interface Sites {
  readonly sites: ReadonlyMap<string, Site>;
  readonly wrong: readonly WrongSite[];
}

const oneSite = v.object({
  label: v.optional(v.string()),
  iam: v.optional(v.string()),
  services: v.optional(v.record(v.string(), v.string())),
});

/**
 * The sites: the built-in ones, and those of the setting `keyExplorer.sites`, which override built-in ones by ID. An entry with
 * one address that is not plain is not used at all: the site that it overrides must not get its requests.
 */
export function readSites(setting: unknown): Sites {
  const sites = new Map<string, Site>(builtIn.map((site) => [site.id, { ...site, services: {}, fromSettings: [] }]));
  const wrong: WrongSite[] = [];
  for (const [id, value] of Object.entries(isObject(setting) ? setting : {})) {
    const site = readSite(id, value, sites.get(id));
    if ('reason' in site) {
      sites.delete(id);
      wrong.push({ id, reason: site.reason });
    } else {
      sites.set(id, site);
    }
  }
  return { sites, wrong };
}

/** The error of an account whose site cannot be used, or is gone. */
export function noSite(id: string, { wrong }: Sites): CloudError {
  const reason = wrong.find((each) => each.id === id)?.reason;
  return new CloudError({
    kind: 'invalidRequest',
    reason: reason ?? phrase('The site {0} is no longer in the setting keyExplorer.sites.', id),
  });
}

function readSite(id: string, value: unknown, known: Site | undefined): Site | { readonly reason: Phrase } {
  const entry = v.safeParse(oneSite, value);
  const written = entry.success ? (entry.output.iam ?? known?.iam) : undefined;
  if (!entry.success || written === undefined) {
    return { reason: phrase('{0} is no site: it needs the address of its IAM, and texts as values.', id) };
  }
  const iam = plainAddress(written);
  if (iam === undefined || iam.includes('{region}')) {
    return { reason: notPlain(`${id}.iam`) };
  }
  const services: Record<string, string> = {};
  for (const [service, at] of Object.entries(entry.output.services ?? {})) {
    const address = plainAddress(at);
    if (address === undefined) {
      return { reason: notPlain(`${id}.services.${service}`) };
    }
    services[service] = address;
  }
  return {
    id,
    label: entry.output.label ?? known?.label ?? id,
    iam,
    services,
    fromSettings: [...(entry.output.iam === undefined ? [] : [iam]), ...Object.values(services)],
  };
}

// The address itself may hold a password, and is not shown.
function notPlain(where: string): Phrase {
  return phrase(
    '{0} is not a plain https:// address. No user name, query or fragment; http:// is only for localhost, 127.0.0.1 and [::1].',
    where,
  );
}

/**
 * A site whose IAM is where a profile says. Such an address counts as one of the settings. The regional one of a built-in
 * site is none: its tokens would serve one region, those of the global address serve all.
 */
export function withIam<S extends Site>(site: S, endpoint: string | undefined): S {
  return endpoint === undefined || isIamOf(site, endpoint)
    ? site
    : { ...site, iam: endpoint, fromSettings: [endpoint, ...Object.values(site.services)] };
}

/** The address of IAM that an account's profile names, or the profile of the account that takes on its role. */
export function endpointOf({ profile, agency }: Account): string | undefined {
  return profile?.endpoint ?? agency?.endpoint;
}

/** Whether an address is the IAM of a site, or of a region of it. */
export function isIamOf({ iam }: Site, endpoint: string): boolean {
  const whole = endpoint.replace(/^https:\/\/iam\.[a-z]+-[a-z]+-\d+\.(myhuaweicloud\.(?:com|eu))$/, 'https://iam.$1');
  return withoutSlashes(whole) === withoutSlashes(iam);
}

/**
 * A service's address in a region: the user's own, else the catalog's.
 * @param region undefined for lists of the whole account
 * @returns undefined if the service is not known to be offered
 */
export function addressOf(service: Service, site: Site, region: string | undefined): string | undefined {
  const template =
    site.services[service.id] ??
    hostRulesOf(service, site).find(({ regions }) => !regions || (region !== undefined && regions.includes(region)))
      ?.url;
  // A project's name may start with anything; only what can be a region becomes part of an address.
  return region !== undefined && region.length <= longestRegion && /^[\w-]+$/.test(region)
    ? template?.replaceAll('{region}', region)
    : template?.includes('{region}')
      ? undefined
      : template;
}

/** The IAM of a built-in site; undefined for a site of the settings alone. */
export function builtInIam({ id }: Site): string | undefined {
  return builtIn.find((site) => site.id === id)?.iam;
}

/** The rules by which a service has hosts in a site: none for a site of the settings alone. */
export function hostRulesOf(service: Service, site: Site): readonly HostRule[] {
  return builtIn.some(({ id }) => id === site.id)
    ? service.hosts.filter((rule) => (rule.site === 'eu') === (site.id === 'eu'))
    : [];
}
