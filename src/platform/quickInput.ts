import {
  InputBoxValidationSeverity,
  QuickInputButtons,
  ThemeIcon,
  window,
  type Disposable,
  type QuickInput,
  type QuickPickItem,
} from 'vscode';
import { wrongName as wrongIn } from '../accounts/pastedText';
import { escapeQuickInput, toDisplayText } from './translate';

/** What a step of a guided sequence ends with. */
export type StepResult<T> =
  { readonly kind: 'given'; readonly value: T } | { readonly kind: 'back' } | { readonly kind: 'closed' };

/** Where a step stands in its sequence. */
export interface Step {
  readonly title: string;
  /** Nothing where there is no sequence, but a way in and back out. */
  readonly step: number | undefined;
  readonly totalSteps: number | undefined;
  readonly canGoBack: boolean;
}

/** Asks for one of several choices. */
export async function choose<T>(
  step: Step,
  placeholder: string,
  choices: readonly (QuickPickItem & { readonly value: T })[],
  current: T | undefined,
): Promise<StepResult<T>> {
  const pick = window.createQuickPick<QuickPickItem & { readonly value: T }>();
  pick.placeholder = placeholder;
  pick.items = choices;
  const active = choices.filter(({ value }) => value === current);
  if (active.length > 0) {
    pick.activeItems = active;
  }
  pick.matchOnDescription = true;
  return shown(step, pick, (give) => [
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen) {
        give({ kind: 'given', value: chosen.value });
      }
    }),
  ]);
}

/** Asks for any number of several choices. */
export async function chooseMany<T>(
  step: Step,
  placeholder: string,
  choices: readonly (QuickPickItem & { readonly value?: T })[],
  chosen: (value: T) => boolean,
): Promise<StepResult<readonly T[]>> {
  const pick = window.createQuickPick<QuickPickItem & { readonly value?: T }>();
  pick.placeholder = placeholder;
  pick.canSelectMany = true;
  pick.items = choices;
  pick.selectedItems = choices.filter(({ value }) => value !== undefined && chosen(value));
  pick.matchOnDescription = true;
  return shown(step, pick, (give) => [
    pick.onDidAccept(() =>
      give({ kind: 'given', value: pick.selectedItems.flatMap(({ value }) => (value === undefined ? [] : [value])) }),
    ),
  ]);
}

/** How a text is asked for. */
export interface TextQuestion<T> {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** Whether the text is hidden as it is typed, or which text is. */
  readonly secret?: boolean | ((text: string) => boolean);
  /** What is wrong with the text as it is typed. */
  readonly wrong: (text: string) => string | undefined;
  /** What the user may not have meant; the same text is taken with the next Enter. */
  readonly doubt?: (text: string) => string | undefined;
  /** Takes the text. Its error is shown below the input, which stays open for another try. */
  readonly take: (text: string, signal: AbortSignal) => Promise<{ readonly value: T } | { readonly error: string }>;
}

/** Asks for a text and waits, visibly busy, until it was taken. Closing the input gives up what is under way. */
export async function askText<T>(step: Step, question: TextQuestion<T>): Promise<StepResult<T>> {
  const input = window.createInputBox();
  input.prompt = question.prompt;
  input.placeholder = question.placeholder ?? '';
  input.value = question.value ?? '';
  const hide = (): void => {
    const { secret = false } = question;
    input.password = typeof secret === 'boolean' ? secret : secret(input.value);
  };
  hide();
  const giveUp = new AbortController();
  let doubted: string | undefined;
  const accept = async (give: (answer: StepResult<T>) => void): Promise<void> => {
    // The last step may take a while: a second Enter must not send it again.
    if (input.busy) {
      return;
    }
    const wrong = question.wrong(input.value);
    if (wrong !== undefined) {
      input.validationMessage = wrong;
      return;
    }
    const doubt = input.value === doubted ? undefined : question.doubt?.(input.value);
    if (doubt !== undefined) {
      doubted = input.value;
      input.validationMessage = { message: doubt, severity: InputBoxValidationSeverity.Warning };
      return;
    }
    input.busy = true;
    input.enabled = false;
    const taken = await question.take(input.value, giveUp.signal);
    input.busy = false;
    input.enabled = true;
    if ('value' in taken) {
      // The field, hidden by then, would keep it until the next question.
      input.value = '';
      give({ kind: 'given', value: taken.value });
    } else {
      input.validationMessage = taken.error;
      // Typing anew replaces what was refused.
      input.valueSelection = [0, input.value.length];
    }
  };
  try {
    return await shown(step, input, (give) => [
      input.onDidChangeValue((text) => {
        hide();
        input.validationMessage = text === '' ? undefined : question.wrong(text);
      }),
      input.onDidAccept(async () => accept(give)),
    ]);
  } finally {
    giveUp.abort();
  }
}

async function shown<T>(
  { title, step, totalSteps, canGoBack }: Step,
  input: QuickInput & { buttons: readonly unknown[]; onDidTriggerButton: (listener: () => void) => Disposable },
  listen: (give: (answer: StepResult<T>) => void) => readonly Disposable[],
): Promise<StepResult<T>> {
  input.title = title;
  // The only one needs no number.
  input.step = totalSteps === 1 ? undefined : step;
  input.totalSteps = totalSteps === 1 ? undefined : totalSteps;
  // Fetching a password from elsewhere must not lose what was typed.
  input.ignoreFocusOut = true;
  input.buttons = canGoBack ? [QuickInputButtons.Back] : [];
  const disposables: Disposable[] = [input];
  try {
    return await new Promise<StepResult<T>>((give) => {
      disposables.push(
        input.onDidTriggerButton(() => give({ kind: 'back' })),
        input.onDidHide(() => give({ kind: 'closed' })),
        ...listen(give),
      );
      input.show();
    });
  } finally {
    for (const disposable of disposables) {
      disposable.dispose();
    }
  }
}

/** A choice's icon. */
export function icon(id: string): ThemeIcon {
  return new ThemeIcon(id);
}

/** What is wrong with a name: that it is empty, has spaces around it or unseen characters in it, or stands for another. */
export function wrongName(text: string): string | undefined {
  const because = wrongIn(text);
  return because && escapeQuickInput(toDisplayText(because));
}
