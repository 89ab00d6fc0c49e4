'use strict';
// Rows from memory, equal to those of the product: what VS Code itself takes to show a view.
const { readFileSync } = require('node:fs');
const vscode = require('vscode');

const page = 100;

exports.activate = () => {
  vscode.window.registerTreeDataProvider('benchWelcome.view', { getChildren: () => [], getTreeItem: (item) => item });

  const file = process.env['KEY_EXPLORER_BENCH_ROWS'];
  // The lists by name with the number of rows that each has at first, and the rows that all of them begin with.
  const { lists, rows } = file ? JSON.parse(readFileSync(file, 'utf8')) : { lists: [], rows: [] };
  const changes = new vscode.EventEmitter();
  const nodes = lists.map(({ name, count, grows }) => ({ kind: 'list', name, count, grows }));
  const childrenOf = new Map();
  const children = (list) => {
    const known = childrenOf.get(list) ?? [];
    for (let at = known.length; at < list.count; at += 1)
      known.push({ kind: 'row', id: `${list.name}/${at}`, ...rows[at] });
    childrenOf.set(list, known);
    return list.grows ? [...known, { kind: 'pager', list }] : [...known];
  };
  const itemOf = (node) => {
    if (node.kind === 'list') {
      const item = new vscode.TreeItem(node.name, vscode.TreeItemCollapsibleState.Collapsed);
      item.id = node.name;
      item.iconPath = new vscode.ThemeIcon('list-unordered');
      return item;
    }
    if (node.kind === 'pager') {
      const item = new vscode.TreeItem(`Load more (${node.list.count})`);
      item.id = `${node.list.name}/more/${node.list.count}`;
      item.iconPath = new vscode.ThemeIcon('ellipsis');
      item.command = { command: 'benchRows.more', title: '', arguments: [node.list.name] };
      return item;
    }
    const item = new vscode.TreeItem(node.label);
    item.id = node.id;
    item.iconPath = new vscode.ThemeIcon('key');
    item.contextValue = 'canCopyJson canCopyId canCopyName canOpen';
    item.description = node.description;
    item.accessibilityInformation = { label: `${node.label}, signature key, ${node.description}` };
    item.command = { command: 'benchRows.open', title: '', arguments: [node.id] };
    return item;
  };
  vscode.window.createTreeView('benchRows.view', {
    treeDataProvider: {
      onDidChangeTreeData: changes.event,
      getChildren: (node) => (node ? children(node) : nodes),
      getTreeItem: itemOf,
    },
    showCollapseAll: true,
    canSelectMany: true,
  });
  vscode.commands.registerCommand('benchRows.more', (name) => {
    const list = nodes.find((node) => node.name === name);
    list.count += page;
    changes.fire(list);
  });
};
