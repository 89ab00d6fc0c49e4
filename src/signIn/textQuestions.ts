import { l10n } from 'vscode';
import { doubtIn, pasted, wrongPassword, type KeyPair, type Pasted, type PastedKind } from '../accounts/pastedText';
import type { Phrase } from '../base/phrase';
import { hostOf } from '../cloud/url';
import { askText, wrongName, type StepResult, type Step, type TextQuestion } from '../platform/quickInput';
import { escapeQuickInput, toDisplayText } from '../platform/translate';
import { known, type Draft, type Question } from './draft';

/** The result of a text that was taken without a sign-in. */
export const taken = { value: undefined } as const;

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

/** Asks for a name, which is sent as it is entered. */
export async function askName(
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
      return taken;
    },
  });
}

/** Asks for the password of the user in the draft. It is sent as it is entered: likely slips are pointed out, and may be meant. */
export async function askPasswordText<T>(
  step: Step,
  { site, accountName = '', userName = '' }: Draft,
  take: TextQuestion<T>['take'],
): Promise<StepResult<T>> {
  return askText<T>(step, {
    prompt: l10n.t(
      'Password of {0} in {1}. It is sent to {2}.',
      escapeQuickInput(toDisplayText(userName)),
      escapeQuickInput(toDisplayText(accountName)),
      hostOf(known(site).iam),
    ),
    secret: true,
    wrong: (text) => shown(wrongPassword(text)),
    doubt: (text) => shown(doubtIn(text)),
    take,
  });
}

/** A secret that is often pasted. */
interface PastedQuestion<T> extends Pick<TextQuestion<T>, 'prompt' | 'value' | 'secret'> {
  /** Whether it may be left empty. */
  readonly optional?: boolean;
  /** Takes the value, and the access key that was pasted with it. */
  readonly take: (value: string, pair: KeyPair | undefined, signal: AbortSignal) => ReturnType<TextQuestion<T>['take']>;
}

export async function askPasted<T>(step: Step, kind: PastedKind, question: PastedQuestion<T>): Promise<StepResult<T>> {
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
