import type { Disposable } from 'vscode';
import { pathTo } from '../explorer/nodes';
import { settings } from '../platform/settings';
import type { CommandDeps } from './commandDeps';
import { registerAll } from './register';
import { nodeOf } from './rowArguments';

/** Commands that hide and show services. */
export function registerServiceCommands({ explorer, tree, log }: CommandDeps): Disposable[] {
  return registerAll(log, {
    hide: async (argument) => {
      const node = nodeOf(explorer, argument);
      const service = node && pathTo(node).findLast(({ kind }) => kind === 'service');
      if (service?.parent) {
        // The focused row is about to disappear.
        await tree.reveal(service.parent);
        explorer.hide(service);
        if (settings.showAllServices()) {
          // Otherwise the service would still be listed.
          await settings.setShowAllServices(false);
        }
      }
    },
    showAllServices: async () => settings.setShowAllServices(true),
    showOfferedServices: async () => settings.setShowAllServices(false),
  });
}
