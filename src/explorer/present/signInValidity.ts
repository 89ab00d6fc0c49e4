import type { Account } from '../../accounts/account';
import { phrase, type Phrase } from '../../base/phrase';

/** When a sign-in ends, or that it ended. `at`, `now`: milliseconds since 1970. @param time `at` as displayed */
export function endAt(at: number, now: number, time: string): Phrase {
  return at <= now ? phrase('Expired: {0}', time) : phrase('Ends {0}', time);
}

/** When a pasted token expires, or that it expired; as {@link endAt}. */
export function tokenLastsUntil(at: number, now: number, time: string): Phrase {
  return at <= now ? phrase('The token expired: {0}', time) : phrase('The token lasts until {0}', time);
}

/** The scope of a pasted token that serves no project, and the next step. */
export function servedBy({ unscoped }: Account): Phrase {
  return unscoped
    ? phrase(
        'The token was made neither for a project nor for the account. Lists of a project need a token that was made for that project: sign in with that one, or with the password.',
      )
    : phrase(
        'The token was made for the whole account. Lists of a project need a token that was made for that project: sign in with that one, or with the password.',
      );
}
