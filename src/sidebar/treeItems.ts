import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, l10n } from 'vscode';
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
  warningsOf,
} from '../explorer/present/labels';
import { hasChildren, listOf, type ItemNode, type Node } from '../explorer/nodes';
import { tagsOf } from '../explorer/present/contextTags';
import { offerOf } from '../explorer/present/offers';
import { toDisplayText, toLocalName } from '../platform/translate';

/** The row of a node, without its tooltip. VS Code requests it for all siblings at once, so it must be cheap. */
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

function collapsible(node: Node): TreeItemCollapsibleState {
  if (!hasChildren(node)) {
    return TreeItemCollapsibleState.None;
  }
  // The only list of a service expands with the service.
  const isOnly =
    node.kind === 'list' && node.parent?.kind === 'service' && node.parent.service.collections.length === 1;
  return isOnly ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
}

function descriptionOf(node: Node): string {
  switch (node.kind) {
    case 'account': {
      const signedOut = signedOutLabels(node);
      return signedOut.length > 0
        ? signedOut.map(toDisplayText).join(' · ')
        : [
            // The user's own name for the account replaces the user name in the label: shown here instead.
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
      const anomaly = node.listed.gone
        ? l10n.t('no longer there')
        : warningsOf(node).length > 0
          ? l10n.t('unexpected data')
          : '';
      const status = item.status && item.status.tone !== 'good' ? toDisplayText(item.status.label) : '';
      const localName = toLocalName(localNamesOf(node) ?? {});
      const description = item.description === undefined ? '' : toDisplayText(item.description);
      return [anomaly, status, localName, description].filter(Boolean).join(' · ');
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

/** The filter of a list and the number of its rows; empty without a filter. */
export function filterOf(node: Node): string {
  const list = listOf(node);
  const filter = list && filterLabel(list);
  const count = list && filter && countLabel(list);
  return [count, filter].flatMap((text) => (text ? [toDisplayText(text)] : [])).join(' · ');
}

/** The kind of a row, for screen readers. */
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
      const { loading, truncated } = node.listNode.list;
      const plain = loading ? new ThemeIcon('loading~spin') : truncated ? warning() : new ThemeIcon('ellipsis');
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
