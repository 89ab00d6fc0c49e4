import { Secret, TOTP } from 'otpauth';
import type { User } from './data';

const period = 30;

/** The codes of virtual MFA devices: one code gives one token (RFC 6238, section 5.2). */
export class Passcodes {
  readonly #taken = new Set<string>();

  /** Whether a code is right, a period early or late included, and was not taken before; takes it. */
  take(user: User, passcode: string, now: number): boolean {
    const delta = deviceOf(user).validate({ token: passcode, timestamp: now, window: 1 });
    const counter = `${user.id}/${Math.floor(now / 1000 / period) + (delta ?? 0)}`;
    if (delta === null || this.#taken.has(counter)) {
      return false;
    }
    this.#taken.add(counter);
    return true;
  }

  reset(): void {
    this.#taken.clear();
  }
}

/** The code that a user's MFA device shows at a time, in milliseconds since the epoch. */
export function passcodeOf(user: User, at: number): string {
  return deviceOf(user).generate({ timestamp: at });
}

function deviceOf({ mfa = '' }: User): TOTP {
  return new TOTP({ secret: Secret.fromBase32(mfa), period });
}
