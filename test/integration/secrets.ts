import assert from 'node:assert/strict';
import { vaultKey } from '../../src/accounts/secret';
import { borrowed, build } from './parts';
import { given } from './given';
import { readSites } from '../../src/accounts/sites';
import { sampleSite } from '../cloud/control';

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
      const { account } = await accounts.withPassword(site, who, 'always', never);
      assert.ok((await storage.secrets.get(vaultKey(account.id)))?.includes(sample.password));
      const state = JSON.stringify(storage.globalState.keys().map((key) => storage.globalState.get(key)));
      assert.ok(state.includes(account.id));
      assert.ok(!state.includes(sample.password));

      const next = await build();
      const [root] = next.explorer.roots();
      assert.ok(root);
      const projects = await next.explorer.children(root);
      assert.ok(projects.some((node) => node.kind === 'item'));

      await next.accounts.signOut(account.id);
      assert.equal(await storage.secrets.get(vaultKey(account.id)), undefined);
      assert.deepEqual(storage.globalState.keys(), []);
    });

    it('gets nothing of a sign-in for this session only', async () => {
      assert.ok(site);
      const storage = await borrowed();
      const { accounts } = await build();
      const { account } = await accounts.withPassword(site, who, 'session', never);
      assert.equal(await storage.secrets.get(vaultKey(account.id)), undefined);
      assert.deepEqual(storage.globalState.keys(), []);
      await accounts.signOut(account.id);
    });
  });
}
