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

interface FindPick extends QuickPickItem {
  /** Unique among the rows. */
  readonly key: string;
  readonly hit?: Hit;
  /** The list that accepting this row searches. */
  readonly resume?: ListNode;
  /** A list whose account accepting this row signs in again. */
  readonly signIn?: ListNode;
}

/** Actions on results. */
export interface HitActions {
  readonly open: (node: ItemNode) => Promise<void>;
  readonly showInSidebar: (node: ItemNode) => Promise<void>;
  /** Signs the account of a list in again. */
  readonly signIn: (listNode: ListNode) => Promise<void>;
}

/** Searches all lists of all accounts while the user types, and shows matches as they arrive. Closing cancels all requests. */
export async function findKey(
  explorer: Explorer,
  waits: Waits,
  { open, showInSidebar, signIn }: HitActions,
): Promise<void> {
  const pick = window.createQuickPick<FindPick>();
  let drawnFor: string | undefined;

  const draw = (state: SearchState): void => {
    pick.title = titleOf(state);
    pick.busy = state.searching;
    const sameText = drawnFor === state.text;
    drawnFor = state.text;
    const before = pick.items;
    const rows = rowsOf(state);
    // Setting equal rows would make a screen reader read the active one again.
    if (sameText && textOf(rows) === textOf(before)) {
      return;
    }
    const active = sameText ? pick.activeItems[0] : undefined;
    // Other rows follow the keys, and stay in sight when keys are added.
    pick.keepScrollPosition = active?.hit !== undefined;
    pick.items = rows;
    const at = Math.min(active ? before.indexOf(active) : 0, rows.length - 1);
    const next = rows.slice(Math.max(0, at)).find(({ kind }) => kind !== QuickPickItemKind.Separator);
    const nowActive = rows.find(({ key }) => key === active?.key) ?? next;
    pick.activeItems = nowActive ? [nowActive] : [];
  };
  const finder = new Finder(explorer, { waits, show: draw, active: () => pick.activeItems[0]?.hit });
  const withKey = ({ listNode, listed }: Hit, work: (key: ItemNode) => unknown): void => {
    const [key] = explorer.nodesForRows(listNode, [listed]);
    if (key) {
      pick.hide();
      void work(key);
    }
  };
  const choose = ({ hit, resume, signIn: signedOut }: FindPick, work: (key: ItemNode) => unknown): void => {
    if (hit) {
      withKey(hit, work);
    } else if (resume) {
      void finder.resume(resume);
    } else if (signedOut) {
      pick.hide();
      void signIn(signedOut);
    }
  };

  // Proposed API (microsoft/vscode#73904): without it VS Code sorts by matches in the labels, and the order is lost.
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
          // Pasted and accepted at once: the rows still match the previous text.
          finder.showNow();
          [chosen] = pick.items.filter(({ hit }) => hit);
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

function titleOf({ listsDone, listsKnown, keys, unsearched, waits }: SearchState): string {
  const title = toDisplayText(
    unsearched.length === 0
      ? phrase('Find Key: {0} of {1} lists, {2} keys', listsDone, listsKnown, keys)
      : phrase(
          'Find Key: {0} of {1} lists, {2} keys; {3} not searched to the end',
          listsDone,
          listsKnown,
          keys,
          unsearched.length,
        ),
  );
  return waits ? `${title} · ${toDisplayText(waits)}` : title;
}

function rowsOf({ shown, more, unsearched, isDone }: SearchState): FindPick[] {
  const signedOut = unsearched.filter(isSignedOut);
  const accounts = new Map(signedOut.map((one) => [one.listNode.context.accountId, one]));
  const others = unsearched.filter((one) => !isSignedOut(one));
  return [
    ...shown.map(keyRow),
    ...(more > 0 ? [plainRow('more', toDisplayText(phrase('{0} more; keep typing to narrow the list', more)))] : []),
    ...(shown.length === 0 && isDone ? [plainRow('none', l10n.t('No matching keys'))] : []),
    ...(unsearched.length > 0
      ? [{ key: 'unsearched', label: l10n.t('Not searched to the end'), kind: QuickPickItemKind.Separator }]
      : []),
    ...others.map(unsearchedRow),
    ...[...accounts.values()].map(signedOutRow),
  ];
}

function keyRow(hit: Hit): FindPick {
  const { id = '', name, description } = hit.listed.row.item;
  const described = typeof description === 'string' && description !== id ? description : '';
  return {
    key: `${hit.listNode.id}/${hit.listed.key}`,
    label: escapeQuickInput(toDisplayText(name ?? id)),
    description: escapeQuickInput(toDisplayText([described, id].filter((part) => part !== '').join(' · '))),
    detail: pathText(hit.listNode),
    // The finder matches more than the texts shown.
    alwaysShow: true,
    buttons: [{ iconPath: new ThemeIcon('list-tree'), tooltip: l10n.t('Show in Sidebar') }],
    hit,
  };
}

// Accepting the row and its button do the same.
function unsearchedRow({ listNode, error, rows, searchedByName: byName }: UnsearchedList): FindPick {
  const list = toDisplayText(labelOf(listNode));
  const row = { ...plainRow(`unsearched ${listNode.id}`, escapeQuickInput(list)), detail: pathText(listNode) };
  if (rows !== undefined) {
    return {
      ...row,
      label: escapeQuickInput(l10n.t('Search more of {0}', list)),
      description: toDisplayText(phrase('{0} rows searched so far', rows)),
      buttons: [{ iconPath: new ThemeIcon('search'), tooltip: l10n.t('Search More') }],
      resume: listNode,
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
    resume: listNode,
  };
}

function signedOutRow({ listNode, error }: UnsearchedList): FindPick {
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

function plainRow(key: string, label: string): FindPick {
  return { key, label, alwaysShow: true };
}

function isSignedOut({ error }: UnsearchedList): boolean {
  return error?.kind === 'unauthenticated';
}

function textOf(rows: readonly FindPick[]): string {
  return JSON.stringify(rows.map(({ key, label, description, detail }) => [key, label, description, detail]));
}

function pathText(node: Hit['listNode']): string {
  return escapeQuickInput(
    pathTo(node)
      .map((above) => toDisplayText(labelOf(above)))
      .join(' › '),
  );
}
