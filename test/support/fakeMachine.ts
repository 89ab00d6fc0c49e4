import assert from 'node:assert/strict';
import type { FoundProfiles, Profile, ProfilePlaces, ProfileSecret } from '../../src/accounts/profiles/profile';
import { findProfiles, readProfile } from '../../src/accounts/profiles/profiles';
import { toEnglish } from './english';

/** A machine that is only said to be: files by path, each a text or what reading it throws, and variables. */
export class FakeMachine implements ProfilePlaces {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  env: Record<string, string>;
  readonly files: Map<string, string | Error>;
  /** A moment in 2026, in milliseconds since 1970. */
  now = (): number => Date.UTC(2026, 7, 1, 12);
  /** Every path that was asked for. */
  readonly asked: string[] = [];

  constructor(
    files: Readonly<Record<string, string | Error>>,
    env: Record<string, string> = {},
    { home = '/home/li', platform = 'linux' }: { home?: string; platform?: NodeJS.Platform } = {},
  ) {
    this.files = new Map(Object.entries(files));
    this.env = env;
    this.home = home;
    this.platform = platform;
  }

  readFile(path: string): Promise<string | undefined> {
    this.asked.push(path);
    const file = this.files.get(path);
    return file instanceof Error ? Promise.reject(file) : Promise.resolve(file);
  }

  find(): Promise<FoundProfiles> {
    return findProfiles(this);
  }

  /** The profiles, where no file is a problem. */
  async profiles(): Promise<readonly Profile[]> {
    const { profiles, problems } = await this.find();
    assert.deepEqual(problems, []);
    return profiles;
  }

  /** The one profile that there is. */
  async profile(): Promise<Profile> {
    const profiles = await this.profiles();
    assert.equal(profiles.length, 1, JSON.stringify(profiles));
    const [profile] = profiles;
    assert.ok(profile);
    return profile;
  }

  /** The secret of the one profile that there is. */
  async secret(): Promise<ProfileSecret> {
    const read = await readProfile(this, (await this.profile()).id);
    assert.ok('secret' in read, JSON.stringify(read));
    return read.secret;
  }
}

export const kooCli = '/home/li/.hcloud/config.json';
export const sdk = '/home/li/.huaweicloud/credentials';
export const clouds = '/home/li/.config/openstack/clouds.yaml';

/** A KooCLI file of these profiles, in plain text unless it says otherwise. */
export function kooCliFile(profiles: unknown, more: object = {}): string {
  return JSON.stringify({ authEncrypt: 'false', language: 'en', current: 'default', profiles, ...more });
}

/** Why a profile is not usable, as a reader in English sees it. */
export function unusableText({ unusableReason: reason }: Profile): string {
  assert.ok(reason, 'it is usable');
  return toEnglish(reason);
}

/** The fields of a profile, without those that only this program adds. */
export function sourceFields(profile: Profile): Partial<Profile> {
  const { id, fingerprint, ...facts } = profile;
  assert.ok(id.startsWith(`${facts.source}:`) && fingerprint);
  return facts;
}
