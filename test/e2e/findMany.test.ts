import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { ask, authorized, inProject, rowsOf, samplePaths, tokenFor } from '../cloud/ask';
import { SAMPLE } from '../cloud/data';
import { setStage, Window, type Stage } from './window';

describe('finding a key in a list of more than 20,000', function () {
  this.timeout(240_000);
  let stage: Stage;
  let window: Window;

  before(async () => {
    stage = await setStage({
      cloud: { rows: { instances: 1, signs: 20_650 } },
      settings: { 'keyExplorer.pageSize': 500 },
    });
    window = await Window.open(stage);
    await window.showKeys();
    await window.signIn(SAMPLE.operator);
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
    await window.page.keyboard.press('Escape');
  });

  after(async () => stage?.close());

  const option = (label: string | RegExp): Locator =>
    window.page.locator('.quick-input-list').getByRole('option', { name: label }).first();
  const focused = (): Locator => window.page.locator('.quick-input-list .monaco-list-row.focused');
  const title = (text: string | RegExp): Locator => window.page.locator('.quick-input-widget').getByText(text);

  it('stops after a part of it, says so, and goes on by Enter', async () => {
    const token = await tokenFor(stage.cloud.url, inProject(SAMPLE.projects[0]));
    const got = await ask(`${stage.cloud.url}${samplePaths.signs}?offset=20649`, authorized(token));
    const [last] = rowsOf(got, 'signs');
    await window.run('Key Explorer: Find Key…');
    // By a name, the service itself would find it.
    await window.input.fill(String(last?.['id']));
    await title('1 not searched to the end').waitFor();
    const more = option('Search more of Signature keys');
    await more.waitFor();
    const spoken = (await more.getAttribute('aria-label')) ?? '';
    assert.match(spoken, /20,[0-4]\d\d rows searched so far.*roma-test › Signature keys/);
    await option('No matching keys').waitFor();
    await stage.cloud.control.clearRequests();
    // By keyboard: the last of the rows.
    await window.page.keyboard.press('ArrowUp');
    assert.match((await focused().getAttribute('aria-label')) ?? '', /^Search more of Signature keys/);
    await window.page.keyboard.press('Enter');
    await option(String(last?.['name'])).waitFor();
    await more.waitFor({ state: 'detached' });
    await title(/Find Key: .* keys$/).waitFor();
    const asked = (await stage.cloud.control.requests()).filter(({ path }) => path.endsWith('/signs'));
    assert.ok(asked.length < 8, `${asked.length} requests`);
  });
});
