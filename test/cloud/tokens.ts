import { createHash, randomBytes } from 'node:crypto';
import type { Caller } from './answers';
import type { Clock } from './clock';
import type { Expiry } from './control';
import { SAMPLE, type Principal, type StandInOptions, type User } from './data';
import { Passcodes } from './passcodes';

const day = 86_400;
const lockAfter = 5;

/** A token that was given out: for a project, or, without one, for the whole account. Times in ms since the epoch. */
export interface Token extends Caller {
  readonly value: string;
  readonly methods: readonly string[];
  /** The user who took on the agency whose token it is. */
  readonly assumedBy: Principal | undefined;
  readonly issuedAt: number;
  expiresAt: number;
}

/** A code of an MFA device, and the ID of the user whose it is. */
interface SecondFactor {
  readonly userId: string;
  readonly passcode: string;
}

/** The tokens given out so far, who mistyped a password how often, and which passwords were changed. */
export class TokenStore {
  readonly #options: StandInOptions;
  readonly #clock: Clock;
  readonly #passcodes = new Passcodes();
  readonly #passwords = new Map<string, string>();
  readonly #tokens = new Map<string, Token>();
  readonly #wrong = new Map<string, { times: number; lockedUntil: number }>();
  #life: number;

  constructor(options: StandInOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#life = options.tokenLife ?? day;
  }

  /** How many seconds the tokens of the future live. */
  set life(seconds: number) {
    this.#life = seconds;
  }

  /** Gives out a token; one got by exchange ends no later than the one it was got with, and says the same of who asks. */
  issue(caller: Caller, methods: readonly string[], from: Partial<Pick<Token, 'assumedBy' | 'expiresAt'>> = {}): Token {
    const issuedAt = this.#clock.now();
    const token: Token = {
      // As long as real ones, which are signed messages in base64 that always begin so.
      value: `MII${randomBytes(1536).toString('base64').replaceAll('/', '-').replaceAll('=', '')}`,
      user: caller.user,
      project: caller.project,
      methods,
      assumedBy: from.assumedBy,
      issuedAt,
      expiresAt: Math.min(issuedAt + this.#life * 1000, from.expiresAt ?? Infinity),
    };
    this.#tokens.set(token.value, token);
    return token;
  }

  /** The token of that value, unless it has expired. */
  find(value: string | undefined): Token | undefined {
    const token = value === undefined ? undefined : this.#tokens.get(value);
    return token !== undefined && token.expiresAt > this.#clock.now() ? token : undefined;
  }

  /**
   * Whether a user's password is right, wrong, or the user locked by five wrong ones in a row. A user with an MFA device
   * needs its code, too, and a wrong one counts as a wrong password; a code that is missing does not.
   */
  check(name: string, password: string, second?: SecondFactor): User | 'wrong' | 'locked' {
    const user: User | undefined = SAMPLE.users.find((one) => one.name === name);
    if (user === undefined) {
      return 'wrong';
    }
    const before = this.#wrong.get(name) ?? { times: 0, lockedUntil: 0 };
    if (before.lockedUntil > this.#clock.now()) {
      return 'locked';
    }
    const isRight = password === (this.#passwords.get(name) ?? user.password);
    if (isRight && (user.mfa === undefined) !== (second === undefined)) {
      return 'wrong';
    }
    if (isRight && (second === undefined || this.#isSecond(user, second))) {
      this.#wrong.delete(name);
      return user;
    }
    const times = before.times + 1;
    const locks = times >= lockAfter;
    const lockedUntil = locks ? this.#clock.now() + (this.#options.lockFor ?? 900) * 1000 : 0;
    this.#wrong.set(name, { times: locks ? 0 : times, lockedUntil });
    return locks ? 'locked' : 'wrong';
  }

  /** Changes a user's password, which ends the tokens that it has. */
  changePassword(name: string, password: string): void {
    this.#passwords.set(name, password);
    for (const token of this.#tokens.values()) {
      if ((token.assumedBy ?? token.user).name === name) {
        token.expiresAt = Math.min(token.expiresAt, this.#clock.now());
      }
    }
  }

  /** Expires the tokens that are meant, now. */
  expire(which: Expiry): void {
    for (const token of this.#tokens.values()) {
      const scoped = which.scope === undefined || (which.scope === 'project') === (token.project !== undefined);
      const named =
        which.project === undefined || token.project?.id === which.project || token.project?.name === which.project;
      if (scoped && named) {
        token.expiresAt = Math.min(token.expiresAt, this.#clock.now());
      }
    }
  }

  /** Forgets all of it. */
  reset(): void {
    this.#tokens.clear();
    this.#wrong.clear();
    this.#passwords.clear();
    this.#passcodes.reset();
    this.#life = this.#options.tokenLife ?? day;
  }

  #isSecond(user: User, { userId, passcode }: SecondFactor): boolean {
    return userId === user.id && this.#passcodes.take(user, passcode, this.#clock.now());
  }
}

/** The first eight hex digits of a token's SHA-256: tells tokens apart in a log without giving them away. */
export function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 8);
}
