import { randomUUID } from 'node:crypto';
import { pause } from '../base/abort';
import { cancelled } from '../cloud/errors';
import type { Account } from './account';
import type { SharedAccountList, SignInAttempts } from './sharedAccountList';
import type { Clock } from '../base/clock';

/** How often a window looks whether the try of another one is over: milliseconds. */
const lookEvery = 50;

/** No try takes longer, whatever the list says: half an hour, in milliseconds. */
const longestTry = 30 * 60_000;

/** IAM locks a user after five failures within an hour: so long no window asks for a project again. Milliseconds. */
export const withoutRoleFor = 60 * 60_000;

/** What the tries need. */
interface TriesDeps {
  readonly list: SharedAccountList;
  readonly clock: Clock;
  /** Takes up what other windows wrote into the list. */
  readonly look: () => void;
  /** Called where the list could not be written: the try is made all the same. */
  readonly notStored: () => void;
}

/** Ends a try that was begun. @param withoutRole the project, if any, that IAM gave no token for */
export type EndAttempt = (withoutRole?: string) => Promise<void>;

/**
 * The tries of sign-ins over all windows, in the list that these share. A few wrong passwords or signatures lock a user or
 * a key: so one window at a time tries what may be wrong, and the others find out what became of it. An account that is
 * for this session only leaves no trace there, and is not known to other windows.
 */
export class SharedSignInAttempts {
  readonly #parts: TriesDeps;
  /** What the list does not have, by the account's ID: it could not be written, or is to have no trace of the account. */
  readonly #own = new Map<string, SignInAttempts>();

  constructor(parts: TriesDeps) {
    this.#parts = parts;
  }

  /**
   * Begins a try as soon as no other window is in the middle of one.
   * @param milliseconds how long it takes at most: a window that ended in the middle of one is waited for no longer
   * @throws CloudError of kind `cancelled` once the signal says so
   */
  async begin(account: Account, milliseconds: number, signal: AbortSignal): Promise<EndAttempt> {
    const { list, clock, look, notStored } = this.#parts;
    if (account.remember === 'session') {
      return async () => undefined;
    }
    const { id, generation } = account;
    const by = randomUUID();
    for (let waited = 0; ; waited += lookEvery) {
      const isFree = (tries: SignInAttempts | undefined): boolean =>
        waited >= milliseconds || !isUnderWay(tries?.underWay, clock());
      if (signal.aborted) {
        throw cancelled();
      }
      look();
      if (isFree(list.tries[id])) {
        try {
          const underWay = { by, until: clock() + milliseconds };
          // One window after the other.
          await list.changeTries(id, (tries) => {
            if (!isFree(tries)) {
              throw new OtherWindow();
            }
            return { ...of(tries, generation), underWay };
          });
          look();
          break;
        } catch (error) {
          if (!(error instanceof OtherWindow)) {
            notStored();
            break;
          }
        }
      }
      await pause(lookEvery, signal);
    }
    return async (withoutRole) => this.#end(account, by, withoutRole);
  }

  /** The projects, by ID, that IAM lately gave no token for to any window. */
  withoutRole(account: Account): readonly string[] {
    const { withoutRole = {} } = this.#known(account);
    const now = this.#parts.clock();
    return Object.keys(withoutRole).filter(
      (projectId) => Math.abs(now - (withoutRole[projectId] ?? 0)) < withoutRoleFor,
    );
  }

  /**
   * Lets one window renew one token that a service refused: until the new one is accepted, nobody knows whether it is in vain.
   * @returns whether it may
   */
  async claimRenewal(account: Account): Promise<boolean> {
    if (this.#known(account).renewedInVain) {
      return false;
    }
    let isFirst = false;
    await this.#change(account, (tries) => {
      isFirst = tries.renewedInVain !== true;
      return { ...tries, renewedInVain: true };
    });
    return isFirst;
  }

  /** Told that a token which was renewed so is accepted. */
  async renewedWell(account: Account): Promise<void> {
    if (this.#known(account).renewedInVain) {
      await this.#change(account, (tries) => ({ ...tries, renewedInVain: undefined }));
    }
  }

  /** Begins without what is known of refusals. */
  async forgive(account: Account): Promise<void> {
    const { withoutRole, renewedInVain } = this.#known(account);
    if (withoutRole !== undefined || renewedInVain !== undefined) {
      await this.#change(account, ({ generation, underWay }) => ({ generation, ...(underWay ? { underWay } : {}) }));
    }
  }

  async #end(account: Account, by: string, projectId: string | undefined): Promise<void> {
    const now = this.#parts.clock();
    await this.#change(account, ({ underWay, withoutRole, ...others }) => ({
      ...others,
      ...(underWay && underWay.by !== by ? { underWay } : {}),
      ...(withoutRole || projectId !== undefined
        ? { withoutRole: { ...withoutRole, ...(projectId === undefined ? {} : { [projectId]: now }) } }
        : {}),
    }));
  }

  #known({ id, generation }: Account): SignInAttempts {
    return of(this.#own.get(id) ?? this.#parts.list.tries[id], generation);
  }

  async #change(account: Account, change: (tries: SignInAttempts) => SignInAttempts): Promise<void> {
    const { id, generation, remember } = account;
    const changeOwn = (): void => {
      this.#own.set(id, change(this.#known(account)));
    };
    if (remember === 'session') {
      changeOwn();
      return;
    }
    await this.#parts.list
      .changeTries(id, (tries) => change(of(tries, generation)))
      .then(
        () => this.#own.delete(id),
        () => {
          this.#parts.notStored();
          changeOwn();
        },
      );
    this.#parts.look();
  }
}

/** Another window was faster. */
class OtherWindow extends Error {}

// A clock may have been set since.
function isUnderWay(underWay: SignInAttempts['underWay'], now: number): boolean {
  return underWay !== undefined && underWay.until > now && underWay.until <= now + longestTry;
}

// Another sign-in begins without what is known of the one before, but not while that is being tried.
function of(tries: SignInAttempts | undefined, generation: string): SignInAttempts {
  return tries?.generation === generation
    ? tries
    : { generation, ...(tries?.underWay ? { underWay: tries.underWay } : {}) };
}
