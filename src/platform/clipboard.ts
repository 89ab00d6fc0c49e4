import { env, l10n, window, workspace } from 'vscode';

/** How long the status bar says what was copied: milliseconds. */
const sayFor = 5000;

/**
 * Copies text and says what was copied: in the status bar, and as a notification where a screen reader is on, since
 * nothing else is read out.
 * @param what what the text is, in the reader's language
 */
export async function copy(text: string, what: string): Promise<void> {
  await env.clipboard.writeText(text);
  const said = l10n.t('Copied {0}', what);
  window.setStatusBarMessage(`$(check) ${said.replaceAll('$(', '$ (')}`, sayFor);
  if (workspace.getConfiguration('editor').get('accessibilitySupport') === 'on') {
    void window.showInformationMessage(said.replaceAll('](', '] ('));
  }
}
