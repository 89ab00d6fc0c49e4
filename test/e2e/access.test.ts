import assert from 'node:assert/strict';
import { source } from 'axe-core';
import type { AxeResults } from 'axe-core';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { setStage, Window, type Stage } from './window';

/** Each theme with the class that VS Code gives the body of a page in it. */
const themes = [
  ['Default Dark Modern', 'vscode-dark'],
  ['Default Light Modern', 'vscode-light'],
  ['Default High Contrast', 'vscode-high-contrast'],
  ['Default High Contrast Light', 'vscode-high-contrast-light'],
] as const;

describe('a key’s page', function () {
  this.timeout(120_000);
  const name = String(exampleRows('signs')[0]?.['name']);
  let stage: Stage;
  let window: Window;

  before(async () => {
    stage = await setStage();
    window = await Window.open(stage);
    await window.showKeys();
    await window.signIn(SAMPLE.operator, 'Remember,');
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
  });

  after(async () => stage?.close());

  for (const [theme, bodyClass] of themes) {
    it(`has no accessibility fault in ${theme}`, async () => {
      stage.workbench.updateSettings({ 'workbench.colorTheme': theme });
      await window.reload();
      await window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
      await (await window.find(name)).click();
      const page = await window.detail(name);
      await page.locator(`body.${bodyClass}`).waitFor();
      await page.evaluate(source);
      const { violations, passes }: AxeResults = await page.evaluate('axe.run()');
      assert.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
        [],
      );
      assert.ok(passes.some(({ id }) => id === 'color-contrast'));
    });
  }

  it('lets the keyboard reach everything, and scroll', async () => {
    const page = await window.detail(name);
    await page.getByRole('button', { name: 'Copy ID' }).focus();
    for (const passed of ['Copy Name', 'Copy JSON', 'Show in Sidebar']) {
      await window.page.keyboard.press('Tab');
      await page.getByRole('button', { name: passed }).and(page.locator(':focus')).waitFor();
    }
    await window.page.keyboard.press('Tab');
    await page.getByRole('region', { name: 'JSON' }).and(page.locator(':focus')).waitFor();
  });
});
