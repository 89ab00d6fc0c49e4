import assert from 'node:assert/strict';
import { commandOf } from '../../../src/sidebar/click';
import { copyTextOf } from '../../../src/explorer/present/copyable';
import { detailOf } from '../../../src/explorer/present/keyDetails';
import type { Explorer } from '../../../src/explorer/explorer';
import { accountOf, hasChildren, isKey, pathTo, type ItemNode, type Node } from '../../../src/explorer/nodes';
import { offerOf } from '../../../src/explorer/present/offers';
import { inDomain, inProject, samplePaths, tokenFor } from '../../cloud/ask';
import { sampleSite } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { exampleRows } from '../../cloud/documented';
import { Harness, north } from '../../support/harness';
import { explorerFor, labelText, nodeAt } from '../../support/tree';
import { signInWithPassword } from '../../../src/accounts/methods/password';
import { useCloud } from '../../support/useCloud';

describe('walking the explorer', function () {
  this.timeout(60_000);
  const t = useCloud({ signedIn: 'always' });

  async function labels(node: Node): Promise<string[]> {
    return (await t.explorer.children(node)).map(labelText);
  }

  async function items(node: Node): Promise<ItemNode[]> {
    return (await t.explorer.children(node)).filter((each) => each.kind === 'item');
  }

  it('requests only expanded lists', async () => {
    await t.cloud.control.clearRequests();
    const [account] = t.explorer.roots();
    assert.ok(account);
    assert.deepEqual(await t.harness.requests(), []);
    await t.explorer.children(account);
    await t.explorer.children(account);
    assert.deepEqual(
      (await t.harness.requests()).map(({ path }) => path),
      ['/v3/auth/projects'],
    );
  });

  it('shows the projects without MOS and without disabled ones, in the order of the cloud', async () => {
    const [account] = t.explorer.roots();
    assert.ok(account);
    assert.deepEqual(await labels(account), [
      'cn-north-4',
      'cn-north-4_研发',
      'ap-southeast-3',
      'cn-east-3',
      'la-south-2',
    ]);
  });

  it('leads from the account to a key of each of the four lists', async () => {
    const instance = String(exampleRows('instances')[0]?.['name']);
    for (const [path, id] of [
      [['ap-southeast-3', 'Node Engine Service', 'API keys'], exampleRows('credentials')[0]?.['id']],
      [['cn-north-4', 'CodeArts Repo', 'SSH keys'], exampleRows('sshKeys')[0]?.['id']],
      [['cn-north-4', 'ROMA Connect', instance, 'Signature keys'], exampleRows('signs')[0]?.['id']],
    ] as const) {
      const list = await nodeAt(t.explorer, ...path);
      const [key] = await items(list);
      assert.ok(key && isKey(key) && !hasChildren(key));
      assert.equal(copyTextOf(key, 'id'), String(id));
      assert.deepEqual(pathTo(key).slice(1, -1).map(labelText), path);
      assert.deepEqual(
        detailOf(key)
          .path.slice(1)
          .map((part) => (typeof part === 'string' ? part : part.text)),
        path,
      );
      assert.equal(accountOf(key), t.explorer.roots()[0]);
      assert.equal(t.explorer.node(key.id), key);
    }
    const quotas = await nodeAt(t.explorer, 'cn-north-4', 'ROMA Connect', instance, 'Credential quotas');
    const [quota] = await items(quotas);
    assert.ok(quota && hasChildren(quota) && !isKey(quota));
    const [bound] = await t.explorer.children(quota);
    assert.ok(bound);
    assert.equal(labelText(bound), 'Bound credentials');
    const [key] = await items(bound);
    assert.ok(key && isKey(key));
    assert.equal(copyTextOf(key, 'id'), exampleRows('boundApps')[0]?.['app_id']);
    assert.deepEqual(
      pathTo(key).map(({ kind }) => kind),
      ['account', 'item', 'service', 'item', 'list', 'item', 'list', 'item'],
    );
  });

  it('shows SSH keys once a region: below its own project', async () => {
    // The sample's site has an address for each service in every region.
    const all = ['Node Engine Service', 'CodeArts Repo', 'ROMA Connect'];
    assert.deepEqual(await labels(await nodeAt(t.explorer, 'cn-north-4')), all);
    assert.deepEqual(await labels(await nodeAt(t.explorer, 'cn-north-4_研发')), [
      'Node Engine Service',
      'ROMA Connect',
    ]);
    assert.deepEqual(await labels(await nodeAt(t.explorer, 'ap-southeast-3')), all);
  });

  it('shows SSH keys below the first visible project of a region that has none of its own name', async () => {
    const row = (id: string, name: string, enabled = true): object => ({ id, name, enabled, domain_id: 'd' });
    for (const [projects, home] of [
      [[row('1', 'cn-east-3', false), row('2', 'cn-east-3_a'), row('3', 'cn-east-3_b')], 'cn-east-3_a'],
      [[row('2', 'cn-east-3_a'), row('3', 'cn-east-3_b'), row('1', 'cn-east-3')], 'cn-east-3'],
    ] as const) {
      const fresh = explorerFor(t.harness, t.accounts).explorer;
      const fault = { kind: 'answer', status: 200, body: { projects } } as const;
      await t.cloud.control.fault({ match: '/v3/auth/projects', times: 1, fault });
      const [account] = fresh.roots();
      assert.ok(account);
      const shown = await fresh.children(account);
      const homes: string[] = [];
      for (const project of shown) {
        if ((await fresh.children(project)).some((service) => labelText(service) === 'CodeArts Repo')) {
          homes.push(labelText(project));
        }
      }
      assert.deepEqual(homes, [home]);
    }
  });

  it('lists only the services of the region, and all of them with showAllServices', async () => {
    t.harness.sitesSetting = { demo: { iam: t.cloud.url, services: { nes: sampleSite(t.cloud.url).services['nes'] } } };
    assert.deepEqual(await labels(await nodeAt(t.explorer, 'cn-north-4')), ['Node Engine Service']);
    const all = explorerFor(t.harness, t.accounts, { showAllServices: true }).explorer;
    const shown = await all.children(await nodeAt(all, 'cn-north-4'));
    assert.deepEqual(shown.map(labelText), ['Node Engine Service', 'CodeArts Repo', 'ROMA Connect']);
    await t.cloud.control.clearRequests();
    for (const service of shown.slice(1)) {
      const [note] = await all.children(service);
      assert.ok(note?.kind === 'message');
      assert.equal(labelText(note), 'No address known · hide');
      assert.equal(note.parent, service);
    }
    assert.deepEqual(await t.harness.requests(), []);
  });

  it('lists the services that are documented for a region of a built-in site', async () => {
    t.harness.sitesSetting = { cn: { iam: t.cloud.url } };
    const own = t.harness.accounts();
    const { explorer: mainland } = explorerFor(t.harness, own);
    const who = { accountName: SAMPLE.domain.name, userName: SAMPLE.user, password: SAMPLE.password };
    await signInWithPassword(own, t.harness.site('cn'), who, 'session', new AbortController().signal);
    const account = mainland.roots().find((each) => each.account.site === 'cn');
    assert.ok(account);
    const shown: string[] = [];
    for (const project of await mainland.children(account)) {
      shown.push(`${labelText(project)}: ${(await mainland.children(project)).map(labelText).join(', ')}`);
    }
    assert.deepEqual(shown, [
      'cn-north-4: CodeArts Repo, ROMA Connect',
      'cn-north-4_研发: ROMA Connect',
      'ap-southeast-3: Node Engine Service, CodeArts Repo, ROMA Connect',
      'cn-east-3: CodeArts Repo, ROMA Connect',
      'la-south-2: CodeArts Repo',
    ]);
  });

  it('says that a service is not in a region where the gateway says so', async () => {
    const [note] = await t.explorer.children(await nodeAt(t.explorer, 'la-south-2', 'ROMA Connect'));
    assert.ok(note?.kind === 'message' && note.message.kind === 'notOffered');
    assert.equal(labelText(note), 'Not offered here · hide');
  });

  it('gives every row an ID of its own, the same in every window', async () => {
    const seen = async (some: Explorer): Promise<string[]> => {
      const ids: string[] = [];
      const visit = async (node: Node, depth: number): Promise<void> => {
        ids.push(node.id);
        for (const child of depth > 0 ? await some.children(node) : []) {
          assert.equal(child.parent, node, child.id);
          assert.ok(child.id.startsWith(`${node.id}/`), child.id);
          await visit(child, depth - 1);
        }
      };
      for (const root of some.roots()) {
        assert.equal(root.parent, undefined);
        await visit(root, 4);
      }
      return ids;
    };
    await t.harness.signIn(t.accounts, 'always', SAMPLE.auditor);
    const ids = await seen(t.explorer);
    assert.ok(ids.length > 500, String(ids.length));
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(await seen(explorerFor(t.harness, t.harness.accounts()).explorer), ids);
  });

  it('shows a pasted token its own project only', async () => {
    const pasted = new Harness(t.cloud);
    const own = pasted.accounts();
    const { explorer: shown } = explorerFor(pasted, own);
    await pasted.signInWithToken(own, await tokenFor(t.cloud.url, inProject(north)), 'session');
    const [account] = shown.roots();
    assert.ok(account);
    assert.deepEqual((await shown.children(account)).map(labelText), ['cn-north-4']);
    await pasted.signInWithToken(own, await tokenFor(t.cloud.url, inDomain), 'session');
    const [note] = await shown.children(account);
    assert.ok(note?.kind === 'message');
    assert.equal(labelText(note), 'Token serves no project · sign in');
    assert.deepEqual([commandOf(note), offerOf(note)?.tags], ['keyExplorer.signInAgain', ['canSignIn']]);
  });

  it('shows the empty state of an empty list', async () => {
    const service = await nodeAt(t.explorer, 'cn-north-4', 'ROMA Connect');
    const second = (await t.explorer.children(service))[1];
    assert.ok(second);
    const [signs] = await t.explorer.children(second);
    assert.ok(signs?.kind === 'list');
    const rows = await t.explorer.children(signs);
    assert.deepEqual(rows.map(labelText), ['Nothing here · open docs']);
    assert.equal(rows[0]?.parent, signs);
    assert.equal(signs.list.done, true);
  });

  it('shows rows whatever their IDs are', async () => {
    const ids = [
      'a/b',
      'a%2Fb',
      '..',
      '+message',
      '+more',
      '__proto__',
      'constructor',
      '\ud800',
      '\udfff',
      ' ',
      '#',
      'ü\n',
    ];
    const rows = ids.map((id) => ({ id, name: id }));
    const fault = { kind: 'answer', status: 200, body: JSON.stringify({ signs: rows, total: rows.length }) } as const;
    await t.cloud.control.fault({ match: `${samplePaths.signs}?`, fault });
    const name = String(exampleRows('instances')[0]?.['name']);
    const shown = await items(await nodeAt(t.explorer, 'cn-north-4', 'ROMA Connect', name, 'Signature keys'));
    assert.deepEqual(
      shown.map((node) => copyTextOf(node, 'id')),
      ids,
    );
    assert.equal(new Set(shown.map(({ id }) => id)).size, ids.length);
    const listId = shown[0]?.listNode.id ?? '';
    assert.ok(shown.every(({ id }) => id.startsWith(`${listId}/`) && !id.slice(listId.length + 1).includes('/')));
  });

  it('stands projects with names that are no regions', async () => {
    const projects = ['\ud800', '..', '研发', '', 'a/b_c'].map((name, index) => ({ id: `p${index}`, name }));
    const fault = { kind: 'answer', status: 200, body: JSON.stringify({ projects }) } as const;
    await t.cloud.control.fault({ match: '/v3/auth/projects', fault });
    const [account] = t.explorer.roots();
    assert.ok(account);
    const shown = await t.explorer.children(account);
    assert.equal(shown.length, 5);
    for (const project of shown) {
      assert.deepEqual(await t.explorer.children(project), []);
    }
  });
});
