/** The extension's accounts as another window has them: tests and demo sign in by what the windows of a machine share. */
import assert from 'node:assert/strict';
import { Accounts, type SignedIn } from '../../src/accounts/accounts';
import type { SecretStore } from '../../src/accounts/accountSecret';
import { readSites, type ChosenSite } from '../../src/accounts/sites';
import { services } from '../../src/catalog/catalog';
import { pause } from '../../src/base/abort';
import { RetryPolicy } from '../../src/cloud/retryPolicy';
import { AccountFile } from '../../src/platform/accountFile';
import { readProfile } from '../../src/platform/machineProfiles';
import { allAccepted } from '../support/accepted';
import { sampleSite } from '../cloud/control';
import type { SAMPLE } from '../cloud/data';
import { signInWithPassword } from '../../src/accounts/methods/password';

/** Signs in in one of the ways that there are. */
export type SignIn = (accounts: Accounts, site: ChosenSite, signal: AbortSignal) => Promise<SignedIn | undefined>;

/** Signs the sample's user in with the password, which is remembered. */
export function withPasswordOf({ domain, user, password }: typeof SAMPLE): SignIn {
  const who = { accountName: domain.name, userName: user, password };
  return async (accounts, site, signal) => signInWithPassword(accounts, site, who, 'always', signal);
}

/**
 * The accounts of another window, at the sample cloud.
 * @param folder the extension's global storage
 */
export function accountsIn(
  folder: string,
  vault: SecretStore,
  cloud: string,
): { accounts: Accounts; accountFile: AccountFile; site: ChosenSite } {
  const sites = readSites({ demo: sampleSite(cloud) });
  const site = sites.sites.get('demo');
  assert.ok(site);
  const ignore = (): void => undefined;
  const log = { info: ignore, warn: ignore };
  const accountFile = new AccountFile(folder, log);
  const accounts = new Accounts({
    store: accountFile,
    secretStore: vault,
    transport: { timeout: () => 10_000, log, clock: Date.now },
    services,
    sites: () => sites,
    readProfile,
    retryPolicy: () => new RetryPolicy({ clock: Date.now, pause, random: Math.random, waiting: ignore }),
  });
  return { accounts, accountFile, site: allAccepted(site) };
}
