import { ExactNumber } from '../catalog/exactNumber';

/** An answer with more long numbers than this is refused: a page of a thousand rows may have a hundred in each. */
const mostMarked = 100_000;

/** Numbers nested deeper than this are not restored: nothing shows so deep a level. */
const deepest = 100;

/**
 * JavaScript's numbers keep 15 digits of any number, and exponents of two digits. Finds where there may be more, from the sign
 * behind a number, since texts seldom end in a digit. What it finds inside a text only costs time.
 */
const maybeLong = /[,}\]](?<=\d\s*.)(?<=(?:[\d.]{16}(?:[eE][-+]?\d+)?|[eE][-+]?\d{3,})\s*.)/;

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const longNumber = /^-?[\d.]{16}|[eE][-+]?\d{3}/;

/** 1 for each character that a number may have. */
const numberCodes = Uint8Array.from({ length: 0x80 }, (_, code) => Number(/[-+.\deE]/.test(String.fromCharCode(code))));

/** In front of a marked number, and once more in front of a text that begins so by itself. JSON has it only as an escape. */
const mark = '\u0000';
const escapedMark = String.raw`\u0000`;

/**
 * Reads a body as JSON. A byte-order mark is none, but some proxies add one. Numbers that JavaScript's own cannot hold
 * become {@link ExactNumber}. Takes time in proportion to the text, and little more than `JSON.parse` where there are none.
 * @throws SyntaxError where it is no JSON
 */
export function parseJson(text: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  if (!maybeLong.test(json)) {
    return JSON.parse(json);
  }
  const holder: Holder = { body: JSON.parse(marked(json)) };
  restore(holder);
  return holder['body'];
}

/** Makes texts of the long numbers that stand outside of texts. */
function marked(json: string): string {
  const pieces: string[] = [];
  let from = 0;
  const put = (end: number, text: string, next: number): void => {
    if (pieces.push(json.slice(from, end), text) > 2 * mostMarked) {
      throw new SyntaxError('Too many long numbers');
    }
    from = next;
  };
  for (let at = 0; at < json.length; at += 1) {
    const start = at;
    const code = json.charCodeAt(at);
    if (code === 34) {
      at = endOfText(json, start);
      if (json.startsWith(escapedMark, start + 1) && !isName(json, at + 1)) {
        put(start + 1, escapedMark, start + 1);
      }
    } else if (numberCodes[code] === 1) {
      let exponent = at;
      for (let inner = json.charCodeAt(at + 1); numberCodes[inner] === 1; inner = json.charCodeAt(at + 1)) {
        at += 1;
        exponent = (inner | 32) === 101 ? at : exponent;
      }
      const mayBeLong = at - start >= 15 || (exponent > start && at - exponent >= 3);
      if (mayBeLong && isLong(json.slice(start, at + 1)) && !isName(json, at + 1)) {
        put(start, `"${escapedMark}${json.slice(start, at + 1)}"`, at + 1);
      }
    }
  }
  return pieces.join('') + json.slice(from);
}

function isLong(number: string): boolean {
  return longNumber.test(number) && jsonNumber.test(number);
}

// Where a text ends that begins there.
function endOfText(json: string, start: number): number {
  let at = start + 1;
  for (let code = json.charCodeAt(at); code !== 34 && at < json.length; code = json.charCodeAt(at)) {
    at += code === 92 ? 2 : 1;
  }
  return at;
}

// A number is no name: what was no JSON must stay so.
function isName(json: string, end: number): boolean {
  let at = end;
  while (/\s/.test(json.charAt(at))) {
    at += 1;
  }
  return json.charAt(at) === ':';
}

type Holder = Record<string | number, unknown>;

function restore(body: Holder): void {
  let level = [body];
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const below: Holder[] = [];
    const look = (holder: Holder, name: string | number): void => {
      const value = holder[name];
      if (typeof value === 'string') {
        if (value.startsWith(mark)) {
          const text = value.slice(1);
          // A plain assignment to `__proto__` would change the object instead of its field.
          Object.defineProperty(holder, name, { value: text.startsWith(mark) ? text : new ExactNumber(text) });
        }
      } else if (isHolder(value)) {
        below.push(value);
      }
    };
    for (const holder of level) {
      if (Array.isArray(holder)) {
        for (let at = 0; at < holder.length; at += 1) {
          look(holder, at);
        }
      } else {
        for (const name in holder) {
          look(holder, name);
        }
      }
    }
    level = below;
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}
