import { l10n } from 'vscode';
import { detailOf } from '../explorer/present/keyDetails';
import { maskText } from '../base/secretText';
import type { ItemNode } from '../explorer/nodes';
import { toDisplayText, formatTime } from '../platform/translate';
import type { PageContent } from './protocol';

/** The content of a row's page in the reader's language. Contains no secret. */
export function contentOf(node: ItemNode): PageContent {
  const detail = detailOf(node);
  return {
    title: toDisplayText(detail.name),
    kind: toDisplayText(node.listNode.collection.rowLabel),
    path: detail.path.map(toDisplayText),
    facts: [
      ...(detail.id === undefined ? [] : [{ label: l10n.t('ID'), value: toDisplayText(detail.id) }]),
      ...(detail.status === undefined ? [] : [{ label: l10n.t('Status'), value: toDisplayText(detail.status) }]),
      ...detail.times.map(({ label, at }) => ({ label: toDisplayText(label), value: formatTime(at) })),
    ],
    warnings: detail.warnings.map(toDisplayText),
    json: detail.json,
    mask: maskText,
    words: {
      path: l10n.t('Where it belongs'),
      json: l10n.t('JSON'),
      masked: l10n.t('A secret, masked'),
      reveal: l10n.t('Reveal'),
      hide: l10n.t('Hide'),
      copySecret: l10n.t('Copy'),
      revealed: l10n.t('The secret is shown for 30 seconds.'),
      copyId: l10n.t('Copy ID'),
      copyName: l10n.t('Copy Name'),
      copyJson: l10n.t('Copy JSON'),
      showInSidebar: l10n.t('Show in Sidebar'),
    },
    can: { copyId: detail.id !== undefined, copyName: node.listed.row.item.name !== undefined },
  };
}
