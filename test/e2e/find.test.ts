import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { ask, authorized, inProject, rowsOf, samplePaths, tokenFor } from '../cloud/ask';
import { fingerprintsOf } from '../../src/explorer/fingerprint';
import { setStage, Window, type Stage } from './window';

describe('finding a key', function () {
  this.timeout(180_000);
  let stage: Stage;
  let window: Window;
  const [key] = exampleRows('boundApps');
  const name = String(key?.['name']);

  before(async () => {
    stage = await setStage({ cloud: { rows: { instances: 3 } } });
    window = await Window.open(stage);
    await window.showKeys();
    await window.signIn(SAMPLE.operator);
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
    await stage.cloud.control.clearFaults();
    await window.page.keyboard.press('Escape');
  });

  after(async () => stage?.close());

  const option = (label: string | RegExp): Locator =>
    window.page.locator('.quick-input-list').getByRole('option', { name: label }).first();
  const focused = (): Locator => window.page.locator('.quick-input-list .monaco-list-row.focused');
  /** The title once every list is done; the places of thousands are grouped. */
  const over = async (): Promise<void> =>
    window.page
      .locator('.quick-input-widget')
      .getByText(/Find Key: ([\d,]+) of \1 lists, [\d,]+ keys/)
      .waitFor();

  it('searches all lists, and opens the chosen key', async () => {
    await window.run('Key Explorer: Find Key…');
    await window.input.fill(String(key?.['app_id']));
    const found = option(name);
    await found.waitFor();
    assert.match((await found.textContent()) ?? '', /ROMA Connect › roma-test › Credential quotas/);
    await over();
    await window.page.keyboard.press('Enter');
    await window.detail(name);
  });

  it('shows it in the sidebar, too', async () => {
    await window.run('Key Explorer: Find Key…');
    await window.input.fill(String(key?.['app_id']));
    const found = option(name);
    await found.hover();
    await found.getByRole('button', { name: 'Show in Sidebar' }).click();
    await window.page.locator('.pane-body .monaco-list-row.focused').filter({ hasText: name }).waitFor();
  });

  it('opens what fits the text that was pasted and entered at once', async () => {
    await window.run('Key Explorer: Find Key…');
    await window.input.fill('signature_demo');
    await option(/^signature_demo/).waitFor();
    await window.input.fill(String(key?.['app_id']));
    await window.page.keyboard.press('Enter');
    await window.input.waitFor({ state: 'hidden' });
    await window.detail(name);
  });

  it('finds an SSH key by what ssh-keygen prints of it', async () => {
    const north = SAMPLE.projects[0];
    const token = await tokenFor(stage.cloud.url, inProject(north));
    const got = await ask(`${stage.cloud.url}${samplePaths.ssh}?limit=3`, authorized(token));
    const [, , ssh] = rowsOf(got, 'keys');
    const [sha256] = fingerprintsOf(String(ssh?.['key']));
    await window.run('Key Explorer: Find Key…');
    await window.input.fill(`256 ${sha256} someone@somewhere (ED25519)`);
    await window.page.locator('.quick-input-list').getByRole('option').nth(1).waitFor({ state: 'detached' });
    await option(String(ssh?.['title'])).waitFor();
  });

  it('keeps the row that the user is on where it is, while better ones come', async () => {
    // Some public keys hold these letters; names that begin with them come late.
    await stage.cloud.control.fault({ match: '/signs', fault: { kind: 'slow', ms: 3000 } });
    await window.run('Key Explorer: Find Key…');
    await window.input.fill('si');
    await option('workstation').or(option('@')).first().waitFor();
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('ArrowDown');
    await window.page.waitForTimeout(500);
    const label = await focused().getAttribute('aria-label');
    const place = await focused().boundingBox();
    assert.match(label ?? '', /SSH keys/);
    await option('signature_demo').waitFor();
    await over();
    assert.equal(await focused().getAttribute('aria-label'), label);
    assert.deepEqual(await focused().boundingBox(), place);
    // The best is on top, though another one was there before.
    assert.match(
      (await window.page.locator('.quick-input-list').getByRole('option').first().textContent()) ?? '',
      /^signature/i,
    );
  });

  it('names what it could not search, and searches it again', async () => {
    await stage.cloud.control.fault({
      match: `${samplePaths.signs}\\?(?!.*name=)`,
      fault: { kind: 'answer', status: 500 },
    });
    await window.run('Key Explorer: Find Key…');
    await window.input.fill('ß');
    await option('No matching keys').waitFor();
    const retry = option('Retry Signature keys');
    await retry.waitFor();
    assert.match((await retry.getAttribute('aria-label')) ?? '', /The service failed.*roma-test › Signature keys/);
    await window.input.fill('signature_demo');
    const whole = option('Search all of Signature keys');
    await whole.waitFor();
    assert.match((await whole.getAttribute('aria-label')) ?? '', /Searched by name only: The service failed/);
    await option(/^signature_demo/).waitFor();
    await window.page.locator('.quick-input-widget').getByText('1 not searched to the end').waitFor();
    await stage.cloud.control.clearFaults();
    await window.page.keyboard.press('ArrowUp');
    assert.match((await focused().getAttribute('aria-label')) ?? '', /^Search all of Signature keys/);
    await window.page.keyboard.press('Enter');
    await whole.waitFor({ state: 'detached' });
    await over();
    await window.page
      .locator('.quick-input-widget')
      .getByText(/Find Key: .* keys$/)
      .waitFor();
    await window.page.locator('.quick-input-list').getByRole('option').nth(1).waitFor({ state: 'detached' });
    await window.page.keyboard.press('Enter');
    await window.detail('signature_demo');
  });

  it('asks nothing more once it is closed', async () => {
    await window.run('Key Explorer: Find Key…');
    const title = window.page.locator('.quick-input-widget').getByText(/Find Key: \d+ of/);
    await title.waitFor();
    await window.page.keyboard.press('Escape');
    await title.waitFor({ state: 'hidden' });
    // Pending responses have arrived by then.
    await window.page.waitForTimeout(2000);
    await stage.cloud.control.clearRequests();
    await window.page.waitForTimeout(2000);
    assert.deepEqual(await stage.cloud.control.requests(), []);
  });

  it('leads to the sign-in of an account that is signed out', async () => {
    await window.letTokensAge();
    await stage.cloud.control.expire();
    await stage.cloud.control.changePassword(SAMPLE.operator.name, 'another');
    await window.run('Key Explorer: Find Key…');
    const signIn = option(`Sign in again: ${SAMPLE.operator.name}`);
    await signIn.waitFor();
    await signIn.click();
    await window.page
      .locator('.quick-input-widget')
      .getByText(/Password of/)
      .first()
      .waitFor();
  });
});
