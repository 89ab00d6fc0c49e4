import type { ListPage } from '../cloud/client';
import type { AskPage } from './pagedList';

/**
 * Asks for the next page of a list whose pages start at a count of rows while the one before it is still on its way, for
 * whoever walks through all of it: where the list tells its total, and as far on as the last page was from the one before
 * it. What turns out to be another page than the one that is wanted is dropped.
 */
export function prefetching(ask: AskPage): AskPage {
  let last = 0;
  let total = 0;
  let early: { readonly at: number; readonly page: Promise<ListPage> } | undefined;
  return async (at, signal, most, known) => {
    const start = typeof at === 'number' ? at : 0;
    const asked = early?.at === at ? early?.page : undefined;
    const wanted = asked ?? ask(at, signal, most, known);
    early = undefined;
    const next = start + start - last;
    // The first row of a page may be one that is known already: there must be another behind it.
    if (typeof at === 'number' && next > start && next + 1 < total) {
      const page = ask(next, signal, most, known);
      // Whoever wants it hears of its failure.
      page.catch(() => undefined);
      early = { at: next, page };
    }
    last = start;
    const page = await wanted;
    total = page.total ?? 0;
    return page;
  };
}
