import * as v from 'valibot';

/** How long a sign-in is kept: with its password, until its tokens expire, or in this window's memory only. */
export const rememberChoices = ['always', 'untilExpiry', 'session'] as const;
export type Remember = (typeof rememberChoices)[number];

const named = v.object({ id: v.string(), name: v.string() });

/** An account as it is stored between windows: who it is, never a secret. */
export const accountSchema = v.object({
  /** Site, domain ID and user ID: one identity is one account. */
  id: v.string(),
  site: v.string(),
  domain: named,
  user: named,
  signIn: v.picklist(['password', 'token']),
  remember: v.picklist(rememberChoices),
  /** The one project that a pasted token serves; a pasted token without one serves no project by itself. */
  project: v.optional(named),
  /** When a pasted token expires: milliseconds since 1970. */
  expires: v.optional(v.number()),
  /** Addresses from the settings that its user accepted when signing in, as written there. */
  accepted: v.array(v.string()),
  /** True once the cloud refused the sign-in: nothing is tried again before the user acts. */
  refused: v.optional(v.boolean()),
});

export type Account = v.InferOutput<typeof accountSchema>;

/** The ID that one identity always has. */
export function accountId(site: string, domainId: string, userId: string): string {
  return [site, domainId, userId].map(encodeURIComponent).join(':');
}

/** Where accounts are kept between windows. No secret goes here. */
export interface AccountStore {
  read(): unknown;
  write(accounts: readonly Account[]): Promise<void>;
}
