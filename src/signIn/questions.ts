import { l10n, window } from 'vscode';
import type { Account, Remember, SignInMethod } from '../accounts/account';
import type { SignedIn } from '../accounts/accounts';
import { doubtIn, pasted, wrongPassword, type KeyPair, type Pasted, type PastedKind } from '../accounts/pastedText';
import type { Phrase } from '../base/phrase';
import { hostOf } from '../cloud/url';
import { asCloudError } from '../cloud/errors';
import { errorDetails } from '../explorer/present/errorMessages';
import { settings } from '../platform/settings';
import { escapeQuickInput, toDisplayText } from '../platform/translate';
import {
  askText,
  choose,
  icon,
  wrongName,
  type StepResult,
  type Step,
  type TextQuestion,
} from '../platform/quickInput';
import { chosen, known, next, type Draft, type Question } from './draft';

export const askSite: Question = async (draft, step) => {
  for (;;) {
    const { sites, wrong } = settings.sites();
    // One that is of no use is shown with its reason, and asked about again.
    const answer = await choose<string | null>(
      step,
      l10n.t('Which Huawei Cloud?'),
      [
        ...[...sites.values()].map((site) => ({
          label: escapeQuickInput(toDisplayText(site.label)),
          description: [hostOf(site.iam), site.console].filter(Boolean).join(' · '),
          value: site.id,
        })),
        ...wrong.map(({ id, reason }) => ({
          label: escapeQuickInput(toDisplayText(id)),
          detail: escapeQuickInput(toDisplayText(reason)),
          iconPath: icon('warning'),
          value: null,
        })),
      ],
      draft.site?.id,
    );
    if (answer.kind !== 'given') {
      return answer;
    }
    if (answer.value !== null) {
      draft.site = settings.site(answer.value);
      return next;
    }
  }
};

export const askHow: Question = async (draft, step) => {
  const answer = await choose<SignInMethod>(
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
        label: l10n.t('IAM user, password and MFA code'),
        description: l10n.t('for a user with a virtual MFA device'),
        iconPath: icon('shield'),
        value: 'mfa',
      },
      {
        label: l10n.t('Access key (AK/SK)'),
        description: l10n.t('permanent or temporary'),
        iconPath: icon('key'),
        value: 'accessKey',
      },
      {
        label: l10n.t('A profile on this machine'),
        description: l10n.t('of KooCLI, the SDKs, the environment or clouds.yaml'),
        iconPath: icon('file-code'),
        value: 'profile',
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
  if (answer.kind !== 'given') {
    return answer;
  }
  draft.by = answer.value;
  return next;
};

export const askAccountName: Question = async (draft, step) =>
  askName(
    step,
    l10n.t('Account name: the account that the IAM user belongs to, as on the sign-in page'),
    draft.accountName,
    (text) => {
      draft.accountName = text;
    },
  );

export const askUserName: Question = async (draft, step) =>
  askName(step, l10n.t('IAM user name'), draft.userName, (text) => {
    draft.userName = text;
  });

export const askUserId: Question = async (draft, step) =>
  askName(
    step,
    l10n.t('IAM user ID: IAM wants it beside the code. The console shows it under My Credentials.'),
    draft.userId,
    (text) => {
      draft.userId = text;
    },
  );

export const askAccessKey: Question = async (draft, step) =>
  askPasted(step, 'accessKey', {
    prompt: l10n.t('Access key ID (AK), or the line of credentials.csv'),
    value: draft.accessKey ?? '',
    secret: (text) => 'pair' in pasted(text, 'accessKey'),
    take: async (value, pair) => {
      draft.secretKey = pair?.secretKey ?? (value === draft.accessKey ? draft.secretKey : undefined);
      draft.accessKey = value;
      return nothing;
    },
  });

export const askSecurityToken: Question = async (draft, step) =>
  askPasted(step, 'securityToken', {
    prompt: l10n.t('Security token: temporary access keys have one. Leave it empty for a permanent key.'),
    secret: true,
    optional: true,
    take: async (value) => {
      draft.securityToken = value;
      return nothing;
    },
  });

export const askRemember: Question = async (draft, step) => {
  const choices: Readonly<Record<Remember, { label: string; detail: string }>> = {
    always: {
      label: l10n.t('Remember'),
      detail:
        draft.by === 'accessKey'
          ? l10n.t('The access key is kept in the secret storage of this machine.')
          : l10n.t('The password and the tokens are kept in the secret storage of this machine.'),
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
    l10n.t('How long to stay signed in?'),
    rememberable(draft.by).map((choice) => ({ ...choices[choice], value: choice })),
    draft.remember,
  );
  if (answer.kind !== 'given') {
    return answer;
  }
  draft.remember = answer.value;
  return next;
};

// There is no password to remember with a token, and a key does not say when it ends.
function rememberable(by: SignInMethod | undefined): readonly Remember[] {
  switch (by) {
    case 'token':
      return ['untilExpiry', 'session'];
    case 'accessKey':
      return ['always', 'session'];
    default:
      return ['always', 'untilExpiry', 'session'];
  }
}

export const askPassword: Question = async (draft, step, accounts) => {
  const { accountName = '', userName = '', remember = 'session' } = draft;
  const site = chosen(draft, accounts);
  return askText<SignedIn>(step, {
    prompt: passwordPrompt(draft),
    ...asPassword,
    take: async (password, signal) =>
      attempt(
        async () => accounts.signInWithPassword(site, { accountName, userName, password }, remember, signal),
        l10n.t(
          'Usual causes: a HUAWEI ID or federated user (they cannot sign in this way), programmatic access switched off, a user with an MFA device, a mistyped account name. Wrong passwords lock the account after a few tries.',
        ),
      ),
  });
};

export const askPasswordBeforeCode: Question = async (draft, step) =>
  askText(step, {
    prompt: passwordPrompt(draft),
    ...asPassword,
    take: async (password) => {
      draft.password = password;
      return nothing;
    },
  });

export const askCode: Question = async (draft, step, accounts) => {
  const { accountName = '', userName = '', userId = '', password, remember = 'session', again } = draft;
  return askPasted<SignedIn>(step, 'code', {
    prompt: l10n.t('The code that the MFA device of {0} shows now', escapeQuickInput(toDisplayText(userName))),
    take: async (code, _, signal) => {
      const work = async (): Promise<SignedIn | undefined> =>
        again
          ? accounts.signInWithCode(again.account.id, { password, code }, again.projectId, signal)
          : accounts.signInWithPassword(
              chosen(draft, accounts),
              { accountName, userName, password: password ?? '', passcode: { userId, code } },
              remember,
              signal,
            );
      return attempt(
        work,
        l10n.t(
          'Usual causes: a code that was used already or is over (wait for the next one), a wrong password or user ID. Wrong ones lock the account after a few tries.',
        ),
      );
    },
  });
};

export const askSecretKey: Question = async (draft, step, accounts) => {
  const { accessKey: access = '', securityToken = '', remember = 'session' } = draft;
  const site = chosen(draft, accounts);
  return askPasted<SignedIn>(step, 'secretKey', {
    prompt: l10n.t(
      'Secret access key (SK) of {0}. It is not sent: it signs the requests, the first one to {1}.',
      escapeQuickInput(toDisplayText(access)),
      hostOf(site.iam),
    ),
    secret: true,
    value: draft.secretKey ?? '',
    take: async (secret, pair, signal) => {
      if (pair && pair.accessKey !== access) {
        return {
          error: l10n.t('It belongs to another access key: {0}', escapeQuickInput(toDisplayText(pair.accessKey))),
        };
      }
      const keys = { access, secret, ...(securityToken === '' ? {} : { securityToken }) };
      return attempt(
        async () => accounts.signInWithKeys(site, keys, remember, mayReplace, signal),
        l10n.t('Five wrong signatures lock the key for a few minutes.'),
      );
    },
  });
};

export const askToken: Question = async (draft, step, accounts) => {
  const { remember = 'session' } = draft;
  const site = chosen(draft, accounts);
  return askPasted<SignedIn>(step, 'token', {
    prompt: l10n.t('Token: the value of X-Subject-Token that IAM sent. It is checked at {0}.', hostOf(site.iam)),
    secret: true,
    take: async (token, _, signal) =>
      attempt(
        async () => accounts.signInWithToken(site, token, remember, mayReplace, signal),
        l10n.t('The token has expired, was cut when it was copied, or belongs to another site.'),
      ),
  });
};

/** Asks before another way to sign in takes the place of the one that an identity has. */
export async function mayReplace({ user }: Account): Promise<boolean> {
  const replace = l10n.t('Use the New One');
  const answer = await window.showWarningMessage(
    l10n.t('{0} is signed in in another way already.', escapeQuickInput(toDisplayText(user.name))),
    {
      modal: true,
      detail: l10n.t('The new sign-in would take its place. A pasted token serves one project at most.'),
    },
    replace,
  );
  return answer === replace;
}

async function askName(
  step: Step,
  prompt: string,
  value: string | undefined,
  take: (text: string) => void,
): Promise<StepResult<undefined>> {
  return askText(step, {
    prompt,
    value: value ?? '',
    wrong: wrongName,
    take: async (text) => {
      take(text);
      return nothing;
    },
  });
}

function passwordPrompt({ site, accountName = '', userName = '' }: Draft): string {
  return l10n.t(
    'Password of {0} in {1}. It is sent to {2}.',
    escapeQuickInput(toDisplayText(userName)),
    escapeQuickInput(toDisplayText(accountName)),
    hostOf(known(site).iam),
  );
}

/** A password is sent as it is: what looks like a slip in it is said, and may be meant. */
const asPassword = {
  secret: true,
  wrong: (text: string) => shown(wrongPassword(text)),
  doubt: (text: string) => shown(doubtIn(text)),
};

/** How a secret is asked for that is often pasted. */
interface PastedQuestion<T> extends Pick<TextQuestion<T>, 'prompt' | 'value' | 'secret'> {
  /** Whether it may be left empty. */
  readonly optional?: boolean;
  /** Takes the value, and the access key that it came with. */
  readonly take: (value: string, pair: KeyPair | undefined, signal: AbortSignal) => ReturnType<TextQuestion<T>['take']>;
}

async function askPasted<T>(step: Step, kind: PastedKind, question: PastedQuestion<T>): Promise<StepResult<T>> {
  const read = (text: string): Pasted =>
    question.optional === true && text.trim() === '' ? { value: '' } : pasted(text, kind);
  return askText<T>(step, {
    ...question,
    wrong: (text) => {
      const found = read(text);
      return 'reason' in found ? shown(found.reason) : undefined;
    },
    take: async (text, signal) => {
      const found = read(text);
      return 'reason' in found
        ? { error: toDisplayText(found.reason) }
        : question.take(found.value, found.pair, signal);
    },
  });
}

function shown(reason: Phrase | undefined): string | undefined {
  return reason && escapeQuickInput(toDisplayText(reason));
}

/** Tries to sign in; what went wrong becomes a text. `refused`: the usual causes where the cloud gives none. */
export async function attempt(
  work: () => Promise<SignedIn | undefined>,
  refused: string,
): Promise<{ readonly value: SignedIn } | { readonly error: string }> {
  try {
    const value = await work();
    return value ? { value } : { error: l10n.t('Nothing was changed.') };
  } catch (thrown) {
    const error = asCloudError(thrown);
    const { signIn, serviceMessage, reason } = error.failure;
    // What the cloud tells apart has words of its own.
    if (error.kind === 'unauthenticated' && (signIn === undefined || signIn === 'expired')) {
      return {
        error: [
          l10n.t('The cloud refused the sign-in: {0}', escapeQuickInput(toDisplayText(serviceMessage ?? reason ?? ''))),
          refused,
        ].join(' '),
      };
    }
    return {
      error: errorDetails(error)
        .map((line) => escapeQuickInput(toDisplayText(line)))
        .join(' · '),
    };
  }
}

const nothing = { value: undefined } as const;
