import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { textsIn } from './strings';

const chinese = read('l10n/bundle.l10n.zh-cn.json');
const found = textsIn('src');

describe('translations', () => {
  it('finds the texts of the sources', () => {
    assert.ok(found.length > 100);
  });

  it('every text for people is a literal', () => {
    const made = found.filter(({ text }) => text === undefined).map(({ file }) => file.replaceAll('\\', '/'));
    // The one place where a phrase made elsewhere is translated.
    assert.deepEqual(made, ['src/platform/translate.ts']);
  });

  it('every text has a Chinese one, with the same places', () => {
    const texts = new Set(found.flatMap(({ text }) => text ?? []));
    assert.deepEqual(
      [...texts].filter((text) => !chinese[text]),
      [],
    );
    for (const text of texts) {
      assert.deepEqual(placesIn(chinese[text] ?? ''), placesIn(text), text);
    }
  });

  it('no Chinese text is left over', () => {
    const texts = new Set(found.map(({ text }) => text));
    assert.deepEqual(
      Object.keys(chinese).filter((text) => !texts.has(text)),
      [],
    );
  });

  it('the manifest names texts that exist in both languages, and none besides', () => {
    const used = [...readFileSync('package.json', 'utf8').matchAll(/"%([\w.]+)%"/g)].map(([, name]) => name ?? '');
    const names = [...new Set(used)].toSorted();
    assert.deepEqual(Object.keys(read('package.nls.json')).toSorted(), names);
    assert.deepEqual(Object.keys(read('package.nls.zh-cn.json')).toSorted(), names);
  });
});

function read(file: string): Record<string, string> {
  const texts: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'));
  return texts;
}

function placesIn(text: string): string[] {
  return [...text.matchAll(/\{\d\}/g)].map(String).toSorted();
}
