import type { UsedProfile } from '../accounts/methods/profile';
import type { FoundProfiles } from '../accounts/profiles/profile';
import type { Phrase } from '../base/phrase';

// A lazy bundle, since the YAML parser is large.

/** The profiles of other tools on this machine. */
export async function findProfiles(): Promise<FoundProfiles> {
  const { findProfiles: find, thisMachine } = await import('../accounts/profiles/profiles');
  return find(thisMachine());
}

/** Reads a profile with its current secret. */
export async function readProfile(id: string): Promise<UsedProfile | { readonly reason: Phrase }> {
  const { readProfile: read, thisMachine } = await import('../accounts/profiles/profiles');
  return read(thisMachine(), id);
}
