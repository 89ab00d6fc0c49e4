import { ExactNumber } from '../base/exactNumber';
import { isObject } from '../base/guards';
import { atOnce, type Steps } from './parseInTurn';

/** Maximum number of long numbers in an answer: a page of 1,000 rows may have 100 in each. */
const maxMarked = 100_000;

/** Characters, or values, per step: a few ms. */
const stepSize = 2 ** 18;

/** Depth to which long numbers are restored. Nothing shows deeper levels. */
const maxDepth = 100;

/**
 * Finds numbers that may have more than 15 digits or a long exponent, which JavaScript's numbers do not keep. Starts from the
 * character after a number, since texts seldom end in a digit. A match inside a text only costs time.
 */
const maybeLong = /[,}\]](?<=\d\s*.)(?<=(?:[\d.]{16}(?:[eE][-+]?\d+)?|[eE][-+]?\d{3,})\s*.)/;

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const longNumber = /^-?[\d.]{16}|[eE][-+]?\d{3}/;

/** 1 for each character of numbers. */
const numberCodes = Uint8Array.from({ length: 0x80 }, (_, code) => Number(/[-+.\deE]/.test(String.fromCharCode(code))));

/** Prefix of a marked number. Texts that begin with it get it twice. JSON allows it only as an escape. */
const mark = '\u0000';
const escapedMark = String.raw`\u0000`;

/**
 * Parses a body as JSON. Allows a byte-order mark, which some proxies add. Numbers that JavaScript cannot hold become an
 * {@link ExactNumber}. Linear, and about as fast as `JSON.parse` if there are none.
 * @throws SyntaxError if the body is not JSON
 */
export function parseJson(text: string): unknown {
  return atOnce(jsonSteps(text));
}

/** {@link parseJson} in steps, none of which takes much longer than `JSON.parse`. */
export function* jsonSteps(text: string): Steps<unknown> {
  const json = text.replace(/^\uFEFF/, '');
  const mayHoldLong = maybeLong.test(json);
  yield;
  if (!mayHoldLong) {
    return JSON.parse(json);
  }
  const pieces = yield* markLongNumbers(json);
  const holder: Holder = { body: JSON.parse(pieces.join('')) };
  yield;
  yield* restore(holder, Math.floor(pieces.length / 2));
  return holder['body'];
}

/** Turns long numbers into marked texts. Every second piece is a marked text, or a mark. */
function* markLongNumbers(json: string): Steps<readonly string[]> {
  const pieces: string[] = [];
  let from = 0;
  const put = (end: number, text: string, next: number): void => {
    if (pieces.push(json.slice(from, end), text) > 2 * maxMarked) {
      throw new SyntaxError('Too many long numbers');
    }
    from = next;
  };
  let pause = stepSize;
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
      pause = at + stepSize;
      yield;
    }
  }
  pieces.push(json.slice(from));
  return pieces;
}

function isLong(number: string): boolean {
  return longNumber.test(number) && jsonNumber.test(number);
}

// The index of the quotation mark that ends a text.
function endOfText(json: string, start: number): number {
  let at = start + 1;
  for (let code = json.charCodeAt(at); code !== 34 && at < json.length; code = json.charCodeAt(at)) {
    at += code === 92 ? 2 : 1;
  }
  return at;
}

// Whether a name ends here. A number is not a name: invalid JSON must stay invalid.
function isName(json: string, end: number): boolean {
  let at = end;
  while (/\s/.test(json.charAt(at))) {
    at += 1;
  }
  return json.charAt(at) === ':';
}

type Holder = Record<string | number, unknown>;

// Level by level, until all marks are found, which is mostly long before the end of a long list.
function* restore(body: Holder, marks: number): Steps<void> {
  let left = marks;
  let visited = 0;
  let level = [body];
  for (let depth = 0; depth < maxDepth && level.length > 0; depth += 1) {
    const children: Holder[] = [];
    for (const holder of level) {
      visited += 1;
      if (Array.isArray(holder)) {
        for (let at = 0; at < holder.length && left > 0; at += 1) {
          left -= restoreAt(holder, at, children);
          visited += 1;
          if (visited >= stepSize) {
            visited = 0;
            yield;
          }
        }
      } else {
        for (const name in holder) {
          left -= restoreAt(holder, name, children);
          visited += 1;
        }
      }
      if (left === 0) {
        return;
      }
      if (visited >= stepSize) {
        visited = 0;
        yield;
      }
    }
    level = children;
  }
}

// Returns 1 if there was a mark, else 0.
function restoreAt(holder: Holder, name: string | number, children: Holder[]): number {
  const value = holder[name];
  if (typeof value === 'string' && value.startsWith(mark)) {
    const text = value.slice(1);
    // A plain assignment to `__proto__` would change the object instead of its field.
    Object.defineProperty(holder, name, { value: text.startsWith(mark) ? text : new ExactNumber(text) });
    return 1;
  }
  if (isObject(value)) {
    children.push(value);
  }
  return 0;
}
