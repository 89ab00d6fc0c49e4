import { l10n } from 'vscode';
import type { Account } from '../accounts/account';
import type { Accounts, SignedIn } from '../accounts/accounts';
import { escapeQuickInput } from '../platform/translate';
import { askText, wrongName, type StepResult } from '../platform/quickInput';

/** What asking for an agency needs. */
interface AgencyDeps {
  readonly accounts: Pick<Accounts, 'signInWithAgency'>;
  /** A failure in full, a line each. */
  readonly causeOf: (thrown: unknown) => readonly string[];
}

/**
 * Asks for an agency of another account, and takes on its role as a further account.
 * @param parent the account that takes it on
 * @returns `back` where its user went back before the first question
 */
export async function askAgency(parts: AgencyDeps, parent: Account): Promise<StepResult<SignedIn>> {
  let agencyName = '';
  for (;;) {
    const title = l10n.t('Key Explorer: Use an Agency’s Role');
    // The second question follows the first.
    const first = await askText<string>(
      { title, step: 1, totalSteps: 2, canGoBack: true },
      {
        prompt: l10n.t('Agency name, as the account that made the agency calls it'),
        value: agencyName,
        wrong: wrongName,
        take: async (text) => ({ value: text }),
      },
    );
    if (first.kind !== 'given') {
      return first;
    }
    agencyName = first.value;
    const second = await askText<SignedIn>(
      { title, step: 2, totalSteps: 2, canGoBack: true },
      {
        prompt: l10n.t('Account name: the account that made the agency'),
        wrong: wrongName,
        take: async (domainName, signal) => attempt(parts, parent, { agencyName, domainName }, signal),
      },
    );
    if (second.kind !== 'back') {
      return second;
    }
  }
}

async function attempt(
  { accounts, causeOf }: AgencyDeps,
  { id }: Account,
  role: { readonly agencyName: string; readonly domainName: string },
  signal: AbortSignal,
): Promise<{ readonly value: SignedIn } | { readonly error: string }> {
  try {
    const value = await accounts.signInWithAgency(id, role, signal);
    return value ? { value } : { error: l10n.t('Nothing was changed.') };
  } catch (thrown) {
    return { error: causeOf(thrown).map(escapeQuickInput).join(' · ') };
  }
}
