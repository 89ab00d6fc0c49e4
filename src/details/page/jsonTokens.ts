/** A token of JSON text, for colouring. */
export interface JsonToken {
  readonly text: string;
  readonly kind: 'name' | 'string' | 'number' | 'word' | 'plain';
}

// An unterminated string is one token to its end: searching for the end from each quote would take quadratic time.
const tokenPattern = /("[^"\\]*(?:\\.[^"\\]*)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Maximum characters of coloured text: many tokens would make the page slow. */
const maxColoured = 200_000;

/** Splits JSON text into tokens. Their texts, joined, are the text. */
export function tokensOf(json: string): JsonToken[] {
  if (json.length > maxColoured) {
    return [{ text: json, kind: 'plain' }];
  }
  const tokens: JsonToken[] = [];
  let at = 0;
  for (const match of json.matchAll(tokenPattern)) {
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
