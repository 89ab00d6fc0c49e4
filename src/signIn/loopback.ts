import { rememberChoices, type Account, type Remember } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import { isLoopback } from '../cloud/address';
import { settings } from '../host/settings';

/** What another extension may sign in with, on this machine only. */
interface LoopbackSignIn {
  readonly site: string;
  readonly accountName: string;
  readonly userName: string;
  readonly password: string;
  readonly remember: Remember;
}

/**
 * Signs in without asking, for trying the extension against an IAM on this very machine.
 * @throws Error where the arguments are not complete, or the site's IAM is anywhere else
 */
export async function signInOnLoopback(accounts: Accounts, given: unknown): Promise<Account> {
  const { site: siteId, remember, ...who } = readLoopbackSignIn(given);
  const site = settings.site(siteId);
  if (!site || !isLoopback(new URL(site.iam))) {
    throw new Error('Arguments are taken only for a site whose IAM runs on this machine.');
  }
  const chosen = { ...site, accepted: site.fromSettings, declined: [] };
  const { account } = await accounts.withPassword(chosen, who, remember, new AbortController().signal);
  return account;
}

function readLoopbackSignIn(given: unknown): LoopbackSignIn {
  const read = (name: string): string => {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
    if (typeof value !== 'string' || value === '') {
      throw new Error(`The argument ${name} is missing.`);
    }
    return value;
  };
  const remember = rememberChoices.find((choice) => choice === read('remember')) ?? 'session';
  return {
    site: read('site'),
    accountName: read('accountName'),
    userName: read('userName'),
    password: read('password'),
    remember,
  };
}
