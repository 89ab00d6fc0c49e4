import { accessKey } from './accessKey';
import { agency } from './agency';
import { mfa } from './mfa';
import { password } from './password';
import { profile } from './profile';
import { token } from './token';

/** Every sign-in method. */
export const methods = [password, mfa, token, accessKey, profile, agency] as const;
