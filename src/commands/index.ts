import type { Disposable } from 'vscode';
import { registerAccountCommands } from './accounts';
import { registerCopyCommands } from './copy';
import type { CommandDeps } from './deps';
import { registerKeyCommands } from './keys';
import { registerListCommands } from './lists';
import { registerServiceCommands } from './services';

/** Registers every command of the manifest. */
export function registerCommands(deps: CommandDeps): Disposable[] {
  return [
    registerAccountCommands,
    registerKeyCommands,
    registerListCommands,
    registerServiceCommands,
    registerCopyCommands,
  ].flatMap((register) => register(deps));
}
