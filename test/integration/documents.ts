import assert from 'node:assert/strict';
import { ThemeIcon } from 'vscode';
import { readSites } from '../../src/accounts/sites';
import { hasChildren, type ListNode, type Node } from '../../src/explorer/nodes';
import { tooltipOf } from '../../src/sidebar/tooltips';
import { treeItemOf } from '../../src/sidebar/treeItems';
import { allAccepted } from '../support/accepted';
import { StandInControl, sampleSite } from '../cloud/control';
import { answerField, fieldFor, lists, served } from '../cloud/documented';
import { parentOf } from '../cloud/lists';
import { given } from './given';
import { build } from './parts';
import { signInWithPassword } from '../../src/accounts/methods/password';

/** The kind of error of each status; a token that is refused right after its renewal means a missing permission. */
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
      await signInWithPassword(accounts, allAccepted(site), who, 'session', new AbortController().signal);
      children = async (node) => explorer.children(node);
      const walk = async (node: Node): Promise<void> => {
        if (node.kind === 'list' && !found.has(node.collection.path)) {
          found.set(node.collection.path, node);
        }
        if (hasChildren(node)) {
          await Promise.all((await children(node)).slice(0, 4).map(walk));
        }
      };
      await Promise.all(explorer.roots().map(walk));
    });

    afterEach(async () => control.clearFaults());

    const keys = lists.filter(
      ({ document, service }) => service !== 'iam' && !served.some((one) => parentOf(one)?.list.document === document),
    );
    for (const list of keys) {
      const { document, call, answers } = list;
      const path = call.slice('GET '.length);
      const [rowsName = '', id = '', name = ''] = [
        answerField(list, 'rows'),
        fieldFor(list, 'id'),
        fieldFor(list, 'name') ?? fieldFor(list, 'id'),
      ];
      for (const { status, body } of answers) {
        it(`${document}: ${status} ${JSON.stringify(body).slice(0, 40)}…`, async () => {
          await control.fault({ match: path.replace(/\{\w+\}/g, '[^/]+'), fault: { kind: 'answer', status, body } });
          const node = found.get(path);
          assert.ok(node);
          node.list.reset();
          const rows = await children(node);
          if (status === 200) {
            const sent = rowsIn(body, rowsName);
            assert.ok(sent.length > 0);
            assert.deepEqual(
              rows.map((row) => treeItemOf(row).label),
              sent.map((row) => String(row[name])),
            );
            assert.deepEqual(
              rows.map((row) => row.kind === 'item' && row.listed.row.item.id),
              sent.map((row) => String(row[id])),
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
