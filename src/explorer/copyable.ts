import { maskedJson } from './detail';
import type { ItemNode } from './nodes';

/** What of a row can be copied. */
export const copyables = ['id', 'name', 'json'] as const;
export type Copyable = (typeof copyables)[number];

/** The text that copying takes; nothing where the row does not have it. JSON comes with its secrets masked. */
export function copyTextOf(node: ItemNode, what: Copyable): string | undefined {
  switch (what) {
    case 'id':
      return node.listed.row.item.id;
    case 'name':
      return node.listed.row.item.name;
    case 'json':
      return maskedJson(node);
  }
}
