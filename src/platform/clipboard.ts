import { env, l10n, window, workspace } from 'vscode';
import { escapeIcons, escapeLinks } from './translate';

/** Duration of the message in the status bar, ms. */
const messageDuration = 5000;

/**
 * Copies a text and confirms it in the status bar, and in a notification for screen readers, which do not read the status bar.
 * @param name the name of the copied thing, in the UI language
 */
export async function copy(text: string, name: string): Promise<void> {
  await env.clipboard.writeText(text);
  const message = l10n.t('Copied {0}', name);
  window.setStatusBarMessage(`$(check) ${escapeIcons(message)}`, messageDuration);
  if (workspace.getConfiguration('editor').get('accessibilitySupport') === 'on') {
    void window.showInformationMessage(escapeLinks(message));
  }
}
