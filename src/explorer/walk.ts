import pLimit from 'p-limit';
import { asCloudError, type CloudError } from '../cloud/errors';
import type { Explorer } from './explorer';
import type { ListNode, Node } from './nodes';
import type { ListedRow } from './pagedList';

/** A key that was come by, and its list. */
export interface Met {
  readonly listNode: ListNode;
  readonly listed: ListedRow;
}

/** A list that was not searched, or not to its end. Without an error the service shows no more of it. */
export interface Missed {
  readonly listNode: ListNode;
  readonly error?: CloudError;
}

/** What a walk tells on its way. */
export interface WalkParts {
  readonly met: (keys: readonly Met[]) => void;
  /** How many of the lists known so far are done. */
  readonly progress: (done: number, known: number) => void;
  readonly signal: AbortSignal;
}

/** So many lists are walked at once: an account sends five requests at a time, and others want some of them. */
const listsAtOnce = 4;

/**
 * Goes through every key of every account, list by list as they answer, without a change to what is shown.
 * @returns the lists that it could not see, or not to their end; never throws
 */
export async function walk(explorer: Explorer, { met, progress, signal }: WalkParts): Promise<readonly Missed[]> {
  const limit = pLimit(listsAtOnce);
  const missed: Missed[] = [];
  let done = 0;
  let known = 0;

  const below = async (node: Node): Promise<void> => {
    await Promise.all(
      explorer.below(node).map(async (child) => (child.kind === 'list' ? through(child) : below(child))),
    );
  };

  const through = async (listNode: ListNode): Promise<void> => {
    known += 1;
    progress(done, known);
    const rows = await limit(async () => wholeOf(listNode));
    done += 1;
    progress(done, known);
    if (listNode.collection.below) {
      await Promise.all(explorer.rowsAsNodes(listNode, rows).map(below));
    }
  };

  const wholeOf = async (listNode: ListNode): Promise<readonly ListedRow[]> => {
    const isKeys = !listNode.collection.below;
    const rows: ListedRow[] = [];
    try {
      const pages = explorer.everyRow(listNode, signal);
      for (;;) {
        // Each page starts where the one before it ended.
        // oxlint-disable-next-line no-await-in-loop
        const page = await pages.next();
        if (page.done) {
          if (!page.value) {
            missed.push({ listNode });
          }
          return rows;
        }
        if (isKeys) {
          met(page.value.map((listed) => ({ listNode, listed })));
        } else {
          rows.push(...page.value);
        }
      }
    } catch (thrown) {
      const error = asCloudError(thrown);
      // Where a service is not offered there is nothing to miss.
      if (error.kind !== 'cancelled' && error.kind !== 'notOffered') {
        missed.push({ listNode, error });
      }
      return rows;
    }
  };

  await Promise.all(explorer.roots().map(below));
  return missed;
}
