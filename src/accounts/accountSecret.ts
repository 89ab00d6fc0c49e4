import * as v from 'valibot';
import type { Account } from './account';
import type { AccessKeys } from './sign';

/** A token and its end, in milliseconds since 1970. */
export interface StoredToken {
  readonly value: string;
  readonly expires: number;
  /** When it was received, by this machine's clock: milliseconds since 1970. */
  readonly received?: number;
}

/** Access keys; `expires` if they are temporary, in milliseconds since 1970. */
export interface StoredKeys extends AccessKeys {
  readonly expires?: number;
}

/** The secret of an account. `tokens` has one for the account (`account`) and one a project (`project:<id>`). */
export interface AccountSecret {
  readonly password?: string | undefined;
  /** If present, requests are signed. */
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

/** The key of an account's only entry in the secret storage. */
export function secretStoreKey(accountId: string): string {
  return `keyExplorer.account.${accountId}`;
}

/**
 * Parses an account's secret. A window may see entries that were removed (a browser tab keeps a copy), and write them back.
 * @returns undefined if the entry is missing, malformed, or of another sign-in
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
 * The stored entry for a secret. It has the password and permanent keys only if the user chose so, and temporary credentials
 * until they end.
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
