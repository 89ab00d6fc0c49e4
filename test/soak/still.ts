import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { EventEmitter, TreeItem, commands, window } from 'vscode';
import { heap } from './heap';

const rows = 1000;

/** So many times VS Code is given all rows anew. */
const times = 60;

/**
 * How many bytes VS Code keeps of each row that it was given, for as long as the view lives, whoever gives them: the view is
 * served from memory, and all of its rows are given again and again. To be called when the extension has given its view back.
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
      assert.ok(tries > 0, 'VS Code does not ask for the rows of its view');
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
