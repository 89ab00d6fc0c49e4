#!/usr/bin/env node
'use strict';
// Stands in for the desktop VS Code's executable: `runTests({ vscodeExecutablePath })` of @vscode/test-electron starts it
// with VS Code's own command-line arguments.
require('tsx/cjs/api').register();
require('./vscodeShim.ts').main(process.argv.slice(2));
