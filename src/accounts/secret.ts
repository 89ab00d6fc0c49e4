import * as v from 'valibot';
import type { Remember } from './account';

/** A token and when it ends: milliseconds since 1970. */
export interface StoredToken {
  readonly value: string;
  readonly expires: number;
}

/** What an account signs in with. `tokens` has one for the account (`account`) and one a project (`project:<id>`). */
export interface Secret {
  readonly password?: string | undefined;
  readonly tokens: Readonly<Record<string, StoredToken>>;
}

/** A place for secrets, such as an editor's SecretStorage. Each call may fail. */
export interface Vault {
  read(key: string): Promise<string | undefined>;
  write(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
}

const version1 = v.object({
  version: v.literal(1),
  password: v.optional(v.string()),
  tokens: v.record(v.string(), v.object({ value: v.string(), expires: v.number() })),
});

/** The vault's key of an account: the only entry that it has there. */
export function vaultKey(accountId: string): string {
  return `keyExplorer.account.${accountId}`;
}

/** An account's secret from its vault entry; nothing where the entry is missing or of no known shape. */
export function readSecret(entry: string | undefined): Secret | undefined {
  if (entry === undefined) {
    return undefined;
  }
  try {
    const { password, tokens } = v.parse(version1, JSON.parse(entry));
    return { tokens, ...(password === undefined ? {} : { password }) };
  } catch {
    return undefined;
  }
}

/** The vault entry for a secret: with the password only where its user chose so, and without tokens that have ended. */
export function writeSecret(secret: Secret, remember: Remember, now: number): string {
  const tokens = Object.fromEntries(Object.entries(secret.tokens).filter(([, { expires }]) => expires > now));
  return JSON.stringify({
    version: 1,
    ...(remember === 'always' && secret.password !== undefined ? { password: secret.password } : {}),
    tokens,
  });
}
