import { l10n, window } from 'vscode';
import { usesPastedToken, type Account, type SignInMethod } from '../accounts/account';
import type { Accounts, SignedIn } from '../accounts/accounts';
import { servedBy } from '../explorer/present/errorMessages';
import { readProfile } from '../platform/machineProfiles';
import { settings } from '../platform/settings';
import { escapeQuickInput, toDisplayText, formatTime } from '../platform/translate';
import { addressesToAsk, askAddresses } from './addressQuestion';
import { choose, type StepResult, type Step } from '../platform/quickInput';
import type { Draft, Question } from './draft';
import { askProfile, askProfileAgain, askProfileUse } from './profileQuestions';
import {
  askAccessKey,
  askAccountName,
  askCode,
  askHow,
  askPassword,
  askPasswordBeforeCode,
  askRemember,
  askSecretKey,
  askSecurityToken,
  askSite,
  askToken,
  askUserId,
  askUserName,
} from './questions';

/** What follows the choice of how to sign in. */
const sequences: Readonly<Record<Exclude<SignInMethod, 'agency'>, readonly Question[]>> = {
  password: [askAccountName, askUserName, askAddresses, askRemember, askPassword],
  mfa: [askAccountName, askUserName, askUserId, askAddresses, askRemember, askPasswordBeforeCode, askCode],
  accessKey: [askAccessKey, askSecurityToken, askAddresses, askRemember, askSecretKey],
  profile: [askProfile, askAddresses, askProfileUse],
  token: [askAddresses, askRemember, askToken],
};

/** The guided sign-in. @returns the account; undefined if the user closed it */
export async function signIn(accounts: Accounts): Promise<Account | undefined> {
  return guide(accounts, {}, [askSite, askHow]);
}

/**
 * Signs the same identity in again: only the secret is asked for, and before it the address of an IAM that the account has not
 * accepted yet.
 * @param projectId the project whose row asked for it
 */
export async function signInAgain(
  accounts: Accounts,
  account: Account,
  projectId: string | undefined,
): Promise<Account | undefined> {
  const site = settings.site(account.site);
  if (!site) {
    return signIn(accounts);
  }
  const draft: Draft = {
    site,
    by: account.signIn,
    accountName: account.domain.name,
    userName: account.user.name,
    userId: account.user.id,
    remember: account.remember,
    again: { account, projectId },
  };
  return guide(accounts, draft, [askAddresses, ...(await questionsAgain(accounts, account, draft))]);
}

async function questionsAgain(accounts: Accounts, account: Account, draft: Draft): Promise<readonly Question[]> {
  switch (account.signIn) {
    case 'password':
      return [askPassword];
    case 'mfa':
      return (await accounts.hasPassword(account.id)) ? [askCode] : [askPasswordBeforeCode, askCode];
    case 'token':
      return [askToken];
    case 'accessKey':
      return [askStoredKey, askAccessKey, askSecurityToken, askSecretKey];
    case 'profile': {
      const used = await readProfile(account.profile?.id ?? '');
      if (!('reason' in used)) {
        draft.profile = used.profile;
      }
      return [askSameProfile];
    }
    case 'agency':
      return [askParentAgain];
  }
}

// A role is taken on with the sign-in of another account.
const askParentAgain: Question = async (draft, step, accounts) => {
  const account = draft.again?.account;
  const parent = accounts.all().find(({ id }) => id === account?.agency?.parent);
  // Roles are taken on by users; one that a list says to be taken on by itself would lead back here.
  if (!account || !parent || parent.agency) {
    const signInFirst = l10n.t('Sign In…');
    void window
      .showErrorMessage(l10n.t('The account that takes on this role is signed out.'), signInFirst)
      .then(async (chosen) => (chosen === signInFirst ? signIn(accounts) : undefined));
    return { kind: 'closed' };
  }
  const site = accounts.site(parent);
  const isOut = parent.refused || (site && accounts.toAccept(site, parent).some(({ isIam }) => isIam));
  if (!isOut) {
    const answer = await askSameRole(draft, step, accounts);
    if (answer.kind !== 'given') {
      return answer;
    }
  } else if (!(await signInAgain(accounts, parent, undefined))) {
    return { kind: 'closed' };
  }
  await accounts.tryAgain(account.id);
  return { kind: 'given', value: { account } };
};

/** Goes through the questions, back and forth, until one gives the account. */
async function guide(accounts: Accounts, draft: Draft, first: readonly Question[]): Promise<Account | undefined> {
  let questions = first;
  let question = first.find((each) => isNeeded(each, draft, accounts));
  while (question) {
    const asked = question;
    const needed = questions.filter((each) => each === asked || isNeeded(each, draft, accounts));
    const at = needed.indexOf(asked);
    const step: Step = {
      title: l10n.t('Key Explorer: Sign In'),
      step: at + 1,
      // How many there are shows with the answer to how to sign in.
      totalSteps: draft.by === undefined ? undefined : needed.length,
      canGoBack: at > 0,
    };
    // One question after the other.
    const answer = await asked(draft, step, accounts);
    if (answer.kind === 'closed') {
      return undefined;
    }
    if (answer.kind === 'given' && answer.value) {
      return ended({ kind: 'given', value: answer.value });
    }
    if (asked === askHow && draft.by !== undefined && draft.by !== 'agency') {
      questions = [...first, ...sequences[draft.by]];
    }
    const place = questions.indexOf(asked);
    question =
      answer.kind === 'back'
        ? questions.slice(0, place).findLast((each) => isNeeded(each, draft, accounts))
        : questions.slice(place + 1).find((each) => isNeeded(each, draft, accounts));
  }
  return undefined;
}

// Most sites have no address that is not built in.
function isNeeded(question: Question, draft: Draft, accounts: Accounts): boolean {
  return question !== askAddresses || addressesToAsk(draft, accounts).length > 0;
}

// The clock may be right again by now, or the key switched on.
const askStoredKey: Question = async ({ again }, step, accounts) => {
  const answer = await choose<'same' | 'another'>(
    step,
    l10n.t('With which access key?'),
    [
      { label: l10n.t('Try the same key again'), value: 'same' },
      { label: l10n.t('Enter another key'), value: 'another' },
    ],
    undefined,
  );
  if (answer.kind !== 'given' || answer.value === 'another' || !again) {
    return answer.kind === 'given' ? { kind: 'given', value: undefined } : answer;
  }
  await accounts.tryAgain(again.account.id);
  return { kind: 'given', value: { account: again.account } };
};

// Any extension can start this, so nothing that is at hand signs in before the user says so.
const askSameProfile: Question = async (draft, step, accounts) => {
  const name = draft.again?.account.profile?.name ?? '';
  const answer = await choose<'same' | 'another'>(
    step,
    l10n.t('With which profile?'),
    [
      { label: l10n.t('Try the profile {0} again', escapeQuickInput(toDisplayText(name))), value: 'same' },
      { label: l10n.t('Choose another profile'), value: 'another' },
    ],
    undefined,
  );
  if (answer.kind !== 'given') {
    return answer;
  }
  if (answer.value === 'same') {
    return askProfileAgain(draft, step, accounts);
  }
  const account = await guide(accounts, { site: draft.site, by: 'profile' }, sequences.profile);
  return account ? { kind: 'given', value: { account } } : { kind: 'closed' };
};

const askSameRole: Question = async ({ again }, step) => {
  const name = again?.account.user.name ?? '';
  const choices = [
    { label: l10n.t('Take on the role {0} again', escapeQuickInput(toDisplayText(name))), value: again?.account },
  ];
  const answer = await choose(step, l10n.t('With which role?'), choices, undefined);
  return answer.kind === 'given' && answer.value
    ? { kind: 'given', value: { account: answer.value } }
    : { kind: 'closed' };
};

function ended(answer: StepResult<SignedIn | undefined>): Account | undefined {
  if (answer.kind !== 'given' || !answer.value) {
    return undefined;
  }
  tell(answer.value);
  return answer.value.account;
}

// What a pasted token can and cannot do shows only now.
function tell({ account, notice }: SignedIn): void {
  if (notice) {
    void window.showWarningMessage(escapeQuickInput(toDisplayText(notice)));
  }
  if (!usesPastedToken(account)) {
    return;
  }
  const until = account.expires === undefined ? '' : formatTime(account.expires);
  if (account.project) {
    void window.showInformationMessage(
      l10n.t(
        'The token serves the project {0} until {1}.',
        escapeQuickInput(toDisplayText(account.project.name)),
        until,
      ),
    );
  } else {
    void window.showWarningMessage(
      [toDisplayText(servedBy(account)), l10n.t('The token lasts until {0}', until)].join(' · '),
    );
  }
}
