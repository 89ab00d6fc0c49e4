import assert from 'node:assert/strict';
import { commands, extensions } from 'vscode';

const id = 'key-explorer.huaweicloud-key-explorer';

export function activation(): void {
  describe('activation', () => {
    it('has not happened before anything of it is used', () => {
      assert.equal(extensions.getExtension(id)?.isActive, false);
    });

    it('comes with the view, and registers every command of the manifest', async () => {
      await commands.executeCommand('keyExplorer.keys.focus');
      await until(() => extensions.getExtension(id)?.isActive === true);
      const registered = new Set(await commands.getCommands(true));
      const declared = manifestOf(id).contributes.commands.map(({ command }) => command);
      assert.ok(declared.length > 10);
      assert.deepEqual(
        declared.filter((command) => !registered.has(command)),
        [],
      );
    });
  });
}

/** The parts of a manifest that tests read. */
export interface Manifest {
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; icon?: string }[];
    readonly menus: Readonly<Record<string, readonly { command: string; when?: string; group?: string }[]>>;
  };
}

/** An installed extension's manifest. */
export function manifestOf(extension: string): Manifest {
  const found: Manifest | undefined = extensions.getExtension(extension)?.packageJSON;
  assert.ok(found, extension);
  return found;
}

/** Waits until something holds; fails after ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  // Each look follows the one before it.
  while (!(await holds())) {
    assert.ok(Date.now() < end, `still not so after ten seconds: ${holds.toString()}`);
    await new Promise((resume) => {
      setTimeout(resume, 50);
    });
  }
}
