import type { Answer, Paging, Size } from '../catalog/shape';

/** Where a page starts: a count of rows, a page's number, or a marker. */
export type Position = number | string;

/** What one page is asked for. */
export interface PageQuery {
  readonly query: Readonly<Record<string, string>>;
  /** How many rows this page can bring at most; nothing where the list has no pages. */
  readonly size?: number;
  /** Rows at its front that were received before: the start could not be asked for itself. */
  readonly overlap: number;
}

/** Where a list starts; nothing where that needs no saying. */
export function firstPosition(paging: Paging): Position | undefined {
  switch (paging.by) {
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
 * A call whose offset is limited is asked at that limit, for as much as it gives, and the rows known already are dropped.
 * @returns nothing where no request reaches these rows: the list is cut there
 */
export function pageQuery(paging: Paging, from: Position | undefined, wanted: number): PageQuery | undefined {
  if (paging.by === 'none') {
    return { query: {}, overlap: 0 };
  }
  // Some calls take the start and the size only together.
  const at = from ?? firstPosition(paging);
  const size = sizeFor(paging.size, wanted);
  const [start, count] = paging.names ?? (paging.by === 'offset' ? ['offset', 'limit'] : [paging.by, 'limit']);
  if (paging.by === 'offset') {
    const offset = Number(at ?? paging.offset.min);
    const last = paging.offset.max ?? Number.MAX_SAFE_INTEGER;
    if (offset <= last) {
      return { query: { [start]: String(offset), [count]: String(size) }, size, overlap: 0 };
    }
    const most = sizeFor(paging.size, Number.MAX_SAFE_INTEGER);
    const overlap = offset - last;
    return overlap < most
      ? { query: { [start]: String(last), [count]: String(most) }, size: most, overlap }
      : undefined;
  }
  return { query: { ...(at === undefined ? {} : { [start]: String(at) }), [count]: String(size) }, size, overlap: 0 };
}

/**
 * Where the page behind this one starts, as far as this one tells: an empty page or a total may still end the list.
 * @param received rows that were new in this page
 */
export function nextPosition(
  paging: Paging,
  at: Position | undefined,
  received: number,
  answer: Answer,
): Position | undefined {
  switch (paging.by) {
    case 'none':
      return undefined;
    case 'offset':
      return Number(at ?? paging.offset.min) + received;
    case 'page':
      return Number(at ?? paging.first ?? 1) + 1;
    case 'marker': {
      const marker = paging.next(answer);
      return marker === '' || marker === at ? undefined : marker;
    }
  }
}

function sizeFor(size: Size, wanted: number): number {
  if ('oneOf' in size) {
    const fitting = size.oneOf.filter((possible) => possible <= wanted);
    return fitting.at(-1) ?? size.oneOf[0];
  }
  return Math.max(size.min, Math.min(wanted, size.max, size.sends ?? size.max));
}
