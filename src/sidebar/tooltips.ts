import { MarkdownString, l10n } from 'vscode';
import { errorDetails } from '../explorer/present/errorDetails';
import { servedBy, tokenLastsUntil } from '../explorer/present/signInValidity';
import { labelOf, signedOutFor, timesOf, warningsOf } from '../explorer/present/labels';
import { accountOf, errorShownBy, type ItemNode, type Node, type MessageNode, type PagerNode } from '../explorer/nodes';
import { formatTime, toDisplayText } from '../platform/translate';
import { filterOf } from './treeItems';

/** The tooltip of a row, one paragraph per line. Text from the cloud is escaped. */
export function tooltipOf(node: Node): MarkdownString | undefined {
  const lines = tooltipLines(node);
  return lines.length === 0 ? undefined : new MarkdownString(lines.map(escapeMarkdown).join('\n\n'));
}

// Escapes all punctuation: `1.` would start a list, and an address would be a link. `MarkdownString.appendText` does not
// escape those, and its non-breaking spaces would cut words at the edge.
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
      return messageLines(node);
    case 'service':
      return [...(node.context.base === undefined ? [] : [node.context.base]), filterOf(node)].filter(Boolean);
    case 'list':
      // The row may be too narrow for the filter.
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

function messageLines(node: MessageNode | PagerNode): string[] {
  const { action, emptyStateText } = node.listNode?.collection ?? {};
  const error = errorShownBy(node);
  if (error) {
    const needsAction = error.kind === 'forbidden' && action !== undefined;
    return [
      ...errorDetails(error).map(toDisplayText),
      ...(needsAction ? [l10n.t('The IAM action is {0}.', action)] : []),
    ];
  }
  if (node.kind === 'pager' || 'error' in node.message) {
    return [];
  }
  switch (node.message.kind) {
    case 'empty':
      return [
        l10n.t('The service answered that there is nothing in this list.'),
        ...(emptyStateText ? [l10n.t('It would hold {0}.', toDisplayText(emptyStateText))] : []),
      ];
    case 'noProject': {
      const account = accountOf(node)?.account;
      return account ? [toDisplayText(servedBy(account))] : [];
    }
    case 'hidden':
      return [l10n.t('You hid everything that would be here. Choose in Manage Accounts what an account shows.')];
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
