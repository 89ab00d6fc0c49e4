import type { SignInMethod } from '../../accounts/account';
import { accessKey } from './accessKey';
import { agency } from './agency';
import type { GuidedMethod } from './method';
import { mfa } from './mfa';
import { password } from './password';
import { profile } from './profile';
import { token } from './token';

/** Every sign-in method, in the order of the choices. */
export const guidedMethods: Readonly<Record<SignInMethod, GuidedMethod>> = {
  password,
  mfa,
  accessKey,
  profile,
  token,
  agency,
};
