import { createHmac, randomBytes } from 'node:crypto';
import { phrase, type Phrase } from '../../base/phrase';
import { readCloudsYaml } from './cloudsYaml';
import { readEnvironment } from './environment';
import { reasonOf } from './files';
import { kooCliFile, readKooCli } from './kooCli';
import type {
  Candidate,
  Candidates,
  FoundProfiles,
  Profile,
  ProfilePlaces,
  ProfileSecret,
  ProfileSource,
} from './profile';
import { readSdkFile, sdkFile } from './sdkFile';

export { thisMachine } from './files';

/** How each source is read. None throws: a file that is of no use is a problem, and takes no other with it. */
const sources: Readonly<Record<ProfileSource, (places: ProfilePlaces) => Promise<Candidates>>> = {
  koocli: (places) => oneFile('koocli', kooCliFile(places), readKooCli(places)),
  sdkFile: (places) => oneFile('sdkFile', sdkFile(places), readSdkFile(places)),
  environment: (places) => Promise.resolve({ candidates: readEnvironment(places), problems: [] }),
  cloudsYaml: readCloudsYaml,
};

/**
 * Looks for the sign-ins that a person already has on this machine. Only reads, runs nothing, asks nothing of the
 * network, and gives no secret. For when the person asks: never in the background.
 */
export async function findProfiles(places: ProfilePlaces): Promise<FoundProfiles> {
  const found = await Promise.all(Object.values(sources).map((read) => read(places)));
  return {
    profiles: found.flatMap(({ candidates }) => identified(candidates).map(({ profile }) => profile)),
    problems: found.flatMap(({ problems }) => problems),
  };
}

/**
 * Reads a profile's secret at the moment of its use, from its own source only. The rest of the profile is
 * returned as it is now: its endpoint may no longer be the one that the user agreed to.
 */
export async function readProfile(
  places: ProfilePlaces,
  id: string,
): Promise<{ readonly profile: Profile; readonly secret: ProfileSecret } | { readonly reason: Phrase }> {
  const read = Object.entries(sources).find(([source]) => id.startsWith(`${source}:`))?.[1];
  const { candidates, problems } = (await read?.(places)) ?? { candidates: [], problems: [] };
  const found = identified(candidates).find(({ profile }) => profile.id === id);
  if (!found) {
    return { reason: problems[0]?.reason ?? phrase('This sign-in is no longer there.') };
  }
  const { profile, secret } = found;
  if (profile.unusableReason) {
    return { reason: profile.unusableReason };
  }
  return secret ? { profile, secret } : { reason: phrase('This sign-in is no longer there.') };
}

async function oneFile(
  source: ProfileSource,
  path: string | undefined,
  reading: Promise<Candidates>,
): Promise<Candidates> {
  try {
    return await reading;
  } catch (error) {
    return { candidates: [], problems: [{ source, path: path ?? '', reason: reasonOf(error) }] };
  }
}

/** Gives each its ID. Two of one name in one file are not used: nothing says which one the person means. */
function identified(candidates: readonly Candidate[]): { profile: Profile; secret?: ProfileSecret }[] {
  const ids = candidates.map(({ facts }) => idOf(facts.source, facts.from, facts.name));
  const times = new Map<string, number>();
  for (const id of ids) {
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  const seen = new Map<string, number>();
  return candidates.map(({ facts, secret }, index) => {
    const id = ids[index] ?? '';
    const fingerprint = fingerprintOf(facts, secret);
    if ((times.get(id) ?? 0) < 2) {
      return { profile: { ...facts, id, fingerprint }, ...(secret ? { secret } : {}) };
    }
    const nth = (seen.get(id) ?? 0) + 1;
    seen.set(id, nth);
    const reason = phrase('Another profile has the same name. Rename one of them.');
    return { profile: { ...facts, unusableReason: reason, id: `${id}:${nth}`, fingerprint } };
  });
}

function idOf(source: ProfileSource, from: readonly string[], name: string): string {
  // The first is the file itself; one more variable, or a file laid over it, does not make it another sign-in.
  const file = source === 'environment' ? '' : (from[0] ?? '');
  return [source, file, name].map(encode).join(':');
}

// `encodeURIComponent` throws at half a character, which JSON can hold.
function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
}

/** Random per process, and never written. */
const key = randomBytes(32);

/**
 * A text that changes when a sign-in does. A plain hash of a password could be cracked offline;
 * this one says nothing without the key, which ends with the process. Time and size of the file would be no better:
 * the environment has neither, and a change of one profile would be one of all in its file. Nobody needs it over a
 * restart, as the secret itself is read for each use.
 */
function fingerprintOf(facts: Candidate['facts'], secret: ProfileSecret | undefined): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([facts, secret]))
    .digest('hex')
    .slice(0, 32);
}
