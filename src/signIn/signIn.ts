import { l10n, window } from 'vscode';
import { hasForeignToken, type Account, type SignInWay } from '../accounts/account';
import type { Accounts, SignedIn } from '../accounts/accounts';
import { servedBy } from '../explorer/words';
import { settings } from '../host/settings';
import { inert, show, showTime } from '../host/translate';
import { choose, type Answer, type Step } from './ask';
import { askProfile, askProfileUse, useProfile } from './profileQuestions';
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
  type Draft,
  type Question,
} from './questions';

/** What follows the choice of how to sign in. */
const sequences: Readonly<Record<Exclude<SignInWay, 'agency'>, readonly Question[]>> = {
  password: [askAccountName, askUserName, askRemember, askPassword],
  mfa: [askAccountName, askUserName, askUserId, askRemember, askPasswordBeforeCode, askCode],
  accessKey: [askAccessKey, askSecurityToken, askRemember, askSecretKey],
  profile: [askProfile, askProfileUse],
  token: [askRemember, askToken],
};

/** The guided sign-in. @returns the account, or nothing where its user closed it */
export async function signIn(accounts: Accounts): Promise<Account | undefined> {
  return guide(accounts, {}, [askSite, askHow]);
}

/**
 * Signs the same identity in again: only the secret is asked for.
 * @param projectId the project whose row asked for it
 * @param accept asks whether an address that came into the settings since may get it
 */
export async function signInAgain(
  accounts: Accounts,
  account: Account,
  projectId: string | undefined,
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
    userId: account.user.id,
    remember: account.remember,
    again: { account, projectId },
  };
  switch (account.signIn) {
    case 'password':
      return guide(accounts, draft, [askPassword]);
    case 'mfa': {
      const hasPassword = await accounts.hasPassword(account.id);
      return guide(accounts, draft, hasPassword ? [askCode] : [askPasswordBeforeCode, askCode]);
    }
    case 'token':
      return guide(accounts, draft, [askToken]);
    case 'accessKey':
      return guide(accounts, draft, [askStoredKey, askAccessKey, askSecurityToken, askSecretKey]);
    case 'profile':
      return ended(await useProfile(accounts, site, { id: account.profile?.id ?? '' }, false));
    case 'agency': {
      const parent = accounts.all().find(({ id }) => id === account.agency?.parent);
      // Roles are taken on by users; one that a list says to be taken on by itself would lead back here.
      if (!parent || parent.agency) {
        void window.showErrorMessage(l10n.t('The account that takes on this role is signed out.'));
        return undefined;
      }
      const signedIn = parent.refused ? await signInAgain(accounts, parent, undefined, accept) : parent;
      await accounts.tryAgain(account.id);
      return signedIn && account;
    }
  }
}

/** Goes through the questions, back and forth, until one gives the account. */
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
      return ended({ is: 'given', value: answer.value });
    }
    at += 1;
    if (question === askHow && draft.by !== undefined && draft.by !== 'agency') {
      questions = [...first, ...sequences[draft.by]];
    }
  }
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
  if (answer.is !== 'given' || answer.value === 'another' || !again) {
    return answer.is === 'given' ? { is: 'given', value: undefined } : answer;
  }
  await accounts.tryAgain(again.account.id);
  return { is: 'given', value: { account: again.account } };
};

function ended(answer: Answer<SignedIn | undefined>): Account | undefined {
  if (answer.is !== 'given' || !answer.value) {
    return undefined;
  }
  tell(answer.value);
  return answer.value.account;
}

// What a pasted token can and cannot do shows only now.
function tell({ account, notice }: SignedIn): void {
  if (notice) {
    void window.showWarningMessage(inert(show(notice)));
  }
  if (!hasForeignToken(account)) {
    return;
  }
  const until = account.expires === undefined ? '' : showTime(account.expires);
  if (account.project) {
    void window.showInformationMessage(
      l10n.t('The token serves the project {0} until {1}.', inert(show(account.project.name)), until),
    );
  } else {
    void window.showWarningMessage([show(servedBy(account)), l10n.t('The token lasts until {0}', until)].join(' · '));
  }
}
