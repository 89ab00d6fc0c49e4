import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { generatedFiles } from '../../support/generated';

describe('the files that are generated from the catalog', () => {
  it('are what npm run generate writes', async () => {
    for (const { path, text } of await generatedFiles()) {
      assert.equal(readFileSync(path, 'utf8'), text, `Run npm run generate: ${path} differs`);
    }
  });
});
