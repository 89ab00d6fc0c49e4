import assert from 'node:assert/strict';
import { analyse } from 'scslre';
import { attacksOn, textOf, type Attack } from '../../support/adversary';
import { doublings, growsSteeply, timeOf } from '../../support/growth';
import { patternsIn, patternsOf, type FoundPattern } from '../../support/patterns';

const { literals, made } = patternsIn('src');

/** Patterns that the checker suspects, and that are linear. */
const harmless: readonly string[] = [
  // The parts of a string that it takes for the same are parted by a backslash.
  String.raw`("[^"\\]*(?:\\.[^"\\]*)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b`,
];

/** Forms that it has to find without a trial. */
const ambiguous: readonly (readonly [string, string])[] = [
  ['(a+)+$', ''],
  [String.raw`\/+$`, ''],
  [String.raw`\s+$`, ''],
  ['<[^>]*>', 'g'],
  [String.raw`^[\w-]+[\w%-]+\.x$`, ''],
];

/** 2, 4, 8 … 64 KiB. */
const sizes = doublings(2048, 6);

/** Patterns that must be caught: the parts of the product that once were quadratic, and forms that attackers know. */
const quadratic: readonly (readonly [string, string])[] = [
  [String.raw`\bak\b.*(?:not exist|not found)`, 'i'],
  [String.raw`\/+$`, ''],
  [String.raw`\/+(?:v3\/*)?$`, ''],
  ['<[^>]*>', 'g'],
  [String.raw`<(script|style)\b[^]*?<\/\1\s*>`, 'gi'],
  [String.raw`"[^"\\]*(?:\\.[^"\\]*)*"`, 'g'],
  [String.raw`^[\w-]+[\w%-]+\.x$`, ''],
  [String.raw`\beyJ[\w-]{8,}\.[\w-]{8,}`, 'g'],
];

describe('the regular expressions of the sources', () => {
  it('are all found, and none is made at run time', () => {
    const text = String.raw`const a: RegExp = /a\/[/]+b/g; b.split(/c/u); new RegExp(x); c.match('d+'); c.match(/e/);`;
    assert.deepEqual(patternsOf('src/x.ts', text), {
      literals: [
        { at: 'src/x.ts:1', source: String.raw`a\/[/]+b`, flags: 'g' },
        { at: 'src/x.ts:1', source: 'c', flags: 'u' },
        { at: 'src/x.ts:1', source: 'e', flags: '' },
      ],
      made: ['src/x.ts', 'src/x.ts'],
    });
    assert.ok(literals.length > 60);
    assert.deepEqual(made, []);
  });

  it('have no form that is known to take long', () => {
    for (const [source, flags] of ambiguous) {
      assert.ok(isSuspect({ source, flags }), source);
    }
    const suspect = literals.filter(isSuspect);
    assert.deepEqual(
      suspect.filter(({ source }) => !harmless.includes(source)).map(({ at, source }) => `${at} ${source}`),
      [],
    );
    const sources = suspect.map(({ source }) => source);
    assert.deepEqual(
      harmless.filter((source) => !sources.includes(source)),
      [],
    );
  });

  it('take no more than linear time on hostile input of 2 to 64 KiB', () => {
    for (const [source, flags] of quadratic) {
      assert.ok(steepAttack({ source, flags }, sizes), source);
    }
    assert.deepEqual(
      literals.flatMap((pattern) => {
        const attack = steepAttack(pattern, sizes);
        return attack ? [`${pattern.at} ${pattern.source} ${JSON.stringify(attack)}`] : [];
      }),
      [],
    );
  }).timeout(300_000);
});

function isSuspect({ source, flags }: Pick<FoundPattern, 'source' | 'flags'>): boolean {
  return analyse({ source, flags }).reports.length > 0;
}

// The attacks that take longest on a short text are tried on long ones.
function steepAttack(
  { source, flags }: Pick<FoundPattern, 'source' | 'flags'>,
  lengths: readonly number[],
): Attack | undefined {
  const pattern = new RegExp(source, flags);
  const slowest = attacksOn(source, flags)
    .map((attack) => ({ attack, time: timeOf(() => textOf(attack, 4096).replace(pattern, '')) }))
    .toSorted((one, other) => other.time - one.time)
    .slice(0, 10)
    .map(({ attack }) => attack);
  return slowest.find((attack) =>
    growsSteeply(
      (size) => textOf(attack, size),
      (text) => text.replace(pattern, ''),
      lengths,
    ),
  );
}
