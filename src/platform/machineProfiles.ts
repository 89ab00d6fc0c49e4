import type { UsedProfile } from '../accounts/authenticate';
import type { FoundProfiles } from '../accounts/profiles/profile';
import type { Phrase } from '../base/phrase';

// A bundle of its own, loaded with the first use: reading YAML is a third as large as all the rest.

/** The sign-ins that its user has on this machine already. */
export async function findProfiles(): Promise<FoundProfiles> {
  const { findProfiles: find, thisMachine } = await import('../accounts/profiles/profiles');
  return find(thisMachine());
}

/** One of them with its secret, as it is now. */
export async function readProfile(id: string): Promise<UsedProfile | { readonly because: Phrase }> {
  const { readProfile: read, thisMachine } = await import('../accounts/profiles/profiles');
  return read(thisMachine(), id);
}
