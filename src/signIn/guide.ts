import { l10n, window } from 'vscode';
import { usesPastedToken, type Account } from '../accounts/account';
import type { Accounts, SignedIn } from '../accounts/accounts';
import { servedBy } from '../explorer/present/signInValidity';
import type { Step } from '../platform/quickInput';
import { escapeQuickInput, formatTime, toDisplayText } from '../platform/translate';
import { addressesToAsk, askAddresses } from './addressQuestion';
import type { Draft, Question } from './draft';

/**
 * Asks questions, back and forth, until one gives the account. Those of a method follow the question that sets it.
 * @returns undefined if the user closed one
 */
export async function guide(
  accounts: Accounts,
  draft: Draft,
  first: readonly Question[],
): Promise<Account | undefined> {
  let questions = first;
  let question = first.find((each) => isNeeded(each, draft, accounts));
  while (question) {
    const asked = question;
    const { method } = draft;
    const needed = questions.filter((each) => each === asked || isNeeded(each, draft, accounts));
    const at = needed.indexOf(asked);
    const step: Step = {
      title: l10n.t('Key Explorer: Sign In'),
      step: at + 1,
      // The method decides how many there are.
      totalSteps: method === undefined ? undefined : needed.length,
      canGoBack: at > 0,
    };
    const answer = await asked(draft, step, accounts);
    if (answer.kind === 'closed') {
      return undefined;
    }
    if (answer.kind === 'given' && answer.value) {
      announce(answer.value);
      return answer.value.account;
    }
    const place = questions.indexOf(asked);
    if (draft.method && draft.method !== method) {
      questions = [...questions.slice(0, place + 1), ...draft.method.questions];
    }
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

// The projects that a pasted token serves are known only now.
function announce({ account, notice }: SignedIn): void {
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
