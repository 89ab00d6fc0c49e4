import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Uri } from 'vscode';
import { secretStoreKey } from '../../src/accounts/accountSecret';
import { until } from './activation';
import { borrowed, build } from './parts';
import { given } from './given';
import { readSites } from '../../src/accounts/sites';
import { allAccepted } from '../support/accepted';
import { sampleSite } from '../cloud/control';
import { signInWithPassword } from '../../src/accounts/methods/password';

export function secrets(): void {
  describe('secret storage', () => {
    const { cloud, sample } = given();
    const who = { accountName: sample.domain.name, userName: sample.user, password: sample.password };
    const site = readSites({ demo: sampleSite(cloud) }).sites.get('demo');
    const never = new AbortController().signal;

    it('keeps a remembered sign-in for the next start, and sign-out removes every trace', async () => {
      assert.ok(site);
      const storage = await borrowed();
      const { accounts } = await build();
      const { account } = await signInWithPassword(accounts, allAccepted(site), who, 'always', never);
      assert.ok((await storage.secrets.get(secretStoreKey(account.id)))?.includes(sample.password));
      assert.ok(textIn(storage.globalStorageUri).includes(account.id));
      assert.ok(!textIn(storage.globalStorageUri).includes(sample.password));
      assert.deepEqual(storage.globalState.keys(), []);

      const next = await build();
      const [root] = next.explorer.roots();
      assert.ok(root);
      const projects = await next.explorer.children(root);
      assert.ok(projects.some((node) => node.kind === 'item'));

      await next.accounts.signOut(account.id);
      assert.equal(await storage.secrets.get(secretStoreKey(account.id)), undefined);
      assert.ok(!textIn(storage.globalStorageUri).includes(account.user.id));
      assert.deepEqual(storage.globalState.keys(), []);
    });

    it('tells a window what another one did, without being asked', async () => {
      assert.ok(site);
      const [one, two] = [await build(), await build()];
      const watching = two.accountFile.watch(() => two.accounts.reread());
      try {
        const { account } = await signInWithPassword(one.accounts, allAccepted(site), who, 'always', never);
        await until(() => two.accounts.all().length === 1);
        await one.accounts.signOut(account.id);
        await until(() => two.accounts.all().length === 0);
      } finally {
        watching.dispose();
      }
    });

    it('gets nothing of a sign-in for this session only', async () => {
      assert.ok(site);
      const storage = await borrowed();
      const before = textIn(storage.globalStorageUri);
      const { accounts } = await build();
      const { account } = await signInWithPassword(accounts, allAccepted(site), who, 'session', never);
      assert.equal(await storage.secrets.get(secretStoreKey(account.id)), undefined);
      assert.deepEqual([textIn(storage.globalStorageUri), storage.globalState.keys()], [before, []]);
      await accounts.signOut(account.id);
    });
  });
}

/** The names and contents of all files in a folder. */
function textIn({ fsPath }: Uri): string {
  const names = existsSync(fsPath) ? readdirSync(fsPath) : [];
  return names.map((name) => `${name}: ${readFileSync(join(fsPath, name), 'utf8')}`).join('\n');
}
