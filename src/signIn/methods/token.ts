import { l10n } from 'vscode';
import type { SignedIn } from '../../accounts/accounts';
import { signInWithToken } from '../../accounts/methods/token';
import { hostOf } from '../../cloud/url';
import { askAddresses } from '../addressQuestion';
import { attempt, mayReplace } from '../attempt';
import { chosenSite, type Question } from '../draft';
import { askRemember, passwordKept } from '../rememberQuestion';
import { askPasted } from '../textQuestions';
import type { GuidedMethod } from './method';

const askToken: Question = async (draft, step, accounts) => {
  const { remember = 'session' } = draft;
  const site = chosenSite(draft, accounts);
  return askPasted<SignedIn>(step, 'token', {
    prompt: l10n.t('Token: the value of X-Subject-Token that IAM sent. It is checked at {0}.', hostOf(site.iam)),
    secret: true,
    take: async (token, _, signal) =>
      attempt(
        async () => signInWithToken(accounts, site, token, remember, mayReplace, signal),
        l10n.t('The token has expired, was cut when it was copied, or belongs to another site.'),
      ),
  });
};

export const token: GuidedMethod = {
  kind: 'token',
  choice: () => ({
    label: l10n.t('Paste a token'),
    description: l10n.t('lists the project that the token was made for, until it expires'),
    icon: 'clippy',
  }),
  questions: [askAddresses, askRemember(passwordKept), askToken],
  questionsAgain: () => [askToken],
};
