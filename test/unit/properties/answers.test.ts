import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ExactNumber } from '../../../src/base/exactNumber';
import { errorInside } from '../../../src/cloud/errorInSuccess';
import { parseJson } from '../../../src/cloud/json';
import { contentOf, ownFields } from '../../../src/cloud/rows';
import { jsonText } from '../../../src/explorer/present/jsonText';
import { collectionOf, rowsIn } from '../../support/collections';

/** `npm run fuzz` gives a number; `--seed=…` repeats a run that failed. */
const given = (name: string): number | undefined => {
  const found = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return found === undefined ? undefined : Number(found.slice(name.length + 3));
};
const runs = given('runs') ?? 300;
const seed = given('seed');

function holds<T>(property: fc.IProperty<T>): void {
  fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
}

/** Any value with the numbers that JavaScript's own hold, as far as they do. */
function plain(value: unknown): unknown {
  if (value instanceof ExactNumber) {
    return Number(value.text);
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
    : value;
}

const number = fc.oneof(
  fc.constantFrom('0', '-0', '1.0', '1e5', '1e400', '-1E-400', '1.5e+999', '1234567890123456', '0.12345678901234567'),
  fc.bigInt().map(String),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((each) => JSON.stringify(each)),
);
const text = fc
  .array(fc.constantFrom('\u0000', '"', '\\', '1', '1234567890123456', ',', '}', ' ', ':', 'e', '签'))
  .map((parts) => JSON.stringify(parts.join('')));
const punctuation = ['[', ']', '{', '}', ',', ':', ' ', '],[', '"', '\\u0000'];
const piece = fc.oneof(number, text, fc.constantFrom(...punctuation, 'true', 'null', '{"a":', '"b":'));

describe('properties of answers', function () {
  // A hundred thousand runs take their time.
  this.timeout(30 * 60_000);

  it('parseJson agrees with JSON.parse on any text, except for long numbers', () => {
    const compare = (json: string): void => {
      let wanted: unknown;
      try {
        wanted = JSON.parse(json);
      } catch {
        assert.throws(() => parseJson(json), SyntaxError, json);
        return;
      }
      assert.deepEqual(plain(parseJson(json)), wanted, json);
    };
    holds(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        compare(pieces.join(''));
        compare(`[${pieces.join(',')}]`);
        compare(`{"a":${pieces.join(',"b":')}}`);
      }),
    );
  });

  it('a long number is parsed alike in any position and written with its digits', () => {
    holds(
      fc.property(number, fc.array(piece), fc.constantFrom('', ' ', '\n\t'), (digits, others, space) => {
        const alone = Object(parseJson(`{"a":${digits}}`)).a;
        const among = Object(
          parseJson(JSON.stringify({ others, a: 0 }).replace(/0\}$/, `${space}${digits}${space}}`)),
        ).a;
        assert.deepEqual(among, alone);
        const written = jsonText(alone);
        assert.ok(written === digits || written === JSON.stringify(Number(digits)), digits);
        // Fifteen digits are kept by any number.
        assert.ok(written === digits || digits.replace(/\D/g, '').length <= 15 || digits.includes('e'), digits);
      }),
    );
  });

  it('jsonText agrees with JSON.stringify', () => {
    holds(
      fc.property(fc.jsonValue(), fc.constantFrom('', '  '), (value, indent) => {
        assert.equal(jsonText(value, indent), JSON.stringify(value, undefined, indent));
        assert.equal(jsonText(parseJson(JSON.stringify(value)), indent), JSON.stringify(value, undefined, indent));
      }),
    );
  });

  it('an answer with status 200 is an error, has rows, or is an empty list', () => {
    const none = fc.constantFrom(undefined, null, '', 0, '0', 'success', false, {}, { code: 0 });
    const some = fc.oneof(none, fc.jsonValue(), fc.constantFrom('XX.1', { code: 'XX.1', message: 'Broken' }));
    const body = fc.record(
      {
        keys: fc.constantFrom<unknown>(undefined, null, [], [{ id: 1 }, { id: 2, error: 'of the row' }], 'x', {}),
        total: fc.constantFrom<unknown>(undefined, 0, 2, '0', null),
        error: some,
        error_code: some,
        error_msg: some,
        status: fc.constantFrom<unknown>(undefined, 'failed', 'success', 200),
        code: some,
        message: some,
      },
      { requiredKeys: [] },
    );
    const collection = collectionOf('sshKeys');
    const http = { status: 200, text: '', origin: { call: 'GET x' }, header: () => undefined };
    holds(
      fc.property(body, some, (parsed, noise) => {
        const answer = { body: parsed, header: http.header };
        const expected = { content: contentOf(collection, answer), own: ownFields(collection, answer) };
        const error = errorInside(http, parsed, expected, collection.codes, []);
        if (error) {
          assert.equal(error.failure.status, 200);
          return;
        }
        const rows = rowsIn(collection, answer);
        const { keys, total } = parsed;
        assert.ok(rows.length > 0 || Array.isArray(keys) || total === 0, JSON.stringify(parsed));
        assert.ok(parsed.status !== 'failed' || rows.length > 0, JSON.stringify(parsed));
        // An error stays one whatever fields are added, and a success becomes an error only by an error field.
        const more = { ...parsed, anything: noise };
        assert.equal(errorInside(http, more, expected, collection.codes, []), undefined);
        assert.ok(errorInside(http, { ...parsed, error: { code: 'XX.1' } }, expected, collection.codes, []));
      }),
    );
  });
});
