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

/** The result of a step of a wizard. */
export type StepResult<T> =
  { readonly kind: 'given'; readonly value: T } | { readonly kind: 'back' } | { readonly kind: 'closed' };

/** A step's title and its place in the wizard. */
export interface Step {
  readonly title: string;
  /** Undefined for menus, which have no step numbers. */
  readonly step: number | undefined;
  readonly totalSteps: number | undefined;
  readonly canGoBack: boolean;
}

/** Lets the user pick one of several choices. */
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
  return show(step, pick, (finish) => [
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen) {
        finish({ kind: 'given', value: chosen.value });
      }
    }),
  ]);
}

/** Lets the user pick any number of choices. */
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
  return show(step, pick, (finish) => [
    pick.onDidAccept(() =>
      finish({ kind: 'given', value: pick.selectedItems.flatMap(({ value }) => (value === undefined ? [] : [value])) }),
    ),
  ]);
}

/** A question whose answer is a text. */
export interface TextQuestion<T> {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** Whether the input hides the text; may depend on the text. */
  readonly secret?: boolean | ((text: string) => boolean);
  /** Validates the text while the user types. @returns the error; undefined if it is valid */
  readonly wrong: (text: string) => string | undefined;
  /** Warns of a probable mistake. Enter again accepts the same text. */
  readonly doubt?: (text: string) => string | undefined;
  /** Submits the text. An error is shown below the input, which stays open. */
  readonly take: (text: string, signal: AbortSignal) => Promise<{ readonly value: T } | { readonly error: string }>;
}

/** Asks for a text and submits it, with a progress bar. Closing the input aborts the submission. */
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
  const abort = new AbortController();
  let warned: string | undefined;
  const accept = async (finish: (answer: StepResult<T>) => void): Promise<void> => {
    // A second Enter must not submit it twice.
    if (input.busy) {
      return;
    }
    const wrong = question.wrong(input.value);
    if (wrong !== undefined) {
      input.validationMessage = wrong;
      return;
    }
    const doubt = input.value === warned ? undefined : question.doubt?.(input.value);
    if (doubt !== undefined) {
      warned = input.value;
      input.validationMessage = { message: doubt, severity: InputBoxValidationSeverity.Warning };
      return;
    }
    input.busy = true;
    input.enabled = false;
    const submitted = await question.take(input.value, abort.signal);
    input.busy = false;
    input.enabled = true;
    if ('value' in submitted) {
      // The hidden input would keep a secret until the next question.
      input.value = '';
      finish({ kind: 'given', value: submitted.value });
    } else {
      input.validationMessage = submitted.error;
      // Typing replaces the refused text.
      input.valueSelection = [0, input.value.length];
    }
  };
  try {
    return await show(step, input, (finish) => [
      input.onDidChangeValue((text) => {
        hide();
        input.validationMessage = text === '' ? undefined : question.wrong(text);
      }),
      input.onDidAccept(async () => accept(finish)),
    ]);
  } finally {
    abort.abort();
  }
}

async function show<T>(
  { title, step, totalSteps, canGoBack }: Step,
  input: QuickInput & { buttons: readonly unknown[]; onDidTriggerButton: (listener: () => void) => Disposable },
  listen: (finish: (answer: StepResult<T>) => void) => readonly Disposable[],
): Promise<StepResult<T>> {
  input.title = title;
  // A single step needs no number.
  input.step = totalSteps === 1 ? undefined : step;
  input.totalSteps = totalSteps === 1 ? undefined : totalSteps;
  // Switching to a password manager must not close the input.
  input.ignoreFocusOut = true;
  input.buttons = canGoBack ? [QuickInputButtons.Back] : [];
  const disposables: Disposable[] = [input];
  try {
    return await new Promise<StepResult<T>>((finish) => {
      disposables.push(
        input.onDidTriggerButton(() => finish({ kind: 'back' })),
        input.onDidHide(() => finish({ kind: 'closed' })),
        ...listen(finish),
      );
      input.show();
    });
  } finally {
    for (const disposable of disposables) {
      disposable.dispose();
    }
  }
}

/** A codicon. */
export function icon(id: string): ThemeIcon {
  return new ThemeIcon(id);
}

/** Validates a name: not empty, without surrounding spaces, invisible characters or placeholders. @returns the error */
export function wrongName(text: string): string | undefined {
  const reason = wrongIn(text);
  return reason && escapeQuickInput(toDisplayText(reason));
}
