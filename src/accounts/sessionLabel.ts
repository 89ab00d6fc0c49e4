import { createHash } from 'node:crypto';
import { escapeCharacters } from '../base/escape';
import type { Account } from './account';

/** Maximum lengths of the parts of a label, characters. */
const shown = { name: 64, id: 8, digest: 16 };

/**
 * An account as VS Code and other extensions know it. VS Code remembers by this text which extensions may use the account. So no
 * two accounts share one, whatever their names: it has a part of the IDs of the user and the domain, and of a digest of
 * both and the site. And it stays the same when the user or the domain is renamed: it has the names that they had first.
 */
export function sessionLabel({ id, user, domain, site, firstNames }: Account): string {
  const names = firstNames ?? { user: user.name, domain: domain.name };
  const digest = createHash('sha256').update(id).digest('base64url').slice(0, shown.digest);
  const ids = [user.id.slice(0, shown.id), domain.id.slice(0, shown.id), digest].map(spelledOut).join('.');
  return [names.user.slice(0, shown.name), names.domain.slice(0, shown.name), site]
    .map(spelledOut)
    .concat(ids)
    .join(' / ');
}

// Characters that could pass for another one, or for the end of a name, are escaped.
function spelledOut(name: string): string {
  return escapeCharacters(name, /[^\p{L}\p{N} ._@+-]|\p{DI}/gu);
}
