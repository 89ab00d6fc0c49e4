import { l10n } from 'vscode';
import type { SignedIn } from '../../accounts/accounts';
import { signInWithCode, signInWithMfa } from '../../accounts/methods/mfa';
import { escapeQuickInput, toDisplayText } from '../../platform/translate';
import { askAddresses } from '../addressQuestion';
import { attempt } from '../attempt';
import { chosenSite, type Question } from '../draft';
import { askRemember, passwordKept } from '../rememberQuestion';
import { askAccountName, askName, askPasswordText, askPasted, askUserName, taken } from '../textQuestions';
import type { GuidedMethod } from './method';

const askUserId: Question = async (draft, step) =>
  askName(
    step,
    l10n.t('IAM user ID: IAM wants it beside the code. The console shows it under My Credentials.'),
    draft.userId,
    (text) => {
      draft.userId = text;
    },
  );

const askPasswordBeforeCode: Question = async (draft, step) =>
  askPasswordText(step, draft, async (password) => {
    draft.password = password;
    return taken;
  });

const askCode: Question = async (draft, step, accounts) => {
  const { accountName = '', userName = '', userId = '', password, remember = 'session', again } = draft;
  return askPasted<SignedIn>(step, 'code', {
    prompt: l10n.t('The code that the MFA device of {0} shows now', escapeQuickInput(toDisplayText(userName))),
    take: async (code, _, signal) => {
      const work = async (): Promise<SignedIn | undefined> =>
        again
          ? signInWithCode(accounts, again.account.id, { password, code }, again.projectId, signal)
          : signInWithMfa(
              accounts,
              chosenSite(draft, accounts),
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

export const mfa: GuidedMethod = {
  kind: 'mfa',
  choice: () => ({
    label: l10n.t('IAM user, password and MFA code'),
    description: l10n.t('for a user with a virtual MFA device'),
    icon: 'shield',
  }),
  questions: [
    askAccountName,
    askUserName,
    askUserId,
    askAddresses,
    askRemember(passwordKept),
    askPasswordBeforeCode,
    askCode,
  ],
  questionsAgain: async ({ accounts, account }) =>
    (await accounts.hasPassword(account.id)) ? [askCode] : [askPasswordBeforeCode, askCode],
  asksForNames: true,
};
