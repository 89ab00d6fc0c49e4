import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import type { FaultRule } from '../cloud/control';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { goOnFromEachOther, setStage, Window, type Stage } from './window';

describe('the life of a page', function () {
  this.timeout(180_000);
  goOnFromEachOther(this);
  const [example] = exampleRows('signs');
  const name = String(example?.['name']);
  const secret = String(example?.['sign_secret']);
  let stage: Stage;
  let window: Window;
  let page: Frame;
  const shows = async (text: string): Promise<boolean> => (await page.content()).includes(text);

  /** Reloads the window once it knows which row the page shows. */
  const reload = async (rule?: FaultRule): Promise<void> => {
    await window.keeps([String(example?.['id'])]);
    await stage.cloud.control.clearRequests();
    if (rule) {
      await stage.cloud.control.fault(rule);
    }
    await window.reload();
  };

  before(async () => {
    stage = await setStage();
    window = await Window.open(stage);
    await window.showKeys();
    await window.signIn(SAMPLE.operator, 'Remember,');
    await window.openBelow('cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    await (await window.find(name)).click();
    page = await window.detail(name);
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
  });

  after(async () => stage?.close());

  it('reveals the one secret that is asked for, and hides it again', async () => {
    assert.ok(!(await shows(secret)));
    await page.getByRole('button', { name: 'Reveal "sign_secret"' }).click();
    await page.getByText(secret).waitFor();
    assert.ok(!(await shows(String(example?.['sign_key']) + '"')));
    await page.getByText('The secret is shown for 30 seconds.').waitFor();
    await page.getByRole('button', { name: 'Hide "sign_secret"' }).click();
    assert.ok(!(await shows(secret)));
  });

  it('copies a secret without showing it', async () => {
    await page.getByRole('button', { name: 'Copy "sign_secret"' }).click();
    await window.says('Copied the secret');
    assert.equal(await window.clipboard(), secret);
    assert.ok(!(await shows(secret)));
  });

  it('hides revealed secrets when the page is left', async () => {
    await page.getByRole('button', { name: 'Reveal "sign_secret"' }).click();
    await page.getByText(secret).waitFor();
    await (await window.find('Signature_udlu')).click();
    await window.detail('Signature_udlu');
    await (await window.find(name)).click();
    page = await window.detail(name);
    assert.ok(!(await shows(secret)));
  });

  it('comes back after the window reloads, asked for again', async () => {
    await reload();
    page = await window.detail(name);
    assert.ok(!(await shows(secret)));
    const asked = await stage.cloud.control.requests();
    assert.ok(asked.some(({ path }) => path.endsWith('/signs')));
  });

  it('shows its key in the sidebar, with the keyboard on it', async () => {
    await page.getByRole('button', { name: 'Show in Sidebar' }).click();
    await window.page.locator('.pane-body .monaco-list-row.focused').filter({ hasText: name }).waitFor();
  });

  it('says that a key is no longer there', async () => {
    const none = { kind: 'answer', status: 200, body: { total: 0, size: 0, signs: [] } } as const;
    await reload({ match: '/signs', fault: none });
    await window.detail(`The key ${name} is no longer there.`);
  });
});
