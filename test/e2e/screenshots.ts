/** Takes the pictures of the documentation, and more to look at, in the real workbench with the packaged extension. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { SAMPLE } from '../cloud/data';
import { setStage, Window, type Stage } from './window';

const root = path.resolve(__dirname, '../..');
/** What the README shows; everything else is to look at and not kept. */
const inReadme = ['keys'];
const folders = { readme: path.join(root, 'docs'), other: path.join(root, 'coverage/screenshots') };

async function main(): Promise<void> {
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true });
  }
  const stage = await setStage({
    settings: { 'workbench.colorTheme': 'Default Dark Modern', 'workbench.tree.indent': 6 },
    browser: { size: { width: 1200, height: 800 } },
  });
  try {
    await takeAll(stage);
  } finally {
    await stage.close();
  }
}

async function takeAll(stage: Stage): Promise<void> {
  const window = await Window.open(stage);
  const take = async (name: string): Promise<void> => {
    // Whatever moves in or out of sight is done then.
    await window.page.waitForTimeout(1000);
    const file = path.join(inReadme.includes(name) ? folders.readme : folders.other, `${name}.png`);
    await window.page.screenshot({ path: file });
    process.stdout.write(`${path.relative(root, file)}\n`);
  };
  await window.showKeys();
  await window.signInButton.waitFor();
  await take('welcome');

  await window.signInButton.click();
  await window.pick('Sample Cloud');
  await window.pick('IAM user and password');
  await window.answer(/Account name/, SAMPLE.domain.name);
  await window.answer(/IAM user name/, SAMPLE.user);
  await window.page.locator('.quick-input-list').getByRole('option', { name: 'Remember,' }).waitFor();
  await take('sign-in');
  await window.pick('This session only');
  await window.answer(/Password of/, SAMPLE.password);

  await window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
  await window.row('signature_demo').click();
  await window.detail('signature_demo');
  await window.page.mouse.move(700, 700);
  await take('keys');

  await (await window.find('Load more (100 of 240)')).hover();
  await take('load-more');
  await stage.cloud.control.fault({ match: '/signs', fault: { kind: 'document', document: '003', status: 500 } });
  await (await window.find('Load more (100 of 240)')).click();
  await window.page.mouse.move(700, 700);
  await (await window.find('Retry')).hover();
  await take('failed-page');
  await stage.cloud.control.clearFaults();

  await window.collapse('Signature keys');
  await stage.cloud.control.fault({
    match: '/app-quotas\\?',
    fault: { kind: 'document', document: '003', status: 403 },
  });
  await window.expand('Credential quotas');
  await window.row('No permission').waitFor();
  await take('no-permission');
  await stage.cloud.control.clearFaults();
  await window.collapse('cn-north-4');

  // Few rows a page, so that a key of each of the four lists is on the screen at once.
  stage.workbench.updateSettings({ 'keyExplorer.pageSize': 3 });
  await window.reload();
  await window.signIn(SAMPLE.operator);
  await window.openBelow(SAMPLE.user, 'cn-north-4', 'CodeArts Repo', 'ROMA Connect', 'roma-test', 'Signature keys');
  await window.openBelow('Credential quotas', 'ClientQuota_demo', 'Bound credentials', 'ap-southeast-3');
  await window.page
    .locator('.pane-body')
    .getByRole('treeitem', { name: /^Node Engine Service,/ })
    .last()
    .click();
  await window.row('effective on partial nodes').click();
  await window.detail('effective on partial nodes');
  await take('four-lists');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
