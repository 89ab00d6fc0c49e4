import { exampleRows, type Row } from './documented';
import { Random } from './random';
import { appRow, boundRow, instanceRow, nesRow, quotaRow, signRow, sshRow } from './rows';

/** How the stand-in is started: amounts of rows, the seed they are made from, and how sign-ins behave. */
export interface StandInOptions {
  readonly seed?: number;
  /** The port on 127.0.0.1; without it, a free one. */
  readonly port?: number;
  /** How long tokens live, in seconds; a day when not said. */
  readonly tokenLife?: number;
  /** How long a user stays locked after five wrong passwords, in seconds; 900 when not said. */
  readonly lockFor?: number;
  /** API keys of Node Engine Service in ap-southeast-3. */
  readonly nesKeys?: number;
  /** SSH keys in cn-north-4. */
  readonly sshKeys?: number;
  /** Signature keys, and credential quotas, of the first instance of cn-north-4. */
  readonly signatures?: number;
  readonly quotas?: number;
  /** Credentials bound to the first quota of that instance. */
  readonly boundApps?: number;
  /** ROMA Connect instances of cn-east-3. */
  readonly instances?: number;
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
 * Who and what the sample is: its account, its users with their passwords and keys, its projects, and the partner whose
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

/** Which regions offer a service, by the first segment of the path. */
export const offered = {
  nes: ['ap-southeast-3'],
  codeartsrepo: ['cn-north-4', 'cn-east-3', 'ap-southeast-3'],
  roma: ['cn-north-4', 'cn-east-3', 'ap-southeast-3'],
} as const;

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

/** The rows that the stand-in serves; a list is made when first asked for, the same one for the same seed. */
export class Data {
  readonly #options: StandInOptions;
  readonly #seed: number;
  readonly #lists = new Map<string, readonly Row[]>();
  /** How the rows are made of the lists that {@link churn} changes, by the list's name. */
  readonly #makers = new Map<string, MakeRow>();
  #churns = 0;

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#seed = options.seed ?? 1;
  }

  /** Takes so many rows out of each list of keys that was asked for, and of instances in cn-east-3, and puts as many new ones in. */
  churn(rows: number): void {
    this.#churns += 1;
    for (const [name, make] of this.#makers) {
      const random = new Random(this.#seed, `${name}/${this.#churns}`);
      const changed = [...(this.#lists.get(name) ?? [])];
      const count = Math.min(rows, changed.length);
      for (let at = 0; at < count; at += 1) {
        changed.splice(random.integer(0, changed.length - 1), 1);
        changed.splice(random.integer(0, changed.length), 0, make(random, this.#churns));
      }
      this.#lists.set(name, changed);
    }
  }

  /** Makes all lists anew, as they were at first. */
  reset(): void {
    this.#lists.clear();
    this.#makers.clear();
    this.#churns = 0;
  }

  /** API keys of Node Engine Service (documents 000 and 001) of a project. */
  nesKeys(): readonly Row[] {
    return this.#list('nes', this.#options.nesKeys ?? 250, nesRow, exampleRows('001', 'credentials'));
  }

  /** SSH keys (document 002) of the user in a region. */
  sshKeys(region: string): readonly Row[] {
    const amounts: Readonly<Record<string, number>> = {
      'cn-north-4': this.#options.sshKeys ?? 45,
      'ap-southeast-3': 3,
    };
    const first = region === 'cn-north-4' ? exampleRows('002', 'keys') : [];
    return this.#list(`ssh/${region}`, amounts[region] ?? 0, sshRow, first);
  }

  /** ROMA Connect instances of a project. */
  instances(projectId: string): readonly Row[] {
    const amounts: Readonly<Record<string, number>> = {
      'cn-north-4': 2,
      'cn-east-3': this.#options.instances ?? 130,
      'ap-southeast-3': 1,
    };
    const name = everyProject.find((one) => one.id === projectId)?.name ?? '';
    const make = (random: Random, index: number): Row => instanceRow(random, index, projectId);
    const first = projectId === northId ? exampleRows('roma', 'instances') : [];
    return this.#list(`instances/${projectId}`, amounts[name] ?? 0, make, first);
  }

  /** Signature keys (document 003) of an instance. */
  signatures(instance: string): readonly Row[] {
    const place = this.#place(instance);
    const amount = place.first ? (this.#options.signatures ?? 240) : place.second ? 0 : 3 + (place.index % 5);
    return this.#list(`signs/${instance}`, amount, signRow, place.first ? exampleRows('003', 'signs') : []);
  }

  /** Credential quotas of an instance, each with the number of its bound credentials. */
  quotas(instance: string): readonly Row[] {
    const place = this.#place(instance);
    const amount = place.first ? (this.#options.quotas ?? 12) : place.second ? 0 : 2;
    return this.#list(`quotas/${instance}`, amount, (random, index) =>
      quotaRow(random, index, place.first && index === 0 ? this.#example() : {}, this.#boundAmount(place, index)),
    );
  }

  /** Credentials bound to a quota (document 004), or `undefined` when the instance has no such quota. */
  boundApps(instance: string, quotaId: string): readonly Row[] | undefined {
    const index = this.quotas(instance).findIndex((quota) => quota['app_quota_id'] === quotaId);
    const quota = this.quotas(instance)[index];
    if (quota === undefined) {
      return undefined;
    }
    const place = this.#place(instance);
    const make = (random: Random, at: number): Row => boundRow(random, at, quota);
    const first = place.first && index === 0 ? exampleRows('004', 'apps') : [];
    return this.#list(`bound/${instance}/${quotaId}`, this.#boundAmount(place, index), make, first);
  }

  /** Every credential of an instance (ListAppsV2): those bound to a quota, and a few that are bound to none. */
  apps(instance: string): readonly Row[] {
    const known = this.#lists.get(`apps/${instance}`);
    if (known !== undefined) {
      return known;
    }
    const bound = this.quotas(instance).flatMap(
      (quota) => this.boundApps(instance, String(quota['app_quota_id'])) ?? [],
    );
    const random = new Random(this.#seed, `apps/${instance}`);
    const free = Array.from({ length: this.#place(instance).second ? 0 : 5 }, (_, index) => boundRow(random, index));
    const rows = [...bound, ...free].map((app) => appRow(random, app));
    this.#lists.set(`apps/${instance}`, rows);
    return rows;
  }

  #example(): Row {
    return exampleRows('quotas', 'quotas')[0] ?? {};
  }

  #boundAmount(place: Place, index: number): number {
    if (place.first && index === 0) {
      return this.#options.boundApps ?? 135;
    }
    return index === 1 ? 0 : 1 + (index % 4);
  }

  /** Where an instance stands: the first of cn-north-4 has the amounts of the options, the second is empty. */
  #place(instance: string): Place {
    const north = this.instances(northId);
    const index = everyProject.flatMap((one) => this.instances(one.id)).findIndex((row) => row['id'] === instance);
    return { first: north[0]?.['id'] === instance, second: north[1]?.['id'] === instance, index };
  }

  #list(name: string, amount: number, make: MakeRow, first: readonly Row[] = []): readonly Row[] {
    const known = this.#lists.get(name);
    if (known !== undefined) {
      return known;
    }
    const random = new Random(this.#seed, name);
    const rows = Array.from({ length: amount }, (_, index) => first[index] ?? make(random, index));
    this.#lists.set(name, rows);
    // What others stand below stays: the example instances, and quotas, which are counted with their credentials.
    if (!name.startsWith('quotas/') && (!name.startsWith('instances/') || name.endsWith(eastId))) {
      this.#makers.set(name, make);
    }
    return rows;
  }
}

/** Makes the row of a list that is the `index`-th. */
type MakeRow = (random: Random, index: number) => Row;

interface Place {
  readonly first: boolean;
  readonly second: boolean;
  readonly index: number;
}
