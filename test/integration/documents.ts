import assert from 'node:assert/strict';
import { ThemeIcon } from 'vscode';
import { readSites } from '../../src/accounts/sites';
import { hasChildren, type ListNode, type Node } from '../../src/explorer/nodes';
import { tooltipOf, treeItemOf } from '../../src/sidebar/treeItems';
import { allAccepted } from '../support/accepted';
import { StandInControl, sampleSite } from '../cloud/control';
import { documents } from '../cloud/documented';
import { given } from './given';
import { build } from './parts';

/** The lists of the five documents: by what their requests are recognised, and what their answers call the rows. */
const lists: Readonly<Record<string, { match: string; collection: string; rows: string; id: string; name: string }>> = {
  '000': { match: '/credentials', collection: 'credentials', rows: 'credentials', id: 'id', name: 'description' },
  '001': { match: '/credentials', collection: 'credentials', rows: 'credentials', id: 'id', name: 'description' },
  '002': { match: '/user/keys', collection: 'sshKeys', rows: 'keys', id: 'id', name: 'title' },
  '003': { match: '/signs', collection: 'signs', rows: 'signs', id: 'id', name: 'name' },
  '004': { match: '/bound-apps', collection: 'boundApps', rows: 'apps', id: 'app_id', name: 'name' },
};

/** What an error of each status becomes; a token that is refused right after it was renewed is a missing permission. */
const rowOf: Readonly<Record<number, readonly [label: string, icon: string]>> = {
  400: ['Retry', 'error'],
  401: ['No permission · retry', 'lock'],
  403: ['No permission · retry', 'lock'],
  404: ['Retry', 'error'],
  500: ['Retry', 'error'],
};

export function documentedAnswers(): void {
  describe('every example answer and error body of the documents', () => {
    const { cloud, sample } = given();
    const control = new StandInControl(cloud);
    const found = new Map<string, ListNode>();
    let children: (node: Node) => Promise<readonly Node[]>;

    before(async () => {
      await control.reset();
      const { accounts, explorer } = await build();
      const site = readSites({ demo: sampleSite(cloud) }).sites.get('demo');
      assert.ok(site);
      const who = { accountName: sample.domain.name, userName: sample.user, password: sample.password };
      await accounts.signInWithPassword(allAccepted(site), who, 'session', new AbortController().signal);
      children = async (node) => explorer.children(node);
      const walk = async (node: Node): Promise<void> => {
        if (node.kind === 'list' && !found.has(node.collection.id)) {
          found.set(node.collection.id, node);
        }
        if (hasChildren(node)) {
          await Promise.all((await children(node)).slice(0, 4).map(walk));
        }
      };
      await Promise.all(explorer.roots().map(walk));
    });

    afterEach(async () => control.clearFaults());

    for (const { document, answers } of documents) {
      const list = lists[document];
      if (!list) {
        continue;
      }
      for (const { status, body } of answers) {
        it(`${document}: ${status} ${JSON.stringify(body).slice(0, 40)}…`, async () => {
          await control.fault({ match: list.match, fault: { kind: 'answer', status, body } });
          const node = found.get(list.collection);
          assert.ok(node);
          node.list.reset();
          const rows = await children(node);
          if (status === 200) {
            const sent = rowsIn(body, list.rows);
            assert.ok(sent.length > 0);
            assert.deepEqual(
              rows.map((row) => treeItemOf(row).label),
              sent.map((row) => String(row[list.name])),
            );
            assert.deepEqual(
              rows.map((row) => row.kind === 'item' && row.listed.row.item.id),
              sent.map((row) => String(row[list.id])),
            );
          } else {
            assert.equal(rows.length, 1);
            const [row] = rows;
            assert.ok(row);
            const item = treeItemOf(row);
            const icon = item.iconPath instanceof ThemeIcon ? item.iconPath.id : '';
            assert.deepEqual([item.label, icon], rowOf[status]);
            const { error_code: code, error_msg: message } = textsIn(body);
            const tooltip = plain(tooltipOf(row)?.value ?? '');
            assert.ok(code && tooltip.includes(code), tooltip);
            assert.ok(message && tooltip.includes(plain(message)), tooltip);
            assert.match(tooltip, /RequestID:/);
          }
        });
      }
    }
  });
}

function rowsIn(body: unknown, name: string): readonly Readonly<Record<string, unknown>>[] {
  return Object.getOwnPropertyDescriptor(Object(body), name)?.value ?? [];
}

function textsIn(body: unknown): { error_code?: string; error_msg?: string } {
  return Object(body);
}

// Markdown escapes and spaces are how a tooltip is written, not what it says.
function plain(text: string): string {
  return text.replace(/[\\\s]/g, '');
}
