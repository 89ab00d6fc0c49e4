import assert from 'node:assert/strict';
import { manifestOf } from './activation';

export function manifest(): void {
  describe('the manifest', () => {
    const { commands, menus } = manifestOf('key-explorer.huaweicloud-key-explorer').contributes;

    it('names its commands alike, in words and not in keys', () => {
      for (const { command, title } of commands) {
        assert.match(command, /^keyExplorer\.[a-z][A-Za-z]+$/);
        assert.match(title, /^[A-Z][^%]+$/);
      }
    });

    it('puts only its own commands into menus, and few into the one of a row', () => {
      const own = new Set(commands.map(({ command }) => command));
      for (const entries of Object.values(menus)) {
        assert.deepEqual(
          entries.filter(({ command }) => !own.has(command)),
          [],
        );
      }
      assert.ok((menus['view/item/context'] ?? []).length <= 20);
    });

    it('gives an icon to whatever stands beside a row or in a title', () => {
      const shown = Object.values(menus)
        .flat()
        .filter(({ group }) => group?.startsWith('inline') || group?.startsWith('navigation'));
      assert.ok(shown.length > 2);
      for (const { command } of shown) {
        assert.ok(commands.find((each) => each.command === command)?.icon, command);
      }
    });
  });
}
