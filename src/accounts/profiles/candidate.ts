import { phrase, type Phrase } from '../../base/phrase';
import { plainAddress } from '../../cloud/url';
import { withoutSlashes } from '../../cloud/path';
import { strangeIn } from '../pastedText';
import { placeholderIn, type SignInText } from '../placeholders';
import type { Candidate, ProfileFacts, ProfileSecret } from './profile';

/** Gives a value that a file or the environment holds by its name: a text that is not empty, or nothing. */
export type Values = (name: string) => string | undefined;

/** The values of anything that was read: JSON's objects, INI's sections, YAML's maps. */
export function valuesOf(holder: unknown): Values {
  return (name) => {
    const value = memberOf(holder, name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
}

/** A member that the holder has itself: `constructor` and its like are members of every object otherwise. */
export function memberOf(holder: unknown, name: string): unknown {
  if (holder instanceof Map) {
    return holder.get(name);
  }
  const own = typeof holder === 'object' && holder !== null ? Object.getOwnPropertyDescriptor(holder, name) : undefined;
  return own?.value;
}

/** A part of a secret, and the name by which its author knows it. */
export interface CredentialField {
  readonly name: string;
  readonly value: string | undefined;
}

/** The parts of a secret, each with its name in the file or the environment. */
export type CredentialFields =
  | {
      readonly kind: 'accessKey';
      readonly accessKey: CredentialField;
      readonly secretKey: CredentialField;
      readonly securityToken?: CredentialField;
    }
  | {
      readonly kind: 'password';
      readonly accountName: CredentialField;
      readonly userName: CredentialField;
      readonly password: CredentialField;
    }
  | { readonly kind: 'token'; readonly token: CredentialField };

/** The fields of a sign-in in its source; missing texts are left out. */
export interface ProfileFields {
  readonly source: ProfileFacts['source'];
  readonly name: string;
  readonly from: readonly string[];
  readonly region?: string | undefined;
  readonly projectId?: string | undefined;
  readonly projectName?: string | undefined;
  readonly domainId?: string | undefined;
  readonly domainName?: string | undefined;
  readonly userId?: string | undefined;
  readonly userName?: string | undefined;
  /** The address of an IAM. `needed` where the source may well be about another cloud than Huawei's. */
  readonly endpoint?: CredentialField & { readonly needed?: boolean };
  readonly current?: boolean;
}

/** A sign-in of a known kind: usable where nothing is missing and nothing is such that it cannot be meant. */
export function candidateOf(said: ProfileFields, parts: CredentialFields): Candidate {
  const texts = textsOf(parts);
  const needed = texts.filter(({ kind }) => kind !== 'securityToken');
  const reason =
    missing([...needed, ...(said.endpoint?.needed ? [said.endpoint] : [])]) ??
    unlikely(texts) ??
    noAddress(said.endpoint);
  const facts = factsOf(said, reason, parts.kind);
  return reason ? { facts } : { facts, secret: secretOf(parts) };
}

/**
 * Names under which a profile takes on a role: KooCLI (`agencyName` …), Huawei's Terraform provider (`agency_name` …), the
 * OpenStack SDKs of Open Telekom Cloud (`target_agency_name` …), Keystone (`trust_id`).
 */
const roleNames =
  /agency|assume_?role|^target_|delegated_project|^trust_?id$|source_?profile|^role_?(?:name|arn|urn)$/i;

/** Whether a value of this name has a profile take on a role. */
export function isRoleName(name: string): boolean {
  return roleNames.test(name.replaceAll('-', '_'));
}

/**
 * Why a profile is not used that takes on a role: without it, it would sign in as somebody else than it says.
 * @param holder what was read of it, as {@link valuesOf} takes it
 * @returns undefined if it takes on none
 */
export function roleIn(holder: unknown): Phrase | undefined {
  const entries: readonly (readonly [unknown, unknown])[] =
    holder instanceof Map ? [...holder] : Object.entries(Object(holder) satisfies object);
  const found = entries.find(
    ([name, value]) =>
      typeof name === 'string' && isRoleName(name) && value !== undefined && value !== null && value !== '',
  );
  return found && takesRole(String(found[0]));
}

/** @param name how the role is named in the profile */
export function takesRole(name: string): Phrase {
  return phrase(
    'It takes on a role ({0}), which a profile cannot do here. Sign in without it, then use the role in Manage Accounts.',
    name,
  );
}

/** The methods that OpenStack's programs name (`auth_type`): Keystone's, and Open Telekom Cloud's for access keys. */
const methods: ReadonlyMap<string, CredentialFields['kind']> = new Map([
  ['password', 'password'],
  ['v3password', 'password'],
  ['token', 'token'],
  ['v3token', 'token'],
  ['aksk', 'accessKey'],
  ['v3aksk', 'accessKey'],
]);

/** @returns undefined for a method that is not supported */
export function methodOf(type: string): CredentialFields['kind'] | undefined {
  return methods.get(type.toLowerCase());
}

/** A sign-in that is recognised, and cannot be used here. */
export function unusable(said: ProfileFields, reason: Phrase, kind?: ProfileSecret['kind']): Candidate {
  return { facts: factsOf(said, reason, kind) };
}

function factsOf(
  said: ProfileFields,
  reason: Phrase | undefined,
  kind: ProfileSecret['kind'] | undefined,
): ProfileFacts {
  const { source, name, from, region, projectId, projectName, domainId, domainName, userId, userName } = said;
  const endpoint = addressIn(said.endpoint?.value);
  const project = named(projectId, projectName);
  const domain = named(domainId, domainName);
  const user = named(userId, userName);
  return {
    source,
    name,
    from,
    ...(kind ? { kind } : {}),
    ...(region === undefined ? {} : { region }),
    ...(project ? { project } : {}),
    ...(domain ? { domain } : {}),
    ...(user ? { user } : {}),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(said.current ? { current: true } : {}),
    ...(reason ? { unusableReason: reason } : {}),
  };
}

function named(id: string | undefined, name: string | undefined): ProfileFacts['domain'] {
  return id === undefined && name === undefined
    ? undefined
    : { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) };
}

function secretOf(parts: CredentialFields): ProfileSecret {
  // Only reached where every part that is needed has its value.
  if (parts.kind === 'token') {
    return { kind: 'token', token: parts.token.value ?? '' };
  }
  if (parts.kind === 'password') {
    const { accountName, userName, password } = parts;
    return {
      kind: 'password',
      accountName: accountName.value ?? '',
      userName: userName.value ?? '',
      password: password.value ?? '',
    };
  }
  const { accessKey, secretKey, securityToken } = parts;
  return {
    kind: 'accessKey',
    accessKey: accessKey.value ?? '',
    secretKey: secretKey.value ?? '',
    ...(securityToken?.value === undefined ? {} : { securityToken: securityToken.value }),
  };
}

function missing(needed: readonly CredentialField[]): Phrase | undefined {
  const names = needed.filter(({ value }) => value === undefined).map(({ name }) => name);
  return names.length > 0 ? phrase('Not complete: {0} is missing.', names.join(', ')) : undefined;
}

function textsOf(parts: CredentialFields): readonly (CredentialField & { readonly kind: SignInText })[] {
  switch (parts.kind) {
    case 'token':
      return [{ ...parts.token, kind: 'token' }];
    case 'password':
      return [
        { ...parts.accountName, kind: 'name' },
        { ...parts.userName, kind: 'name' },
        { ...parts.password, kind: 'password' },
      ];
    case 'accessKey':
      return [
        { ...parts.accessKey, kind: 'accessKey' },
        { ...parts.secretKey, kind: 'secretKey' },
        ...(parts.securityToken ? [{ ...parts.securityToken, kind: 'securityToken' } as const] : []),
      ];
  }
}

// Values that are certainly wrong are not tried: a few refused attempts lock an account or an access key.
function unlikely(texts: readonly (CredentialField & { readonly kind: SignInText })[]): Phrase | undefined {
  for (const { name, value = '', kind } of texts) {
    const placeholder = placeholderIn(value, kind);
    if (placeholder) {
      return placeholder === 'masked'
        ? phrase('{0} holds a masked value.', name)
        : phrase('{0} holds a placeholder, which is not filled in here.', name);
    }
    // Keys and tokens travel as headers; a line break or a space in one is a slip of copying. A password may have any.
    if (kind !== 'password' && kind !== 'name' && strangeIn(value, kind) !== undefined) {
      return phrase('{0} has characters that no key has.', name);
    }
  }
  return undefined;
}

function noAddress(endpoint: CredentialField | undefined): Phrase | undefined {
  return endpoint?.value === undefined || addressIn(endpoint.value) !== undefined
    ? undefined
    : phrase('{0} is not a plain https:// address.', endpoint.name);
}

// An address with a user, a password or a query is not even shown: these may be secret.
function addressIn(text: string | undefined): string | undefined {
  const address = text === undefined ? undefined : plainAddress(text);
  // No region is filled in here.
  if (address === undefined || address.includes('{region}')) {
    return undefined;
  }
  // The version is part of every call's path already.
  return withoutSlashes(address.endsWith('/v3') ? address.slice(0, -'v3'.length) : address);
}
