import { phrase } from '../../base/phrase';
import {
  candidateOf,
  isRoleName,
  methodOf,
  takesRole,
  unusable,
  type CredentialField,
  type CredentialFields,
  type ProfileFields,
} from './candidate';
import type { Candidate, ProfilePlaces } from './profile';

const fields = [
  'accessKey',
  'secretKey',
  'securityToken',
  'token',
  'password',
  'userName',
  'userId',
  'domainName',
  'domainId',
  'projectName',
  'projectId',
  'region',
  'endpoint',
  'federated',
  'method',
] as const;

/** Variables that belong together: of each field the ones that its programs look at, the first that is set counts. */
interface Family {
  readonly name: string;
  /** True where the names are OpenStack's, and the values may be about any cloud. */
  readonly anyCloud?: true;
  /** Prefixes of variables that can make its programs take on a role: {@link isRoleName} follows. */
  readonly roles: readonly string[];
  readonly variables: Readonly<Partial<Record<(typeof fields)[number], readonly string[]>>>;
}

/**
 * Huawei's Terraform provider (`assume_role`, `agency_name`, `delegated_project` in provider.go; `HW_ASSUME_ROLE_ID_TOKEN` and its
 * like for an identity provider), Open Telekom Cloud's SDK (auth_env.go), Keystone's trusts.
 */
const roles = ['HW_', 'OS_'];

const families: readonly Family[] = [
  {
    // Go SDK v3, core/auth/provider.
    name: 'HUAWEICLOUD_SDK',
    roles: ['HUAWEICLOUD_SDK_'],
    variables: {
      accessKey: ['HUAWEICLOUD_SDK_AK'],
      secretKey: ['HUAWEICLOUD_SDK_SK'],
      securityToken: ['HUAWEICLOUD_SDK_SECURITY_TOKEN'],
      domainId: ['HUAWEICLOUD_SDK_DOMAIN_ID'],
      projectId: ['HUAWEICLOUD_SDK_PROJECT_ID'],
      endpoint: ['HUAWEICLOUD_SDK_IAM_ENDPOINT'],
      federated: ['HUAWEICLOUD_SDK_IDP_ID', 'HUAWEICLOUD_SDK_ID_TOKEN_FILE'],
    },
  },
  {
    // Huawei's Terraform provider, provider.go.
    name: 'HW',
    roles,
    variables: {
      accessKey: ['HW_ACCESS_KEY'],
      secretKey: ['HW_SECRET_KEY'],
      securityToken: ['HW_SECURITY_TOKEN'],
      token: ['HW_AUTH_TOKEN'],
      password: ['HW_USER_PASSWORD'],
      userName: ['HW_USER_NAME'],
      userId: ['HW_USER_ID'],
      domainName: ['HW_DOMAIN_NAME'],
      domainId: ['HW_DOMAIN_ID'],
      projectName: ['HW_PROJECT_NAME'],
      projectId: ['HW_PROJECT_ID'],
      region: ['HW_REGION_NAME'],
      endpoint: ['HW_AUTH_URL'],
    },
  },
  {
    // The same, where it takes OpenStack's names. OS_TOKEN is openstacksdk's.
    name: 'OS',
    anyCloud: true,
    roles,
    variables: {
      accessKey: ['OS_ACCESS_KEY'],
      secretKey: ['OS_SECRET_KEY'],
      token: ['OS_AUTH_TOKEN', 'OS_TOKEN'],
      password: ['OS_PASSWORD'],
      userName: ['OS_USERNAME'],
      userId: ['OS_USER_ID'],
      domainName: ['OS_DOMAIN_NAME', 'OS_USER_DOMAIN_NAME', 'OS_PROJECT_DOMAIN_NAME'],
      domainId: ['OS_DOMAIN_ID', 'OS_USER_DOMAIN_ID', 'OS_PROJECT_DOMAIN_ID'],
      projectName: ['OS_PROJECT_NAME', 'OS_TENANT_NAME'],
      projectId: ['OS_PROJECT_ID', 'OS_TENANT_ID'],
      region: ['OS_REGION_NAME'],
      endpoint: ['OS_AUTH_URL'],
      method: ['OS_AUTH_TYPE', 'OS_AUTH_PLUGIN'],
    },
  },
];

/** The parts that are secret: each belongs to one sign-in of its family, the others to all of them. */
const secrets: readonly string[] = ['accessKey', 'secretKey', 'securityToken', 'token', 'password', 'federated'];

/**
 * The sign-ins in the environment: for each family of variables its access key, its token and its password, as far as
 * they are there. Families are never mixed: the key of one and the secret of another are two identities.
 */
export function readEnvironment({ env }: ProfilePlaces): readonly Candidate[] {
  return families.flatMap((family) => readFamily(family, env));
}

function readFamily({ name, anyCloud, roles: prefixes, variables }: Family, env: ProfilePlaces['env']): Candidate[] {
  const part = (field: (typeof fields)[number]): CredentialField => {
    const names = variables[field] ?? [];
    const set = names.find((each) => env[each]);
    return { name: set ?? names[0] ?? '', value: set === undefined ? undefined : env[set] };
  };
  const said = (kind: string, ...own: readonly (typeof fields)[number][]): ProfileFields => ({
    source: 'environment',
    name: `${name} (${kind})`,
    from: fields
      .filter((field) => own.includes(field) || !secrets.includes(field))
      .map(part)
      .flatMap((each) => (each.value === undefined ? [] : [each.name])),
    region: part('region').value,
    projectId: part('projectId').value,
    projectName: part('projectName').value,
    domainId: part('domainId').value,
    domainName: part('domainName').value,
    userId: part('userId').value,
    userName: part('userName').value,
    // A key pair in OpenStack's names is an addition of Huawei's; tokens and passwords are every cloud's.
    endpoint: { ...part('endpoint'), needed: anyCloud === true && !own.includes('accessKey') },
  });
  const role = Object.keys(env).find(
    (each) =>
      env[each] &&
      prefixes.some((prefix) => each.toUpperCase().startsWith(prefix) && isRoleName(each.slice(prefix.length))),
  );
  const method = part('method').value;
  // A program that has a method of its own takes the parts for that: the password may be an identity provider's.
  const isUnknown = method !== undefined && methodOf(method) === undefined;
  const candidate = (facts: ProfileFields, parts: CredentialFields): Candidate =>
    role !== undefined
      ? unusable(facts, takesRole(role), parts.kind)
      : isUnknown && parts.kind !== 'accessKey'
        ? unusable(facts, phrase('The sign-in method {0} is not supported.', method))
        : candidateOf(facts, parts);
  const found: Candidate[] = [];
  const [accessKey, secretKey, securityToken] = [part('accessKey'), part('secretKey'), part('securityToken')];
  if (part('federated').value !== undefined) {
    // The SDKs prefer it over keys, which may be another identity's.
    const reason = phrase('A sign-in through an identity provider is not supported.');
    found.push(unusable(said('IdP', 'federated'), reason));
  } else if (accessKey.value ?? secretKey.value ?? securityToken.value) {
    found.push(
      candidate(said('AK/SK', 'accessKey', 'secretKey', 'securityToken'), {
        kind: 'accessKey',
        accessKey,
        secretKey,
        securityToken,
      }),
    );
  }
  if (part('token').value !== undefined) {
    found.push(candidate(said('token', 'token'), { kind: 'token', token: part('token') }));
  }
  // A user's name beside a key or a token says whose they are; alone it is half a sign-in.
  if (part('password').value !== undefined || (part('userName').value !== undefined && found.length === 0)) {
    found.push(
      candidate(said('password', 'password'), {
        kind: 'password',
        accountName: part('domainName'),
        userName: part('userName'),
        password: part('password'),
      }),
    );
  }
  return found;
}
