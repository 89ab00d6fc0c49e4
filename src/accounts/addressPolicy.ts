import { phrase } from '../base/phrase';
import type { Service } from '../catalog/declaration';
import { CloudError, cancelled } from '../cloud/errors';
import { fillPath, withoutSlashes } from '../cloud/path';
import { parseUrl, regionWord } from '../cloud/url';
import type { Account } from './account';
import type { AddressDecisions } from './addresses';
import { builtInIam, hostRulesOf, longestRegion, type Site } from './sites';

// Where an account's secrets may go.

/** The current state that decides whether a request may be sent. */
interface AddressPolicyDeps {
  readonly account: () => Account;
  /** The account's site as it is now; undefined if it cannot be used. */
  readonly site: () => Site | undefined;
  /** The error of an account without a site. */
  readonly noSite: () => CloudError;
  /** Applies what other windows did. @returns whether the account is still signed in */
  readonly isStillIn: () => boolean;
  /** The services whose own addresses a token may go to. */
  readonly services: readonly Service[];
}

/** Decides for one account, as it is at the moment of each request. */
export class AddressPolicy {
  readonly #deps: AddressPolicyDeps;

  constructor(deps: AddressPolicyDeps) {
    this.#deps = deps;
  }

  /**
   * Checks an address after applying the changes of other windows: the user may have accepted or refused it there.
   * @throws CloudError unless the account's secrets may go there; `cancelled` if the account was signed out
   */
  assertAllowedAddress(url: URL): void {
    const { account, site: siteNow, noSite, isStillIn, services } = this.#deps;
    if (!isStillIn()) {
      throw cancelled();
    }
    const site = siteNow();
    if (!site) {
      throw noSite();
    }
    assertAccepted(url, site, account(), services);
  }

  /** Whether anything may be sent to the account's IAM now. */
  get isIamAllowed(): boolean {
    const { account, site: siteNow, isStillIn, services } = this.#deps;
    const isIn = isStillIn();
    const site = siteNow();
    return isIn && site !== undefined && isAccepted(iamUrl(site), site, account(), services);
  }
}

/** The URL of a site's IAM. @throws CloudError if its address is not valid */
export function iamUrl({ iam }: Site): URL {
  return fillPath(iam, '', {});
}

/** Whether an account's secrets may go to a URL: its address is built in, or is one of the site that the user accepted. */
function isAccepted(url: URL, site: Site, decisions: AddressDecisions, services: readonly Service[]): boolean {
  const addresses = addressesAt(url, site, services);
  return (
    addresses.length > 0 &&
    addresses.every(({ address, isBuiltIn }) => isBuiltIn || decisions.accepted.includes(address))
  );
}

/** @throws CloudError unless {@link isAccepted}, with the address that the user can accept */
export function assertAccepted(url: URL, site: Site, decisions: AddressDecisions, services: readonly Service[]): void {
  if (isAccepted(url, site, decisions, services)) {
    return;
  }
  const address = addressesAt(url, site, services)
    .map((each) => each.address)
    .find((each) => !decisions.accepted.includes(each));
  if (address === undefined) {
    const reason = phrase(
      '{0} does not belong to the site of this account, as it is now. Nothing is sent there.',
      url.host,
    );
    throw new CloudError({ kind: 'invalidRequest', reason });
  }
  throw new CloudError(
    decisions.declined?.includes(address)
      ? {
          kind: 'invalidRequest',
          reason: phrase('You refused {0} for this account. Nothing is sent there until you accept it.', url.host),
          accept: address,
          declined: true,
        }
      : {
          kind: 'invalidRequest',
          reason: phrase('You did not accept {0} for this account yet. Nothing is sent there until you do.', url.host),
          accept: address,
        },
  );
}

/** The addresses of a site that are built in; `{region}` stands for the region. */
export function builtInAddresses(site: Site, services: readonly Service[]): readonly string[] {
  const iam = builtInIam(site);
  const hosts = services.flatMap((service) => hostRulesOf(service, site).map(({ url }) => url));
  return iam === undefined ? hosts : [iam, ...hosts];
}

// Where one address is below another, such as a service on the host of its IAM, the longer one counts: accepting the shorter
// one does not accept it.
function addressesAt(
  url: URL,
  site: Site,
  services: readonly Service[],
): readonly { readonly address: string; readonly isBuiltIn: boolean }[] {
  const builtIn = new Set(builtInAddresses(site, services));
  const all = [...new Set([...builtIn, ...site.fromSettings])].filter((template) => matchesTemplate(url, template));
  const longest = Math.max(...all.map(literalLength));
  return all
    .filter((template) => literalLength(template) === longest)
    .map((address) => ({ address, isBuiltIn: builtIn.has(address) }));
}

function literalLength(template: string): number {
  return template.replaceAll('{region}', '').length;
}

/** Cache of the texts around a template's `{region}`s, as addresses write them; read before each request. */
const partsOfTemplates = new Map<string, readonly string[]>();

/** Whether the template can make an address, however the template is written. */
export function matchesTemplate({ href }: URL, template: string): boolean {
  const parts = partsOfTemplates.get(template) ?? partsOf(template);
  partsOfTemplates.set(template, parts);
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) {
    return first !== undefined && startsWithAddress(href, first);
  }
  const [longest = ''] = /^[\w-]+/.exec(href.slice(first.length, first.length + longestRegion)) ?? [];
  // Characters that may belong to the region or to the text after it are tried as both.
  return Array.from(longest, (_, index) => longest.slice(0, index + 1)).some((region) =>
    startsWithAddress(href, parts.join(region)),
  );
}

function startsWithAddress(href: string, address: string): boolean {
  return href.startsWith(address) && ['', '/', '?'].includes(href.charAt(address.length));
}

// Empty if the template makes no address.
function partsOf(template: string): readonly string[] {
  const address = template.replaceAll('{region}', regionWord);
  const url = parseUrl(address);
  return url ? withoutSlashes(url.href).split(regionWord) : [];
}
