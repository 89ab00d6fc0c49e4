'use strict';
// Runs the command given as arguments and ends it, and all that it started, when the parent of this process ends.
//
// A server that is started directly outlives a parent that was killed. This process is started as the leader of a process
// group of its own, with a pipe as its standard input: the pipe ends however the parent ends, even by SIGKILL.
const { spawn } = require('node:child_process');

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function endGroup() {
  process.kill(-process.pid, 'SIGKILL');
}

process.stdin.on('end', endGroup).on('error', endGroup).resume();
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));
