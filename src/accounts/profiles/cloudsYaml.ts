import { phrase, type Phrase } from '../../base/phrase';
import { cloudsIn, type CloudsFile } from './cloudsFile';
import {
  candidateOf,
  memberOf,
  methodOf,
  roleIn,
  unusable,
  valuesOf,
  type ProfileFields,
  type Values,
} from './candidate';
import { atHome, pathsOf, reasonOf, textOf } from './files';
import type { Candidate, Candidates, ProfilePlaces, ProfileProblem } from './profile';

/** A file that was read. */
interface Found extends CloudsFile {
  readonly path: string;
}

/** The parts of a cloud, one per file, in the order of their priority. */
type Layers = readonly unknown[];

/**
 * The clouds of OpenStack's `clouds.yaml`, with `secure.yaml` laid over it, and over the vendor profile of
 * `clouds-public.yaml` that a cloud names, as openstacksdk reads them ("Configuring OpenStack SDK Applications", config/loader.py):
 * of each the first file that can be read counts. The vendor profiles that openstacksdk brings along or fetches are not read.
 * Other than there, the current folder and files that the environment names are left out: what a workspace brings must not
 * become a sign-in.
 */
export async function readCloudsYaml(places: ProfilePlaces): Promise<Candidates> {
  const problems: ProfileProblem[] = [];
  const files = [
    await firstFile(places, 'secure', 'clouds', problems),
    await firstFile(places, 'clouds', 'clouds', problems),
  ];
  const found = files.flatMap((file) => file ?? []);
  const names = new Set(
    found.toReversed().flatMap(({ clouds, unreadable }) => [...clouds.keys(), ...unreadable.keys()]),
  );
  const layersOf = (name: unknown): Layers =>
    found.map(({ clouds }) => clouds.get(name)).filter((layer) => layer instanceof Map);
  const needsVendor = [...names].some((name) => vendorIn(layersOf(name)) !== undefined);
  const vendors = needsVendor ? await firstFile(places, 'clouds-public', 'public-clouds', problems) : undefined;
  const candidates = [...names].flatMap((name) => {
    const layers = layersOf(name);
    const reason = found.map(({ unreadable }) => unreadable.get(String(name))).find((each) => each !== undefined);
    if (typeof name !== 'string' || (layers.length === 0 && !reason)) {
      return [];
    }
    const from = found.filter(({ clouds, unreadable }) => clouds.get(name) instanceof Map || unreadable.has(name));
    const said = { source: 'cloudsYaml', name, from: from.map(({ path }) => path).toReversed() } as const;
    return reason ? [unusable(said, reason)] : readCloud(layers, vendors, said);
  });
  return { candidates, problems };
}

/** Where the files may be, in the order in which they count. */
function filesNamed(places: ProfilePlaces, name: string): readonly string[] {
  const paths = pathsOf(places);
  const { env, platform } = places;
  const ofSystem =
    platform === 'win32'
      ? env['LOCALAPPDATA']
        ? paths.join(env['LOCALAPPDATA'], 'OpenStack', 'openstack')
        : atHome(places, 'AppData', 'Local', 'OpenStack', 'openstack')
      : platform === 'darwin'
        ? atHome(places, 'Library', 'Application Support', 'openstack')
        : env['XDG_CONFIG_HOME'] && paths.join(env['XDG_CONFIG_HOME'], 'openstack');
  // Not the folder for all users of Windows: there, every user may put a file.
  const ofMachine = platform === 'win32' ? undefined : '/etc/openstack';
  const folders = [ofSystem, atHome(places, '.config', 'openstack'), ofMachine];
  return [...new Set(folders)]
    .filter((folder) => folder !== undefined && paths.isAbsolute(folder))
    .flatMap((folder) => ['.yaml', '.yml', '.json'].map((suffix) => paths.join(folder ?? '', name + suffix)));
}

async function firstFile(
  places: ProfilePlaces,
  name: string,
  key: string,
  problems: ProfileProblem[],
): Promise<Found | undefined> {
  for (const path of filesNamed(places, name)) {
    try {
      const text = await textOf(places, path);
      if (text !== undefined) {
        const file = cloudsIn(text, key);
        problems.push(...file.problems.map((reason) => ({ source: 'cloudsYaml', path, reason }) as const));
        return { path, ...file };
      }
    } catch (error) {
      problems.push({ source: 'cloudsYaml', path, reason: reasonOf(error) });
    }
  }
  return undefined;
}

/** The vendor profile that a cloud names; `cloud` is its older name. */
function vendorIn(layers: Layers): string | undefined {
  const values = layers.map(valuesOf);
  return ['profile', 'cloud'].flatMap((name) => values.map((each) => each(name))).find((value) => value !== undefined);
}

/** A cloud with its vendor profile, as often as its regions differ. */
function readCloud(own: Layers, vendors: Found | undefined, said: ProfileFields): readonly Candidate[] {
  const name = vendorIn(own);
  const vendor = name === undefined ? undefined : vendors?.clouds.get(name);
  // A vendor profile is needed for the address only.
  if (name !== undefined && vendor === undefined && lookUp(own)('auth_url') === undefined) {
    return [
      unusable(
        said,
        vendors?.unreadable.get(name) ?? phrase('The vendor profile {0} is not in clouds-public.yaml.', name),
      ),
    ];
  }
  const layers = vendor === undefined ? own : [...own, vendor];
  const region = lookUp(own)('region_name');
  const listed = firstList(own, 'regions') ?? (region === undefined ? firstList([vendor], 'regions') : undefined);
  if (listed === undefined) {
    return [read(layers, region ?? lookUp(layers)('region_name'), said)];
  }
  const regions = regionsIn(listed);
  if (!regions) {
    return [unusable(said, phrase('Its regions cannot be understood.'))];
  }
  return regions.some(({ values }) => values.size > 0)
    ? regions.map((each) => read([each.values, ...layers], each.name, { ...said, name: `${said.name} (${each.name})` }))
    : [read(layers, region ?? regions[0]?.name, said)];
}

function firstList(layers: Layers, name: string): unknown {
  return layers.map((layer) => memberOf(layer, name)).find((value) => value !== undefined && value !== null);
}

/** Regions are names, or names with values that hold in them only. @returns undefined if they are neither */
function regionsIn(
  listed: unknown,
): readonly { readonly name: string; readonly values: Map<unknown, unknown> }[] | undefined {
  const all = Array.isArray(listed) ? listed : [listed];
  const regions = all.flatMap((region: unknown) => {
    const name = typeof region === 'string' ? region : valuesOf(region)('name');
    const values = memberOf(region, 'values') ?? new Map<unknown, unknown>();
    return name !== undefined && values instanceof Map ? [{ name, values }] : [];
  });
  return regions.length === all.length ? regions : undefined;
}

/** @param layers a cloud as each file has it, the one that counts first at the start */
function read(layers: Layers, region: string | undefined, found: ProfileFields): Candidate {
  const values = lookUp(layers);
  const first = (...names: readonly string[]): string | undefined =>
    names.map(values).find((value) => value !== undefined);
  const said: ProfileFields = {
    ...found,
    region,
    projectId: first('project_id', 'tenant_id'),
    projectName: first('project_name', 'tenant_name'),
    domainId: first('user_domain_id', 'domain_id', 'project_domain_id'),
    domainName: first('user_domain_name', 'domain_name', 'project_domain_name'),
    userId: values('user_id'),
    userName: first('username', 'user_name'),
    // The file may be about any cloud: without an address, this one's IAM would get what was meant for another.
    endpoint: { name: 'auth_url', value: inRegion(values('auth_url'), region), needed: true },
  };
  const [token, accessKey, password] = [first('token', 'auth_token'), first(...keyNames), values('password')];
  // openstacksdk takes a password where no method is named; keys beside one are for object storage (OTC Extensions).
  const type =
    first('auth_type', 'auth_plugin') ??
    (token !== undefined ? 'token' : accessKey !== undefined && password === undefined ? 'aksk' : 'password');
  const role = roleOf(layers);
  const kind = methodOf(type);
  if (role) {
    return unusable(said, role, kind);
  }
  switch (kind) {
    case 'token':
      return candidateOf(said, { kind, token: { name: 'token', value: token } });
    case 'password':
      return candidateOf(said, {
        kind,
        accountName: { name: 'user_domain_name', value: said.domainName },
        userName: { name: 'username', value: said.userName },
        password: { name: 'password', value: password },
      });
    case 'accessKey':
      return candidateOf(said, {
        kind,
        accessKey: { name: 'ak', value: accessKey },
        secretKey: { name: 'sk', value: first('sk', 'secret_key', 'secret_access_key') },
        securityToken: { name: 'security_token', value: values('security_token') },
      });
    default:
      return unusable(said, phrase('The sign-in method {0} is not supported.', type));
  }
}

/** `ak`, `sk` and `security_token` are gophertelekomcloud's (loader.go); others write them out. */
const keyNames = ['ak', 'access_key', 'access_key_id'];

function roleOf(layers: Layers): Phrase | undefined {
  return holdersIn(layers)
    .map(roleIn)
    .find((role) => role !== undefined);
}

/** openstacksdk puts the region into an address that asks for it. */
function inRegion(address: string | undefined, region: string | undefined): string | undefined {
  return region !== undefined && /^[\w-]+$/.test(region) ? address?.replaceAll('{region_name}', region) : address;
}

// A value stands in the cloud or in its `auth`, spelled with `_` or `-`; the first counts, as in openstacksdk.
function lookUp(layers: Layers): Values {
  const holders = holdersIn(layers).map(valuesOf);
  return (name) =>
    holders.flatMap((values) => [values(name), values(name.replaceAll('_', '-'))]).find((value) => value !== undefined);
}

function holdersIn(layers: Layers): readonly unknown[] {
  return [...layers, ...layers.map((layer) => memberOf(layer, 'auth'))];
}
