import assert from 'node:assert/strict';
import type { BrowserContext } from 'playwright-core';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { launchBrowser } from '../host/browser';
import { ensureHost } from '../host/install';
import { startOwned, waitForLine, type OwnedProcess } from '../host/processes';
import { waitForWorkbench } from '../host/workbench';
import { Window } from './window';

/** The demo as the README starts it, with both of its options. */
describe('the demo', function () {
  this.timeout(180_000);
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const name = String(exampleRows('signs')[0]?.['name']);
  let browser: BrowserContext;
  let demo: OwnedProcess;

  before(async () => {
    browser = await launchBrowser(await ensureHost());
    demo = startOwned('npm', ['run', 'demo', '--', '--locale=zh-cn', `--port=${port}`], { env: process.env });
  });

  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  it('shows the keys of an account that is signed in, in the language that was chosen, and after a reload', async () => {
    const [, url] = await waitForLine(demo, /Open (http:\S+) in a browser/, 150);
    assert.equal(url, `http://127.0.0.1:${port}`);
    const page = await browser.newPage();
    const window = Window.of(page);
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    await waitForWorkbench(page);
    await window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test', '签名密钥');
    await window.find(name);
    await page.reload({ waitUntil: 'domcontentloaded' });
    await waitForWorkbench(page);
    await window.openBelow(SAMPLE.user, 'ap-southeast-3', '节点引擎服务');
    await window
      .row(/, API ?密钥/)
      .first()
      .waitFor();
  });
});
