import { badAnswer } from '../cloud/errors';

/**
 * The ID that one identity always has.
 * @throws CloudError of kind `badAnswer` if a part of it has a lone surrogate, which cannot be encoded
 */
export function accountId(site: string, domainId: string, userId: string): string {
  const parts = [site, domainId, userId];
  if (!parts.every((part) => part.isWellFormed())) {
    throw badAnswer();
  }
  return parts.map(encodeURIComponent).join(':');
}
