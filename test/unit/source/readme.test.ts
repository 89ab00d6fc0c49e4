import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');

/** A sentence of the section, and the tests that its comment names, each as `file: title`. */
interface Claim {
  readonly sentence: string;
  readonly tests: readonly string[];
}

function claims(readme: string): readonly Claim[] {
  const [, section = ''] = /^## Security\n([^]*?)^## /m.exec(readme) ?? [];
  return section
    .split(/^- /m)
    .slice(1)
    .map((item) => {
      const tests = [...item.matchAll(/<!--\s*([^]*?)\s*-->/g)].flatMap(([, names = '']) => names.split(/\s*;\s*/));
      const sentence = item
        .replace(/<!--[^]*?-->/g, '')
        .replace(/\s+/g, ' ')
        .trim();
      return { sentence, tests: tests.map((name) => name.replace(/\s+/g, ' ')) };
    });
}

describe('the Security section of the README', () => {
  const all = claims(readFileSync(path.join(root, 'README.md'), 'utf8'));

  it('is one sentence an item', () => {
    assert.ok(all.length >= 10);
    for (const { sentence } of all) {
      assert.match(sentence, /^[A-Z`_][^]*\.$/);
      assert.doesNotMatch(sentence, /[.!?] [A-Z]/, sentence);
    }
  });

  it('names a test for each sentence, and each of these tests exists', () => {
    for (const { sentence, tests } of all) {
      assert.ok(tests.length > 0, `no test for: ${sentence}`);
      for (const name of tests) {
        const [file = '', title = ''] = name.split(/: (.*)/);
        const source = readFileSync(path.join(root, file), 'utf8').replace(/\\'/g, "'");
        assert.ok(
          title !== '' && ["'", '"', '`'].some((quote) => source.includes(`it(${quote}${title}${quote}`)),
          name,
        );
      }
    }
  });
});
