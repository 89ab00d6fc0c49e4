import { ExactNumber } from '../base/exactNumber';
import { isObject } from '../base/guards';
import { atOnce, type Steps } from './parseInTurn';

/** An answer with more long numbers than this is refused: a page of a thousand rows may have a hundred in each. */
const mostMarked = 100_000;

/** Characters, or values, that one step looks at: a few milliseconds. */
const inOneStep = 2 ** 18;

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
  return atOnce(jsonSteps(text));
}

/** The same as {@link parseJson} in steps, none of which takes much longer than `JSON.parse`. */
export function* jsonSteps(text: string): Steps<unknown> {
  const json = text.replace(/^\uFEFF/, '');
  const mayHoldLong = maybeLong.test(json);
  yield;
  if (!mayHoldLong) {
    return JSON.parse(json);
  }
  const pieces = yield* marked(json);
  const holder: Holder = { body: JSON.parse(pieces.join('')) };
  yield;
  yield* restore(holder, Math.floor(pieces.length / 2));
  return holder['body'];
}

/** Makes texts of the long numbers that stand outside of texts. Every second piece is one, or a mark. */
function* marked(json: string): Steps<readonly string[]> {
  const pieces: string[] = [];
  let from = 0;
  const put = (end: number, text: string, next: number): void => {
    if (pieces.push(json.slice(from, end), text) > 2 * mostMarked) {
      throw new SyntaxError('Too many long numbers');
    }
    from = next;
  };
  let pause = inOneStep;
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
    if (at >= pause) {
      pause = at + inOneStep;
      yield;
    }
  }
  pieces.push(json.slice(from));
  return pieces;
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

// Level by level, until as many marks are found as there are: most often long before the end of a long list.
function* restore(body: Holder, marks: number): Steps<void> {
  let left = marks;
  let looked = 0;
  let level = [body];
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const below: Holder[] = [];
    for (const holder of level) {
      looked += 1;
      if (Array.isArray(holder)) {
        for (let at = 0; at < holder.length && left > 0; at += 1) {
          left -= restoreAt(holder, at, below);
          looked += 1;
          if (looked >= inOneStep) {
            looked = 0;
            yield;
          }
        }
      } else {
        for (const name in holder) {
          left -= restoreAt(holder, name, below);
          looked += 1;
        }
      }
      if (left === 0) {
        return;
      }
      if (looked >= inOneStep) {
        looked = 0;
        yield;
      }
    }
    level = below;
  }
}

// 1 where a mark was, else 0.
function restoreAt(holder: Holder, name: string | number, below: Holder[]): number {
  const value = holder[name];
  if (typeof value === 'string' && value.startsWith(mark)) {
    const text = value.slice(1);
    // A plain assignment to `__proto__` would change the object instead of its field.
    Object.defineProperty(holder, name, { value: text.startsWith(mark) ? text : new ExactNumber(text) });
    return 1;
  }
  if (isObject(value)) {
    below.push(value);
  }
  return 0;
}
