import { phrase, type Phrase } from '../../catalog/phrase';
import { candidateOf, memberOf, unusable, valuesOf, type Part, type Said, type Values } from './facts';
import { FileRefused, atHome, textOf } from './files';
import type { Candidate, ProfilePlaces } from './profile';

/**
 * The profiles of KooCLI, Huawei Cloud's command line: `~/.hcloud/config.json`, as its user guide ("Configuration
 * Management") and Huawei's Terraform provider describe it. Every yes and no in it is a string.
 * @throws FileRefused where the file as a whole is of no use
 */
export async function readKooCli(places: ProfilePlaces): Promise<readonly Candidate[]> {
  const path = kooCliFile(places);
  const text = path === undefined ? undefined : await textOf(places, path);
  if (path === undefined || text === undefined) {
    return [];
  }
  const config = parse(text);
  const profiles = memberOf(config, 'profiles');
  if (!Array.isArray(profiles)) {
    throw new FileRefused(phrase('The file has no profiles in a known form.'));
  }
  const settings = valuesOf(config);
  // Without a word on it KooCLI encrypts.
  const encrypted = settings('authEncrypt')?.toLowerCase() !== 'false' && memberOf(config, 'authEncrypt') !== false;
  return profiles.map((entry: unknown, index) => {
    const values = valuesOf(entry);
    const name = values('name') ?? `#${index + 1}`;
    return read(entry, encrypted, {
      source: 'koocli',
      name,
      from: [path],
      region: values('region'),
      projectId: values('projectId'),
      domainId: values('domainId'),
      current: name === settings('current'),
    });
  });
}

/** Where KooCLI keeps its profiles: below the user's folder on every system. */
export function kooCliFile(places: ProfilePlaces): string | undefined {
  return atHome(places, '.hcloud', 'config.json');
}

function read(entry: unknown, encrypted: boolean, said: Said): Candidate {
  const values = valuesOf(entry);
  const mode = values('mode') ?? 'AKSK';
  const known = mode.toUpperCase();
  if (known !== 'AKSK' && known !== 'SSO') {
    return unusable(said, whyNot(mode));
  }
  if (encrypted) {
    return unusable(
      said,
      phrase(
        'KooCLI has encrypted this sign-in, so that only KooCLI can read it. To use it here, run {0}, which keeps it as plain text, or enter it yourself.',
        'hcloud configure set --cli-auth-encrypt=false',
      ),
      'accessKey',
    );
  }
  if (known === 'AKSK') {
    return accessKey(values, said);
  }
  const keys = valuesOf(memberOf(memberOf(entry, 'ssoAuth'), 'stsToken'));
  // Empty until the person has signed in in the browser.
  return keys('accessKeyId') === undefined
    ? unusable(
        said,
        phrase('KooCLI is not signed in with SSO. Run {0}, then try again.', 'hcloud configure sso'),
        'accessKey',
      )
    : accessKey(keys, said);
}

function accessKey(values: Values, said: Said): Candidate {
  const part = (name: string): Part => ({ name, value: values(name) });
  return candidateOf(said, {
    kind: 'accessKey',
    accessKey: part('accessKeyId'),
    secretKey: part('secretAccessKey'),
    securityToken: part('securityToken'),
  });
}

function whyNot(mode: string): Phrase {
  switch (mode.toUpperCase()) {
    case 'ECSAGENCY':
      return phrase('The mode {0} gets its keys from the cloud server that KooCLI runs on.', mode);
    case 'ASSUMEROLE':
      return phrase('The mode {0} acts for another account. Use the profile that it builds upon.', mode);
    default:
      return phrase('The mode {0} is not supported.', mode);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FileRefused(phrase('The file is not valid JSON.'));
  }
}
