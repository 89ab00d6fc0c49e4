import { fingerprintsOf } from './fingerprint';
import type { Hit } from './scan';

/** Maximum results shown. */
export const maxShown = 500;

/** The best results of a search, and how many more there are. */
export interface Results {
  readonly shown: readonly Hit[];
  readonly more: number;
}

/** A result that keeps its position, even if better ones arrive. */
export interface PinnedHit {
  readonly hit: Hit;
  readonly index: number;
}

interface IndexedKey {
  readonly hit: Hit;
  readonly name: string;
  readonly id: string;
  /** Everything that is searched, lower case. */
  readonly text: string;
}

/** A fingerprint or an SSH public key. */
const keyMaterial = /^(?:SHA256:[0-9a-z+/]{43}|(?:MD5:)?(?:[0-9a-f]{2}:){15}[0-9a-f]{2}|AAAA[0-9a-z+/]{28,})=*$/i;

/**
 * The words that a text is searched by, in their case. If one is a fingerprint or a public key, only that: the other words, as
 * in the output of ssh-keygen, are not part of the key.
 */
export function searchWordsOf(text: string): readonly string[] {
  const words = text.split(/\s+/).filter(Boolean);
  const material = words.find(isKeyMaterial);
  return material === undefined ? words : [material.replaceAll('=', '')];
}

/** Whether a word is a fingerprint or a public key. */
export function isKeyMaterial(word: string): boolean {
  return keyMaterial.test(word);
}

/** Whether two hits are the same row. */
export function isSameKey(one: Hit, other: Hit): boolean {
  return one.listNode.id === other.listNode.id && one.listed.key === other.listed.key;
}

/** The keys found so far, searchable by text. */
export class HitIndex {
  readonly #keys: IndexedKey[] = [];
  /** Positions in `#keys`, by list ID and row key. */
  readonly #positions = new Map<string, Map<string, number>>();

  get size(): number {
    return this.#keys.length;
  }

  /** Adds the hits of a scan. They replace earlier hits of the same rows. */
  add(hits: readonly Hit[]): void {
    for (const hit of hits) {
      const position = this.#positionsOf(hit).get(hit.listed.key);
      if (position === undefined) {
        this.#append(hit);
      } else {
        this.#keys[position] = indexed(hit);
      }
    }
  }

  /** Adds hits that arrived before the scan reached their rows. Known rows stay unchanged. */
  addEarly(hits: readonly Hit[]): void {
    for (const hit of hits) {
      if (!this.#positionsOf(hit).has(hit.listed.key)) {
        this.#append(hit);
      }
    }
  }

  /**
   * The keys whose name, ID, description, public key or fingerprint contains each word of a text: best matches first,
   * otherwise in the order in which they arrived.
   * @param pinned keeps its position as long as it matches
   */
  results(text: string, pinned?: PinnedHit): Results {
    const words = searchWordsOf(text).map((word) => word.toLowerCase());
    const joined = words.join(' ');
    const ranked: Hit[][] = [[], [], [], []];
    let matches = 0;
    let pinnedMatch: Hit | undefined;
    for (const key of this.#keys) {
      if (words.every((word) => key.text.includes(word))) {
        matches += 1;
        if (pinned && isSameKey(key.hit, pinned.hit)) {
          pinnedMatch = key.hit;
          continue;
        }
        const rank = ranked[rankOf(key, joined)];
        if (rank && rank.length < maxShown) {
          rank.push(key.hit);
        }
      }
    }
    const best = ranked.flat();
    if (pinned && pinnedMatch) {
      best.splice(pinned.index, 0, pinnedMatch);
    }
    const shown = best.slice(0, maxShown);
    return { shown, more: matches - shown.length };
  }

  #append(hit: Hit): void {
    this.#positionsOf(hit).set(hit.listed.key, this.#keys.length);
    this.#keys.push(indexed(hit));
  }

  #positionsOf({ listNode: { id } }: Hit): Map<string, number> {
    const positions = this.#positions.get(id) ?? new Map<string, number>();
    this.#positions.set(id, positions);
    return positions;
  }
}

function indexed(hit: Hit): IndexedKey {
  const { id = '', name = '', description, publicKey = '' } = hit.listed.row.item;
  const descriptionText = typeof description === 'string' ? description : '';
  const text = [name, id, descriptionText, publicKey, ...fingerprintsOf(publicKey)].join('\n').toLowerCase();
  return { hit, name: name.toLowerCase(), id: id.toLowerCase(), text };
}

// Equal name or ID, then prefix, then part of the name, then anything else.
function rankOf({ name, id }: IndexedKey, text: string): number {
  if (name === text || id === text) {
    return 0;
  }
  if (name.startsWith(text) || id.startsWith(text)) {
    return 1;
  }
  return name.includes(text) ? 2 : 3;
}
