import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { phrase } from '../../../../src/base/phrase';
import type { Collection } from '../../../../src/catalog/declaration';
import { CloudError, type Failure } from '../../../../src/cloud/errors';
import type { ListNode, Message, Node } from '../../../../src/explorer/nodes';
import { PagedList } from '../../../../src/explorer/pagedList';
import { contextTags, tagsOf } from '../../../../src/explorer/present/contextTags';
import { keyList, stubAccount } from '../../../support/stubExplorer';

interface MenuEntry {
  readonly command: string;
  readonly when?: string | undefined;
}

const manifest = v.parse(
  v.object({
    contributes: v.object({
      commands: v.array(v.object({ command: v.string() })),
      menus: v.record(v.string(), v.array(v.object({ command: v.string(), when: v.optional(v.string()) }))),
    }),
  }),
  JSON.parse(readFileSync('package.json', 'utf8')),
).contributes;
const rowMenu = manifest.menus['view/item/context'] ?? [];

const tagPattern = /viewItem =~ \/\\b(\w+)\\b\//g;

function tagsIn({ when = '' }: MenuEntry): readonly string[] {
  return [...when.matchAll(tagPattern)].map(([, tag = '']) => tag);
}

/** The commands in the menu of a row, without the prefix of their IDs. */
function menuOf(node: Node): string {
  const tags: readonly string[] = tagsOf(node);
  const commands = rowMenu
    .filter((entry) => tagsIn(entry).every((tag) => tags.includes(tag)))
    .map(({ command }) => command.replace('keyExplorer.', ''));
  return [...new Set(commands)].toSorted().join(' ');
}

const keys = keyList(1, { paging: { kind: 'none' } });
const context = { accountId: 'x:d:u', pathParams: {}, base: 'https://x.example', showsRegionLists: false };
const accountNode: Node = {
  kind: 'account',
  id: '/x:d:u',
  parent: undefined,
  account: stubAccount,
  signedOut: undefined,
  siteLabel: 'x',
  context,
};

function listNode(declared: Collection = keys, filtered = false): ListNode {
  return {
    kind: 'list',
    id: '/x:d:u/keys',
    parent: accountNode,
    collection: declared,
    context,
    signal: new AbortController().signal,
    filter: filtered ? { id: 'name', text: 'a', exact: false } : undefined,
    list: new PagedList(async () => Promise.reject(new CloudError({ kind: 'server' }))),
  };
}

function itemNode(item: { readonly id?: string; readonly name?: string }, declared: Collection = keys): Node {
  const list = listNode(declared);
  const listed = { key: 'a', row: { raw: {}, item, bad: [] }, clash: false };
  return { kind: 'item', id: `${list.id}/a`, parent: list, listNode: list, listed, context };
}

function messageNode(message: Message): Node {
  const list = listNode();
  return { kind: 'message', id: `${list.id}/+message`, parent: list, listNode: list, message };
}

function failed(kind: 'signedOut' | 'forbidden' | 'notOffered' | 'newAddress' | 'failed', failure: Failure): Node {
  return messageNode({ kind, error: new CloudError(failure) });
}

describe('context-value tags', () => {
  it('are those that the menus of package.json test for, and no others', () => {
    const tested = Object.values(manifest.menus).flat().flatMap(tagsIn);
    assert.deepEqual([...new Set(tested)].toSorted(), [...contextTags].toSorted());
  });

  it('are tested for as whole words, at least one by each entry of the menu of a row', () => {
    for (const { command, when = '' } of rowMenu) {
      const rest = when.replaceAll(tagPattern, '').replaceAll('&&', '').trim();
      assert.equal(rest, 'view == keyExplorer.keys', command);
      assert.ok(tagsIn({ command, when }).length > 0, command);
    }
  });

  it('show commands in the menu of a row that package.json declares', () => {
    const declared = manifest.commands.map(({ command }) => command);
    for (const { command } of rowMenu) {
      assert.ok(declared.includes(command), command);
    }
  });

  it('show in the menu of each kind of row the commands that apply to it', async () => {
    const pager = listNode();
    await pager.list.loadMore(pager.signal);
    const rows: readonly (readonly [Node, string])[] = [
      [accountNode, 'manageAccounts refresh signInAgain signOut'],
      [
        {
          kind: 'service',
          id: '/x:d:u/s',
          parent: accountNode,
          service: { id: 's', label: phrase('S'), icon: 'key', hosts: [], collections: [keys] },
          context,
        },
        'hide refresh',
      ],
      [listNode(), 'filter openDocs refresh'],
      [listNode(keys, true), 'clearFilter filter openDocs refresh'],
      [listNode({ ...keys, filters: [] }), 'openDocs refresh'],
      [itemNode({ id: '1', name: 'a' }), 'copyId copyJson copyName open'],
      [itemNode({}), 'copyJson open'],
      [itemNode({ id: '1' }, { ...keys, children: [keys] }), 'copyId copyJson refresh'],
      [{ kind: 'pager', id: `${pager.id}/+more`, parent: pager, listNode: pager }, 'copyError retry showLog'],
      [messageNode({ kind: 'empty' }), 'openDocs'],
      [messageNode({ kind: 'noProject' }), 'openDocs signInAgain'],
      [messageNode({ kind: 'hidden' }), 'manageAccounts openDocs'],
      [failed('signedOut', { kind: 'unauthenticated' }), 'copyError openDocs showLog signInAgain'],
      [failed('forbidden', { kind: 'forbidden' }), 'copyError openDocs retry showLog'],
      [failed('notOffered', { kind: 'notOffered' }), 'copyError hide openDocs retry showLog'],
      [
        failed('newAddress', { kind: 'invalidRequest', accept: 'https://new.example' }),
        'acceptAddress copyError openDocs retry showLog',
      ],
      [failed('failed', { kind: 'server' }), 'copyError openDocs retry showLog'],
    ];
    for (const [node, menu] of rows) {
      assert.equal(menuOf(node), menu, node.id);
    }
    const shown = new Set(rows.flatMap(([, menu]) => menu.split(' ')));
    const inMenu = rowMenu.map(({ command }) => command.replace('keyExplorer.', ''));
    assert.deepEqual([...shown].toSorted(), [...new Set(inMenu)].toSorted());
  });
});
