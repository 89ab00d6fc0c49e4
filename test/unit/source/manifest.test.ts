import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');
const manifest: {
  readonly repository: { readonly url: string };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: { readonly commandPalette: readonly { readonly command: string; readonly when: string }[] };
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
} = JSON.parse(textOf('package.json'));
const titles: Readonly<Record<string, string>> = JSON.parse(textOf('package.nls.json'));
const readme = textOf('README.md');

describe('the README and the manifest', () => {
  it('list the same settings with the same defaults', () => {
    const settings = Object.entries(manifest.contributes.configuration.properties);
    assert.deepEqual(
      tableBelow('Settings').map(([name, value]) => [name, value]),
      settings.map(([name, { default: value }]) => [`\`${name}\``, `\`${JSON.stringify(value)}\``]),
    );
  });

  it('list the same commands, and which of them the Command Palette has', () => {
    const { commands, menus } = manifest.contributes;
    const hidden = new Set(menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command));
    assert.deepEqual(
      tableBelow('Commands').map(([title, palette]) => [title, palette]),
      commands.map(({ command, title }) => [titles[title.replaceAll('%', '')], hidden.has(command) ? 'no' : 'yes']),
    );
  });
});

describe('the address of the repository', () => {
  it('is a placeholder that occurs in package.json only, or is an https address', () => {
    const { url } = manifest.repository;
    assert.match(url, /^https:\/\/[\w./-]+\.git$/);
    const documents = readdirSync(root).filter((name) => /\.(?:md|json|js)$/.test(name) && name !== 'package.json');
    for (const file of [...documents, '.github/workflows/ci.yml']) {
      assert.ok(!textOf(file).includes('repository.invalid'), file);
    }
  });
});

describe('the packaged README', () => {
  it('has alternative text that stands alone for each picture', () => {
    const pictures = [...readme.matchAll(/!\[([^\]]*)\]\(([^)]*)\)/g)];
    assert.ok(pictures.length > 0);
    for (const [, alternative = '', file = ''] of pictures) {
      assert.match(alternative, /^[A-Z][^]{80,}\.$/, file);
    }
  });
});

function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** The cells of the first table below a heading, without the head of the table. */
function tableBelow(heading: string): string[][] {
  const [, section = ''] = readme.split(`\n## ${heading}\n`);
  const [, table = ''] = /^((?:\|.*\n)+)/m.exec(section) ?? [];
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}
