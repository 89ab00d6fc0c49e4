import { l10n } from 'vscode';
import { methodOf, type Remember } from '../accounts/account';
import { choose } from '../platform/quickInput';
import { next, type Question } from './draft';

/** Asks how long to stay signed in. @param kept names the secrets that a remembered sign-in keeps */
export function askRemember(kept: () => string): Question {
  return async (draft, step) => {
    const choices: Readonly<Record<Remember, { label: string; detail: string }>> = {
      always: { label: l10n.t('Remember'), detail: kept() },
      untilExpiry: {
        label: l10n.t('Remember until the token expires'),
        detail: l10n.t('Only tokens are kept in the secret storage of this machine, for 24 hours at most.'),
      },
      session: {
        label: l10n.t('This session only'),
        detail: l10n.t('Nothing is kept: it is forgotten when this window closes or reloads.'),
      },
    };
    const offered = draft.method ? methodOf(draft.method.kind).remember : [];
    const answer = await choose(
      step,
      l10n.t('How long to stay signed in?'),
      offered.map((choice) => ({ ...choices[choice], value: choice })),
      draft.remember,
    );
    if (answer.kind !== 'given') {
      return answer;
    }
    draft.remember = answer.value;
    return next;
  };
}

/** The text for sign-ins with a password. */
export function passwordKept(): string {
  return l10n.t('The password and the tokens are kept in the secret storage of this machine.');
}
