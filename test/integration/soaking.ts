import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { isKey, nameOf, type Node } from '../../src/explorer/nodes';
import { StandInControl } from '../cloud/control';
import type { Soak } from '../soak/soak';
import { manifestOf, until } from './activation';
import { given } from './given';

/** The last of all: the extension is deactivated in it, and VS Code starts it no second time. */
export function soaking(soak: Soak): void {
  describe('a list that loads', () => {
    const { cloud } = given();
    const control = new StandInControl(cloud);
    const keys = { match: '/node-provider/credentials', fault: { kind: 'hang' } } as const;
    let service: Node;

    before(async () => {
      await soak.begin();
      const { provider } = soak.product;
      const [account] = (await provider.getChildren()) ?? [];
      const projects = (await provider.getChildren(account)) ?? [];
      const project = projects.find((node) => node.kind === 'item' && nameOf(node) === 'ap-southeast-3');
      const found = (await provider.getChildren(project))?.find(({ id }) => id.endsWith('/nes'));
      assert.ok(found);
      service = found;
    });
    beforeEach(async () => {
      await control.clearFaults();
      await control.clearRequests();
    });

    const isShown = (node: Node): boolean => isKey(node) && node.id.startsWith(`${service.id}/`);
    // Before it, a token may be asked for.
    const isUnderWay = async (): Promise<boolean> =>
      (await control.requests()).some(({ path, status }) => path.endsWith(keys.match) && status === null);

    it('is given up and asked for again by a refresh', async () => {
      await control.fault(keys);
      void soak.product.view.reveal(service, { expand: true });
      await until(isUnderWay);
      await control.clearFaults();
      await commands.executeCommand('keyExplorer.refresh', service);
      await until(() => soak.product.rows().some(isShown));
      const asked = (await control.requests()).filter(({ path }) => path.endsWith(keys.match));
      assert.deepEqual(
        asked.map(({ status }) => status),
        [null, 200],
      );
    });

    it('goes on while the view is hidden', async () => {
      await control.fault({ ...keys, fault: { kind: 'slow', ms: 500 } });
      const refreshing = commands.executeCommand('keyExplorer.refresh', service);
      await until(isUnderWay);
      await commands.executeCommand('workbench.view.explorer');
      await until(() => !soak.product.view.visible);
      await refreshing;
      const asked = (await control.requests()).filter(({ path }) => path.endsWith(keys.match));
      assert.deepEqual(
        asked.map(({ status }) => status),
        [200],
      );
    });
  });

  describe('a soak', () => {
    it('leaves no listener, no timer and no request after the deactivation', async function () {
      this.timeout(60_000);
      await soak.begin();
      await soak.act(300);
      const { taken, left, underWay } = await soak.end();
      const { commands: declared } = manifestOf('key-explorer.huaweicloud-key-explorer').contributes;
      assert.ok(taken > declared.length, `${taken} things were booked`);
      assert.deepEqual([left, underWay], [[], 0]);
    });
  });
}
