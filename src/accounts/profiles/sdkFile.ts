import { parse } from 'ini';
import { phrase, type Phrase } from '../../base/phrase';
import { candidateOf, roleIn, unusable, valuesOf, type ProfileFields } from './candidate';
import { FileRefused, atHome, pathsOf, textOf } from './files';
import type { Candidate, Candidates, ProfilePlaces } from './profile';

/** The variable that names another file; relative paths would be looked for in the folder that happens to be open. */
const variable = 'HUAWEICLOUD_SDK_CREDENTIALS_FILE';

/** A section as it stands in the file; `because`: why it is not used. */
interface Section {
  /** Undefined if the line that begins it cannot be understood. */
  readonly name: string | undefined;
  readonly lines: string[];
  readonly names: Set<string>;
  reason: Phrase | undefined;
}

/**
 * The credentials file of Huawei Cloud's SDKs: `~/.huaweicloud/credentials`, or the one that the environment names.
 * Sections are as the Go SDK's `ProfileCredentialProvider` takes them: named `basic…` (a project) or `global…` (the account).
 * A line that cannot be understood hides its own section only.
 * @throws FileRefused where the file as a whole is of no use
 */
export async function readSdkFile(places: ProfilePlaces): Promise<Candidates> {
  const path = sdkFile(places);
  if (path !== undefined && !pathsOf(places).isAbsolute(path)) {
    throw new FileRefused(phrase('{0} has to name the file by its full path.', variable));
  }
  const text = path === undefined ? undefined : await textOf(places, path);
  if (path === undefined || text === undefined) {
    return { candidates: [], problems: [] };
  }
  const sections = sectionsIn(text);
  return {
    candidates: sections.flatMap((section) =>
      section.name !== undefined && /^(?:basic|global)/.test(section.name)
        ? [read(section, { source: 'sdkFile', name: section.name, from: [path] })]
        : [],
    ),
    problems: sections.flatMap(({ name, reason }) =>
      name === undefined && reason ? [{ source: 'sdkFile', path, reason }] : [],
    ),
  };
}

/** The file that the SDKs would take. */
export function sdkFile(places: ProfilePlaces): string | undefined {
  return places.env[variable] || atHome(places, '.huaweicloud', 'credentials');
}

function read({ lines, reason }: Section, found: ProfileFields): Candidate {
  if (reason) {
    return unusable(found, reason);
  }
  const section = parse(lines.join('\n'));
  const values = valuesOf(section);
  const said: ProfileFields = {
    ...found,
    projectId: values('project_id'),
    domainId: values('domain_id'),
    endpoint: { name: 'iam_endpoint', value: values('iam_endpoint') },
  };
  // The SDKs prefer it over keys, which may be another identity's.
  if (values('idp_id') !== undefined || values('id_token_file') !== undefined) {
    return unusable(said, phrase('A sign-in through an identity provider is not supported.'));
  }
  const role = roleIn(section);
  if (role) {
    return unusable(said, role, 'accessKey');
  }
  return candidateOf(said, {
    kind: 'accessKey',
    accessKey: { name: 'ak', value: values('ak') },
    secretKey: { name: 'sk', value: values('sk') },
    securityToken: { name: 'security_token', value: values('security_token') },
  });
}

/**
 * The sections, each with why it is not used where the parser would take in silence what the SDKs read in different ways: a
 * line that is none, a comment that touches a value or follows a quoted one, a name in quotes, a section or a value that
 * comes twice. Each could pair the key of one identity with the secret of another.
 */
function sectionsIn(text: string): readonly Section[] {
  const named = new Map<string, Section>();
  let current = sectionOf(undefined);
  const unnamed = [current];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const wrong = phrase('Line {0} of the file cannot be understood.', index + 1);
    const name = /^\[([^\]"';#\\]*)\]\s*$/.exec(line)?.[1]?.trim();
    if (name !== undefined) {
      const twin = named.get(name);
      if (twin) {
        twin.reason = phrase('The section {0} comes twice.', name);
      }
      current = twin ?? sectionOf(name);
      named.set(name, current);
    } else if (/^\s*\[/.test(line)) {
      current = sectionOf(undefined, wrong);
      unnamed.push(current);
    } else {
      addLine(current, line, wrong);
    }
  }
  return [...named.values(), ...unnamed];
}

function sectionOf(name: string | undefined, reason?: Phrase): Section {
  return { name, lines: [], names: new Set(), reason };
}

function addLine(section: Section, line: string, wrong: Phrase): void {
  const pair = /^\s*(?:[;#].*|([^=[\s"';#\\][^="';#\\]*)=(?:[^;#]*|[^;#"']*(?<=[=\s])[;#].*))?$/.exec(line);
  const name = pair?.[1]?.trim();
  if (pair === null || (name !== undefined && section.names.has(name))) {
    section.reason ??= wrong;
  }
  section.names.add(name ?? '');
  section.lines.push(line);
}
