import assert from 'node:assert/strict';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { setStage, Window, type Stage } from './window';

describe('finding a key', function () {
  this.timeout(180_000);
  let stage: Stage;
  let window: Window;
  const [key] = exampleRows('004', 'apps');
  const name = String(key?.['name']);

  before(async () => {
    stage = await setStage();
    window = await Window.open(stage);
    await window.showKeys();
    await window.signIn(SAMPLE.operator);
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
  });

  after(async () => stage?.close());

  it('goes through all lists, and opens what is chosen', async () => {
    await window.run('Key Explorer: Find Key…');
    await window.input.fill(String(key?.['app_id']));
    const found = window.page.locator('.quick-input-list').getByRole('option', { name }).first();
    await found.waitFor();
    assert.match((await found.textContent()) ?? '', /ROMA Connect › roma-test › Credential quotas/);
    await window.page
      .locator('.quick-input-widget')
      .getByText(/Find Key: (\d+) of \1 lists, \d+ keys/)
      .waitFor();
    await window.page.keyboard.press('Enter');
    await window.detail(name);
  });

  it('shows it in the sidebar, too', async () => {
    await window.run('Key Explorer: Find Key…');
    await window.input.fill(String(key?.['app_id']));
    const found = window.page.locator('.quick-input-list').getByRole('option', { name }).first();
    await found.hover();
    await found.getByRole('button', { name: 'Show in Sidebar' }).click();
    await window.page.locator('.pane-body .monaco-list-row.focused').filter({ hasText: name }).waitFor();
  });

  it('asks nothing more once it is closed', async () => {
    await window.run('Key Explorer: Find Key…');
    const title = window.page.locator('.quick-input-widget').getByText(/Find Key: \d+ of/);
    await title.waitFor();
    await window.page.keyboard.press('Escape');
    await title.waitFor({ state: 'hidden' });
    // What was on its way has come by then.
    await window.page.waitForTimeout(2000);
    await stage.cloud.control.clearRequests();
    await window.page.waitForTimeout(2000);
    assert.deepEqual(await stage.cloud.control.requests(), []);
  });
});
