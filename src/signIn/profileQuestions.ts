import { l10n, window } from 'vscode';
import type { Accounts, SignedIn } from '../accounts/accounts';
import type { Profile } from '../accounts/profiles/profile';
import { isIamOf, type Site } from '../accounts/sites';
import { findProfiles, readProfile } from '../host/profiles';
import { inert, show } from '../host/translate';
import { choose, icon, type Answer } from './ask';
import { attempt, hostOf, known, mayReplace, next, type Question } from './questions';

// Signing in with what a person already has on this machine.

export const askProfile: Question = async (draft, step) => {
  const { profiles, problems } = await findProfiles();
  for (;;) {
    // One that is of no use is shown with its reason, and asked about again.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await choose<Profile | undefined>(
      step,
      profiles.length + problems.length > 0
        ? l10n.t('Which profile?')
        : l10n.t('No profile was found: of KooCLI, the SDKs, the environment, or clouds.yaml in your own folders.'),
      [
        ...profiles.map((profile) => ({
          label: inert(show(profile.name)),
          description: [sourceOf(profile), profile.user?.name ?? profile.domain?.name, profile.region]
            .filter((part) => part !== undefined)
            .map((part) => inert(show(part)))
            .join(' · '),
          detail: inert(show(profile.usable === true ? profile.from.join(', ') : profile.usable.because)),
          iconPath: icon(profile.usable === true ? 'key' : 'circle-slash'),
          value: profile,
        })),
        ...problems.map(({ path, because }) => ({
          label: inert(show(path)),
          detail: inert(show(because)),
          iconPath: icon('warning'),
          value: undefined,
        })),
      ],
      draft.profile,
    );
    if (answer.is !== 'given') {
      return answer;
    }
    if (answer.value?.usable === true) {
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
  if (answer.is !== 'given' || !profile) {
    return answer.is === 'given' ? { is: 'closed' } : answer;
  }
  return useProfile(accounts, known(draft.site), profile, answer.value === 'copy');
};

/** Signs in with a profile; its user is asked once about an address that it names itself. */
export async function useProfile(
  accounts: Accounts,
  site: Site,
  { id }: { readonly id: string },
  copies: boolean,
): Promise<Answer<SignedIn | undefined>> {
  const used = await readProfile(id);
  if ('because' in used) {
    void window.showErrorMessage(inert(show(used.because)));
    return { is: 'closed' };
  }
  const { profile, secret } = used;
  const { endpoint } = profile;
  if (endpoint !== undefined && !isIamOf(site, endpoint) && !(await acceptEndpoint(profile, endpoint))) {
    return { is: 'closed' };
  }
  const { signal } = new AbortController();
  const signIn = async (): Promise<SignedIn | undefined> => {
    if (!copies) {
      return accounts.withProfile(site, used, mayReplace, signal);
    }
    switch (secret.kind) {
      case 'password':
        return accounts.withPassword(site, secret, 'always', signal);
      case 'token':
        return accounts.withToken(site, secret.token, 'untilExpiry', mayReplace, signal);
      case 'accessKey': {
        const { accessKey: access, secretKey, securityToken } = secret;
        const keys = { access, secret: secretKey, ...(securityToken === undefined ? {} : { securityToken }) };
        return accounts.withKeys(site, keys, 'always', mayReplace, signal);
      }
    }
  };
  const taken = await window.withProgress(
    { location: { viewId: 'keyExplorer.keys' }, title: l10n.t('Signing in…') },
    async () => attempt(signIn, l10n.t('Correct the profile, then sign in with it again.')),
  );
  if ('error' in taken) {
    void window.showErrorMessage(taken.error);
    return { is: 'closed' };
  }
  return { is: 'given', value: taken.value };
}

async function acceptEndpoint(profile: Profile, endpoint: string): Promise<boolean> {
  const use = l10n.t('Use This Address');
  const answer = await window.showWarningMessage(
    l10n.t('Sign in at {0}?', inert(show(hostOf(endpoint)))),
    {
      modal: true,
      detail: l10n.t(
        'The profile {0} names this address itself. Use it only if you know it: the sign-in is sent there.',
        inert(show(profile.name)),
      ),
    },
    use,
  );
  return answer === use;
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
