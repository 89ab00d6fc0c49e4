import { QuickPickItemKind, ThemeIcon, l10n, window, type QuickPickItem } from 'vscode';
import type { Explorer } from '../explorer/explorer';
import { labelOf } from '../explorer/labels';
import { pathTo, type ItemNode } from '../explorer/nodes';
import { Search } from '../explorer/search';
import { walk, type Met, type Missed } from '../explorer/walk';
import { shortCause } from '../explorer/words';
import { inert, show } from '../host/translate';

/** New results are shown so often at most: every 200 milliseconds. */
const between = 200;

interface Pick extends QuickPickItem {
  readonly met?: Met;
}

/** What is done with a key that was found. */
export interface Found {
  readonly open: (node: ItemNode) => void;
  readonly showInSidebar: (node: ItemNode) => Promise<void>;
}

/**
 * Finds a key anywhere: goes through all lists of all accounts while its user types, and shows what fits as it comes. Closing
 * gives up what is under way.
 */
export async function findKey(explorer: Explorer, { open, showInSidebar }: Found): Promise<void> {
  const pick = window.createQuickPick<Pick>();
  const search = new Search();
  const giveUp = new AbortController();
  const inSidebar = { iconPath: new ThemeIcon('list-tree'), tooltip: l10n.t('Show in Sidebar') };
  let missed: readonly Missed[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const showResults = (): void => {
    timer = undefined;
    const { shown, more } = search.results(pick.value);
    const active = pick.activeItems[0]?.met?.listed;
    const items = shown.map((met): Pick => pickOf(met, [inSidebar]));
    pick.keepScrollPosition = true;
    pick.items = [
      ...items,
      ...(more > 0 ? [said(l10n.t('{0} more: type more of the name', more))] : []),
      ...(items.length === 0 && !pick.busy ? [said(l10n.t('No key fits'))] : []),
      ...notes(),
    ];
    // What its user is about to choose stays chosen while others come.
    const same = items.find(({ met }) => met?.listed === active);
    if (same) {
      pick.activeItems = [same];
    }
  };
  const notes = (): Pick[] =>
    missed.length === 0
      ? []
      : [
          { label: l10n.t('Not searched'), kind: QuickPickItemKind.Separator },
          ...missed.map(({ listNode, error }) =>
            said(wayTo(listNode), error ? show(shortCause(error)) : l10n.t('The service does not show all of it')),
          ),
        ];
  const soon = (): void => {
    timer ??= setTimeout(showResults, between);
  };
  const node = (met: Met): ItemNode | undefined => explorer.rowsAsNodes(met.listNode, [met.listed])[0];

  pick.title = l10n.t('Find Key');
  pick.placeholder = l10n.t('A name, an ID, a description or a public key');
  pick.busy = true;
  try {
    await new Promise<void>((closed) => {
      pick.onDidChangeValue(soon);
      pick.onDidHide(() => closed());
      pick.onDidAccept(() => {
        const found = pick.selectedItems[0]?.met;
        const key = found && node(found);
        if (key) {
          pick.hide();
          open(key);
        }
      });
      pick.onDidTriggerItemButton(({ item }) => {
        const key = item.met && node(item.met);
        if (key) {
          pick.hide();
          void showInSidebar(key);
        }
      });
      pick.show();
      void walk(explorer, {
        met: (keys) => {
          search.add(keys);
          soon();
        },
        progress: (done, known) => {
          pick.title = l10n.t('Find Key: {0} of {1} lists, {2} keys', done, known, search.size);
        },
        signal: giveUp.signal,
      }).then((left) => {
        missed = left;
        pick.busy = false;
        soon();
      });
    });
  } finally {
    giveUp.abort();
    clearTimeout(timer);
    pick.dispose();
  }
}

function pickOf(met: Met, buttons: NonNullable<QuickPickItem['buttons']>): Pick {
  const { id = '', name, description } = met.listed.row.item;
  const described = typeof description === 'string' && description !== id ? description : '';
  return {
    label: inert(show(name ?? id)),
    description: inert(show([described, id].filter((part) => part !== '').join(' · '))),
    detail: wayTo(met.listNode),
    // What fits was found already, in more than what is shown.
    alwaysShow: true,
    buttons,
    met,
  };
}

function said(label: string, description = ''): Pick {
  return { label, description, alwaysShow: true };
}

function wayTo(node: Met['listNode']): string {
  return inert(
    pathTo(node)
      .map((above) => show(labelOf(above)))
      .join(' › '),
  );
}
