import { l10n, window } from 'vscode';
import { rememberChoices, type Account, type Remember } from '../accounts/account';
import type { Accounts, SignedIn } from '../accounts/accounts';
import type { Site } from '../accounts/sites';
import { asCloudError, CloudError } from '../cloud/errors';
import { isLoopback } from '../cloud/send';
import { fullCause } from '../explorer/words';
import { settings } from '../host/settings';
import { inert, show, showTime } from '../host/translate';
import { askText, choose, icon, wrongName, type Answer, type Step } from './ask';

/** What was answered so far. */
interface Draft {
  site?: Site | undefined;
  by?: Account['signIn'] | undefined;
  accountName?: string;
  userName?: string;
  remember?: Remember | undefined;
}

type Question = (draft: Draft, step: Step, accounts: Accounts) => Promise<Answer<SignedIn | undefined>>;

/** The guided sign-in. @returns the account, or nothing where its user closed it */
export async function signIn(accounts: Accounts): Promise<Account | undefined> {
  return guide(accounts, {}, [askSite, askHow]);
}

/**
 * Signs the same identity in again: only the secret is asked for.
 * @param accept asks whether an address that came into the settings since may get it
 */
export async function signInAgain(
  accounts: Accounts,
  account: Account,
  accept: (address: string) => Promise<boolean>,
): Promise<Account | undefined> {
  for (const address of accounts.unaccepted(account)) {
    // One question after the other.
    // oxlint-disable-next-line no-await-in-loop
    if (!(await accept(address))) {
      return undefined;
    }
  }
  const site = settings.site(account.site);
  if (!site) {
    return signIn(accounts);
  }
  const draft: Draft = {
    site,
    by: account.signIn,
    accountName: account.domain.name,
    userName: account.user.name,
    remember: account.remember,
  };
  return guide(accounts, draft, [account.signIn === 'password' ? askPassword : askToken]);
}

/** What another extension may sign in with, on this machine only. */
interface LoopbackSignIn {
  readonly site: string;
  readonly accountName: string;
  readonly userName: string;
  readonly password: string;
  readonly remember: Remember;
}

/**
 * Signs in without asking, for trying the extension against an IAM on this very machine.
 * @throws Error where the arguments are not complete, or the site's IAM is anywhere else
 */
export async function signInOnLoopback(accounts: Accounts, given: unknown): Promise<Account> {
  const { site: siteId, remember, ...who } = readLoopbackSignIn(given);
  const site = settings.site(siteId);
  if (!site || !isLoopback(new URL(site.iam))) {
    throw new Error('Arguments are taken only for a site whose IAM runs on this machine.');
  }
  const { account } = await accounts.withPassword(site, who, remember, new AbortController().signal);
  return account;
}

async function guide(accounts: Accounts, draft: Draft, first: readonly Question[]): Promise<Account | undefined> {
  let questions = first;
  let at = 0;
  for (;;) {
    const question = questions[at];
    if (!question) {
      return undefined;
    }
    const step: Step = {
      title: l10n.t('Key Explorer: Sign In'),
      step: at + 1,
      // How many there are shows with the answer to how to sign in.
      totalSteps: draft.by === undefined ? undefined : questions.length,
      canGoBack: at > 0,
    };
    // One question after the other.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await question(draft, step, accounts);
    if (answer.is === 'closed') {
      return undefined;
    }
    if (answer.is === 'back') {
      at -= 1;
      continue;
    }
    if (answer.value) {
      tell(answer.value);
      return answer.value.account;
    }
    at += 1;
    if (question === askHow) {
      questions =
        draft.by === 'password'
          ? [...first, askAccountName, askUserName, askRemember, askPassword]
          : [...first, askRemember, askToken];
    }
  }
}

const askSite: Question = async (draft, step) => {
  const sites = [...settings.sites().sites.values()];
  const answer = await choose(
    step,
    l10n.t('Which Huawei Cloud?'),
    sites.map((site) => ({ label: inert(show(site.label)), description: hostOf(site), value: site.id })),
    draft.site?.id,
  );
  if (answer.is !== 'given') {
    return answer;
  }
  draft.site = settings.site(answer.value);
  return next;
};

const askHow: Question = async (draft, step) => {
  const answer = await choose<Account['signIn']>(
    step,
    l10n.t('How do you sign in?'),
    [
      {
        label: l10n.t('IAM user and password'),
        description: l10n.t('lists every project'),
        iconPath: icon('account'),
        value: 'password',
      },
      {
        label: l10n.t('Paste a token'),
        description: l10n.t('lists the project that the token was made for, until it expires'),
        iconPath: icon('clippy'),
        value: 'token',
      },
    ],
    draft.by,
  );
  if (answer.is !== 'given') {
    return answer;
  }
  draft.by = answer.value;
  return next;
};

const askAccountName: Question = async (draft, step) =>
  askText(step, {
    prompt: l10n.t('Account name: the account that the IAM user belongs to, as on the sign-in page'),
    value: draft.accountName ?? '',
    wrong: wrongName,
    take: async (text) => {
      draft.accountName = text;
      return nothing;
    },
  });

const askUserName: Question = async (draft, step) =>
  askText(step, {
    prompt: l10n.t('IAM user name'),
    value: draft.userName ?? '',
    wrong: wrongName,
    take: async (text) => {
      draft.userName = text;
      return nothing;
    },
  });

const askRemember: Question = async (draft, step) => {
  const byPassword = draft.by === 'password';
  const choices: Readonly<Record<Remember, { label: string; detail: string }>> = {
    always: {
      label: l10n.t('Remember'),
      detail: l10n.t('The password and the tokens are kept in the secret storage of this machine.'),
    },
    untilExpiry: {
      label: l10n.t('Remember until the token expires'),
      detail: l10n.t('Only tokens are kept in the secret storage of this machine, for 24 hours at most.'),
    },
    session: {
      label: l10n.t('This session only'),
      detail: l10n.t('Nothing is kept: it is forgotten when this window closes or reloads.'),
    },
  };
  const answer = await choose(
    step,
    l10n.t('How long is the sign-in kept?'),
    // There is no password to remember with a token.
    rememberChoices
      .filter((choice) => byPassword || choice !== 'always')
      .map((choice) => ({ ...choices[choice], value: choice })),
    draft.remember,
  );
  if (answer.is !== 'given') {
    return answer;
  }
  draft.remember = answer.value;
  return next;
};

const askPassword: Question = async (draft, step, accounts) => {
  const { site, accountName = '', userName = '', remember = 'session' } = draft;
  return askText<SignedIn>(step, {
    prompt: l10n.t(
      'Password of {0} in {1}. It is sent to {2}.',
      inert(show(userName)),
      inert(show(accountName)),
      hostOf(known(site)),
    ),
    secret: true,
    wrong: (text) => (text === '' ? l10n.t('This must not be empty.') : undefined),
    take: async (password, signal) =>
      attempt(async () => accounts.withPassword(known(site), { accountName, userName, password }, remember, signal), {
        refused: l10n.t(
          'Usual causes: a HUAWEI ID or federated user (they cannot sign in this way), programmatic access switched off, a mistyped account name. Wrong passwords lock the account after a few tries.',
        ),
      }),
  });
};

const askToken: Question = async ({ site, remember = 'session' }, step, accounts) =>
  askText<SignedIn>(step, {
    prompt: l10n.t('Token: the value of X-Subject-Token that IAM sent. It is checked at {0}.', hostOf(known(site))),
    secret: true,
    wrong: wrongToken,
    take: async (text, signal) =>
      attempt(async () => accounts.withToken(known(site), text.trim(), remember, mayReplace, signal), {
        refused: l10n.t('The token has expired, was cut when it was copied, or belongs to another site.'),
      }),
  });

// A header takes nothing else, and no service a longer one.
function wrongToken(text: string): string | undefined {
  return /^[\x21-\x7e]{1,65535}$/.test(text.trim())
    ? undefined
    : l10n.t('A token is one piece of Latin letters, digits and signs, without spaces or quotation marks.');
}

async function mayReplace({ user }: Account): Promise<boolean> {
  const replace = l10n.t('Use the Token');
  const answer = await window.showWarningMessage(
    l10n.t('{0} is signed in with a password already.', inert(show(user.name))),
    { modal: true, detail: l10n.t('The token would take its place, and serves one project at most.') },
    replace,
  );
  return answer === replace;
}

async function attempt(
  work: () => Promise<SignedIn | undefined>,
  { refused }: { refused: string },
): Promise<{ readonly value: SignedIn } | { readonly error: string }> {
  try {
    const value = await work();
    return value ? { value } : { error: l10n.t('Nothing was changed.') };
  } catch (thrown) {
    const error = asCloudError(thrown);
    const [what, ...rest] = fullCause(error).map((line) => inert(show(line)));
    if (error.kind === 'unauthenticated') {
      const said = inert(show(error.failure.serviceMessage ?? error.failure.reason ?? ''));
      return { error: [l10n.t('The cloud refused the sign-in: {0}', said), refused].join(' ') };
    }
    return { error: [what, ...rest].join(' · ') };
  }
}

// What a pasted token can and cannot do shows only now.
function tell({ account, notice }: SignedIn): void {
  if (notice) {
    void window.showWarningMessage(inert(show(notice)));
  }
  if (account.signIn !== 'token') {
    return;
  }
  const until = account.expires === undefined ? '' : showTime(account.expires);
  if (account.project) {
    void window.showInformationMessage(
      l10n.t('The token serves the project {0} until {1}.', inert(show(account.project.name)), until),
    );
  } else {
    void window.showWarningMessage(
      l10n.t('The token was made for the whole account, until {0}. It serves no project by itself.', until),
    );
  }
}

function readLoopbackSignIn(given: unknown): LoopbackSignIn {
  const read = (name: string): string => {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
    if (typeof value !== 'string' || value === '') {
      throw new Error(`The argument ${name} is missing.`);
    }
    return value;
  };
  const remember = rememberChoices.find((choice) => choice === read('remember')) ?? 'session';
  return {
    site: read('site'),
    accountName: read('accountName'),
    userName: read('userName'),
    password: read('password'),
    remember,
  };
}

function known(site: Site | undefined): Site {
  if (!site) {
    throw new CloudError({ kind: 'invalidRequest' });
  }
  return site;
}

function hostOf(site: Site): string {
  return URL.canParse(site.iam) ? new URL(site.iam).host : site.iam;
}

const next = { is: 'given', value: undefined } as const;
const nothing = { value: undefined } as const;
