'use strict';
// Demo only: signs the sample account in once the window opens, then shows the keys.
const vscode = require('vscode');

/** The arguments of the sign-in come from whoever starts the demo, as JSON in this variable. */
const variable = 'KEY_EXPLORER_DEMO_SIGN_IN';

exports.activate = async () => {
  const json = process.env[variable];
  if (!json) return;
  try {
    await vscode.commands.executeCommand('keyExplorer.signIn', JSON.parse(json));
  } catch (error) {
    void vscode.window.showErrorMessage(
      `The demo could not sign in: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  await vscode.commands.executeCommand('keyExplorer.keys.focus');
};
