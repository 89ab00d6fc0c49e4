import { commands, type Disposable } from 'vscode';
import type { Log } from '../base/log';
import { reportError } from './reportError';

/** `argument`: from a menu the row's node, from a click or a page its ID. `selected`: from a menu all selected rows. */
type Handler = (argument: unknown, selected: unknown) => unknown;

/**
 * Registers commands, by the part of their ID after `keyExplorer.`. Other extensions can call them: an argument can
 * only name a row, and the caller gets no result and no error.
 */
export function registerAll(log: Log, handlers: Readonly<Record<string, Handler>>): Disposable[] {
  return Object.entries(handlers).map(([id, handler]) =>
    commands.registerCommand(`keyExplorer.${id}`, async (argument: unknown, selected: unknown): Promise<void> => {
      try {
        await handler(argument, selected);
      } catch (thrown) {
        reportError(log, thrown);
      }
    }),
  );
}
