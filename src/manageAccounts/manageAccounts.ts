import { ProgressLocation, QuickPickItemKind, l10n, window, type QuickPickItem } from 'vscode';
import { type Account, type SignInMethod, signsRequests } from '../accounts/account';
import { usesPastedToken } from '../accounts/account';
import type { Accounts, SignedIn } from '../accounts/accounts';
import type { Service } from '../catalog/declaration';
import { CloudError } from '../cloud/errors';
import type { Explorer } from '../explorer/explorer';
import { errorSummary } from '../explorer/present/errorMessages';
import { endAt } from '../explorer/present/signInValidity';
import { escapeQuickInput, toDisplayText, toLocalName, formatTime } from '../platform/translate';
import { askText, choose, chooseMany, icon, type Step, type StepResult } from '../platform/quickInput';
import { projectsOf, type KnownProject } from '../explorer/knownProjects';
// A bundle of its own, loaded with the first use.

/** What Manage Accounts needs. */
export interface ManageDeps {
  readonly accounts: Accounts;
  readonly explorer: Explorer;
  readonly services: readonly Service[];
  readonly signIn: () => Promise<void>;
  readonly signInAgain: (account: Account) => Promise<void>;
  readonly signOut: (account: Account) => Promise<void>;
  /** Shows an account that was just signed in. */
  readonly show: (account: Account) => Promise<void>;
  /** Tells a failure in a notification. */
  readonly tell: (thrown: unknown) => void;
  /** Asks for an agency, and takes on its role with an account. */
  readonly takeOnRole: (parent: Account) => Promise<StepResult<SignedIn>>;
}

/** How a question ended: one step back, everything closed, or done with it and back to what it came from. */
type End = 'back' | 'closed';

type Action = 'rename' | 'places' | 'services' | 'renew' | 'again' | 'agency' | 'signOut' | 'way' | 'end';

type Entry = QuickPickItem & { readonly value: Action };

/**
 * Manage Accounts: a list of the accounts, and for each of them what can be done with it.
 * @param first the account to begin with; its list is one step back
 */
export async function manageAccounts(parts: ManageDeps, first: Account | undefined): Promise<void> {
  let account = first;
  // One question after the other.
  for (;;) {
    const wanted: Account | 'new' | 'closed' = account ?? (await askAccount(parts));
    if (wanted === 'closed') {
      return;
    }
    if (wanted === 'new') {
      await parts.signIn();
      return;
    }
    if ((await manageOne(parts, wanted.id)) === 'closed') {
      return;
    }
    account = undefined;
  }
}

async function askAccount(parts: ManageDeps): Promise<Account | 'new' | 'closed'> {
  const all = parts.accounts.all();
  const ends = await Promise.all(all.map(async (account) => endOf(parts, account)));
  const choices = all.map((account, at) => ({
    label: escapeQuickInput(nameOf(account)),
    description: escapeQuickInput(whoseOf(parts, account)),
    detail: escapeQuickInput(`${wayOf(account)} · ${ends[at] ?? ''}`),
    iconPath: icon(isOut(account) ? 'warning' : 'account'),
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

async function manageOne(parts: ManageDeps, id: string): Promise<End> {
  let last: Action | undefined;
  // One question after the other.
  for (;;) {
    const account = parts.accounts.all().find((each) => each.id === id);
    if (!account) {
      return 'back';
    }
    const answer = await choose(stepFor(account), l10n.t('Select an action'), await entriesOf(parts, account), last);
    if (answer.kind !== 'given') {
      return answer.kind;
    }
    last = answer.value;
    if ((await act(parts, account, answer.value)) === 'closed') {
      return 'closed';
    }
  }
}

async function entriesOf(parts: ManageDeps, account: Account): Promise<readonly Entry[]> {
  const { regions = [], projects = [], services = [] } = account.hidden ?? {};
  const hidden = (count: number): { readonly description?: string } =>
    count === 0 ? {} : { description: l10n.t('{0} hidden', count) };
  const end = await endOf(parts, account);
  return [
    // What is only to be read stays open when it is chosen.
    {
      label: escapeQuickInput(wayOf(account)),
      detail: escapeQuickInput(sourceOf(parts, account)),
      iconPath: icon('info'),
      value: 'way' as const,
    },
    { label: escapeQuickInput(end), iconPath: icon(isOut(account) ? 'warning' : 'clock'), value: 'end' as const },
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
    // Taking on a role shows a token, and the role of a role is nobody's to take on.
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

async function act(parts: ManageDeps, account: Account, action: Action): Promise<End> {
  switch (action) {
    case 'way':
    case 'end':
      return 'back';
    case 'rename':
      return rename(parts, account);
    case 'places':
      return choosePlaces(parts, account);
    case 'services':
      return chooseServices(parts, account);
    case 'renew':
      await renew(parts, account);
      return 'back';
    case 'again':
      await parts.signInAgain(account);
      return 'closed';
    case 'agency': {
      const answer = await parts.takeOnRole(account);
      if (answer.kind !== 'given') {
        return answer.kind;
      }
      await parts.show(answer.value.account);
      return 'closed';
    }
    case 'signOut':
      await parts.signOut(account);
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

/** More would be cut where it is shown. */
const longestName = 100;

async function choosePlaces({ accounts, explorer, tell }: ManageDeps, account: Account): Promise<End> {
  const projects = await loaded(tell, async () => projectsOf(explorer, account));
  if (!projects) {
    return 'back';
  }
  const { regions = [], projects: hiddenProjects = [], services = [] } = account.hidden ?? {};
  const offered = [
    ...[...new Set(projects.map(({ region }) => region))].map((id) => ({ kind: 'region' as const, id })),
    // The one project of a region comes and goes with it.
    ...projects
      .filter(
        ({ id, region }) => hiddenProjects.includes(id) || projects.filter((each) => each.region === region).length > 1,
      )
      .map(({ id }) => ({ kind: 'project' as const, id })),
  ];
  const isHidden = ({ kind, id }: (typeof offered)[number]): boolean =>
    (kind === 'region' ? regions : hiddenProjects).includes(id);
  const answer = await chooseMany(
    stepFor(account),
    l10n.t('What is not ticked is hidden. New regions and projects are shown.'),
    visibilityPicks(projects, offered),
    (place) => !isHidden(place),
  );
  if (answer.kind !== 'given') {
    return answer.kind;
  }
  const unticked = (kind: 'region' | 'project', before: readonly string[]): string[] => {
    const ids = offered.filter((place) => place.kind === kind).map(({ id }) => id);
    const ticked = new Set(answer.value.filter((place) => place.kind === kind).map(({ id }) => id));
    // What could not be ticked stays as it was: a project may be out of sight for a while.
    return [...before.filter((id) => !ids.includes(id)), ...ids.filter((id) => !ticked.has(id))];
  };
  await hide(accounts, account, {
    regions: unticked('region', regions),
    projects: unticked('project', hiddenProjects),
    services,
  });
  return 'back';
}

function visibilityPicks<Place extends { readonly kind: 'region' | 'project'; readonly id: string }>(
  projects: readonly KnownProject[],
  offered: readonly Place[],
): readonly (QuickPickItem & { readonly value?: Place })[] {
  const separator = (label: string): QuickPickItem => ({ label, kind: QuickPickItemKind.Separator });
  const picks = offered.map((value) => {
    const project = projects.find(({ id, name, region }) =>
      value.kind === 'project' ? id === value.id : region === value.id && name === region,
    );
    const called = toLocalName(project?.localNames ?? {});
    return value.kind === 'project'
      ? {
          label: escapeQuickInput(toDisplayText(project?.name ?? value.id)),
          description: escapeQuickInput(toDisplayText(value.id)),
          value,
        }
      : { label: escapeQuickInput(toDisplayText(value.id)), description: escapeQuickInput(called), value };
  });
  const ofProjects = picks.filter(({ value }) => value.kind === 'project');
  return [
    separator(l10n.t('Regions')),
    ...picks.filter(({ value }) => value.kind === 'region'),
    ...(ofProjects.length > 0 ? [separator(l10n.t('Projects')), ...ofProjects] : []),
  ];
}

async function chooseServices({ accounts, services: all }: ManageDeps, account: Account): Promise<End> {
  const { regions = [], projects = [], services = [] } = account.hidden ?? {};
  const answer = await chooseMany<string>(
    stepFor(account),
    l10n.t('What is not ticked is hidden. New services are shown.'),
    all.map(({ id, label, icon: name }) => ({ label: toDisplayText(label), iconPath: icon(name), value: id })),
    (id) => !services.includes(id),
  );
  if (answer.kind !== 'given') {
    return answer.kind;
  }
  const unticked = all.map(({ id }) => id).filter((id) => !answer.value.includes(id));
  await hide(accounts, account, { regions, projects, services: unticked });
  return 'back';
}

async function hide(accounts: Accounts, { id }: Account, hidden: NonNullable<Account['hidden']>): Promise<void> {
  const isAny = Object.values(hidden).some((ids) => ids.length > 0);
  await accounts.change(id, { hidden: isAny ? hidden : undefined });
}

async function renew({ accounts, tell }: ManageDeps, account: Account): Promise<void> {
  const done = await loaded(tell, async () => {
    await accounts.renewNow(account.id);
    return true;
  });
  if (done) {
    void window.showInformationMessage(l10n.t('{0} has new tokens.', escapeQuickInput(nameOf(account))));
  }
}

/** Waits, visibly; a failure is told, and gives nothing. */
async function loaded<T>(tell: ManageDeps['tell'], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await window.withProgress({ location: ProgressLocation.Window, title: l10n.t('Asking the cloud…') }, work);
  } catch (thrown) {
    tell(thrown);
    return undefined;
  }
}

function stepFor(account: Account): Step {
  // A title shows no icons, so it needs no care but for what cannot be seen.
  return { title: nameOf(account), step: undefined, totalSteps: undefined, canGoBack: true };
}

/** An account's own name, else its user's. */
function nameOf({ label, user }: Account): string {
  return toDisplayText(label ?? user.name);
}

function whoseOf({ accounts }: ManageDeps, account: Account): string {
  const { label, user, domain, site } = account;
  const names = [...(label === undefined ? [] : [user.name]), domain.name, accounts.site(account)?.label ?? site];
  return names.map(toDisplayText).join(' · ');
}

/** How an account signs in. */
function wayOf(account: Account): string {
  const ways: Readonly<Record<SignInMethod, string>> = {
    password: l10n.t('Signed in with a password'),
    mfa: l10n.t('Signed in with a password and a code'),
    token: l10n.t('Signed in with a pasted token'),
    accessKey: l10n.t('Signed in with access keys'),
    profile: l10n.t('Signed in with a profile of this machine'),
    agency: l10n.t('Signed in with the role of an agency'),
  };
  return ways[account.signIn];
}

/** Where its sign-in comes from. */
function sourceOf(parts: ManageDeps, account: Account): string {
  const { profile, agency, remember } = account;
  if (profile) {
    return l10n.t('{0} in {1}, read for each use', toDisplayText(profile.name), toDisplayText(profile.from));
  }
  if (agency) {
    const parent = parts.accounts.all().find(({ id }) => id === agency.parent);
    const by = parent ? nameOf(parent) : l10n.t('an account that is signed out');
    return l10n.t('{0} of {1}, taken on by {2}', toDisplayText(agency.name), toDisplayText(agency.domainName), by);
  }
  switch (remember) {
    case 'always':
      return l10n.t('Kept in the secret storage of this machine');
    case 'untilExpiry':
      return l10n.t('Kept in the secret storage of this machine until it ends');
    case 'session':
      return l10n.t('Kept in this window only');
  }
}

/** When a sign-in ends, as far as it is known. */
async function endOf({ accounts }: ManageDeps, account: Account): Promise<string> {
  const isRenewed = canRenew(account) && (account.agency !== undefined || account.remember !== 'untilExpiry');
  const at = isRenewed ? undefined : (account.expires ?? (await accounts.ends(account.id).catch(() => undefined)));
  const end = at === undefined ? undefined : toDisplayText(endAt(at, Date.now(), formatTime(at)));
  // The cloud may have ended it before its time.
  if (isOut(account) && (at === undefined || at > Date.now())) {
    const { refusalReason: signIn } = account;
    return signIn
      ? l10n.t('{0}: sign in again', toDisplayText(errorSummary(new CloudError({ kind: 'unauthenticated', signIn }))))
      : l10n.t('The cloud refused it: sign in again');
  }
  if (account.agency) {
    return l10n.t('Ends with the account that takes the role on');
  }
  if (isRenewed) {
    return account.remember === 'session'
      ? l10n.t('Ends when this window closes or reloads')
      : l10n.t('Renews itself as long as the password is right');
  }
  return end ?? (signsRequests(account) ? l10n.t('Lasts as long as the keys do') : l10n.t('Expiry unknown'));
}

/** Whether the user has to sign in again, as far as that is known. */
function isOut({ refused, refusalReason }: Account): boolean {
  return refused === true || refusalReason !== undefined;
}

/** Whether new tokens can be got without asking anything of its user. */
function canRenew(account: Account): boolean {
  const { signIn, profile, agency } = account;
  return !usesPastedToken(account) && (signIn === 'password' || profile?.kind === 'password' || agency !== undefined);
}
