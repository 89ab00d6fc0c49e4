import type { ApiResponse, Paging, Size } from '../catalog/declaration';
import type { Row } from './rows';

/** A list without pages is cut behind so many rows. */
const mostWithoutPages = 5000;

/** Where a page starts: a count of rows, a page's number, a marker, or behind the first rows of a numbered page. */
export type Position = number | string | { readonly page: number; readonly behind: number };

/** What one page is asked for, and which rows of the answer it is. */
export interface PageQuery {
  readonly query: Readonly<Record<string, string>>;
  /** Rows at the front of the answer that were received before: the start could not be asked for itself. */
  readonly from: number;
  /** The rows from here on are more than were asked for. */
  readonly until: number;
  /** An answer with fewer rows than this is the last; 0 if the list has no pages. */
  readonly full: number;
  /** An answer with just so many rows may not be the last either: the service may send no more at once. */
  readonly sends?: number;
  /** True if this is as far on as the call can be asked: no request reaches a row behind the answer. */
  readonly last: boolean;
}

/** Where a list starts; undefined if that needs no saying. */
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
 * A call whose offset is limited is asked at that limit, for the most that is documented, and the rows known already are
 * dropped.
 * @returns undefined if no request reaches these rows: the list is cut there
 */
export function pageQuery(paging: Paging, from: Position | undefined, wanted: number): PageQuery | undefined {
  if (paging.kind === 'none') {
    return { query: {}, from: 0, until: mostWithoutPages, full: 0, last: false };
  }
  // Some calls take the start and the size only together.
  const at = from ?? firstPosition(paging);
  const size = sizeFor(paging.size, wanted);
  const [start, count] = paging.names ?? (paging.kind === 'offset' ? ['offset', 'limit'] : [paging.kind, 'limit']);
  if (paging.kind === 'offset') {
    const offset = Number(at ?? paging.offset.min);
    const last = paging.offset.max ?? Number.MAX_SAFE_INTEGER;
    if (offset > last) {
      const { most, sends } = limitsOf(paging.size);
      const query = { [start]: String(last), [count]: String(most) };
      return offset - last < most
        ? { query, from: offset - last, until: most, full: most, sends, last: true }
        : undefined;
    }
  }
  const { page, behind } = typeof at === 'object' ? at : { page: at, behind: 0 };
  return {
    query: { ...(page === undefined ? {} : { [start]: String(page) }), [count]: String(size) },
    from: behind,
    until: behind + size,
    full: size,
    last: false,
  };
}

/**
 * Where the page behind this one starts, as far as this one tells: an empty page or a total may still end the list.
 * @param received rows that were new in this page
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
      return numberOf(paging, at) + 1;
    case 'marker': {
      const marker = paging.next(answer);
      return marker === '' || marker === at ? undefined : marker;
    }
  }
}

/** Where the rest of a numbered page starts, of which the rows up to `until` were kept. */
export function restOf(paging: Paging, at: Position | undefined, until: number): Position | undefined {
  return paging.kind === 'page' ? { page: numberOf(paging, at), behind: until } : undefined;
}

/**
 * The marker behind the last row that was kept of an answer, if markers are the IDs of rows.
 * @param told the marker in the answer, which leads behind the last row that was sent
 */
export function markerBehind(kept: Row | undefined, told: Position | undefined, sent: Row): Position | undefined {
  return told !== undefined && told === sent.item.id ? kept?.item.id : undefined;
}

function numberOf({ first = 1 }: Paging & { kind: 'page' }, at: Position | undefined): number {
  return Number(typeof at === 'object' ? at.page : (at ?? first));
}

function sizeFor(size: Size, wanted: number): number {
  if ('oneOf' in size) {
    const fitting = size.oneOf.filter((possible) => possible <= wanted);
    return fitting.at(-1) ?? size.oneOf[0];
  }
  return Math.max(size.min, Math.min(wanted, size.max, size.sends ?? size.max));
}

// The most that may be asked for, and the most that comes as far as is documented.
function limitsOf(size: Size): { readonly most: number; readonly sends: number } {
  const most = 'oneOf' in size ? (size.oneOf.at(-1) ?? size.oneOf[0]) : size.max;
  return { most, sends: 'oneOf' in size ? most : (size.sends ?? most) };
}
