import { createHash, randomBytes } from 'node:crypto';
import type { Expiry } from './control';
import { SAMPLE, type Project, type StandInOptions, type User } from './data';

const day = 86_400;
const lockAfter = 5;

/** A token that was given out: for a project, or, without one, for the whole account. Times in ms since the epoch. */
export interface Token {
  readonly value: string;
  readonly user: User;
  readonly project: Project | undefined;
  readonly methods: readonly string[];
  readonly issuedAt: number;
  expiresAt: number;
}

/** The tokens given out so far, and who mistyped a password how often. */
export class TokenStore {
  readonly #options: StandInOptions;
  readonly #tokens = new Map<string, Token>();
  readonly #wrong = new Map<string, { times: number; lockedUntil: number }>();
  #life: number;

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#life = options.tokenLife ?? day;
  }

  /** How many seconds the tokens of the future live. */
  set life(seconds: number) {
    this.#life = seconds;
  }

  /** Gives out a token; one got by exchange ends no later than the one it was got with. */
  issue(user: User, project: Project | undefined, methods: readonly string[], until = Infinity): Token {
    const issuedAt = Date.now();
    const token: Token = {
      // As long as real ones, which are signed messages in base64 that always begin so.
      value: `MII${randomBytes(1536).toString('base64').replaceAll('/', '-').replaceAll('=', '')}`,
      user,
      project,
      methods,
      issuedAt,
      expiresAt: Math.min(issuedAt + this.#life * 1000, until),
    };
    this.#tokens.set(token.value, token);
    return token;
  }

  /** The token of that value, unless it has expired. */
  find(value: string | undefined): Token | undefined {
    const token = value === undefined ? undefined : this.#tokens.get(value);
    return token !== undefined && token.expiresAt > Date.now() ? token : undefined;
  }

  /** Whether a user's password is right, wrong, or the user locked by five wrong ones in a row. */
  check(name: string, password: string): User | 'wrong' | 'locked' {
    const user = SAMPLE.users.find((one) => one.name === name);
    if (user === undefined) {
      return 'wrong';
    }
    const before = this.#wrong.get(name) ?? { times: 0, lockedUntil: 0 };
    if (before.lockedUntil > Date.now()) {
      return 'locked';
    }
    if (user.password === password) {
      this.#wrong.delete(name);
      return user;
    }
    const times = before.times + 1;
    const locks = times >= lockAfter;
    const lockedUntil = locks ? Date.now() + (this.#options.lockFor ?? 900) * 1000 : 0;
    this.#wrong.set(name, { times: locks ? 0 : times, lockedUntil });
    return locks ? 'locked' : 'wrong';
  }

  /** Expires the tokens that are meant, now. */
  expire(which: Expiry): void {
    for (const token of this.#tokens.values()) {
      const scoped = which.scope === undefined || (which.scope === 'project') === (token.project !== undefined);
      const named =
        which.project === undefined || token.project?.id === which.project || token.project?.name === which.project;
      if (scoped && named) {
        token.expiresAt = Math.min(token.expiresAt, Date.now());
      }
    }
  }

  /** Forgets all of it. */
  reset(): void {
    this.#tokens.clear();
    this.#wrong.clear();
    this.#life = this.#options.tokenLife ?? day;
  }
}

/** The first eight hex digits of a token's SHA-256: tells tokens apart in a log without giving them away. */
export function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 8);
}
