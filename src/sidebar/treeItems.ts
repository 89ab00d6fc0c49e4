import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, l10n } from 'vscode';
import { commandOf } from './click';
import {
  causeNotInLabel,
  countLabel,
  countsOf,
  filterLabel,
  labelOf,
  localNamesOf,
  signedOutFor,
  signedOutLabels,
  timesOf,
  warningsOf,
} from '../explorer/present/labels';
import {
  accountOf,
  errorShownBy,
  hasChildren,
  listOf,
  type ItemNode,
  type Node,
  type MessageNode,
  type PagerNode,
} from '../explorer/nodes';
import { tagsOf } from '../explorer/present/contextTags';
import { offerOf } from '../explorer/present/offers';
import { errorDetails, servedBy, tokenLastsUntil } from '../explorer/present/errorMessages';
import { toDisplayText, toLocalName, formatTime } from '../platform/translate';

/** The row of a node. Called for every sibling at once, so it stays cheap: the tooltip comes later. */
export function treeItemOf(node: Node): TreeItem {
  const label = toDisplayText(labelOf(node));
  const item = new TreeItem(label, collapsible(node));
  item.id = node.id;
  item.iconPath = iconOf(node);
  item.contextValue = tagsOf(node).join(' ');
  const description = descriptionOf(node);
  if (description !== '') {
    item.description = description;
  }
  item.accessibilityInformation = { label: [label, kindOf(node), description].filter(Boolean).join(', ') };
  const command = commandOf(node);
  if (command) {
    item.command = { command, title: '', arguments: [node.id] };
  }
  return item;
}

/** The tooltip of a node's row, a paragraph a line. Text from the cloud is text in it, never markdown. */
export function tooltipOf(node: Node): MarkdownString | undefined {
  const lines = tooltipLines(node);
  return lines.length === 0 ? undefined : new MarkdownString(lines.map(escapeMarkdown).join('\n\n'));
}

// Every sign that could mean something, so that a number with a dot begins no list and an address is no link. What VS Code
// has for it, `appendText`, leaves those, and makes each space one that does not break: words are cut at the edge.
function escapeMarkdown(line: string): string {
  return line.replace(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}

function tooltipLines(node: Node): string[] {
  switch (node.kind) {
    case 'account': {
      const { account, siteLabel } = node;
      const signedOut = signedOutFor(node);
      return [
        l10n.t('User {0} of account {1}', toDisplayText(account.user.name), toDisplayText(account.domain.name)),
        toDisplayText(siteLabel),
        ...(account.expires === undefined
          ? []
          : [toDisplayText(tokenLastsUntil(account.expires, Date.now(), formatTime(account.expires)))]),
        ...(signedOut ? errorDetails(signedOut).map(toDisplayText) : []),
      ];
    }
    case 'item':
      return itemLines(node);
    case 'pager':
    case 'message':
      return noteLines(node);
    case 'service':
      return [...(node.context.base === undefined ? [] : [node.context.base]), filterOf(node)].filter(Boolean);
    case 'list':
      // The row may be too narrow for it.
      return [filterOf(node)].filter(Boolean);
  }
}

function itemLines(node: ItemNode): string[] {
  const { item } = node.listed.row;
  return [
    toDisplayText(labelOf(node)),
    ...(item.id === undefined ? [] : [l10n.t('ID: {0}', toDisplayText(item.id))]),
    ...(item.status ? [l10n.t('Status: {0}', toDisplayText(item.status.label))] : []),
    ...timesOf(node).map(({ label, at }) => l10n.t('{0}: {1}', toDisplayText(label), formatTime(at))),
    ...warningsOf(node).map(toDisplayText),
  ];
}

function noteLines(node: MessageNode | PagerNode): string[] {
  const { action, emptyStateText: holds } = node.listNode?.collection ?? {};
  const error = errorShownBy(node);
  if (error) {
    const named = error.kind === 'forbidden' && action !== undefined;
    return [...errorDetails(error).map(toDisplayText), ...(named ? [l10n.t('The IAM action is {0}.', action)] : [])];
  }
  if (node.kind === 'pager' || 'error' in node.message) {
    return [];
  }
  switch (node.message.kind) {
    case 'empty':
      return [
        l10n.t('The service answered that there is nothing in this list.'),
        ...(holds ? [l10n.t('It would hold {0}.', toDisplayText(holds))] : []),
      ];
    case 'noProject': {
      const account = accountOf(node)?.account;
      return account ? [toDisplayText(servedBy(account))] : [];
    }
    case 'hidden':
      return [l10n.t('You hid everything that would be here. Manage Accounts has what is shown of an account.')];
    case 'hiddenHere':
      return [
        l10n.t('You hid everything that would be here. Show All Services, in the menu of the view, lists it again.'),
      ];
    case 'unmatched':
      return [l10n.t('The service answered that nothing in this list matches the filter.')];
    case 'noAddress':
      return [
        l10n.t(
          'No address of this service is known for the region. If it is offered here, name its address in the setting keyExplorer.sites.',
        ),
      ];
  }
}

function collapsible(node: Node): TreeItemCollapsibleState {
  if (!hasChildren(node)) {
    return TreeItemCollapsibleState.None;
  }
  // The one list of a service opens with it.
  const alone = node.kind === 'list' && node.parent?.kind === 'service' && node.parent.service.collections.length === 1;
  return alone ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
}

function descriptionOf(node: Node): string {
  switch (node.kind) {
    case 'account': {
      const signedOut = signedOutLabels(node);
      return signedOut.length > 0
        ? signedOut.map(toDisplayText).join(' · ')
        : [
            // A name of the user's own takes the place of the cloud's, which is still said.
            ...(node.account.label === undefined ? [] : [node.account.user.name]),
            node.account.domain.name,
            node.siteLabel,
          ]
            .map(toDisplayText)
            .join(' · ');
    }
    case 'service':
      return node.context.base === undefined ? l10n.t('not known to be offered here') : filterOf(node);
    case 'list':
      return filterOf(node);
    case 'item': {
      const { item } = node.listed.row;
      const odd = node.listed.gone
        ? l10n.t('no longer there')
        : warningsOf(node).length > 0
          ? l10n.t('unexpected data')
          : '';
      const status = item.status && item.status.tone !== 'good' ? toDisplayText(item.status.label) : '';
      const called = toLocalName(localNamesOf(node) ?? {});
      const description = item.description === undefined ? '' : toDisplayText(item.description);
      return [odd, status, called, description].filter(Boolean).join(' · ');
    }
    case 'pager': {
      const { list } = node.listNode;
      if (list.error) {
        const cause = causeNotInLabel(node);
        return [
          ...(cause ? [toDisplayText(cause)] : []),
          l10n.t('{0} loaded so far', countsOf(node.listNode).seen),
        ].join(' · ');
      }
      return list.unstable ? l10n.t('the list changes while it is read') : '';
    }
    case 'message':
      return toDisplayText(causeNotInLabel(node) ?? '');
  }
}

function filterOf(node: Node): string {
  const list = listOf(node);
  const filter = list && filterLabel(list);
  const count = list && filter && countLabel(list);
  return [count, filter].flatMap((text) => (text ? [toDisplayText(text)] : [])).join(' · ');
}

/** What kind of thing a row is, for a screen reader. */
function kindOf(node: Node): string {
  switch (node.kind) {
    case 'account':
      return l10n.t('account');
    case 'service':
      return l10n.t('service');
    case 'list':
      return l10n.t('list');
    case 'item':
      return toDisplayText(node.listNode.collection.rowLabel);
    case 'pager':
    case 'message':
      return '';
  }
}

function iconOf(node: Node): ThemeIcon {
  switch (node.kind) {
    case 'account':
      return signedOutFor(node) ? warning() : new ThemeIcon('account');
    case 'service':
      return new ThemeIcon(node.service.icon);
    case 'list':
      return new ThemeIcon('list-unordered');
    case 'item':
      return itemIcon(node);
    case 'pager': {
      const { loading, truncated: cut } = node.listNode.list;
      const plain = loading ? new ThemeIcon('loading~spin') : cut ? warning() : new ThemeIcon('ellipsis');
      return offerIcon(node) ?? plain;
    }
    case 'message':
      return offerIcon(node) ?? warning();
  }
}

function offerIcon(node: Node): ThemeIcon | undefined {
  const [id, color] = offerOf(node)?.icon ?? [];
  return id === undefined
    ? undefined
    : color === undefined
      ? new ThemeIcon(id)
      : new ThemeIcon(id, new ThemeColor(color));
}

function itemIcon(node: ItemNode): ThemeIcon {
  if (node.listed.gone) {
    return new ThemeIcon('circle-slash', new ThemeColor('disabledForeground'));
  }
  const { status } = node.listed.row.item;
  if (warningsOf(node).length > 0 || status?.tone === 'bad') {
    return warning();
  }
  const { icon } = node.listNode.collection;
  return status?.tone === 'off' ? new ThemeIcon(icon, new ThemeColor('disabledForeground')) : new ThemeIcon(icon);
}

function warning(): ThemeIcon {
  return new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
}
