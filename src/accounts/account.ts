import * as v from 'valibot';
import { signInFaults } from '../cloud/errors';
import { methods } from './methods';
import type { MethodDeclaration, SignInTraits } from './methods/method';

/** How long a sign-in is kept: with its password, until its tokens expire, or in this window's memory only. */
const rememberChoices = ['always', 'untilExpiry', 'session'] as const;
export type Remember = (typeof rememberChoices)[number];

/** How an account signs in: see `methods/`. */
export type SignInMethod = (typeof methods)[number]['kind'];

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
  /** Its names at the first sign-in, if it was renamed since: see `sessionLabel`. */
  firstNames: v.optional(v.object({ user: v.string(), domain: v.string() })),
  /** The user's own name for it, shown in place of the user name. */
  label: v.optional(v.string()),
  signIn: v.picklist(methods.map(({ kind }) => kind)),
  remember: v.picklist(rememberChoices),
  /** The one project that a pasted token serves; a pasted token without one serves no project by itself. */
  project: v.optional(named),
  /** True for a pasted token that was made neither for a project nor for the account. */
  unscoped: v.optional(v.boolean()),
  /** When a pasted token, or temporary keys, expire: milliseconds since 1970. */
  expires: v.optional(v.number()),
  /** The profile that is read for each use: its ID, name and source. */
  profile: v.optional(
    v.object({
      id: v.string(),
      kind: v.picklist(['password', 'token', 'accessKey']),
      name: v.string(),
      from: v.string(),
      endpoint: v.optional(v.string()),
      /** The access key ID, which is not secret. Another one may belong to another user. */
      access: v.optional(v.string()),
    }),
  ),
  /** The agency whose role it is, and the account that takes it on; `endpoint` if the profile of that account names its IAM. */
  agency: v.optional(
    v.object({ parent: v.string(), name: v.string(), domainName: v.string(), endpoint: v.optional(v.string()) }),
  ),
  /** Addresses from the settings or its profile that the user accepted. */
  accepted: v.array(v.string()),
  /** Those that the user refused, which stay refused over later sign-ins. */
  declined: v.optional(v.array(v.string())),
  /** True once the cloud refused the sign-in: nothing is tried again before the user acts. */
  refused: v.optional(v.boolean()),
  /** Why the user has to sign in again, if known. Without `refused`, the held secret may still be tried. */
  refusalReason: v.optional(v.picklist(signInFaults)),
  /** Regions, projects and services that the user hid, by ID. */
  hidden: v.optional(v.object({ regions: ids, projects: ids, services: ids })),
});

export type Account = v.InferOutput<typeof accountSchema>;

/** Where the list of accounts is, for every window. It holds no secret, and its content is not trusted. */
export interface AccountStore {
  /** The newest list, as the same object until a newer one comes; undefined if none can be read. */
  read(): unknown;
  /**
   * Replaces the newest list with the result of `change`, which is called again if another window wrote first.
   * @throws if nothing can be written
   */
  write(change: (newest: unknown) => unknown): Promise<void>;
}

/** The declaration of a sign-in method. */
export function methodOf(kind: SignInMethod): MethodDeclaration<SignInMethod> {
  const [first] = methods;
  return methods.find((method) => method.kind === kind) ?? first;
}

/** How an account goes on after it signed in. */
export function traitsOf(account: Account): SignInTraits {
  return methodOf(account.signIn).traits(account);
}

/** Whether it signs in with a token that was made elsewhere: it cannot be renewed, and serves one project at most. */
export function usesPastedToken(account: Account): boolean {
  return traitsOf(account).projects === 'one';
}

/** Whether an account's requests are signed with keys, so that it never has a token. */
export function signsRequests(account: Account): boolean {
  return traitsOf(account).credential === 'signature';
}
