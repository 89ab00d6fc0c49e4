/** A piece of JSON text and what it is. */
export interface JsonToken {
  readonly text: string;
  readonly kind: 'name' | 'string' | 'number' | 'word' | 'plain';
}

// A string that does not end is one piece to its end: to look for that from each quote would take quadratic time.
const pieces = /("[^"\\]*(?:\\.[^"\\]*)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Longer text than this is not coloured: a piece each would make the page slow. Characters. */
const longestColoured = 200_000;

/** Cuts JSON text into pieces for colouring. Their texts together are the text. */
export function tokensOf(json: string): JsonToken[] {
  if (json.length > longestColoured) {
    return [{ text: json, kind: 'plain' }];
  }
  const tokens: JsonToken[] = [];
  let at = 0;
  for (const match of json.matchAll(pieces)) {
    const [whole, string, colon, number] = match;
    if (match.index > at) {
      tokens.push({ text: json.slice(at, match.index), kind: 'plain' });
    }
    at = match.index + whole.length;
    if (string === undefined) {
      tokens.push({ text: whole, kind: number === undefined ? 'word' : 'number' });
    } else {
      tokens.push({ text: string, kind: colon === undefined ? 'string' : 'name' });
      if (colon !== undefined) {
        tokens.push({ text: colon, kind: 'plain' });
      }
    }
  }
  if (at < json.length) {
    tokens.push({ text: json.slice(at), kind: 'plain' });
  }
  return tokens;
}
