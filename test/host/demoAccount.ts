/** Signs the sample's user in to the demo, by what a user of the packaged extension can have on a machine. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { thisMachine } from '../../src/accounts/profiles/files';
import { findProfiles, readProfile } from '../../src/accounts/profiles/profiles';
import type { SecretStore } from '../../src/accounts/accountSecret';
import { SAMPLE } from '../cloud/data';
import { accountsIn } from './otherWindow';
import { repoRoot } from './processes';
import type { Workbench } from './workbench';
import { signInWithProfile } from '../../src/accounts/methods/profile';

/**
 * Writes a credentials file of the SDKs into the home folder of the extension host, and an account that signs in with it into
 * the list of accounts. Windows that are open take it up.
 */
export async function signInByProfile({ home, userDataDir }: Workbench, cloud: string): Promise<void> {
  const file = join(home, '.huaweicloud/credentials');
  const { access, secret } = SAMPLE.operator.key;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `[basic-demo]\nak = ${access}\nsk = ${secret}\n`, { mode: 0o600 });

  const places = { ...thisMachine(), home, env: {} };
  const { profiles } = await findProfiles(places);
  const used = await readProfile(places, profiles[0]?.id ?? '');
  assert.ok('profile' in used);

  const { publisher, name }: { publisher: string; name: string } = JSON.parse(
    readFileSync(join(repoRoot, 'package.json'), 'utf8'),
  );
  const folder = join(userDataDir, 'User/globalStorage', `${publisher}.${name}`);
  const { accounts, site } = accountsIn(folder, noVault, cloud);
  await signInWithProfile(accounts, site, used, async () => true, new AbortController().signal);
  accounts.close();
}

/** Nothing of a profile is copied into the secret storage, which is out of reach here. */
const refused = async (): Promise<never> => Promise.reject(new Error('A profile needs no secret storage'));
const noVault: SecretStore = { read: refused, write: refused, remove: refused };
