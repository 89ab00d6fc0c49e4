import { FAILSAFE_SCHEMA, YAMLException, load, mergeTag, nullCoreTag, realMapTag } from 'js-yaml';
import { phrase } from '../../catalog/phrase';
import { candidateOf, memberOf, unusable, valuesOf, type Said, type Values } from './facts';
import { FileRefused, atHome, pathsOf, reasonOf, textOf } from './files';
import type { Candidate, Candidates, ProfilePlaces, ProfileProblem } from './profile';

/**
 * Only texts, lists, maps, nulls and merge keys: a password stays as it was written (`0123` is no number), no tag makes
 * anything else, and a file that uses one is refused. Maps are Maps, in which no name is special.
 */
const schema = FAILSAFE_SCHEMA.withTags(nullCoreTag, mergeTag, realMapTag);

/** More than any file of a person has; less than what makes a parser slow. */
const limits = { maxDepth: 20, maxAliases: 100, maxTotalMergeKeys: 1000 };

/** A file's clouds by name. */
type Clouds = ReadonlyMap<unknown, unknown>;

/**
 * The clouds of OpenStack's `clouds.yaml`, with `secure.yaml` laid over it, as openstacksdk reads them ("Configuring
 * OpenStack SDK Applications"): of each the first file that can be read counts. Other than there, the current folder and
 * files that the environment names are left out: what a workspace brings must not become a sign-in.
 */
export async function readCloudsYaml(places: ProfilePlaces): Promise<Candidates> {
  const problems: ProfileProblem[] = [];
  const open = await firstFile(places, 'clouds', problems);
  const secure = await firstFile(places, 'secure', problems);
  const names = new Set([...(open?.clouds.keys() ?? []), ...(secure?.clouds.keys() ?? [])]);
  const candidates = [...names].flatMap((name) => {
    const layers = [secure, open].filter((file) => file?.clouds.get(name) instanceof Map);
    return typeof name === 'string' && layers.length > 0
      ? [
          read(
            layers.map((file) => file?.clouds.get(name)),
            { source: 'cloudsYaml', name, from: layers.flatMap((file) => file?.path ?? []).toReversed() },
          ),
        ]
      : [];
  });
  return { candidates, problems };
}

/** Where the files may be, in the order in which they count; `name` is `clouds` or `secure`. */
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
  problems: ProfileProblem[],
): Promise<{ path: string; clouds: Clouds } | undefined> {
  for (const path of filesNamed(places, name)) {
    try {
      const text = await textOf(places, path);
      if (text !== undefined) {
        return { path, clouds: cloudsIn(text) };
      }
    } catch (error) {
      problems.push({ source: 'cloudsYaml', path, because: reasonOf(error) });
    }
  }
  return undefined;
}

function cloudsIn(text: string): Clouds {
  let clouds;
  try {
    clouds = memberOf(load(text, { schema, ...limits }), 'clouds');
  } catch (error) {
    // Its message quotes the file; only the line is told.
    const line = error instanceof YAMLException ? error.mark?.line : undefined;
    throw new FileRefused(
      line === undefined
        ? phrase('The file is not valid YAML.')
        : phrase('Line {0} of the file cannot be understood.', line + 1),
    );
  }
  if (!(clouds instanceof Map)) {
    throw new FileRefused(phrase('The file has no profiles in a known form.'));
  }
  return clouds;
}

/** @param layers a cloud as each file has it, the one that counts first */
function read(layers: readonly unknown[], found: Said): Candidate {
  const values = lookUp(layers);
  const first = (...names: readonly string[]): string | undefined =>
    names.map(values).find((value) => value !== undefined);
  const said: Said = {
    ...found,
    region: values('region_name'),
    projectId: first('project_id', 'tenant_id'),
    projectName: first('project_name', 'tenant_name'),
    domainId: first('user_domain_id', 'domain_id', 'project_domain_id'),
    domainName: first('user_domain_name', 'domain_name', 'project_domain_name'),
    userId: values('user_id'),
    userName: values('username'),
    // The file may be about any cloud: without an address, this one's IAM would get what was meant for another.
    endpoint: { name: 'auth_url', value: values('auth_url'), needed: true },
  };
  const token = first('token', 'auth_token');
  const type = first('auth_type', 'auth_plugin') ?? (token === undefined ? 'password' : 'token');
  switch (type) {
    case 'token':
    case 'v3token':
      return candidateOf(said, { kind: 'token', token: { name: 'token', value: token } });
    case 'password':
    case 'v3password':
      return candidateOf(said, {
        kind: 'password',
        accountName: { name: 'user_domain_name', value: said.domainName },
        userName: { name: 'username', value: said.userName },
        password: { name: 'password', value: values('password') },
      });
    default:
      return unusable(said, phrase('The sign-in method {0} is not supported.', type));
  }
}

// A value stands in the cloud or in its `auth`, spelled with `_` or `-`; the first counts, as in openstacksdk.
function lookUp(layers: readonly unknown[]): Values {
  const holders = [...layers, ...layers.map((layer) => memberOf(layer, 'auth'))].map(valuesOf);
  return (name) =>
    holders.flatMap((values) => [values(name), values(name.replaceAll('_', '-'))]).find((value) => value !== undefined);
}
