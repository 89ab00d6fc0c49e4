/** How the stand-in is started: amounts of rows, the seed that they are made from, and how sign-ins behave. */
export interface StandInOptions {
  readonly seed?: number;
  /** The port on 127.0.0.1; without it, a free one. */
  readonly port?: number;
  /** How long tokens live, in seconds; a day when not said. */
  readonly tokenLife?: number;
  /** How long a user stays locked after five wrong passwords, in seconds; 900 when not said. */
  readonly lockFor?: number;
  /** How many rows a list has where its document has most, by the document's name. */
  readonly rows?: Readonly<Record<string, number>>;
  /** Leaves `total` out of the SSH keys, as the example of document 002 does. */
  readonly omitTotal?: boolean;
}

/** An account of the cloud, which IAM calls a domain. */
export interface Domain {
  readonly id: string;
  readonly name: string;
}

/** An IAM project; its region is the part of its name before the first underscore. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly parent: string;
  readonly enabled: boolean;
  readonly domain: Domain;
}

/** Who asks: an IAM user, or an agency that a user of another account has taken on. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly domain: Domain;
  /** Whether it may read SSH keys and signature keys, and, for a user, take on the partner's agency. */
  readonly allowed: boolean;
}

/** An access key and its secret. */
export interface AccessKey {
  readonly access: string;
  readonly secret: string;
}

/** An IAM user of the sample's account. */
export interface User extends Principal {
  readonly password: string;
  readonly key: AccessKey;
  /** The secret of its virtual MFA device, in base 32; without one, its password is enough. */
  readonly mfa?: string;
}

const domain: Domain = { id: 'd78cbac186b744899480f25bd022f468', name: 'key-explorer-demo' };
const operator: User = {
  id: '7116d09f88fa41908676fdd4b039e95b',
  name: 'demo-operator',
  domain,
  password: 'Sample-Passw0rd!',
  key: { access: 'SAMPLEOPERATORKEY001', secret: 'Sample0perat0rSecretKey0fTheStandInCloud' },
  allowed: true,
};
const auditor: User = {
  id: '0a4c1f7be2d94b6c8d53f1790ab8e6d2',
  name: 'demo-auditor',
  domain,
  password: 'Audit-0nly-Sample!',
  key: { access: 'SAMPLEAUDITORKEY0001', secret: 'SampleAudit0rSecretKey0fTheStandInCl0ud0' },
  allowed: false,
};
/** A user with a virtual MFA device; its secret is that of the example of RFC 6238. */
const guarded: User = {
  id: '4e8d2b60c7f94a13b5d09e6f21a8c374',
  name: 'demo-guarded',
  domain,
  password: 'Guarded-Sample-2!',
  key: { access: 'SAMPLEGUARDEDKEY0001', secret: 'SampleGuardedSecretKey0fTheStandInCl0ud0' },
  mfa: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  allowed: true,
};

/** Another account, which lets users of the sample's take on its agency. */
const partnerDomain: Domain = { id: 'a2cd82a33fb043dc9304bf72a0f38f00', name: 'key-explorer-partner' };
const agencyName = 'explorer-agency';
const agency: Principal = {
  id: '0760a9e2a60026664f1fc0031f9f205e',
  name: `${partnerDomain.name}/${agencyName}`,
  domain: partnerDomain,
  allowed: true,
};

/** The project of the example instance in the documentation, so that this row can be served as it is printed. */
const northId = '106506b9a92342df9a5025fc12351cfc';
const eastId = '5f2c7a1e9b8d4c60a3e4d7f81b2c9a35';

const projects = [
  project(northId, 'cn-north-4'),
  project('8be1d03f6c5a4a27b9f2c4e87d1035aa', 'cn-north-4_研发', northId),
  project('0581b95a0b8010e32f81c015009f6587', 'ap-southeast-3'),
  project(eastId, 'cn-east-3'),
  project('c3d9e2b47a1f4f0e86b5a90d72e14c8f', 'la-south-2'),
  project('e70b4d5c2f6a48139dcb0e8f5a7261b4', 'MOS'),
  project('2d6f8a0c4e1b4b7d95a3c7e9f0b1d284', 'cn-east-3_archived', eastId, false),
] as const;
const partnerProjects = [
  { ...project('9c4be1f25d7a4c08a6e3b1d0f5827c49', 'cn-north-4', partnerDomain.id), domain: partnerDomain },
] as const;
const everyProject: readonly Project[] = [...projects, ...partnerProjects];

/**
 * The sample: its account, its users with their passwords and keys, its projects, and the partner whose
 * agency its users may take on. Nothing of it is a secret.
 */
export const SAMPLE = {
  domain,
  user: operator.name,
  password: operator.password,
  operator,
  auditor,
  guarded,
  users: [operator, auditor, guarded],
  projects,
  partner: { domain: partnerDomain, agency, agencyName, projects: partnerProjects },
} as const;

/** The regions in which the sample has keys, where a service is offered there. */
export const sampleRegions: readonly string[] = ['cn-north-4', 'cn-east-3', 'ap-southeast-3'];

/** The projects of all accounts, by ID. */
export const projectsById: ReadonlyMap<string, Project> = new Map(everyProject.map((one) => [one.id, one]));

function project(id: string, name: string, parent: string = domain.id, enabled = true): Project {
  return { id, name, region: name.split('_')[0] ?? name, parent, enabled, domain };
}

/** The projects of an account. */
export function projectsOf(owner: Domain): readonly Project[] {
  return everyProject.filter((one) => one.domain.id === owner.id);
}

/** The enabled project of an account with that ID, or that name. */
export function projectOf(
  owner: Domain,
  idOrName: { id?: string | undefined; name?: string | undefined },
): Project | undefined {
  return projectsOf(owner).find(
    (one) => one.enabled && (idOrName.id === undefined ? one.name === idOrName.name : one.id === idOrName.id),
  );
}
