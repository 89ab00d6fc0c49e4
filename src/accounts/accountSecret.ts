import * as v from 'valibot';
import type { Account } from './account';
import type { AccessKeys } from './sign';

/** A token and when it ends: milliseconds since 1970. */
export interface StoredToken {
  readonly value: string;
  readonly expires: number;
  /** When it came, by this machine's clock: milliseconds since 1970. */
  readonly received?: number;
}

/** Access keys, and when they end where they are temporary: milliseconds since 1970. */
export interface StoredKeys extends AccessKeys {
  readonly expires?: number;
}

/** What an account signs in with. `tokens` has one for the account (`account`) and one a project (`project:<id>`). */
export interface AccountSecret {
  readonly password?: string | undefined;
  /** Where it has these, requests are signed. */
  readonly keys?: StoredKeys;
  readonly tokens: Readonly<Record<string, StoredToken>>;
}

/** A place for secrets, such as an editor's SecretStorage. Each call may fail. */
export interface SecretStore {
  read(key: string): Promise<string | undefined>;
  write(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
}

const tokens = v.record(
  v.string(),
  v.object({ value: v.string(), expires: v.number(), received: v.exactOptional(v.number()) }),
);
const keys = v.object({
  access: v.string(),
  secret: v.string(),
  securityToken: v.exactOptional(v.string()),
  expires: v.exactOptional(v.number()),
});

/** The shape of an entry. */
const entrySchema = v.object({
  version: v.literal(2),
  generation: v.string(),
  password: v.exactOptional(v.string()),
  keys: v.exactOptional(keys),
  tokens,
});

/** The vault's key of an account: the only entry that it has there. */
export function secretStoreKey(accountId: string): string {
  return `keyExplorer.account.${accountId}`;
}

/**
 * An account's secret from its vault entry; nothing where the entry is missing, of no known shape, or of another sign-in: a
 * window may see entries that are no longer there (a browser's tab keeps a copy), and write them back.
 */
export function parseAccountSecret(entry: string | undefined, generation: string): AccountSecret | undefined {
  if (entry === undefined) {
    return undefined;
  }
  try {
    const { version: _, generation: belongsTo, ...secret } = v.parse(entrySchema, JSON.parse(entry));
    return belongsTo === generation ? secret : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The vault entry for a secret. The password and keys that last are in it only where the user chose so; what ends by
 * itself is in it until then.
 */
export function serializeAccountSecret(
  { password, keys: held, tokens: all }: AccountSecret,
  { remember, generation }: Pick<Account, 'remember' | 'generation'>,
  now: number,
): string {
  const always = remember === 'always';
  const kept = held && (held.expires === undefined ? always : held.expires > now) ? held : undefined;
  return JSON.stringify({
    version: 2,
    generation,
    ...(always && password !== undefined ? { password } : {}),
    ...(kept ? { keys: kept } : {}),
    tokens: Object.fromEntries(Object.entries(all).filter(([, { expires }]) => expires > now)),
  });
}
