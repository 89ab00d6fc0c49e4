import { maskSecretsIn } from '../../base/secretText';
import { maskedJson } from './keyDetails';
import type { ItemNode } from '../nodes';

/** The parts of a row that can be copied. */
export const copyables = ['id', 'name', 'json'] as const;
export type Copyable = (typeof copyables)[number];

/** The text to copy, with its secrets masked; undefined if the row does not have it. */
export function copyTextOf(node: ItemNode, what: Copyable): string | undefined {
  switch (what) {
    case 'id':
      return masked(node.listed.row.item.id);
    case 'name':
      return masked(node.listed.row.item.name);
    case 'json':
      return maskedJson(node);
  }
}

function masked(text: string | undefined): string | undefined {
  return text === undefined ? undefined : maskSecretsIn(text);
}
