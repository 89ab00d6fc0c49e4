import { QuickPickItemKind, ThemeIcon, l10n, window, type QuickPickItem } from 'vscode';
import { phrase } from '../base/phrase';
import type { Explorer } from '../explorer/explorer';
import { Finder, type SearchState, type UnsearchedList } from '../explorer/finder';
import { labelOf } from '../explorer/present/labels';
import { accountOf, pathTo, type ItemNode, type ListNode } from '../explorer/nodes';
import type { Waits } from '../explorer/waits';
import type { Hit } from '../explorer/scan';
import { errorSummary } from '../explorer/present/errorMessages';
import { escapeQuickInput, toDisplayText } from '../platform/translate';

interface Pick extends QuickPickItem {
  /** Tells it apart from the others. */
  readonly key: string;
  readonly met?: Hit;
  /** A list that is gone through again when this is chosen. */
  readonly again?: ListNode;
  /** A list whose account is signed in again when this is chosen. */
  readonly signIn?: ListNode;
}

/** What is done with a key that was found, and with an account that is signed out. */
export interface HitPick {
  readonly open: (node: ItemNode) => Promise<void>;
  readonly showInSidebar: (node: ItemNode) => Promise<void>;
  /** Asks for the sign-in that a list needs. */
  readonly signIn: (listNode: ListNode) => Promise<void>;
}

/**
 * Finds a key anywhere: goes through all lists of all accounts while the user types, and shows what fits as it comes. Closing
 * gives up what is under way.
 */
export async function findKey(
  explorer: Explorer,
  waits: Waits,
  { open, showInSidebar, signIn }: HitPick,
): Promise<void> {
  const pick = window.createQuickPick<Pick>();
  let drawnFor: string | undefined;

  const draw = (finds: SearchState): void => {
    pick.title = titleOf(finds);
    pick.busy = finds.searching;
    const sameText = drawnFor === finds.text;
    drawnFor = finds.text;
    const before = pick.items;
    const rows = rowsOf(finds);
    // What did not change is not drawn anew: a screen reader would read the active row again.
    if (sameText && wordsIn(rows) === wordsIn(before)) {
      return;
    }
    const active = sameText ? pick.activeItems[0] : undefined;
    // Rows that are no keys stand behind those, and are kept in sight wherever they move.
    pick.keepScrollPosition = active?.met !== undefined;
    pick.items = rows;
    const at = Math.min(active ? before.indexOf(active) : 0, rows.length - 1);
    const next = rows.slice(Math.max(0, at)).find(({ kind }) => kind !== QuickPickItemKind.Separator);
    const stays = rows.find(({ key }) => key === active?.key) ?? next;
    pick.activeItems = stays ? [stays] : [];
  };
  const finder = new Finder(explorer, { waits, show: draw, active: () => pick.activeItems[0]?.met });
  const withKey = ({ listNode, listed }: Hit, work: (key: ItemNode) => unknown): void => {
    const [key] = explorer.nodesForRows(listNode, [listed]);
    if (key) {
      pick.hide();
      void work(key);
    }
  };
  const choose = ({ met, again, signIn: signedOut }: Pick, work: (key: ItemNode) => unknown): void => {
    if (met) {
      withKey(met, work);
    } else if (again) {
      void finder.again(again);
    } else if (signedOut) {
      pick.hide();
      void signIn(signedOut);
    }
  };

  // VS Code would sort by what fits the labels; the switch is there, but not in its types.
  Object.assign(pick, { sortByLabel: false });
  pick.title = l10n.t('Find Key');
  pick.placeholder = l10n.t('A name, an ID, a description, a public key or its fingerprint');
  try {
    await new Promise<void>((closed) => {
      pick.onDidChangeValue((text) => finder.type(text));
      pick.onDidHide(() => closed());
      pick.onDidAccept(() => {
        let [chosen] = pick.selectedItems;
        if (drawnFor !== pick.value) {
          // Pasted and entered at once: what fits the text before is not what is meant.
          finder.showNow();
          [chosen] = pick.items.filter(({ met }) => met);
        }
        if (chosen) {
          choose(chosen, open);
        }
      });
      pick.onDidTriggerItemButton(({ item }) => choose(item, showInSidebar));
      pick.show();
      void finder.start();
    });
  } finally {
    finder.close();
    pick.dispose();
  }
}

function titleOf({ done, known, keys, left, waits }: SearchState): string {
  const title = toDisplayText(
    left.length === 0
      ? phrase('Find Key: {0} of {1} lists, {2} keys', done, known, keys)
      : phrase('Find Key: {0} of {1} lists, {2} keys; {3} not searched to the end', done, known, keys, left.length),
  );
  return waits ? `${title} · ${toDisplayText(waits)}` : title;
}

function rowsOf({ shown, more, left, over }: SearchState): Pick[] {
  const signedOut = left.filter(isSignedOut);
  const accounts = new Map(signedOut.map((one) => [one.listNode.context.accountId, one]));
  const others = left.filter((one) => !isSignedOut(one));
  return [
    ...shown.map(keyRow),
    ...(more > 0 ? [plainRow('more', toDisplayText(phrase('{0} more; keep typing to narrow the list', more)))] : []),
    ...(shown.length === 0 && over ? [plainRow('none', l10n.t('No matching keys'))] : []),
    ...(left.length > 0
      ? [{ key: 'left', label: l10n.t('Not searched to the end'), kind: QuickPickItemKind.Separator }]
      : []),
    ...others.map(leftRow),
    ...[...accounts.values()].map(signedOutRow),
  ];
}

function keyRow(met: Hit): Pick {
  const { id = '', name, description } = met.listed.row.item;
  const described = typeof description === 'string' && description !== id ? description : '';
  return {
    key: `${met.listNode.id}/${met.listed.key}`,
    label: escapeQuickInput(toDisplayText(name ?? id)),
    description: escapeQuickInput(toDisplayText([described, id].filter((part) => part !== '').join(' · '))),
    detail: wayTo(met.listNode),
    // What fits was found already, in more than what is shown.
    alwaysShow: true,
    buttons: [{ iconPath: new ThemeIcon('list-tree'), tooltip: l10n.t('Show in Sidebar') }],
    met,
  };
}

// Its label says what choosing it does, and its button does the same.
function leftRow({ listNode, error, rows, byName }: UnsearchedList): Pick {
  const list = toDisplayText(labelOf(listNode));
  const row = { ...plainRow(`left ${listNode.id}`, escapeQuickInput(list)), detail: wayTo(listNode) };
  if (rows !== undefined) {
    return {
      ...row,
      label: escapeQuickInput(l10n.t('Search more of {0}', list)),
      description: toDisplayText(phrase('{0} rows searched so far', rows)),
      buttons: [{ iconPath: new ThemeIcon('search'), tooltip: l10n.t('Search More') }],
      again: listNode,
    };
  }
  if (!error) {
    return { ...row, description: l10n.t('The service does not show all of it') };
  }
  const cause = toDisplayText(errorSummary(error));
  if (error.failure.accept !== undefined) {
    return { ...row, description: cause };
  }
  return {
    ...row,
    label: escapeQuickInput(byName ? l10n.t('Search all of {0}', list) : l10n.t('Retry {0}', list)),
    description: byName ? l10n.t('Searched by name only: {0}', cause) : cause,
    buttons: [
      {
        iconPath: new ThemeIcon('refresh'),
        tooltip: byName ? l10n.t('Search All') : toDisplayText(phrase('Retry')),
      },
    ],
    again: listNode,
  };
}

function signedOutRow({ listNode, error }: UnsearchedList): Pick {
  const account = accountOf(listNode);
  return {
    ...plainRow(
      `account ${listNode.context.accountId}`,
      escapeQuickInput(l10n.t('Sign in again: {0}', account ? toDisplayText(labelOf(account)) : '')),
    ),
    ...(error ? { description: toDisplayText(errorSummary(error)) } : {}),
    buttons: [{ iconPath: new ThemeIcon('sign-in'), tooltip: l10n.t('Sign In Again') }],
    signIn: listNode,
  };
}

function plainRow(key: string, label: string): Pick {
  return { key, label, alwaysShow: true };
}

function isSignedOut({ error }: UnsearchedList): boolean {
  return error?.kind === 'unauthenticated';
}

function wordsIn(rows: readonly Pick[]): string {
  return JSON.stringify(rows.map(({ key, label, description, detail }) => [key, label, description, detail]));
}

function wayTo(node: Hit['listNode']): string {
  return escapeQuickInput(
    pathTo(node)
      .map((above) => toDisplayText(labelOf(above)))
      .join(' › '),
  );
}
