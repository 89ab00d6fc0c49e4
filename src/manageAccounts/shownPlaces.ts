import { QuickPickItemKind, l10n, type QuickPickItem } from 'vscode';
import type { Account } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import type { Service } from '../catalog/declaration';
import type { Explorer } from '../explorer/explorer';
import { projectsOf, type KnownProject } from '../explorer/knownProjects';
import { chooseMany, icon } from '../platform/quickInput';
import { escapeQuickInput, toDisplayText, toLocalName } from '../platform/translate';
import { stepFor, withProgress, type End } from './manageStep';

interface ShownDeps {
  readonly accounts: Accounts;
  readonly explorer: Explorer;
  readonly services: readonly Service[];
  /** Reports a failure to the user. */
  readonly report: (thrown: unknown) => void;
}

/** Asks which regions and projects are shown. */
export async function choosePlaces({ accounts, explorer, report }: ShownDeps, account: Account): Promise<End> {
  const projects = await withProgress(report, async () => projectsOf(explorer, account));
  if (!projects) {
    return 'back';
  }
  const { regions = [], projects: hiddenProjects = [], services = [] } = account.hidden ?? {};
  const offered = [
    ...[...new Set(projects.map(({ region }) => region))].map((id) => ({ kind: 'region' as const, id })),
    // The only project of a region is shown and hidden with the region.
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
    l10n.t('Unticked entries are hidden. New regions and projects are shown.'),
    visibilityPicks(projects, offered),
    (place) => !isHidden(place),
  );
  if (answer.kind !== 'given') {
    return answer.kind;
  }
  const unticked = (kind: 'region' | 'project', before: readonly string[]): string[] => {
    const ids = offered.filter((place) => place.kind === kind).map(({ id }) => id);
    const ticked = new Set(answer.value.filter((place) => place.kind === kind).map(({ id }) => id));
    // Choices that were not offered stay: a project may be missing for a while.
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
    const displayName = toLocalName(project?.localNames ?? {});
    return value.kind === 'project'
      ? {
          label: escapeQuickInput(toDisplayText(project?.name ?? value.id)),
          description: escapeQuickInput(toDisplayText(value.id)),
          value,
        }
      : { label: escapeQuickInput(toDisplayText(value.id)), description: escapeQuickInput(displayName), value };
  });
  const ofProjects = picks.filter(({ value }) => value.kind === 'project');
  return [
    separator(l10n.t('Regions')),
    ...picks.filter(({ value }) => value.kind === 'region'),
    ...(ofProjects.length > 0 ? [separator(l10n.t('Projects')), ...ofProjects] : []),
  ];
}

/** Asks which services are shown. */
export async function chooseServices({ accounts, services: all }: ShownDeps, account: Account): Promise<End> {
  const { regions = [], projects = [], services = [] } = account.hidden ?? {};
  const answer = await chooseMany<string>(
    stepFor(account),
    l10n.t('Unticked entries are hidden. New services are shown.'),
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
