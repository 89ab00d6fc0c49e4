import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** A text that repeats something between a start and an end, at any length. */
export interface Attack {
  readonly start: string;
  readonly repeated: string;
  readonly end: string;
}

/** An attack as a text of about so many characters. */
export function textOf({ start, repeated, end }: Attack, length: number): string {
  return start + repeated.repeat(Math.ceil(length / repeated.length)) + end;
}

/** Most classes contain some of these characters and not others. */
const characters = 'aA0Z_ \n\t-=/\\"\'<>.:;,@{}[]()%&#+*|~!?$^`é米\u200b\u2028\ud800'.split('');

/** Separators of words. */
const separators = [' ', '-', '\n'];

/** Ends that few patterns match. */
const ends = ['', '\0'];

/** So many starts, and so many repeated texts, are tried with one another. */
const most = { starts: 12, repeated: 200 };

/** A sample longer than this is not repeated: characters. */
const longestSample = 120;

/**
 * Texts on which a pattern may take long: what its parts match, alone, before a separator, and each two of them, repeated
 * behind what the parts before them match.
 */
export function attacksOn(source: string, flags: string): Attack[] {
  const starts = new Set(['']);
  const samples = new Set<string>();
  const alternatives = ({ alternatives: all }: { readonly alternatives: AST.Alternative[] }, before: string): string =>
    all.map((one) => sequence(one.elements, before))[0] ?? '';
  sampleOf(new RegExpParser().parsePattern(source, 0, source.length, flags.includes('u')), '');
  const single = [...samples];
  const repeated = new Set([
    ...single,
    ...single.flatMap((one) => separators.map((separator) => one + separator)),
    ...single.flatMap((one) => single.map((other) => one + other)),
  ]);
  return [...starts]
    .slice(0, most.starts)
    .flatMap((start) =>
      [...repeated].slice(0, most.repeated).flatMap((each) => ends.map((end) => ({ start, repeated: each, end }))),
    );

  function noted(sample: string): string {
    if (sample !== '' && sample.length <= longestSample) {
      samples.add(sample);
    }
    return sample;
  }

  function sequence(elements: readonly AST.Element[], before: string): string {
    let sample = '';
    for (const element of elements) {
      sample += sampleOf(element, before + sample);
      noted(sample);
    }
    return sample;
  }

  // A text that a part of the pattern matches. Its ingredients are recorded on the way.
  function sampleOf(part: AST.Pattern | AST.Element, before: string): string {
    switch (part.type) {
      case 'Pattern':
      case 'Group':
      case 'CapturingGroup':
        return alternatives(part, before);
      case 'Assertion': {
        const around = 'alternatives' in part ? alternatives(part, before) : '';
        return part.kind === 'lookahead' && !part.negate ? around : '';
      }
      case 'Quantifier': {
        const one = sampleOf(part.element, before);
        starts.add(before + one);
        return noted(one.repeat(Math.max(part.min, 1)));
      }
      case 'Character':
        return noted(String.fromCodePoint(part.value));
      case 'CharacterClass':
      case 'CharacterSet':
      case 'ExpressionCharacterClass': {
        const own = new RegExp(part.raw, flags.replace(/[gy]/g, ''));
        const [first = '', second = ''] = characters.filter((character) => own.test(character));
        noted(second);
        return noted(first);
      }
      case 'Backreference':
        return '';
    }
  }
}
