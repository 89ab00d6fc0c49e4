import { fingerprintsOf } from './fingerprint';
import type { Hit } from './scan';

/** So many results are shown at most. */
export const mostShown = 500;

/** What a search finds: the best of it, and how many more there are. */
export interface Results {
  readonly shown: readonly Hit[];
  readonly more: number;
}

/** A result that keeps its place, whatever better ones come. */
export interface PinnedHit {
  readonly met: Hit;
  readonly at: number;
}

interface Entry {
  readonly met: Hit;
  readonly name: string;
  readonly id: string;
  /** All that is searched. */
  readonly text: string;
}

/** A fingerprint or an SSH public key: whatever stands around it, as in what ssh-keygen prints, is not in the key. */
const telling = /^(?:SHA256:[0-9a-z+/]{43}|(?:MD5:)?(?:[0-9a-f]{2}:){15}[0-9a-f]{2}|AAAA[0-9a-z+/]{28,})=*$/i;

/** The words that a text is searched by, as they were typed. */
export function wordsOf(text: string): readonly string[] {
  const words = text.split(/\s+/).filter(Boolean);
  const one = words.find(isTelling);
  return one === undefined ? words : [one.replaceAll('=', '')];
}

/** Whether a word is a fingerprint or a public key. */
export function isTelling(word: string): boolean {
  return telling.test(word);
}

/** Tells two keys apart that were met, wherever they came from. */
export function isSameKey(one: Hit, other: Hit): boolean {
  return one.listNode.id === other.listNode.id && one.listed.key === other.listed.key;
}

/** The keys that were met, and those of them that fit a text. */
export class HitIndex {
  readonly #entries: Entry[] = [];
  /** Where each key is among them, by its list's ID and its own key. */
  readonly #places = new Map<string, Map<string, number>>();

  /** The number of keys so far. */
  get size(): number {
    return this.#entries.length;
  }

  /** Takes what a walk met. What came by the same key before gives way to it. */
  add(keys: readonly Hit[]): void {
    for (const met of keys) {
      const place = this.#placesIn(met).get(met.listed.key);
      if (place === undefined) {
        this.#append(met);
      } else {
        this.#entries[place] = entryOf(met);
      }
    }
  }

  /** Takes what came ahead of the walk; what is known by the same key stays as it is. */
  addAhead(keys: readonly Hit[]): void {
    for (const met of keys) {
      if (!this.#placesIn(met).has(met.listed.key)) {
        this.#append(met);
      }
    }
  }

  /**
   * The keys whose name, ID, description, public key or its fingerprint holds each word of a text, the best first, else
   * in the order in which they came.
   * @param staying keeps its place among them as long as it fits
   */
  results(text: string, staying?: PinnedHit): Results {
    const words = wordsOf(text).map((word) => word.toLowerCase());
    const whole = words.join(' ');
    const ranked: Hit[][] = [[], [], [], []];
    let found = 0;
    let stays: Hit | undefined;
    for (const entry of this.#entries) {
      if (words.every((word) => entry.text.includes(word))) {
        found += 1;
        if (staying && isSameKey(entry.met, staying.met)) {
          stays = entry.met;
          continue;
        }
        const rank = ranked[rankOf(entry, whole)];
        if (rank && rank.length < mostShown) {
          rank.push(entry.met);
        }
      }
    }
    const best = ranked.flat();
    if (staying && stays) {
      best.splice(staying.at, 0, stays);
    }
    const shown = best.slice(0, mostShown);
    return { shown, more: found - shown.length };
  }

  #append(met: Hit): void {
    this.#placesIn(met).set(met.listed.key, this.#entries.length);
    this.#entries.push(entryOf(met));
  }

  #placesIn({ listNode: { id } }: Hit): Map<string, number> {
    const known = this.#places.get(id) ?? new Map<string, number>();
    this.#places.set(id, known);
    return known;
  }
}

function entryOf(met: Hit): Entry {
  const { id = '', name = '', description, publicKey = '' } = met.listed.row.item;
  const described = typeof description === 'string' ? description : '';
  const text = [name, id, described, publicKey, ...fingerprintsOf(publicKey)].join('\n').toLowerCase();
  return { met, name: name.toLowerCase(), id: id.toLowerCase(), text };
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
