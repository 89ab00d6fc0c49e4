'use strict';
// Activates extensions in the order that the benchmark asks for, and tells it how long each took, in milliseconds.
const vscode = require('vscode');

exports.activate = () => {
  const url = process.env['KEY_EXPLORER_BENCH_PROBE'];
  if (url) void probe(url);
};

async function probe(url) {
  // Answered when the window has settled.
  const ids = await (await fetch(url)).json();
  const times = {};
  for (const id of ids) {
    const extension = vscode.extensions.getExtension(id);
    if (extension.isActive) throw new Error(`${id} is active already`);
    const started = performance.now();
    await extension.activate();
    times[id] = performance.now() - started;
  }
  await fetch(url, { method: 'POST', body: JSON.stringify(times) });
}
