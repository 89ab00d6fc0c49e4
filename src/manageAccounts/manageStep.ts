import { ProgressLocation, l10n, window } from 'vscode';
import type { Account } from '../accounts/account';
import type { Step } from '../platform/quickInput';
import { nameOf } from './describe';

/** How a question of Manage Accounts ended: back to where it came from, or everything closed. */
export type End = 'back' | 'closed';

/** The step of a question about one account. */
export function stepFor(account: Account): Step {
  // A title shows no icons: only invisible characters have to be escaped.
  return { title: nameOf(account), step: undefined, totalSteps: undefined, canGoBack: true };
}

/** Shows progress during work. @returns undefined if it failed, which was reported */
export async function withProgress<T>(
  report: (thrown: unknown) => void,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await window.withProgress({ location: ProgressLocation.Window, title: l10n.t('Asking the cloud…') }, work);
  } catch (thrown) {
    report(thrown);
    return undefined;
  }
}
