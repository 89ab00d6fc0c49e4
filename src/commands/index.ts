import type { Disposable } from 'vscode';
import { registerAccountCommands } from './accountCommands';
import { registerCopyCommands } from './copy';
import type { CommandDeps } from './commandDeps';
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
