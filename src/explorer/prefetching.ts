import type { ListPage } from '../cloud/client';
import type { AskPage } from './pagedList';

/**
 * Requests the next page of a list with offset paging while the current page is still loading, for scans. Needs a total, and
 * predicts the next offset from the distance of the last two pages. A page that turns out to be the wrong one is dropped.
 */
export function prefetching(ask: AskPage): AskPage {
  let last = 0;
  let total = 0;
  let prefetched: { readonly at: number; readonly page: Promise<ListPage> } | undefined;
  return async (at, signal, maxRows, known) => {
    const start = typeof at === 'number' ? at : 0;
    const expected = prefetched?.at === at ? prefetched?.page : undefined;
    const current = expected ?? ask(at, signal, maxRows, known);
    prefetched = undefined;
    const next = start + start - last;
    // The first row of a page may be a known one: at least one row must follow it.
    if (typeof at === 'number' && next > start && next + 1 < total) {
      const page = ask(next, signal, maxRows, known);
      // A failure is reported when the page is used.
      page.catch(() => undefined);
      prefetched = { at: next, page };
    }
    last = start;
    const page = await current;
    total = page.total ?? 0;
    return page;
  };
}
