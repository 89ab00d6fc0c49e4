import { window } from 'vscode';
import type { Log } from '../base/log';
import { settings } from './settings';
import { escapeQuickInput, toDisplayText } from './translate';

/** Warns of invalid entries of the setting `keyExplorer.sites`: once per reason, since an entry may be saved half written. */
export class SiteWarnings {
  readonly #log: Log;
  #shown = '';

  constructor(log: Log) {
    this.#log = log;
  }

  /** Checks the setting. */
  update(): void {
    const reasons = settings.sites().wrong.map(({ reason }) => toDisplayText(reason));
    const text = reasons.join(' ');
    if (text !== '' && text !== this.#shown) {
      this.#log.warn(`keyExplorer.sites: ${text}`);
      void window.showWarningMessage(escapeQuickInput(`keyExplorer.sites: ${text}`));
    }
    this.#shown = text;
  }
}
