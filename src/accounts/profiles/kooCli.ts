import { phrase, type Phrase } from '../../base/phrase';
import { parseTime } from '../../base/time';
import {
  candidateOf,
  memberOf,
  roleIn,
  unusable,
  valuesOf,
  type CredentialField,
  type ProfileFields,
  type Values,
} from './candidate';
import { FileRefused, atHome, textOf } from './files';
import type { Candidate, Candidates, ProfilePlaces } from './profile';

/** The content of the file: its settings, and each profile, or why the profile cannot be read. */
interface Config {
  readonly settings: Values;
  /** True unless the file says otherwise. */
  readonly encrypted: boolean;
  readonly profiles: readonly { readonly entry: unknown; readonly reason?: Phrase }[];
}

/** A profile of a file that is not valid JSON. */
interface Piece {
  readonly line: number;
  readonly piece: string;
}

/** Nobody has more profiles; a file of other brackets has no end. */
const mostRecovered = 1000;

/**
 * The profiles of KooCLI, Huawei Cloud's command line: `~/.hcloud/config.json`, as the user guide ("Configuration
 * Management", "Logging In via SSO") and Huawei's Terraform provider describe it. Every yes and no in it is a string. A
 * profile that cannot be read hides no other.
 * @throws FileRefused where the file as a whole is of no use
 */
export async function readKooCli(places: ProfilePlaces): Promise<Candidates> {
  const path = kooCliFile(places);
  const text = path === undefined ? undefined : await textOf(places, path);
  if (path === undefined || text === undefined) {
    return { candidates: [], problems: [] };
  }
  const { settings, encrypted, profiles } = parse(text);
  const candidates = profiles.map(({ entry, reason }, index) => {
    const values = valuesOf(entry);
    const name = values('name') ?? `#${index + 1}`;
    const said: ProfileFields = {
      source: 'koocli',
      name,
      from: [path],
      region: values('region'),
      projectId: values('projectId'),
      domainId: values('domainId'),
      current: name === settings('current'),
    };
    return reason ? unusable(said, reason) : read(entry, encrypted, said, places.now?.() ?? Date.now());
  });
  return { candidates, problems: [] };
}

/** Where KooCLI keeps its profiles: below the user's folder on every system. */
export function kooCliFile(places: ProfilePlaces): string | undefined {
  return atHome(places, '.hcloud', 'config.json');
}

function read(entry: unknown, encrypted: boolean, said: ProfileFields, now: number): Candidate {
  const mode = valuesOf(entry)('mode') ?? 'AKSK';
  const known = mode.toUpperCase();
  if (known !== 'AKSK' && known !== 'SSO') {
    return unusable(said, whyNot(mode));
  }
  const role = roleIn(entry);
  if (role) {
    return unusable(said, role, 'accessKey');
  }
  const holder = known === 'SSO' ? memberOf(memberOf(entry, 'ssoAuth'), 'stsToken') : entry;
  const reason = (known === 'SSO' ? noSso(entry, now) : undefined) ?? (encrypted ? isEncrypted(holder) : undefined);
  return reason ? unusable(said, reason, 'accessKey') : accessKey(holder, said, known === 'SSO');
}

function accessKey(holder: unknown, said: ProfileFields, isTemporary: boolean): Candidate {
  const values = valuesOf(holder);
  const part = (name: string): CredentialField => ({ name, value: values(name) });
  const token = memberOf(holder, 'securityToken');
  if (token !== undefined && token !== null && typeof token !== 'string') {
    return unusable(said, phrase('{0} is not a text.', 'securityToken'), 'accessKey');
  }
  const found = candidateOf(said, {
    kind: 'accessKey',
    accessKey: part('accessKeyId'),
    secretKey: part('secretAccessKey'),
    securityToken: part('securityToken'),
  });
  // Without it, temporary keys would be tried as permanent ones.
  return isTemporary && found.secret && !token
    ? unusable(said, phrase('Not complete: {0} is missing.', 'securityToken'), 'accessKey')
    : found;
}

function holdsKeys(holder: unknown): boolean {
  const values = valuesOf(holder);
  return ['accessKeyId', 'secretAccessKey', 'securityToken'].some((name) => values(name) !== undefined);
}

function isEncrypted(holder: unknown): Phrase | undefined {
  return holdsKeys(holder)
    ? phrase(
        'KooCLI has encrypted this sign-in, so that only KooCLI can read it. To use it here, run {0}, which keeps it as plain text, or enter it yourself.',
        'hcloud configure set --cli-auth-encrypt=false',
      )
    : undefined;
}

/**
 * Why the sign-in in the browser cannot be used. It leaves `ssoAuth.accessTokenResult` with the token and its `expiresAt`;
 * `stsToken` is null or absent until KooCLI gets temporary keys for it. Neither time is encrypted.
 */
function noSso(entry: unknown, now: number): Phrase | undefined {
  const auth = memberOf(entry, 'ssoAuth');
  const keys = memberOf(auth, 'stsToken');
  const result = memberOf(auth, 'accessTokenResult');
  const hasKeys = holdsKeys(keys);
  const token = valuesOf(result)('accessToken') ?? valuesOf(auth)('accessToken');
  if (!hasKeys && token === undefined) {
    return phrase('KooCLI is not signed in with SSO. Run {0}, then try again.', 'hcloud configure sso');
  }
  // The time of the keys themselves counts, else that of what they were made from.
  const end = [...(hasKeys ? [keys] : []), result, auth, entry].map(endIn).find((each) => each !== undefined);
  if (end && end.at <= now) {
    return phrase('The SSO sign-in of KooCLI expired: {0}. Run {1}, then try again.', end.text, 'hcloud configure sso');
  }
  return hasKeys
    ? undefined
    : phrase('KooCLI is signed in with SSO, but has no temporary keys yet. Call a service with it, then try again.');
}

/** Names of the time when something ends, in KooCLI's files and in the answers of IAM that it keeps. */
const ends = ['expiresAt', 'expires_at', 'expiration', 'expireTime', 'expirationTime', 'expireAt', 'expires'];

/** When something ends, as it is written and in milliseconds since 1970. */
function endIn(holder: unknown): { readonly text: string; readonly at: number } | undefined {
  for (const name of ends) {
    const value = memberOf(holder, name);
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    const at = /^\d{10,13}$/.test(text) ? Number(text.padEnd(13, '0')) : latest(text);
    if (at !== undefined) {
      return { text, at };
    }
  }
  return undefined;
}

/** A time without a zone may be that of this machine or UTC: the later one counts. */
function latest(text: string): number | undefined {
  const utc = parseTime(text);
  const local = Date.parse(text.replace(' ', 'T'));
  return utc === undefined || Number.isNaN(local) ? utc : Math.max(utc, local);
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

function parse(text: string): Config {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    return recover(text);
  }
  const profiles = memberOf(config, 'profiles');
  if (!Array.isArray(profiles)) {
    throw new FileRefused(phrase('The file has no profiles in a known form.'));
  }
  const settings = valuesOf(config);
  const encrypted = settings('authEncrypt')?.toLowerCase() !== 'false' && memberOf(config, 'authEncrypt') !== false;
  return { settings, encrypted, profiles: profiles.map((entry: unknown) => ({ entry })) };
}

/** The readable parts of a file that is not valid JSON. @throws FileRefused if there are none */
function recover(text: string): Config {
  const start = /"profiles"\s*:\s*\[/.exec(text);
  const from = start ? start.index + start[0].length : text.length;
  const { pieces, end } = objectsIn(text, from);
  if (pieces.length === 0) {
    throw new FileRefused(phrase('The file is not valid JSON.'));
  }
  const around = `${text.slice(0, start?.index)}${text.slice(end)}`;
  const found = new Map(
    [...around.matchAll(/"(authEncrypt|current)"\s*:\s*"?([^",\s}]+)/g)].map(([, name, value]) => [name, value]),
  );
  return {
    settings: (name) => found.get(name),
    encrypted: found.get('authEncrypt')?.toLowerCase() !== 'false',
    profiles: pieces.map(({ line, piece }) => {
      try {
        return { entry: JSON.parse(piece) as unknown };
      } catch {
        const name = /"name"\s*:\s*"([^"\\\n]*)"/.exec(piece)?.[1] ?? '';
        return { entry: { name }, reason: phrase('It is not valid JSON. It begins in line {0}.', line) };
      }
    }),
  };
}

/** The objects of an array, each as it is written, with its first line; `end` is where the array ends. */
function objectsIn(text: string, from: number): { readonly pieces: readonly Piece[]; readonly end: number } {
  const pieces: Piece[] = [];
  let [start, depth, before] = [-1, 0, ''];
  let [counted, line] = [0, 1];
  let at = from;
  const close = (end: number): void => {
    if (start >= 0) {
      line += text.slice(counted, start).split('\n').length - 1;
      counted = start;
      pieces.push({ line, piece: text.slice(start, end) });
    }
    [start, depth] = [-1, 0];
  };
  for (; at < text.length && pieces.length < mostRecovered && !(depth === 0 && text[at] === ']'); at += 1) {
    const character = text.charAt(at);
    if (character === '"') {
      at = endOfString(text, at);
    } else if (character === '{') {
      // A value follows a colon; another object is the next one, though the one before it was not closed.
      if (before !== ':') {
        close(at);
        start = at;
      }
      depth += 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth <= 0) {
        close(at + 1);
      }
    }
    before = character.trim() || before;
  }
  close(at);
  return { pieces, end: at };
}

/** The quotation mark that ends a string, or the end of its line: no string goes on behind that. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' || character === '\n') {
      return at;
    }
    if (character === '\\') {
      at += 1;
    }
  }
  return text.length;
}
