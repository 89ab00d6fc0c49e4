import type { Met } from './walk';

/** So many results are shown at most. */
export const mostShown = 500;

/** What a search finds: the best of it, and how many more there are. */
export interface Results {
  readonly shown: readonly Met[];
  readonly more: number;
}

interface Entry {
  readonly met: Met;
  readonly name: string;
  readonly id: string;
  /** All that is searched. */
  readonly text: string;
}

/** The keys that a walk met, and those of them that fit a text. */
export class Search {
  readonly #entries: Entry[] = [];

  /** The number of keys so far. */
  get size(): number {
    return this.#entries.length;
  }

  add(keys: readonly Met[]): void {
    for (const met of keys) {
      const { id = '', name = '', description, publicKey = '' } = met.listed.row.item;
      const described = typeof description === 'string' ? description : '';
      const text = [name, id, described, publicKey].join('\n').toLowerCase();
      this.#entries.push({ met, name: name.toLowerCase(), id: id.toLowerCase(), text });
    }
  }

  /**
   * The keys whose name, ID, description or public key holds each word of a text, the best first, else in the order in
   * which they came.
   */
  results(text: string): Results {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const ranked: Entry[][] = [[], [], [], []];
    let found = 0;
    for (const entry of this.#entries) {
      if (words.every((word) => entry.text.includes(word))) {
        found += 1;
        ranked[rankOf(entry, words.join(' '))]?.push(entry);
      }
    }
    const shown = ranked.flat().slice(0, mostShown);
    return { shown: shown.map(({ met }) => met), more: found - shown.length };
  }
}

// The whole name or ID, the start of it, a part of the name, anything else.
function rankOf({ name, id }: Entry, text: string): number {
  if (name === text || id === text) {
    return 0;
  }
  if (name.startsWith(text) || id.startsWith(text)) {
    return 1;
  }
  return name.includes(text) ? 2 : 3;
}
