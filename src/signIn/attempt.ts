import { l10n, window } from 'vscode';
import type { Account } from '../accounts/account';
import type { SignedIn } from '../accounts/accounts';
import { asCloudError } from '../cloud/errors';
import { errorDetails } from '../explorer/present/errorDetails';
import { escapeQuickInput, toDisplayText } from '../platform/translate';

/**
 * Tries to sign in.
 * @param usualCauses shown if the cloud refuses the sign-in without a cause
 * @returns the sign-in, or an error as text
 */
export async function attempt(
  work: () => Promise<SignedIn | undefined>,
  usualCauses: string | undefined,
): Promise<{ readonly value: SignedIn } | { readonly error: string }> {
  try {
    const value = await work();
    return value ? { value } : { error: l10n.t('Nothing was changed.') };
  } catch (thrown) {
    const error = asCloudError(thrown);
    const { signIn, serviceMessage, reason } = error.failure;
    const hasOwnText = error.kind !== 'unauthenticated' || (signIn !== undefined && signIn !== 'expired');
    if (usualCauses !== undefined && !hasOwnText) {
      return {
        error: [
          l10n.t('The cloud refused the sign-in: {0}', escapeQuickInput(toDisplayText(serviceMessage ?? reason ?? ''))),
          usualCauses,
        ].join(' '),
      };
    }
    return {
      error: errorDetails(error)
        .map((line) => escapeQuickInput(toDisplayText(line)))
        .join(' · '),
    };
  }
}

/** Asks before another method replaces the sign-in that an identity has. */
export async function mayReplace({ user }: Account): Promise<boolean> {
  const replace = l10n.t('Use the New One');
  const answer = await window.showWarningMessage(
    l10n.t('{0} is already signed in with a different method.', escapeQuickInput(toDisplayText(user.name))),
    {
      modal: true,
      detail: l10n.t('The new sign-in would take its place. A pasted token serves one project at most.'),
    },
    replace,
  );
  return answer === replace;
}
