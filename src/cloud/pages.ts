import type { ApiResponse, Paging, Size } from '../catalog/declaration';
import type { Row } from './rows';

/** Maximum rows of a list without pages. */
const maxUnpaged = 5000;

/** The start of a page: an offset, a page number, a marker, or an index in a numbered page. */
export type Position = number | string | { readonly page: number; readonly behind: number };

/** The query of one page, and which rows of the answer belong to it. */
export interface PageQuery {
  readonly query: Readonly<Record<string, string>>;
  /** Index of the first new row: the exact start could not be requested. */
  readonly start: number;
  /** Index after the last requested row. */
  readonly end: number;
  /** An answer with fewer rows is the last page; 0 if the list has no pages. */
  readonly fullSize: number;
  /** An answer with this many rows may not be the last page either: the service caps pages at this size. */
  readonly serverCap?: number;
  /** True if no request reaches rows after this answer. */
  readonly isFarthest: boolean;
}

/** The start of a list; undefined if the call needs none. */
export function firstPosition(paging: Paging): Position | undefined {
  switch (paging.kind) {
    case 'offset':
      return paging.offset.min;
    case 'page':
      return paging.first ?? 1;
    case 'marker':
    case 'none':
      return undefined;
  }
}

/**
 * The query for a page of about `wanted` rows.
 * Beyond the maximum offset of a call, it requests the largest page at that offset, of which the known rows are dropped.
 * @returns undefined if no request reaches these rows
 */
export function pageQuery(paging: Paging, from: Position | undefined, wanted: number): PageQuery | undefined {
  if (paging.kind === 'none') {
    return { query: {}, start: 0, end: maxUnpaged, fullSize: 0, isFarthest: false };
  }
  // Some calls accept start and size only together.
  const at = from ?? firstPosition(paging);
  const size = sizeFor(paging.size, wanted);
  const [startName, sizeName] =
    paging.names ?? (paging.kind === 'offset' ? ['offset', 'limit'] : [paging.kind, 'limit']);
  if (paging.kind === 'offset') {
    const offset = Number(at ?? paging.offset.min);
    const maxOffset = paging.offset.max ?? Number.MAX_SAFE_INTEGER;
    if (offset > maxOffset) {
      const { max, serverCap } = limitsOf(paging.size);
      const query = { [startName]: String(maxOffset), [sizeName]: String(max) };
      return offset - maxOffset < max
        ? { query, start: offset - maxOffset, end: max, fullSize: max, serverCap, isFarthest: true }
        : undefined;
    }
  }
  const { page, behind } = typeof at === 'object' ? at : { page: at, behind: 0 };
  return {
    query: { ...(page === undefined ? {} : { [startName]: String(page) }), [sizeName]: String(size) },
    start: behind,
    end: behind + size,
    fullSize: size,
    isFarthest: false,
  };
}

/**
 * The start of the next page, as far as this page tells: an empty page or a total may still end the list.
 * @param received number of new rows in this page
 */
export function nextPosition(
  paging: Paging,
  at: Position | undefined,
  received: number,
  answer: ApiResponse,
): Position | undefined {
  switch (paging.kind) {
    case 'none':
      return undefined;
    case 'offset':
      return Number(at ?? paging.offset.min) + received;
    case 'page':
      return pageNumber(paging, at) + 1;
    case 'marker': {
      const marker = paging.next(answer);
      return marker === '' || marker === at ? undefined : marker;
    }
  }
}

/** The position of the dropped rows of a numbered page, from index `end` on. */
export function restOf(paging: Paging, at: Position | undefined, end: number): Position | undefined {
  return paging.kind === 'page' ? { page: pageNumber(paging, at), behind: end } : undefined;
}

/**
 * The marker after the last kept row; undefined unless markers are row IDs.
 * @param marker the marker in the answer
 * @param lastSent the row that the marker points after
 */
export function markerAfter(
  lastKept: Row | undefined,
  marker: Position | undefined,
  lastSent: Row,
): Position | undefined {
  return marker !== undefined && marker === lastSent.item.id ? lastKept?.item.id : undefined;
}

function pageNumber({ first = 1 }: Paging & { kind: 'page' }, at: Position | undefined): number {
  return Number(typeof at === 'object' ? at.page : (at ?? first));
}

function sizeFor(size: Size, wanted: number): number {
  if ('oneOf' in size) {
    const fitting = size.oneOf.filter((possible) => possible <= wanted);
    return fitting.at(-1) ?? size.oneOf[0];
  }
  return Math.max(size.min, Math.min(wanted, size.max, size.sends ?? size.max));
}

// The documented maximum page size, and the size at which the service caps pages.
function limitsOf(size: Size): { readonly max: number; readonly serverCap: number } {
  const max = 'oneOf' in size ? (size.oneOf.at(-1) ?? size.oneOf[0]) : size.max;
  return { max, serverCap: 'oneOf' in size ? max : (size.sends ?? max) };
}
