import { parse } from 'ini';
import { phrase } from '../../catalog/phrase';
import { candidateOf, unusable, valuesOf, type Said } from './facts';
import { FileRefused, atHome, pathsOf, textOf } from './files';
import type { Candidate, ProfilePlaces } from './profile';

/** The variable that names another file; relative paths would be looked for in the folder that happens to be open. */
const variable = 'HUAWEICLOUD_SDK_CREDENTIALS_FILE';

/**
 * The credentials file of Huawei Cloud's SDKs: `~/.huaweicloud/credentials`, or the one that the environment names.
 * Sections are as the Go SDK's `ProfileCredentialProvider` takes them: named `basic…` (a project) or `global…` (the account).
 * @throws FileRefused where the file as a whole is of no use
 */
export async function readSdkFile(places: ProfilePlaces): Promise<readonly Candidate[]> {
  const path = sdkFile(places);
  if (path === undefined) {
    return [];
  }
  if (!pathsOf(places).isAbsolute(path)) {
    throw new FileRefused(phrase('{0} has to name the file by its full path.', variable));
  }
  const text = await textOf(places, path);
  if (text === undefined) {
    return [];
  }
  refuseDoubtful(text);
  return sectionsIn(parse(text)).flatMap(([name, section]) =>
    /^(?:basic|global)/.test(name) ? [read(section, { source: 'sdkFile', name, from: [path] })] : [],
  );
}

/** The file that the SDKs would take. */
export function sdkFile(places: ProfilePlaces): string | undefined {
  return places.env[variable] || atHome(places, '.huaweicloud', 'credentials');
}

function read(section: object, found: Said): Candidate {
  const values = valuesOf(section);
  const said: Said = {
    ...found,
    projectId: values('project_id'),
    domainId: values('domain_id'),
    endpoint: { name: 'iam_endpoint', value: values('iam_endpoint') },
  };
  // The SDKs prefer it over keys, which may be another identity's.
  if (values('idp_id') !== undefined || values('id_token_file') !== undefined) {
    return unusable(said, phrase('A sign-in through an identity provider is not supported.'));
  }
  return candidateOf(said, {
    kind: 'accessKey',
    accessKey: { name: 'ak', value: values('ak') },
    secretKey: { name: 'sk', value: values('sk') },
    securityToken: { name: 'security_token', value: values('security_token') },
  });
}

/**
 * Refuses what the parser would take in silence and the SDKs read in different ways: a line that is none, a comment that
 * touches a value or follows a quoted one, a name in quotes, a section or a value that comes twice. Each could pair the
 * key of one identity with the secret of another.
 */
function refuseDoubtful(text: string): void {
  const sections = new Set<string>();
  const names = new Set<string>();
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const section = /^\[([^\]"';#\\]*)\]\s*$/.exec(line)?.[1]?.trim();
    const pair = /^\s*(?:[;#].*|([^=[\s"';#\\][^="';#\\]*)=(?:[^;#]*|[^;#"']*(?<=[=\s])[;#].*))?$/.exec(line);
    const name = pair?.[1]?.trim();
    if ((section ?? pair) === null || (name !== undefined && names.has(name))) {
      throw new FileRefused(phrase('Line {0} of the file cannot be understood.', index + 1));
    }
    if (section === undefined) {
      names.add(name ?? '');
    } else if (sections.has(section)) {
      throw new FileRefused(phrase('The section {0} comes twice.', section));
    } else {
      sections.add(section);
      names.clear();
    }
  }
}

// The parser takes a dot in a section's name for a section within a section.
function sectionsIn(holder: object, prefix = ''): [string, object][] {
  return Object.entries(holder).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [[prefix + key, value] satisfies [string, object], ...sectionsIn(value, `${prefix}${key}.`)]
      : [],
  );
}
