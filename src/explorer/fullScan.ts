import type { FilterValue } from '../cloud/client';
import { cancelled } from '../cloud/errors';
import type { ListedRow } from './loadedRows';
import type { ListNode } from './nodes';
import { PagedList, type AskPage } from './pagedList';
import { requestPage, type PageRequestDeps } from './pageRequest';
import { prefetching } from './prefetching';

/**
 * Yields all rows of a list, page by page, independent of its filter and of how many rows are shown. Rows that are loaded
 * already are not requested again. Does not change the list.
 * @param filter limits the scan to matching rows
 * @param onPage receives the length of each answer, in characters
 * @throws CloudError if a page fails
 * @returns whether all rows of the list were yielded
 */
export async function* scanRows(
  deps: PageRequestDeps,
  listNode: ListNode,
  signal: AbortSignal,
  filter: FilterValue | undefined,
  onPage: (characters: number) => void,
): AsyncGenerator<readonly ListedRow[], boolean> {
  const { list, collection } = listNode;
  if (list.done && !list.spanComplete && !list.truncated && !list.error && !listNode.filter && !filter) {
    yield list.rows;
    return true;
  }
  const scanned = { ...listNode, filter };
  const ask: AskPage = async (at, pageSignal) => {
    const page = await requestPage(deps, scanned, at, pageSignal, { purpose: 'scan' });
    onPage(page.length ?? 0);
    return page;
  };
  const overlaps = collection.paging.kind === 'offset';
  const pages = new PagedList(overlaps ? prefetching(ask) : ask, overlaps);
  const stopped = new AbortController();
  const anySignal = AbortSignal.any([signal, listNode.signal, stopped.signal]);
  let before: readonly ListedRow[] = [];
  let seen = 0;
  try {
    do {
      // Each page starts where the previous one ended.
      await pages.loadMore(anySignal);
      if (pages.error) {
        throw pages.error;
      }
      if (anySignal.aborted) {
        throw cancelled();
      }
      const { rows } = pages;
      // If rows came or went meanwhile, all rows were reloaded, and any of them may be new.
      yield rows === before ? rows.slice(seen) : rows;
      before = rows;
      seen = rows.length;
    } while (!pages.done);
    return !pages.truncated;
  } finally {
    // Cancels the prefetched page.
    stopped.abort();
  }
}
