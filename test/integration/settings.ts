import assert from 'node:assert/strict';
import { workspace } from 'vscode';
import { quietSettings } from '../host/settings';

export function settings(): void {
  describe('the settings of the test host', () => {
    it('are known to this VS Code, and in force', () => {
      const known = Object.entries(quietSettings).map(([key, value]) => {
        const found = workspace.getConfiguration().inspect(key);
        return [
          key,
          found?.defaultValue === undefined ? 'unknown' : workspace.getConfiguration().get(key),
          value,
        ] as const;
      });
      assert.deepEqual(
        known.filter(([, now, value]) => now !== value),
        [],
      );
    });
  });
}
