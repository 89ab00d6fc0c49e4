import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');

describe('ARCHITECTURE.md', () => {
  const text = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');

  it('names only files and folders that exist', () => {
    const names = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+)\/?`/g)].map(([, name = '']) => name);
    const isThere = (name: string): boolean => ['', 'src'].some((folder) => existsSync(path.join(root, folder, name)));
    // Others, such as `view/item/context`, name no file.
    const files = names.filter((name) => isThere(name.split('/')[0] ?? ''));
    assert.ok(files.length > 30);
    assert.deepEqual(
      files.filter((name) => !isThere(name)),
      [],
    );
  });

  it('describes every room', () => {
    const rooms = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(
      rooms.map(({ name }) => name).filter((name) => !text.includes(`\n  ${name}/`)),
      [],
    );
  });
});
