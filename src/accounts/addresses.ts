import { phrase, type Phrase } from '../base/phrase';
import type { Service } from '../catalog/declaration';
import type { Account } from './account';
import { builtInAddresses } from './addressPolicy';
import { endpointOf, type Site } from './sites';

/** The user's decisions about addresses of the settings or a profile. Addresses in neither list were not asked about. */
export interface AddressDecisions {
  readonly accepted: readonly string[];
  readonly declined?: readonly string[] | undefined;
}

/** An address that the user has to accept before anything is sent there. */
export interface AskedAddress {
  readonly address: string;
  /** IAM, or the labels of services at the address. */
  readonly uses: readonly (Phrase | string)[];
  readonly isIam: boolean;
}

/** The addresses of a site that are neither built in nor accepted, each once. */
export function addressesToAccept(
  site: Site,
  { accepted }: AddressDecisions,
  services: readonly Service[],
): readonly AskedAddress[] {
  const known = new Set([...builtInAddresses(site, services), ...accepted]);
  const uses = [
    { address: site.iam, label: 'IAM' },
    ...services.flatMap(({ id, label }) =>
      site.services[id] === undefined ? [] : [{ address: site.services[id], label }],
    ),
  ];
  return [...new Set(uses.map(({ address }) => address))]
    .filter((address) => !known.has(address))
    .map((address) => ({
      address,
      uses: uses.filter((use) => use.address === address).map(({ label }) => label),
      isIam: address === site.iam,
    }));
}

/**
 * Where an address comes from that the user has to accept, and when to accept it.
 * @param site the account's site as the settings have it, without the IAM of a profile
 */
export function originsOf(address: string, account: Account, site: Site | undefined): readonly Phrase[] {
  const { profile } = account;
  const isOfProfile = endpointOf(account) === address;
  return [
    ...(!isOfProfile || site?.fromSettings.includes(address) ? [ofSettings] : []),
    ...(isOfProfile ? [profile ? ofProfile(profile.name) : ofRole] : []),
  ];
}

const ofSettings = phrase(
  'The address is in the setting keyExplorer.sites. Accept it only if you put it there yourself.',
);
const ofRole = phrase(
  'The profile of the account that takes on this role names the address of IAM itself. Accept it only if you know it.',
);

/** The warning about an address that a profile names. */
export function ofProfile(name: string): Phrase {
  return phrase('The profile {0} names the address of IAM itself. Accept it only if you know it.', name);
}

/** The decisions after newer ones, which change only the addresses that they name. */
export function applyDecisions(
  before: AddressDecisions,
  newer: AddressDecisions,
): { accepted: string[]; declined?: string[] } {
  const { accepted, declined = [] } = newer;
  const isNew = (address: string): boolean => !accepted.includes(address) && !declined.includes(address);
  const refused = [...(before.declined ?? []).filter(isNew), ...declined];
  return {
    accepted: [...before.accepted.filter(isNew), ...accepted],
    ...(refused.length > 0 || before.declined ? { declined: refused } : {}),
  };
}
