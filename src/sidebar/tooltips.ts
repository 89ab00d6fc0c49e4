import { MarkdownString, l10n } from 'vscode';
import { errorDetails } from '../explorer/present/errorDetails';
import { servedBy, tokenLastsUntil } from '../explorer/present/signInValidity';
import { labelOf, signedOutFor, timesOf, warningsOf } from '../explorer/present/labels';
import { accountOf, errorShownBy, type ItemNode, type Node, type MessageNode, type PagerNode } from '../explorer/nodes';
import { formatTime, toDisplayText } from '../platform/translate';
import { filterOf } from './treeItems';

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
