import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { EventEmitter, TreeItem, commands, window } from 'vscode';
import { heap } from './heap';

const rows = 1000;

/** Number of times that VS Code gets all rows again. */
const times = 60;

/**
 * Bytes that VS Code itself keeps for each row that it got, as long as the view lives: serves the view from memory, and has VS Code
 * read all rows again and again. Call it after the extension has disposed its view.
 */
export async function keptPerRow(): Promise<number> {
  const all = Array.from({ length: rows }, (_, at) => `Row ${at}`);
  const changes = new EventEmitter<undefined>();
  let given = 0;
  const view = window.createTreeView('keyExplorer.keys', {
    treeDataProvider: {
      onDidChangeTreeData: changes.event,
      getChildren: () => all,
      getTreeItem: (row) => {
        given += 1;
        return Object.assign(new TreeItem(row), { id: row });
      },
    },
  });
  const giveAll = async (): Promise<void> => {
    const until = given + rows;
    const areGiven = (): boolean => given >= until;
    changes.fire(undefined);
    for (let tries = 1500; !areGiven(); tries -= 1) {
      assert.ok(tries > 0, 'VS Code does not read the rows of its view');
      await pause(20);
    }
  };
  await commands.executeCommand('keyExplorer.keys.focus');
  await giveAll();
  const [heapBefore, givenBefore] = [await heap(), given];
  for (let time = 0; time < times; time += 1) {
    await giveAll();
  }
  const kept = ((await heap()) - heapBefore) / (given - givenBefore);
  view.dispose();
  changes.dispose();
  return kept;
}
