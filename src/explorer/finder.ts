import type { Phrase } from '../base/phrase';
import type { CloudError } from '../cloud/errors';
import { ServerSideSearch } from './serverSideSearch';
import type { Explorer } from './explorer';
import type { ListNode } from './nodes';
import { HitIndex, isSameKey, type Results, type PinnedHit } from './hitIndex';
import type { Waits } from './waits';
import { Scan, type Hit, type ListProgress } from './scan';

/** What was found is shown so often at most: five times a second, in milliseconds. */
const between = 200;

/** A list that was not searched to its end. Without an error or a number of rows the service shows no more of it. */
export interface UnsearchedList {
  readonly listNode: ListNode;
  readonly error?: CloudError;
  /** How many rows were searched, where the rest is searched only when the user says so. */
  readonly rows?: number;
  /** Whether the server looked through the names of all of it. */
  readonly byName: boolean;
}

/** What was found up to now. */
export interface SearchState extends Results {
  readonly text: string;
  /** True once all lists were gone through. */
  readonly over: boolean;
  /** Nothing before that: what is named behind the results would be chosen by default as long as there are none. */
  readonly left: readonly UnsearchedList[];
  /** How many of the lists that are known so far are done, and the keys in them. */
  readonly done: number;
  readonly known: number;
  readonly keys: number;
  /** True while a list is gone through, be it again. */
  readonly searching: boolean;
  /** What there is to say of requests that wait to be sent again. */
  readonly waits: Phrase | undefined;
}

/** What finding needs. */
export interface FinderDeps {
  readonly waits: Pick<Waits, 'label' | 'onDidChange'>;
  /** Called five times a second at most, and once more for what is asked for by {@link Finder.showNow}. */
  readonly show: (finds: SearchState) => void;
  /** The result that the user is on. */
  readonly active: () => Hit | undefined;
}

/** Finds keys for a text that is typed, among those that a walk meets and those that servers find by their names. */
export class Finder {
  readonly #parts: FinderDeps;
  readonly #search = new HitIndex();
  readonly #walk: Scan;
  readonly #byName: ServerSideSearch;
  readonly #giveUp = new AbortController();
  #text = '';
  #walks = 0;
  #over = false;
  #last: SearchState | undefined;
  #shownAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #subscription: { dispose(): void };

  constructor(explorer: Explorer, parts: FinderDeps) {
    this.#parts = parts;
    this.#subscription = parts.waits.onDidChange(() => this.#soon());
    this.#walk = new Scan(explorer, {
      onHits: (keys) => this.#search.add(keys),
      onProgress: () => {
        this.#byName.more();
        this.#soon();
      },
      signal: this.#giveUp.signal,
    });
    this.#byName = new ServerSideSearch(explorer, {
      lists: () => this.#walk.lists,
      met: (keys) => this.#search.addAhead(keys),
      changed: () => this.#soon(),
    });
  }

  /** Goes through all lists; ends when that is done. */
  async start(): Promise<void> {
    await this.#going(this.#walk.scanAll());
    this.#over = true;
  }

  /** Searches for another text from now on. */
  type(text: string): void {
    this.#text = text;
    this.#byName.type(text);
    this.#soon();
  }

  /** Goes through a list again that failed, or on in one that was paused; ends when that is done. */
  async again(listNode: ListNode): Promise<void> {
    await this.#going(this.#walk.resumeList(listNode));
  }

  /** Shows what was found without a wait. */
  showNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shownAt = Date.now();
    const lists = this.#walk.lists;
    this.#last = {
      ...this.#search.results(this.#text, this.#staying()),
      text: this.#text,
      over: this.#over,
      left: this.#over ? lists.filter(isLeft).map((walked) => this.#leftOf(walked)) : [],
      done: lists.filter((walked) => walked.stage === 'done' || isLeft(walked)).length,
      known: lists.length,
      keys: this.#search.size,
      searching: this.#walks > 0,
      waits: this.#parts.waits.label,
    };
    this.#parts.show(this.#last);
  }

  /** Gives up all that is under way, and shows nothing more. */
  close(): void {
    this.#giveUp.abort();
    this.#subscription.dispose();
    this.#byName.close();
    clearTimeout(this.#timer);
  }

  async #going(walk: Promise<void>): Promise<void> {
    this.#walks += 1;
    this.#soon();
    await walk;
    this.#walks -= 1;
    this.#soon();
  }

  // What the user is about to choose stays where it is while others come, unless they typed another text.
  #staying(): PinnedHit | undefined {
    const { text, shown = [] } = this.#last ?? {};
    const met = text === this.#text ? this.#parts.active() : undefined;
    const at = met ? shown.findIndex((each) => isSameKey(each, met)) : -1;
    return met && at >= 0 ? { met, at } : undefined;
  }

  #leftOf({ listNode, error, rows }: ListProgress): UnsearchedList {
    return {
      listNode,
      byName: this.#byName.answered(listNode),
      ...(error ? { error } : {}),
      ...(rows === undefined ? {} : { rows }),
    };
  }

  #soon(): void {
    if (!this.#giveUp.signal.aborted) {
      this.#timer ??= setTimeout(() => this.showNow(), Math.max(0, this.#shownAt + between - Date.now()));
    }
  }
}

function isLeft({ stage }: ListProgress): boolean {
  return stage === 'cut' || stage === 'paused' || stage === 'failed';
}
