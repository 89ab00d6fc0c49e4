import { l10n } from 'vscode';
import type { SignedIn } from '../../accounts/accounts';
import { signInWithPassword } from '../../accounts/methods/password';
import { askAddresses } from '../addressQuestion';
import { attempt } from '../attempt';
import { chosenSite, type Question } from '../draft';
import { askRemember, passwordKept } from '../rememberQuestion';
import { askAccountName, askPasswordText, askUserName } from '../textQuestions';
import type { GuidedMethod } from './method';

const askPassword: Question = async (draft, step, accounts) => {
  const { accountName = '', userName = '', remember = 'session' } = draft;
  const site = chosenSite(draft, accounts);
  return askPasswordText<SignedIn>(step, draft, async (password, signal) =>
    attempt(
      async () => signInWithPassword(accounts, site, { accountName, userName, password }, remember, signal),
      l10n.t(
        'Usual causes: a HUAWEI ID or federated user (they cannot sign in this way), programmatic access switched off, a user with an MFA device, a mistyped account name. Wrong passwords lock the account after a few tries.',
      ),
    ),
  );
};

export const password: GuidedMethod = {
  kind: 'password',
  choice: () => ({
    label: l10n.t('IAM user and password'),
    description: l10n.t('lists every project'),
    icon: 'account',
  }),
  questions: [askAccountName, askUserName, askAddresses, askRemember(passwordKept), askPassword],
  questionsAgain: () => [askPassword],
  asksForNames: true,
};
