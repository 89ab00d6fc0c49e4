import { l10n, window } from 'vscode';
import type { Accounts, SignedIn } from '../accounts/accounts';
import type { Profile } from '../accounts/profiles/profile';
import { isIamOf, type ChosenSite } from '../accounts/sites';
import { findProfiles, readProfile } from '../platform/machineProfiles';
import { escapeQuickInput, toDisplayText } from '../platform/translate';
import { choose, icon, type StepResult } from '../platform/quickInput';
import { chosen, known, next, type Question } from './draft';
import { attempt, mayReplace } from './questions';

// Signing in with what a person already has on this machine.

export const askProfile: Question = async (draft, step) => {
  const { profiles, problems } = await findProfiles();
  for (;;) {
    // One that is of no use is shown with its reason, and asked about again.
    const answer = await choose<Profile | undefined>(
      step,
      profiles.length + problems.length > 0
        ? l10n.t('Which profile?')
        : l10n.t('No profile was found: of KooCLI, the SDKs, the environment, or clouds.yaml in your own folders.'),
      [
        ...profiles.map((profile) => ({
          label: escapeQuickInput(toDisplayText(profile.name)),
          description: [sourceOf(profile), profile.user?.name ?? profile.domain?.name, profile.region]
            .filter((part) => part !== undefined)
            .map((part) => escapeQuickInput(toDisplayText(part)))
            .join(' · '),
          detail: escapeQuickInput(toDisplayText(profile.unusableReason ?? profile.from.join(', '))),
          iconPath: icon(profile.unusableReason ? 'circle-slash' : 'key'),
          value: profile,
        })),
        ...problems.map(({ path, reason }) => ({
          label: escapeQuickInput(toDisplayText(path)),
          detail: escapeQuickInput(toDisplayText(reason)),
          iconPath: icon('warning'),
          value: undefined,
        })),
      ],
      draft.profile,
    );
    if (answer.kind !== 'given') {
      return answer;
    }
    if (answer.value && !answer.value.unusableReason) {
      draft.profile = answer.value;
      return next;
    }
  }
};

/** Whether a profile is read where it is or copied, and then signs in with it. */
export const askProfileUse: Question = async (draft, step, accounts) => {
  const { profile } = draft;
  const answer = await choose<'read' | 'copy'>(
    step,
    l10n.t('How is the profile used?'),
    [
      {
        label: l10n.t('Read it where it is'),
        detail: l10n.t('Nothing is copied: it is read for each use, and a change in it is noticed.'),
        value: 'read',
      },
      ...(profile?.endpoint !== undefined && !isIamOf(known(draft.site), profile.endpoint)
        ? []
        : [
            {
              label: l10n.t('Copy it'),
              detail: l10n.t('A copy is kept in the secret storage of this machine until you sign out.'),
              value: 'copy' as const,
            },
          ]),
    ],
    undefined,
  );
  if (answer.kind !== 'given' || !profile) {
    return answer.kind === 'given' ? { kind: 'closed' } : answer;
  }
  return useProfile(accounts, chosen(draft, accounts), profile, answer.value === 'copy');
};

/** Signs in with the profile of an account again. */
export const askProfileAgain: Question = async (draft, _, accounts) =>
  useProfile(accounts, chosen(draft, accounts), { id: draft.again?.account.profile?.id ?? '' }, false);

async function useProfile(
  accounts: Accounts,
  site: ChosenSite,
  { id }: { readonly id: string },
  copies: boolean,
): Promise<StepResult<SignedIn | undefined>> {
  const used = await readProfile(id);
  if ('reason' in used) {
    void window.showErrorMessage(escapeQuickInput(toDisplayText(used.reason)));
    return { kind: 'closed' };
  }
  const { secret } = used;
  const { signal } = new AbortController();
  const signIn = async (): Promise<SignedIn | undefined> => {
    if (!copies) {
      return accounts.signInWithProfile(site, used, mayReplace, signal);
    }
    switch (secret.kind) {
      case 'password':
        return accounts.signInWithPassword(site, secret, 'always', signal);
      case 'token':
        return accounts.signInWithToken(site, secret.token, 'untilExpiry', mayReplace, signal);
      case 'accessKey': {
        const { accessKey: access, secretKey, securityToken } = secret;
        const keys = { access, secret: secretKey, ...(securityToken === undefined ? {} : { securityToken }) };
        return accounts.signInWithKeys(site, keys, 'always', mayReplace, signal);
      }
    }
  };
  const taken = await window.withProgress(
    { location: { viewId: 'keyExplorer.keys' }, title: l10n.t('Signing in…') },
    async () => attempt(signIn, l10n.t('Correct the profile, then sign in with it again.')),
  );
  if ('error' in taken) {
    void window.showErrorMessage(taken.error);
    return { kind: 'closed' };
  }
  return { kind: 'given', value: taken.value };
}

function sourceOf({ source }: Profile): string {
  switch (source) {
    case 'koocli':
      return 'KooCLI';
    case 'sdkFile':
      return l10n.t('SDK credentials file');
    case 'environment':
      return l10n.t('environment variables');
    case 'cloudsYaml':
      return 'clouds.yaml';
  }
}
