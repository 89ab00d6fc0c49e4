import { window } from 'vscode';
import type { Log } from '../base/log';
import { asCloudError } from '../cloud/errors';
import { errorSummary } from '../explorer/present/errorMessages';
import { escapeQuickInput, toDisplayText } from '../platform/translate';

/** Logs a failure and shows it in a notification. */
export function reportError(log: Log, thrown: unknown): void {
  const error = asCloudError(thrown);
  log.warn(error.message);
  void window.showErrorMessage(escapeQuickInput(toDisplayText(error.failure.reason ?? errorSummary(error))));
}
