import { l10n, window, type QuickPickItem } from 'vscode';
import { signsRequests, type Account } from '../accounts/account';
import type { Accounts, SignedIn } from '../accounts/accounts';
import type { Service } from '../catalog/declaration';
import type { Explorer } from '../explorer/explorer';
import { escapeQuickInput, toDisplayText } from '../platform/translate';
import { askText, choose, icon, type StepResult } from '../platform/quickInput';
import {
  canRenew,
  describeEnd,
  describeIdentity,
  describeMethod,
  describeSource,
  isSignedOut,
  nameOf,
} from './describe';
import { stepFor, withProgress, type End } from './manageStep';
import { choosePlaces, chooseServices } from './shownPlaces';

// Loaded with the first use.

/** Maximum length of an account's own name, characters: more would be cut where it is shown. */
const longestName = 100;

export interface ManageDeps {
  readonly accounts: Accounts;
  readonly explorer: Explorer;
  readonly services: readonly Service[];
  readonly signIn: () => Promise<void>;
  readonly signInAgain: (account: Account) => Promise<void>;
  readonly signOut: (account: Account) => Promise<void>;
  /** Shows an account that was just signed in. */
  readonly show: (account: Account) => Promise<void>;
  /** Reports a failure to the user. */
  readonly report: (thrown: unknown) => void;
  /** Asks for an agency, and takes on its role with an account. */
  readonly takeOnRole: (parent: Account) => Promise<StepResult<SignedIn>>;
}

type Action = 'rename' | 'places' | 'services' | 'renew' | 'again' | 'agency' | 'signOut' | 'method' | 'end';

type Entry = QuickPickItem & { readonly value: Action };

/**
 * Manage Accounts: a list of the accounts, and a menu of actions for each.
 * @param first the account to begin with; its list is one step back
 */
export async function manageAccounts(deps: ManageDeps, first: Account | undefined): Promise<void> {
  let account = first;
  for (;;) {
    const wanted: Account | 'new' | 'closed' = account ?? (await askAccount(deps));
    if (wanted === 'closed') {
      return;
    }
    if (wanted === 'new') {
      await deps.signIn();
      return;
    }
    if ((await manageOne(deps, wanted.id)) === 'closed') {
      return;
    }
    account = undefined;
  }
}

async function askAccount(deps: ManageDeps): Promise<Account | 'new' | 'closed'> {
  const all = deps.accounts.all();
  const ends = await Promise.all(all.map(async (account) => describeEnd(deps.accounts, account)));
  const choices = all.map((account, at) => ({
    label: escapeQuickInput(nameOf(account)),
    description: escapeQuickInput(describeIdentity(deps.accounts, account)),
    detail: escapeQuickInput(`${describeMethod(account)} · ${ends[at] ?? ''}`),
    iconPath: icon(isSignedOut(account) ? 'warning' : 'account'),
    value: account.id,
  }));
  const another = { label: l10n.t('Sign In…'), iconPath: icon('add'), value: '' };
  const step = {
    title: l10n.t('Key Explorer: Manage Accounts'),
    step: undefined,
    totalSteps: undefined,
    canGoBack: false,
  };
  const answer = await choose(step, l10n.t('Which account?'), [...choices, another], undefined);
  if (answer.kind !== 'given') {
    return 'closed';
  }
  return answer.value === '' ? 'new' : (all.find(({ id }) => id === answer.value) ?? 'closed');
}

async function manageOne(deps: ManageDeps, id: string): Promise<End> {
  let last: Action | undefined;
  for (;;) {
    const account = deps.accounts.all().find((each) => each.id === id);
    if (!account) {
      return 'back';
    }
    const answer = await choose(stepFor(account), l10n.t('Select an action'), await entriesOf(deps, account), last);
    if (answer.kind !== 'given') {
      return answer.kind;
    }
    last = answer.value;
    if ((await act(deps, account, answer.value)) === 'closed') {
      return 'closed';
    }
  }
}

async function entriesOf(deps: ManageDeps, account: Account): Promise<readonly Entry[]> {
  const { regions = [], projects = [], services = [] } = account.hidden ?? {};
  const hidden = (count: number): { readonly description?: string } =>
    count === 0 ? {} : { description: l10n.t('{0} hidden', count) };
  const end = await describeEnd(deps.accounts, account);
  return [
    // Choosing information keeps the menu open.
    {
      label: escapeQuickInput(describeMethod(account)),
      detail: escapeQuickInput(describeSource(deps.accounts, account)),
      iconPath: icon('info'),
      value: 'method' as const,
    },
    { label: escapeQuickInput(end), iconPath: icon(isSignedOut(account) ? 'warning' : 'clock'), value: 'end' as const },
    { label: l10n.t('Rename…'), iconPath: icon('edit'), value: 'rename' as const },
    {
      label: l10n.t('Regions and Projects Shown…'),
      ...hidden(regions.length + projects.length),
      iconPath: icon('globe'),
      value: 'places' as const,
    },
    {
      label: l10n.t('Services Shown…'),
      ...hidden(services.length),
      iconPath: icon('list-unordered'),
      value: 'services' as const,
    },
    ...(canRenew(account)
      ? [
          {
            label: l10n.t('Renew Now'),
            description: l10n.t('gets new tokens'),
            iconPath: icon('refresh'),
            value: 'renew' as const,
          },
        ]
      : []),
    { label: l10n.t('Sign In Again…'), iconPath: icon('sign-in'), value: 'again' as const },
    // Taking on a role needs a token; a role cannot take on another role.
    ...(signsRequests(account) || account.agency
      ? []
      : [
          {
            label: l10n.t('Use an Agency’s Role…'),
            description: l10n.t('as a further account'),
            iconPath: icon('organization'),
            value: 'agency' as const,
          },
        ]),
    { label: l10n.t('Sign Out'), iconPath: icon('sign-out'), value: 'signOut' as const },
  ];
}

async function act(deps: ManageDeps, account: Account, action: Action): Promise<End> {
  switch (action) {
    case 'method':
    case 'end':
      return 'back';
    case 'rename':
      return rename(deps, account);
    case 'places':
      return choosePlaces(deps, account);
    case 'services':
      return chooseServices(deps, account);
    case 'renew':
      await renew(deps, account);
      return 'back';
    case 'again':
      await deps.signInAgain(account);
      return 'closed';
    case 'agency': {
      const answer = await deps.takeOnRole(account);
      if (answer.kind !== 'given') {
        return answer.kind;
      }
      await deps.show(answer.value.account);
      return 'closed';
    }
    case 'signOut':
      await deps.signOut(account);
      return 'closed';
  }
}

async function rename({ accounts }: ManageDeps, account: Account): Promise<End> {
  const answer = await askText<string>(stepFor(account), {
    prompt: l10n.t(
      'A name of your own for this account. Leave it empty for the name that the cloud has: {0}',
      escapeQuickInput(toDisplayText(account.user.name)),
    ),
    value: account.label ?? '',
    wrong: (text) => (text.length > longestName ? l10n.t('At most {0} characters.', longestName) : undefined),
    take: async (text) => ({ value: text.trim() }),
  });
  if (answer.kind === 'given') {
    await accounts.change(account.id, { label: answer.value === '' ? undefined : answer.value });
  }
  return answer.kind === 'closed' ? 'closed' : 'back';
}

async function renew({ accounts, report }: ManageDeps, account: Account): Promise<void> {
  const done = await withProgress(report, async () => {
    await accounts.renewNow(account.id);
    return true;
  });
  if (done) {
    void window.showInformationMessage(l10n.t('{0} has new tokens.', escapeQuickInput(nameOf(account))));
  }
}
