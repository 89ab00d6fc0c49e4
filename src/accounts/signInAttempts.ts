import { randomUUID } from 'node:crypto';
import { pause } from '../base/abort';
import { cancelled } from '../cloud/errors';
import type { Account } from './account';
import type { SharedAccountList, SignInAttempts } from './sharedAccountList';
import type { Clock } from '../base/clock';

/** Interval of looking for the end of another window's attempt, ms. */
const pollInterval = 50;

/** Maximum duration of an attempt, whatever the list says, ms. */
const maxAttemptDuration = 30 * 60_000;

/** Pause before a project that IAM gave no token for is asked for again, ms: IAM locks a user after five failures within an hour. */
export const withoutRoleFor = 60 * 60_000;

interface AttemptsDeps {
  readonly list: SharedAccountList;
  readonly clock: Clock;
  /** Applies the changes of other windows to the list. */
  readonly reread: () => void;
  /** Called if the list could not be written: the attempt is made all the same. */
  readonly notStored: () => void;
}

/** Ends an attempt. @param withoutRole the project, if any, that IAM gave no token for */
export type EndAttempt = (withoutRole?: string) => Promise<void>;

/**
 * The sign-in attempts of all windows, in the list that they share. A few wrong passwords or signatures lock a user or a key:
 * one window at a time tries a secret that may be wrong, and the others see the result. An account for this session only leaves
 * no trace there, and is not known to other windows.
 */
export class SharedSignInAttempts {
  readonly #deps: AttemptsDeps;
  /** Attempts that are not in the list, by account ID: it could not be written, or must have no trace of the account. */
  readonly #own = new Map<string, SignInAttempts>();

  constructor(deps: AttemptsDeps) {
    this.#deps = deps;
  }

  /**
   * Begins an attempt as soon as no other window is in the middle of one.
   * @param milliseconds its maximum duration: a window that closed in the middle of an attempt is not waited for longer
   * @throws CloudError of kind `cancelled` if the signal aborts
   */
  async begin(account: Account, milliseconds: number, signal: AbortSignal): Promise<EndAttempt> {
    const { list, clock, reread, notStored } = this.#deps;
    if (account.remember === 'session') {
      return async () => undefined;
    }
    const { id, generation } = account;
    const by = randomUUID();
    for (let waited = 0; ; waited += pollInterval) {
      const isFree = (attempts: SignInAttempts | undefined): boolean =>
        waited >= milliseconds || !isUnderWay(attempts?.underWay, clock());
      if (signal.aborted) {
        throw cancelled();
      }
      reread();
      if (isFree(list.attempts[id])) {
        try {
          const underWay = { by, until: clock() + milliseconds };
          await list.changeAttempts(id, (attempts) => {
            if (!isFree(attempts)) {
              throw new OtherWindow();
            }
            return { ...attemptsOf(attempts, generation), underWay };
          });
          reread();
          break;
        } catch (error) {
          if (!(error instanceof OtherWindow)) {
            notStored();
            break;
          }
        }
      }
      await pause(pollInterval, signal);
    }
    return async (withoutRole) => this.#end(account, by, withoutRole);
  }

  /** The projects, by ID, that IAM recently gave no token for, to any window. */
  withoutRole(account: Account): readonly string[] {
    const { withoutRole = {} } = this.#known(account);
    const now = this.#deps.clock();
    return Object.keys(withoutRole).filter(
      (projectId) => Math.abs(now - (withoutRole[projectId] ?? 0)) < withoutRoleFor,
    );
  }

  /**
   * Lets one window renew one refused token: until a service accepts the new one, the renewal may be in vain.
   * @returns whether this window may
   */
  async claimRenewal(account: Account): Promise<boolean> {
    if (this.#known(account).renewedInVain) {
      return false;
    }
    let isFirst = false;
    await this.#change(account, (attempts) => {
      isFirst = attempts.renewedInVain !== true;
      return { ...attempts, renewedInVain: true };
    });
    return isFirst;
  }

  /** Notes that a service accepted the renewed token. */
  async renewedWell(account: Account): Promise<void> {
    if (this.#known(account).renewedInVain) {
      await this.#change(account, (attempts) => ({ ...attempts, renewedInVain: undefined }));
    }
  }

  /** Forgets refusals. */
  async forgive(account: Account): Promise<void> {
    const { withoutRole, renewedInVain } = this.#known(account);
    if (withoutRole !== undefined || renewedInVain !== undefined) {
      await this.#change(account, ({ generation, underWay }) => ({ generation, ...(underWay ? { underWay } : {}) }));
    }
  }

  async #end(account: Account, by: string, projectId: string | undefined): Promise<void> {
    const now = this.#deps.clock();
    await this.#change(account, ({ underWay, withoutRole, ...others }) => ({
      ...others,
      ...(underWay && underWay.by !== by ? { underWay } : {}),
      ...(withoutRole || projectId !== undefined
        ? { withoutRole: { ...withoutRole, ...(projectId === undefined ? {} : { [projectId]: now }) } }
        : {}),
    }));
  }

  #known({ id, generation }: Account): SignInAttempts {
    return attemptsOf(this.#own.get(id) ?? this.#deps.list.attempts[id], generation);
  }

  async #change(account: Account, change: (attempts: SignInAttempts) => SignInAttempts): Promise<void> {
    const { id, generation, remember } = account;
    const changeOwn = (): void => {
      this.#own.set(id, change(this.#known(account)));
    };
    if (remember === 'session') {
      changeOwn();
      return;
    }
    await this.#deps.list
      .changeAttempts(id, (attempts) => change(attemptsOf(attempts, generation)))
      .then(
        () => this.#own.delete(id),
        () => {
          this.#deps.notStored();
          changeOwn();
        },
      );
    this.#deps.reread();
  }
}

/** Another window was faster. */
class OtherWindow extends Error {}

// The clock may have been set since.
function isUnderWay(underWay: SignInAttempts['underWay'], now: number): boolean {
  return underWay !== undefined && underWay.until > now && underWay.until <= now + maxAttemptDuration;
}

// Another sign-in starts without the refusals of the one before, but waits for its attempt.
function attemptsOf(attempts: SignInAttempts | undefined, generation: string): SignInAttempts {
  return attempts?.generation === generation
    ? attempts
    : { generation, ...(attempts?.underWay ? { underWay: attempts.underWay } : {}) };
}
