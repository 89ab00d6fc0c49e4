import type { Clock } from '../base/clock';
import type { StoredToken } from './accountSecret';
import type * as iamRequests from './iamRequests';

/** A code of a virtual MFA device. IAM wants the user's ID with it, not the name. */
export interface Passcode {
  readonly userId: string;
  readonly code: string;
}

/** Who signs in, and how; `agency`: with the token of a user who may take on its role. */
export type Identity =
  | {
      readonly kind: 'password';
      readonly accountName: string;
      readonly userName: string;
      readonly password: string;
      readonly passcode?: Passcode | undefined;
    }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'agency'; readonly token: string; readonly agencyName: string; readonly domainName: string };

/** The scope of a requested token. */
export type AskedScope = { readonly domain: { name: string } | { id: string } } | { readonly project: { id: string } };

/** A token as IAM describes it. `expires`: milliseconds since 1970. */
export interface IamToken {
  readonly value: string;
  readonly expires: number;
  readonly user: { readonly id: string; readonly name: string };
  readonly domain: { readonly id: string; readonly name: string };
  readonly project?: { readonly id: string; readonly name: string };
  /** True if it was made neither for a project nor for an account. */
  readonly unscoped?: true;
}

/** The owner of keys, as far as IAM says. */
export interface Owner {
  readonly user: { readonly id: string; readonly name: string };
  readonly domain: { readonly id: string; readonly name: string };
}

/** A new token as it is stored, with the time of its arrival. */
export function storedToken({ value, expires }: IamToken, clock: Clock): StoredToken {
  return { value, expires, received: clock() };
}

// Activation does not need the requests: they are loaded with the first one.
const load = async (): Promise<typeof iamRequests> => import('./iamRequests');

export const requestToken: typeof iamRequests.requestToken = async (...request) =>
  (await load()).requestToken(...request);

export const checkToken: typeof iamRequests.checkToken = async (...request) => (await load()).checkToken(...request);

export const requestKeys: typeof iamRequests.requestKeys = async (...request) => (await load()).requestKeys(...request);

export const ownerOf: typeof iamRequests.ownerOf = async (...request) => (await load()).ownerOf(...request);

export const tokenState: typeof iamRequests.tokenState = async (...request) => (await load()).tokenState(...request);

export const isReachable: typeof iamRequests.isReachable = async (...request) => (await load()).isReachable(...request);
