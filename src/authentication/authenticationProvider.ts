import {
  CancellationError,
  EventEmitter,
  authentication,
  l10n,
  type AuthenticationProvider,
  type AuthenticationProviderAuthenticationSessionsChangeEvent,
  type AuthenticationProviderSessionOptions,
  type AuthenticationSession,
  type Disposable,
} from 'vscode';
import { type Account, signsRequests } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import { sessionLabel } from '../accounts/sessionLabel';
import { asCloudError } from '../cloud/errors';
import { errorSummary } from '../explorer/present/errorMessages';
import { toDisplayText } from '../platform/translate';
import type { Log } from '../base/log';

/** The provider's ID for other extensions, as in the manifest. */
export const providerId = 'huaweicloud-key-explorer';

interface ProviderDeps {
  readonly accounts: Pick<Accounts, 'all' | 'token' | 'reread' | 'granted' | 'grant' | 'revoke'>;
  /** The projects that an account may see. @throws CloudError */
  readonly projects: (account: Account) => Promise<readonly { readonly id: string }[]>;
  /** Asks which of several accounts is meant. */
  readonly choose: (among: readonly Account[]) => Promise<Account | undefined>;
  /** The guided sign-in: of a further account, or of this one again. */
  readonly signIn: (again: Account | undefined) => Promise<Account | undefined>;
  /** Signs an account out after the user confirmed. */
  readonly signOut: (account: Account) => Promise<void>;
}

/** An account as VS Code knows it, a digest of the parts that others see, and the projects whose tokens they may have. */
interface Known {
  readonly account: Account;
  readonly digest: string;
  readonly granted: readonly string[];
}

/**
 * The accounts as VS Code's Accounts menu and other extensions see them.
 *
 * VS Code asks for sessions unprompted, before the user consented to anything: without scopes (its menu), and with those of
 * an extension. So neither the user nor the cloud is asked then. A session without scopes says who is signed in; one
 * with the scope `project:<id>` carries a token of that project, which is got where `createSession`, behind VS Code's own
 * question, was asked for that project once. No other secret is ever in a session, and no token is kept here.
 */
export class Sessions implements AuthenticationProvider, Disposable {
  readonly #deps: ProviderDeps;
  readonly #changes = new EventEmitter<AuthenticationProviderAuthenticationSessionsChangeEvent>();
  /** The accounts as VS Code knows them. */
  #known: ReadonlyMap<string, Known>;
  readonly onDidChangeSessions = this.#changes.event;

  constructor(deps: ProviderDeps) {
    this.#deps = deps;
    this.#known = this.#current();
  }

  async getSessions(
    scopes: readonly string[] | undefined,
    { account: wanted }: AuthenticationProviderSessionOptions,
  ): Promise<AuthenticationSession[]> {
    const projectId = projectIn(scopes);
    this.#deps.accounts.reread();
    const accounts = this.#deps.accounts.all().filter(({ id }) => wanted === undefined || id === wanted.id);
    if (projectId === undefined) {
      return accounts.map((account) => sessionOf(account));
    }
    const granted = accounts.filter((account) => this.#isGranted(account, projectId));
    const sessions = await Promise.all(
      granted.map(async (account) => {
        // A silent request returns no session; an interactive one reports the reason.
        const token = await this.#deps.accounts.token(account.id, projectId).catch(() => undefined);
        // Another window may have revoked the grant, or signed out, while the token came.
        this.#deps.accounts.reread();
        const isStillGranted = this.#deps.accounts
          .all()
          .some((now) => now.id === account.id && this.#isGranted(now, projectId));
        return token && isStillGranted ? [sessionOf(account, projectId, token.value)] : [];
      }),
    );
    return sessions.flat();
  }

  /** Called by VS Code once the user let an extension sign in. @throws Error, which the extension gets */
  async createSession(
    scopes: readonly string[],
    { account: wanted }: AuthenticationProviderSessionOptions,
  ): Promise<AuthenticationSession> {
    const projectId = projectIn(scopes);
    const all = this.#deps.accounts.all();
    const known = all.find(({ id }) => id === wanted?.id);
    if (projectId === undefined) {
      return sessionOf(orCancelled(await this.#deps.signIn(known)));
    }
    if (wanted && !known) {
      throw new Error(l10n.t('The account {0} is not signed in.', toDisplayText(wanted.label)));
    }
    const account = known ?? orCancelled(await this.#choose(all));
    const projects = await withPublicError(this.#deps.projects(account));
    // IAM counts a wrong project like a wrong password: it is not asked for one that the account does not have.
    if (!projects.some(({ id }) => id === projectId)) {
      throw new Error(
        l10n.t('The account {0} has no project {1}.', toDisplayText(account.user.name), toDisplayText(projectId)),
      );
    }
    const token = orCancelled(await withPublicError(this.#deps.accounts.token(account.id, projectId)));
    await this.#grant(account, projectId);
    return sessionOf(account, projectId, token.value);
  }

  /** Signs the account out. @throws CancellationError if the user cancelled */
  async removeSession(sessionId: string): Promise<void> {
    this.#deps.accounts.reread();
    const all = this.#deps.accounts.all();
    for (const account of all) {
      const projectId = this.#deps.accounts
        .granted(account)
        .find((each) => sessionIdOf(account.id, each) === sessionId);
      if (projectId !== undefined) {
        // The session of one project is that of one account.
        await withPublicError(this.#deps.accounts.revoke(account, projectId));
        return;
      }
    }
    const account = all.find(({ id }) => id === sessionId);
    if (!account) {
      return;
    }
    await this.#deps.signOut(account);
    if (this.#deps.accounts.all().some(({ id }) => id === sessionId)) {
      throw new CancellationError();
    }
  }

  /** To be called after accounts came, went or changed. */
  accountsChanged(): void {
    const before = this.#known;
    const now = this.#current();
    this.#known = now;
    const sessions = (all: typeof now, others: typeof now): readonly AuthenticationSession[] =>
      [...all.values()].flatMap(({ account, granted }) => {
        const other = others.get(account.id);
        return [
          ...(other ? [] : [sessionOf(account)]),
          ...granted
            .filter((projectId) => !other?.granted.includes(projectId))
            .map((projectId) => sessionOf(account, projectId)),
        ];
      });
    const added = sessions(now, before);
    const removed = sessions(before, now);
    const changed = [...now.values()]
      .filter(({ account: { id }, digest }) => before.has(id) && before.get(id)?.digest !== digest)
      .map(({ account }) => sessionOf(account));
    if (added.length > 0 || removed.length > 0 || changed.length > 0) {
      this.#changes.fire({ added, removed, changed });
    }
  }

  dispose(): void {
    this.#changes.dispose();
  }

  #current(): ReadonlyMap<string, Known> {
    const { accounts } = this.#deps;
    return new Map(
      accounts
        .all()
        .map((account) => [account.id, { account, digest: digestOf(account), granted: accounts.granted(account) }]),
    );
  }

  async #choose(all: readonly Account[]): Promise<Account | undefined> {
    const fitting = all.filter((account) => !signsRequests(account));
    if (all.length === 0) {
      return this.#deps.signIn(undefined);
    }
    if (fitting.length === 0) {
      throw new Error(l10n.t('An account with access keys has no token.'));
    }
    return fitting.length === 1 ? fitting[0] : this.#deps.choose(fitting);
  }

  #isGranted(account: Account, projectId: string): boolean {
    return this.#deps.accounts.granted(account).includes(projectId);
  }

  async #grant(account: Account, projectId: string): Promise<void> {
    if (this.#isGranted(account, projectId)) {
      // The token goes to the extension that asked, and to no other by way of an event.
      this.#changes.fire({ added: [], removed: [], changed: [sessionOf(account, projectId)] });
    } else {
      await this.#deps.accounts.grant(account, projectId);
    }
  }
}

/**
 * Puts the accounts into VS Code's Accounts menu. An extension that took the ID before keeps it: newer versions of VS Code
 * say so in their own log, others throw.
 */
export function registerSessions(
  sessions: Sessions,
  log: Log,
  register = authentication.registerAuthenticationProvider,
): Disposable {
  try {
    return register(providerId, l10n.t('Huawei Cloud'), sessions, {
      supportsMultipleAccounts: true,
    });
  } catch {
    log.warn(`The authentication provider ${providerId} could not be registered.`);
    return { dispose: () => undefined };
  }
}

function sessionOf(account: Account, projectId?: string, token = ''): AuthenticationSession {
  return {
    id: sessionIdOf(account.id, projectId),
    account: { id: account.id, label: sessionLabel(account) },
    scopes: projectId === undefined ? [] : [`project:${projectId}`],
    accessToken: token,
  };
}

function sessionIdOf(accountId: string, projectId: string | undefined): string {
  return projectId === undefined ? accountId : `${accountId} project:${projectId}`;
}

// The user's name for an account, and hidden rows, are of no interest to other extensions.
function digestOf({ signIn, refused, expires, project, profile }: Account): string {
  return JSON.stringify([signIn, refused === true, expires, project?.id, profile?.id]);
}

function projectIn(scopes: readonly string[] | undefined): string | undefined {
  const [scope, ...others] = scopes ?? [];
  if (scope === undefined) {
    return undefined;
  }
  const projectId = /^project:([\w-]+)$/.exec(scope)?.[1];
  if (projectId === undefined || others.length > 0) {
    throw new Error(
      l10n.t(
        'Key Explorer knows one scope, project: and the ID of one project; not these: {0}',
        toDisplayText((scopes ?? []).join(', ')),
      ),
    );
  }
  return projectId;
}

function orCancelled<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new CancellationError();
  }
  return value;
}

// Other extensions get an error as text only: its details may name more than they may know.
async function withPublicError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    const error = asCloudError(thrown);
    throw error.kind === 'cancelled'
      ? new CancellationError()
      : new Error(toDisplayText(error.failure.reason ?? errorSummary(error)));
  }
}
