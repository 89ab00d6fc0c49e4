import { l10n, window } from 'vscode';
import type { Accounts, SignedIn } from '../../accounts/accounts';
import { signInWithCopy, signInWithProfile } from '../../accounts/methods/profile';
import type { Profile } from '../../accounts/profiles/profile';
import { isIamOf, withIam, type ChosenSite } from '../../accounts/sites';
import { findProfiles, readProfile } from '../../platform/machineProfiles';
import { escapeQuickInput, toDisplayText } from '../../platform/translate';
import { choose, icon, type StepResult } from '../../platform/quickInput';
import { askAddresses } from '../addressQuestion';
import { attempt, mayReplace } from '../attempt';
import { chosenSite, known, next, type Question } from '../draft';
import { guide } from '../guide';
import type { GuidedMethod } from './method';

const askProfile: Question = async (draft, step) => {
  const { profiles, problems } = await findProfiles();
  for (;;) {
    // A profile that cannot be used is shown with its reason; choosing it asks again.
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

/** Asks whether the profile is read for each use or copied, and signs in with it. */
const askProfileUse: Question = async (draft, step, accounts) => {
  const { profile: chosen } = draft;
  const answer = await choose<'read' | 'copy'>(
    step,
    l10n.t('How is the profile used?'),
    [
      {
        label: l10n.t('Read it where it is'),
        detail: l10n.t('Nothing is copied: it is read for each use, and a change in it is noticed.'),
        value: 'read',
      },
      ...(chosen?.endpoint !== undefined && !isIamOf(known(draft.site), chosen.endpoint)
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
  if (answer.kind !== 'given' || !chosen) {
    return answer.kind === 'given' ? { kind: 'closed' } : answer;
  }
  return signInWith(chosen.id, accounts, chosenSite(draft, accounts), answer.value === 'copy');
};

// Any extension can start this: nothing signs in before the user confirms it.
const askSameProfile: Question = async (draft, step, accounts) => {
  const { name = '', id = '' } = draft.again?.account.profile ?? {};
  const answer = await choose<'same' | 'another'>(
    step,
    l10n.t('With which profile?'),
    [
      { label: l10n.t('Try the profile {0} again', escapeQuickInput(toDisplayText(name))), value: 'same' },
      { label: l10n.t('Choose another profile'), value: 'another' },
    ],
    undefined,
  );
  if (answer.kind !== 'given') {
    return answer;
  }
  if (answer.value === 'same') {
    return signInWith(id, accounts, chosenSite(draft, accounts), false);
  }
  const account = await guide(accounts, { site: draft.site, method: profile }, profile.questions);
  return account ? { kind: 'given', value: { account } } : { kind: 'closed' };
};

export const profile: GuidedMethod = {
  kind: 'profile',
  choice: () => ({
    label: l10n.t('A profile on this machine'),
    description: l10n.t('of KooCLI, the SDKs, the environment or clouds.yaml'),
    icon: 'file-code',
  }),
  questions: [askProfile, askAddresses, askProfileUse],
  questionsAgain: async ({ account, draft }) => {
    const used = await readProfile(account.profile?.id ?? '');
    if (!('reason' in used)) {
      draft.profile = used.profile;
    }
    return [askSameProfile];
  },
  // A profile may name an IAM of its own.
  siteOf: (site, draft) => withIam(site, draft.profile?.endpoint),
};

async function signInWith(
  id: string,
  accounts: Accounts,
  site: ChosenSite,
  copies: boolean,
): Promise<StepResult<SignedIn | undefined>> {
  const used = await readProfile(id);
  if ('reason' in used) {
    void window.showErrorMessage(escapeQuickInput(toDisplayText(used.reason)));
    return { kind: 'closed' };
  }
  const { signal } = new AbortController();
  const result = await window.withProgress(
    { location: { viewId: 'keyExplorer.keys' }, title: l10n.t('Signing in…') },
    async () =>
      attempt(
        async () =>
          copies
            ? signInWithCopy(accounts, site, used.secret, mayReplace, signal)
            : signInWithProfile(accounts, site, used, mayReplace, signal),
        l10n.t('Correct the profile, then sign in with it again.'),
      ),
  );
  if ('error' in result) {
    void window.showErrorMessage(result.error);
    return { kind: 'closed' };
  }
  return { kind: 'given', value: result.value };
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
