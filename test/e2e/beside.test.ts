import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { setStage, Window, type Stage } from './window';

/** Listens on a port of the kind that VS Code shows a notice about, below 10,000, until its input ends. */
const listener = `
  const server = require('node:http').createServer();
  const listen = () => server.listen(7000 + Math.floor(Math.random() * 3000), '127.0.0.1');
  server.on('error', listen);
  listen();
  process.stdin.on('end', process.exit).resume();
`;

/** A VS Code that looks for open ports does so every two seconds. */
const [programs, apart] = [2, 6000];

describe('beside other programs', function () {
  this.timeout(180_000);
  let stage: Stage;
  let window: Window;
  const running: ChildProcess[] = [];

  before(async () => {
    stage = await setStage();
    window = await Window.open(stage);
    await window.showKeys();
  });

  after(async () => {
    for (const program of running) {
      program.stdin?.end();
    }
    await stage?.close();
  });

  it('that open ports, the window shows no notice and forwards nothing', async () => {
    const notices = window.page.locator('.notification-list-item, [aria-label^="Forwarded Ports:"]');
    const seen = new Set<string>();
    while (running.length < programs) {
      running.push(spawn(process.execPath, ['-e', listener], { stdio: ['pipe', 'ignore', 'ignore'] }));
      await window.page.waitForTimeout(apart);
      for (const text of await notices.allInnerTexts()) seen.add(text);
    }
    assert.deepEqual([...seen], []);
  });
});
