import * as v from 'valibot';
import { badAnswer, signInFaults } from '../cloud/errors';

/** How long a sign-in is kept: with its password, until its tokens expire, or in this window's memory only. */
const rememberChoices = ['always', 'untilExpiry', 'session'] as const;
export type Remember = (typeof rememberChoices)[number];

/**
 * How an account signs in: an IAM user with a password, or with a password and a code of an MFA device; a token made
 * elsewhere; access keys; a profile that is read where it is; the role of an agency, taken on by another account.
 */
const signInMethods = ['password', 'mfa', 'token', 'accessKey', 'profile', 'agency'] as const;
export type SignInMethod = (typeof signInMethods)[number];

const named = v.object({ id: v.string(), name: v.string() });
const ids = v.array(v.string());

/** An account as it is stored between windows: who it is, never a secret. */
export const accountSchema = v.object({
  /** Site, domain ID and user ID: one identity is one account. */
  id: v.string(),
  site: v.string(),
  domain: named,
  user: named,
  /** Names one sign-in: its secret carries the same name. Another sign-in of the identity has another one. */
  generation: v.string(),
  /** The names that it had when it was first signed in, where it was renamed since: see `sessionLabel`. */
  firstNames: v.optional(v.object({ user: v.string(), domain: v.string() })),
  /** What the user calls it, in the place of the user's name. */
  label: v.optional(v.string()),
  signIn: v.picklist(signInMethods),
  remember: v.picklist(rememberChoices),
  /** The one project that a pasted token serves; a pasted token without one serves no project by itself. */
  project: v.optional(named),
  /** True for a pasted token that was made neither for a project nor for the account. */
  unscoped: v.optional(v.boolean()),
  /** When a pasted token, or temporary keys, expire: milliseconds since 1970. */
  expires: v.optional(v.number()),
  /** The profile that is read for each use: its ID, and its name and source as people know them. */
  profile: v.optional(
    v.object({
      id: v.string(),
      kind: v.picklist(['password', 'token', 'accessKey']),
      name: v.string(),
      from: v.string(),
      endpoint: v.optional(v.string()),
      /** The access key, which is no secret: another one may be another user's. */
      access: v.optional(v.string()),
    }),
  ),
  /** The agency whose role it is, and the account that takes it on; `endpoint` where the profile of that names its IAM. */
  agency: v.optional(
    v.object({ parent: v.string(), name: v.string(), domainName: v.string(), endpoint: v.optional(v.string()) }),
  ),
  /** Addresses from the settings or its profile that the user accepted. */
  accepted: v.array(v.string()),
  /** Those that the user refused, which stay refused over later sign-ins. */
  declined: v.optional(v.array(v.string())),
  /** True once the cloud refused the sign-in: nothing is tried again before the user acts. */
  refused: v.optional(v.boolean()),
  /** Why the user has to sign in again, where that is known; without `refused`, what there is may still be tried. */
  refusalReason: v.optional(v.picklist(signInFaults)),
  /** What the user does not want to see: regions, projects and services by their IDs. */
  hidden: v.optional(v.object({ regions: ids, projects: ids, services: ids })),
});

export type Account = v.InferOutput<typeof accountSchema>;

/** Whether it signs in with a token that was made elsewhere: it cannot be renewed, and serves one project at most. */
export function usesPastedToken({ signIn, profile }: Account): boolean {
  return signIn === 'token' || profile?.kind === 'token';
}

/** The IAM that a profile names: also that of a role which an account that was signed in with it takes on. */
export function endpointOf({ profile, agency }: Account): string | undefined {
  return profile?.endpoint ?? agency?.endpoint;
}

/**
 * The ID that one identity always has.
 * @throws CloudError of kind `badAnswer` where a part of it has half of a character, which cannot be encoded
 */
export function accountId(site: string, domainId: string, userId: string): string {
  const parts = [site, domainId, userId];
  if (!parts.every((part) => part.isWellFormed())) {
    throw badAnswer();
  }
  return parts.map(encodeURIComponent).join(':');
}

/** Where the list of accounts is, for every window. No secret goes here, and whoever may write there may write anything. */
export interface AccountStore {
  /** The newest list, the very same object while it is the newest; nothing where there is none that can be read. */
  read(): unknown;
  /**
   * Puts what `change` makes of the newest list in its place. Where another window was faster, it is asked again.
   * @throws where nothing can be written
   */
  write(change: (newest: unknown) => unknown): Promise<void>;
}
/** Whether an account's requests are signed with keys, so that it never has a token. */
export function signsRequests({ signIn, profile }: Account): boolean {
  return signIn === 'accessKey' || profile?.kind === 'accessKey';
}
