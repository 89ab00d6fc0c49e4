import assert from 'node:assert/strict';
import { tokensOf } from '../../../src/details/page/jsonTokens';

describe('the JSON of a page', () => {
  const json = JSON.stringify({ a: 'x \\ "y"', b: [1, -2500, true, null], 'c"': {} }, undefined, 2);

  it('is cut into pieces that are the whole', () => {
    const tokens = tokensOf(json);
    assert.equal(tokens.map(({ text }) => text).join(''), json);
    const of = (kind: string): string[] => tokens.filter((token) => token.kind === kind).map(({ text }) => text);
    assert.deepEqual(of('name'), ['"a"', '"b"', '"c\\""']);
    assert.deepEqual(of('string'), [JSON.stringify('x \\ "y"')]);
    assert.deepEqual(
      [of('number'), of('word')],
      [
        ['1', '-2500'],
        ['true', 'null'],
      ],
    );
  });

  it('stays one piece where it is very long, and a long text does not break it', () => {
    const long = JSON.stringify({ key: 'x'.repeat(10_000_000) });
    assert.deepEqual(tokensOf(long), [{ text: long, kind: 'plain' }]);
    const rather = JSON.stringify('\n'.repeat(60_000));
    assert.deepEqual(tokensOf(rather), [{ text: rather, kind: 'string' }]);
  });
});
