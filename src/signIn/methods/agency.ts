import { l10n, window } from 'vscode';
import type { Account } from '../../accounts/account';
import type { Accounts, SignedIn } from '../../accounts/accounts';
import { signInWithAgency } from '../../accounts/methods/agency';
import { roleParent } from '../../accounts/roleParent';
import { askText, choose, wrongName, type StepResult } from '../../platform/quickInput';
import { escapeQuickInput, toDisplayText } from '../../platform/translate';
import { attempt } from '../attempt';
import type { Question } from '../draft';
import type { GuidedMethod, SignInAgain } from './method';

/**
 * Asks for an agency, and takes on its role as a further account.
 * @param parent the account that takes it on
 * @returns `back` if the user went back before the first question
 */
export async function askRole(accounts: Accounts, parent: Account): Promise<StepResult<SignedIn>> {
  let agencyName = '';
  for (;;) {
    const title = l10n.t('Key Explorer: Use an Agency’s Role');
    const first = await askText<string>(
      { title, step: 1, totalSteps: 2, canGoBack: true },
      {
        prompt: l10n.t('Agency name, as the account that made the agency calls it'),
        value: agencyName,
        wrong: wrongName,
        take: async (text) => ({ value: text }),
      },
    );
    if (first.kind !== 'given') {
      return first;
    }
    agencyName = first.value;
    const second = await askText<SignedIn>(
      { title, step: 2, totalSteps: 2, canGoBack: true },
      {
        prompt: l10n.t('Account name: the account that made the agency'),
        wrong: wrongName,
        take: async (domainName, signal) =>
          attempt(async () => signInWithAgency(accounts, parent.id, { agencyName, domainName }, signal), undefined),
      },
    );
    if (second.kind !== 'back') {
      return second;
    }
  }
}

// The account that takes on the role may have to sign in first.
function askParentAgain({ account, signIn, signInAgain }: SignInAgain): Question {
  return async (draft, step, accounts) => {
    const parent = roleParent(accounts, account.agency?.parent ?? '')?.account;
    if (!parent) {
      const signInFirst = l10n.t('Sign In…');
      void window
        .showErrorMessage(l10n.t('The account that takes on this role is signed out.'), signInFirst)
        .then(async (chosen) => (chosen === signInFirst ? signIn() : undefined));
      return { kind: 'closed' };
    }
    const site = accounts.site(parent);
    const isOut = parent.refused || (site && accounts.toAccept(site, parent).some(({ isIam }) => isIam));
    if (!isOut) {
      const answer = await askSameRole(draft, step, accounts);
      if (answer.kind !== 'given') {
        return answer;
      }
    } else if (!(await signInAgain(parent))) {
      return { kind: 'closed' };
    }
    await accounts.tryAgain(account.id);
    return { kind: 'given', value: { account } };
  };
}

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

// It begins in Manage Accounts, at the account that takes it on.
export const agency: GuidedMethod = {
  kind: 'agency',
  questions: [],
  questionsAgain: (again) => [askParentAgain(again)],
};
