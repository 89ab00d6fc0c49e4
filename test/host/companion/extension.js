'use strict';
// Demo only: shows the keys once the window opens.
const { commands } = require('vscode');

exports.activate = () => commands.executeCommand('keyExplorer.keys.focus');
