import { escapeCharacters } from '../../base/escape';
import type { Phrase } from '../../base/phrase';
import { jsonText } from './jsonText';
import { labelOf, timesOf, warningsOf, type RowTime } from './labels';
import { mask, type Masked } from './mask';
import { pathTo, type ItemNode } from '../nodes';

/** The content of a key's page. Contains no secret. */
export interface Detail {
  readonly name: Phrase | string;
  readonly id: string | undefined;
  readonly status: Phrase | string | undefined;
  /** The rows above it, from the account down. */
  readonly path: readonly (Phrase | string)[];
  readonly times: readonly RowTime[];
  readonly warnings: readonly Phrase[];
  /** The row as received, pretty-printed, with secrets masked and invisible characters escaped. */
  readonly json: string;
}

/** The page content of a row. */
export function detailOf(node: ItemNode): Detail {
  const { item } = node.listed.row;
  return {
    name: labelOf(node),
    id: item.id,
    status: item.status?.label,
    path: pathTo(node).slice(0, -1).map(labelOf),
    times: timesOf(node),
    warnings: warningsOf(node),
    json: maskedJson(node),
  };
}

/** A row with its secrets masked. */
export function maskedRow({ listed, listNode: { collection } }: ItemNode): Masked {
  const known = new Set(Object.keys(collection.row.entries));
  return mask(listed.row.raw, collection.secrets, known);
}

/** A row as JSON with its secrets masked. */
export function maskedJson(node: ItemNode): string {
  // These change how the text around them is shown, or are not shown at all.
  return escapeCharacters(jsonText(maskedRow(node).value), /[\p{DI}\p{Zl}\p{Zp}\u007f-\u009f\ufff9-\ufffb]/gu);
}
