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

/** An IAM project; its region is the part of its name before the first underscore. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly parent: string;
  readonly enabled: boolean;
}

/** An IAM user of the sample's account. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  /** Whether it may read SSH keys and signature keys. */
  readonly allowed: boolean;
}

const domainId = 'd78cbac186b744899480f25bd022f468';
const operator: User = {
  id: '7116d09f88fa41908676fdd4b039e95b',
  name: 'demo-operator',
  password: 'Sample-Passw0rd!',
  allowed: true,
};
const auditor: User = {
  id: '0a4c1f7be2d94b6c8d53f1790ab8e6d2',
  name: 'demo-auditor',
  password: 'Audit-0nly-Sample!',
  allowed: false,
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

/** Who and what the sample is: its account, its users with their passwords, its projects. The password is no secret. */
export const SAMPLE = {
  domain: { id: domainId, name: 'key-explorer-demo' },
  user: operator.name,
  password: operator.password,
  operator,
  auditor,
  users: [operator, auditor],
  projects,
} as const;

/** Which regions offer a service, by the first segment of the path. */
export const offered = {
  nes: ['ap-southeast-3'],
  codeartsrepo: ['cn-north-4', 'cn-east-3', 'ap-southeast-3'],
  roma: ['cn-north-4', 'cn-east-3', 'ap-southeast-3'],
} as const;

function project(id: string, name: string, parent: string = domainId, enabled = true): Project {
  return { id, name, region: name.split('_')[0] ?? name, parent, enabled };
}

/** The project with that ID, or that name. */
export function projectOf(idOrName: { id?: string | undefined; name?: string | undefined }): Project | undefined {
  return SAMPLE.projects.find((one) =>
    idOrName.id === undefined ? one.name === idOrName.name : one.id === idOrName.id,
  );
}

/** The rows that the stand-in serves; a list is made when first asked for, the same one for the same seed. */
export class Data {
  readonly #options: StandInOptions;
  readonly #seed: number;
  readonly #lists = new Map<string, readonly Row[]>();

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#seed = options.seed ?? 1;
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
    const name = projectOf({ id: projectId })?.name ?? '';
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
    const index = SAMPLE.projects.flatMap((one) => this.instances(one.id)).findIndex((row) => row['id'] === instance);
    return { first: north[0]?.['id'] === instance, second: north[1]?.['id'] === instance, index };
  }

  #list(
    name: string,
    amount: number,
    make: (random: Random, index: number) => Row,
    first: readonly Row[] = [],
  ): readonly Row[] {
    const known = this.#lists.get(name);
    if (known !== undefined) {
      return known;
    }
    const random = new Random(this.#seed, name);
    const rows = Array.from({ length: amount }, (_, index) => first[index] ?? make(random, index));
    this.#lists.set(name, rows);
    return rows;
  }
}

interface Place {
  readonly first: boolean;
  readonly second: boolean;
  readonly index: number;
}
