import { accessKey } from './accessKey';
import { agency } from './agency';
import { mfa } from './mfa';
import { password } from './password';
import { profile } from './profile';
import { token } from './token';

/** Every sign-in method. Only the declarations are loaded at activation, not the functions that sign in. */
export const methods = [password, mfa, token, accessKey, profile, agency] as const;
