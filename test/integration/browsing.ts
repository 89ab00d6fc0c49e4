import assert from 'node:assert/strict';
import { TreeItemCollapsibleState, ViewColumn, commands, env, extensions, window } from 'vscode';
import { readSites } from '../../src/accounts/sites';
import { catalog } from '../../src/catalog/catalog';
import { phrase } from '../../src/base/phrase';
import { maskText } from '../../src/base/secretText';
import { holdsKeys, isService, type ChildDeclaration } from '../../src/catalog/declaration';
import { DetailPages } from '../../src/details/detailPages';
import { detailType } from '../../src/details/details';
import { isKey, type Node } from '../../src/explorer/nodes';
import { toDisplayText, toLocalName } from '../../src/platform/translate';
import { tooltipOf } from '../../src/sidebar/tooltips';
import { treeItemOf } from '../../src/sidebar/treeItems';
import { allAccepted } from '../support/accepted';
import { StandInControl, sampleSite } from '../cloud/control';
import { withPasswordOf } from '../host/otherWindow';
import type { Product } from '../soak/product';
import { manifestOf, until } from './activation';
import { given } from './given';
import { build } from './parts';
import { signInWithPassword } from '../../src/accounts/methods/password';

const id = 'key-explorer.huaweicloud-key-explorer';

export function browsing(product: Product): void {
  describe('the tree', () => {
    const { cloud, sample } = given();
    const control = new StandInControl(cloud);
    let rows: readonly Node[] = [];

    before(async () => {
      await control.reset();
      rows = await everyRow();
    });

    it('holds a key of each list of keys in the catalog, and every kind of row', () => {
      const lists = new Set(rows.filter(isKey).map(({ listNode }) => listNode.collection.id));
      assert.deepEqual([...lists].toSorted(), listsOfKeys(catalog).toSorted());
      assert.deepEqual([...new Set(rows.map(({ kind }) => kind))].toSorted(), [
        'account',
        'item',
        'list',
        'message',
        'pager',
        'service',
      ]);
    });

    it('gives each row an ID of its own, an icon, and a descriptive accessible name', () => {
      const items = rows.map((row) => treeItemOf(row));
      assert.equal(new Set(items.map((item) => item.id)).size, rows.length);
      for (const item of items) {
        assert.ok(item.iconPath, item.id);
        assert.ok(typeof item.label === 'string');
        assert.ok(item.accessibilityInformation?.label.startsWith(item.label), item.id);
        assert.equal(item.tooltip, undefined, 'a tooltip is made only when asked for');
      }
    });

    it('names the region of a project in the reader’s language, and in the name that is read out', () => {
      const project = rows.find((row) => row.kind === 'item' && row.listed.row.item.name === 'cn-north-4');
      assert.ok(project);
      const { description, accessibilityInformation } = treeItemOf(project);
      assert.equal(description, 'CN North-Beijing4');
      assert.equal(accessibilityInformation?.label, 'cn-north-4, project, CN North-Beijing4');
    });

    it('shows a name in another language only in place of none, and hidden characters in the open', () => {
      assert.equal(toLocalName({ 'zh-cn': '华北' }), '');
      assert.equal(toLocalName({ 'zh-cn': '华北', 'en-gb': 'British', 'en-us': 'American' }), 'British');
      assert.equal(toLocalName({ 'en-us': 'a\u202eb' }), 'a\\u202eb');
    });

    it('masks a secret in the text of a row, also where the text is cut', () => {
      assert.equal(toDisplayText('https://user:planted@example.com/x'), `https://${maskText}@example.com/x`);
      assert.equal(toDisplayText(phrase('ID: {0}', 'Bearer planted.planted')), `ID: Bearer ${maskText}`);
      for (const length of [150, 199, 5000, 9990, 20_000]) {
        assert.ok(
          !toDisplayText(`${'x '.repeat(length / 2)}https://planted:${'planted'.repeat(3000)}@x`).includes('planted'),
        );
        assert.ok(!toDisplayText(`${'x'.repeat(length)} -----BEGIN PRIVATE KEY----- planted`).includes('planted'));
      }
    });

    it('calls an account what the user calls it, and still says whose it is', () => {
      const row = rows.find(({ kind }) => kind === 'account');
      assert.ok(row?.kind === 'account');
      const { label, description } = treeItemOf({ ...row, account: { ...row.account, label: 'My keys' } });
      assert.deepEqual([label, description], ['My keys', `demo-operator · ${sample.domain.name} · Sample Cloud`]);
    });

    it('keeps secrets out of rows and tooltips', () => {
      const signs = rows.filter(isKey).filter(({ listNode }) => listNode.collection.id === 'signs');
      const shown = JSON.stringify(rows.map((row) => [treeItemOf(row), tooltipOf(row)?.value]));
      assert.ok(signs.length > 0);
      for (const { listed } of signs) {
        const { sign_key: key, sign_secret: secret }: { sign_key?: string; sign_secret?: string } =
          listed.row.raw ?? {};
        assert.ok(key && secret && !shown.includes(key) && !shown.includes(secret));
      }
    });

    it('offers on each row what it can do, by the generic commands of the manifest', () => {
      const menu = manifestOf(id).contributes.menus['view/item/context'] ?? [];
      const offered = (row: Node): string[] =>
        menu
          .filter(({ when }) => {
            const tags = [...(when ?? '').matchAll(/viewItem =~ \/(.+?)\/(?= |$)/g)];
            assert.ok(tags.length > 0, when);
            return tags.every(([, pattern]) => new RegExp(pattern ?? '').test(treeItemOf(row).contextValue ?? ''));
          })
          .map(({ command }) => command.replace('keyExplorer.', ''));
      for (const row of rows) {
        const commandsHere = offered(row);
        assert.equal(commandsHere.includes('open'), isKey(row), row.id);
        assert.equal(commandsHere.includes('copyId'), row.kind === 'item', row.id);
        assert.equal(commandsHere.includes('signOut'), row.kind === 'account', row.id);
        const canOpen = treeItemOf(row).collapsibleState !== TreeItemCollapsibleState.None;
        assert.equal(commandsHere.includes('refresh'), canOpen, row.id);
      }
    });

    it('opens one page a key, and leaves the keyboard where it is', async () => {
      const extension = extensions.getExtension(id);
      const key = rows.find(isKey);
      assert.ok(extension && key);
      const nothing = async (): Promise<void> => undefined;
      const pages = new DetailPages({
        extension: extension.extensionUri,
        copy: nothing,
        copySecret: nothing,
        secret: nothing,
        find: async () => ({ kind: 'gone' }),
        showInSidebar: nothing,
        signIn: nothing,
      });
      const tabs = (): number => window.tabGroups.all.flatMap((group) => group.tabs).length;
      const before = tabs();
      pages.open(key);
      await until(() => tabs() === before + 1);
      pages.open(key);
      assert.equal(tabs(), before + 1);
      // A tab of the same key that comes back after a reload takes the place of the one that was opened since.
      const back = window.createWebviewPanel(detailType, 'back', ViewColumn.Active);
      await pages.deserializeWebviewPanel(back, { ref: key.id });
      await until(() => tabs() === before + 1);
      pages.open(key);
      assert.ok(back.active && tabs() === before + 1);
      pages.dispose();
      await until(() => tabs() === before);
    });

    it('copies from the selected row by keyboard, and says so', async () => {
      await product.signIn(cloud, withPasswordOf(sample));
      await press('keyExplorer.keys.focus', 'list.focusFirst', 'list.expand');
      // A row that is closed while it loads gives its load up, and to select it may close it.
      await until(() => product.rows().length > 1);
      await until(async () => {
        await press('keyExplorer.keys.focus', 'list.focusFirst', 'list.focusDown', 'list.select');
        await commands.executeCommand('keyExplorer.copyName');
        return (await env.clipboard.readText()) === 'cn-north-4';
      });
      await commands.executeCommand('keyExplorer.copyId');
      assert.equal(await env.clipboard.readText(), sample.projects[0].id);
    });
  });

  // As keys are pressed, one after the other.
  async function press(...steps: readonly string[]): Promise<void> {
    for (const step of steps) {
      await commands.executeCommand(step);
    }
  }

  // Walks the whole sample, a page of each list.
  async function everyRow(): Promise<Node[]> {
    const { cloud, sample } = given();
    const { accounts, explorer } = await build();
    const site = readSites({ demo: sampleSite(cloud) }).sites.get('demo');
    assert.ok(site);
    const who = { accountName: sample.domain.name, userName: sample.user, password: sample.password };
    await signInWithPassword(accounts, allAccepted(site), who, 'session', new AbortController().signal);
    const walk = async (node: Node): Promise<Node[]> => {
      const below = await explorer.children(node);
      const deeper = await Promise.all(below.slice(0, 8).map(walk));
      return [node, ...deeper.flat(), ...below.slice(8)];
    };
    return (await Promise.all(explorer.roots().map(walk))).flat();
  }
}

/** The lists whose rows have nothing below them. */
function listsOfKeys(below: readonly ChildDeclaration[]): readonly string[] {
  return below.flatMap((entry): readonly string[] =>
    isService(entry)
      ? listsOfKeys(entry.collections)
      : [...(holdsKeys(entry) ? [entry.id] : []), ...listsOfKeys(entry.children ?? [])],
  );
}
