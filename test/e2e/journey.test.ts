import assert from 'node:assert/strict';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { goOnFromEachOther, setStage, Window, type Stage } from './window';

/** From the welcome to sign-out, as the user goes: each test goes on where the one before it ended. */
describe('a first visit', function () {
  this.timeout(180_000);
  goOnFromEachOther(this);
  let stage: Stage;
  let window: Window;

  before(async () => {
    stage = await setStage();
    window = await Window.open(stage);
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
  });

  after(async () => stage?.close());

  it('welcomes a newcomer, and asks nothing of the network', async () => {
    await window.showKeys();
    await window.signInButton.waitFor();
    assert.deepEqual(await stage.cloud.control.requests(), []);
  });

  it('signs in by hand, step by step, with a way back and a second try', async () => {
    await window.signInButton.click();
    await window.pick('Sample Cloud');
    await window.pick('IAM user and password');
    await window.answer(/Account name/, 'mistyped');
    await window.page.locator('.quick-input-widget').getByText('IAM user name').first().waitFor();
    await window.page.getByRole('button', { name: 'Back' }).click();
    await window.answer(/Account name/, SAMPLE.domain.name);
    await window.answer(/IAM user name/, SAMPLE.user);
    await window.acceptAddresses();
    await window.pick('Remember,');
    await window.answer(/Password of/, 'wrong-password');
    await window.page.getByText(/The cloud refused the sign-in: The username or password is wrong/).waitFor();
    await window.retype(SAMPLE.password);
    await window.row(SAMPLE.user).waitFor();
  });

  it('lists the projects, without the cloud’s own and disabled ones', async () => {
    await window.expand(SAMPLE.user);
    await window.row('cn-north-4').waitFor();
    const projects = (await window.rows()).filter((name) => name.includes(', project'));
    assert.deepEqual(projects, [
      'cn-north-4, project, CN North-Beijing4',
      'cn-north-4_研发, project',
      'ap-southeast-3, project, AP-Singapore',
      'cn-east-3, project, CN East-Shanghai1',
      'la-south-2, project, LA-Santiago',
    ]);
  });

  it('loads a list page by page, and puts the focus on the first new row', async () => {
    await window.expand('cn-north-4');
    await window.expand('ROMA Connect');
    await window.expand('roma-test');
    await window.expand('Signature keys');
    await window.row(nameOf('signs')).waitFor();
    await (await window.find('Load more (100 of 240)')).click();
    const first = window.page.locator('.pane-body .monaco-list-row.focused.selected');
    await first.filter({ hasText: '_0101' }).waitFor();
    await (await window.find('Load more (200 of 240)')).click();
    await first.filter({ hasText: '_0201' }).waitFor();
    await window.find(/_0240,/);
    assert.equal(await window.row(/^Load more/).count(), 0);
  });

  it('keeps the rows when a page fails, says why, and goes on after a retry', async () => {
    await window.collapse('Signature keys');
    await window.expand('Credential quotas');
    await window.expand(/^ClientQuota_demo,/);
    await window.expand('Bound credentials');
    await (await window.find(nameOf('boundApps'))).click();
    const page = await window.detail(nameOf('boundApps'));
    assert.match(await page.locator('pre').innerText(), /"app_key": "••••••••"/);
    await stage.cloud.control.fault({
      match: 'bound-apps',
      fault: { kind: 'document', document: 'boundApps', status: 500 },
    });
    await (await window.find('Load more (100 of 135)')).click();
    const retry = window.row('Retry');
    await retry.waitFor();
    assert.match((await retry.getAttribute('aria-label')) ?? '', /The service failed/);
    await window.page.mouse.move(900, 800);
    await retry.hover();
    await window.page.getByText('APIG.9999 System error').first().waitFor();
    await stage.cloud.control.clearFaults();
    await retry.click();
    await window.page.locator('.monaco-list-row.focused.selected').filter({ hasText: '_0101' }).waitFor();
    await window.collapse('cn-north-4');
  });

  it('opens a key as a page, its secrets masked, and keeps the keyboard in the tree', async () => {
    await window.expand('cn-north-4');
    await window.collapse('Credential quotas');
    await window.expand('Signature keys');
    const [row] = exampleRows('signs');
    const name = nameOf('signs');
    await (await window.find(name)).click();
    const page = await window.detail(name);
    const text = await page.locator('body').innerText();
    assert.match(text, /demo-operator\s+cn-north-4\s+ROMA Connect\s+roma-test\s+Signature keys/);
    assert.match(text, /"sign_type": "hmac"/);
    const html = await page.content();
    for (const secret of [row?.['sign_key'], row?.['sign_secret']]) {
      assert.ok(typeof secret === 'string' && !html.includes(`"${secret}"`) && !text.includes(secret));
    }
    await window.page.locator('.pane-body .monaco-list:focus-within').waitFor();
    await window.row(nameOf('signs', 1)).click();
    await window.detail(nameOf('signs', 1));
    await window.row(name).click();
    await window.detail(name);
    assert.equal(await window.page.locator('.editor-group-container .tab').count(), 3);
  });

  it('copies IDs by icon, keyboard, menu and page, and says what it copied', async () => {
    const [first, second] = exampleRows('signs');
    const row = window.row(nameOf('signs'));
    await row.hover();
    await row.getByRole('button', { name: 'Copy ID' }).click();
    await window.says(`Copied the ID of ${nameOf('signs')}: ${String(first?.['id'])}`);
    assert.equal(await window.clipboard(), first?.['id']);

    await row.click();
    await window.row(nameOf('signs', 1)).click({ modifiers: ['ControlOrMeta'] });
    await window.page.keyboard.press('ControlOrMeta+C');
    await window.says('Copied 2 IDs');
    assert.equal(await window.clipboard(), `${String(first?.['id'])}\n${String(second?.['id'])}`);

    await row.click();
    await window.choose(nameOf('signs'), 'Copy Name');
    await window.says(`Copied the name ${nameOf('signs')}`);
    await window.choose(nameOf('signs'), 'Copy JSON');
    await window.says(/Copied the JSON of .*, secrets masked/);
    const copied: Record<string, unknown> = JSON.parse(await window.clipboard());
    assert.equal(copied['sign_secret'], '••••••••');

    const page = await window.detail(nameOf('signs'));
    await page.getByRole('button', { name: 'Copy ID' }).click();
    await window.says(`Copied the ID of`);
    assert.equal(await window.clipboard(), first?.['id']);
    await window.collapse('cn-north-4');
  });

  it('shows the SSH keys of a region once, and the API keys where they are offered', async () => {
    await window.expand('cn-north-4_研发');
    await window.row('ROMA Connect').waitFor();
    assert.equal(await window.row('CodeArts Repo').count(), 0);
    await window.expand('ROMA Connect');
    await window.find('Nothing here · open docs');
    await window.collapse('cn-north-4_研发');
    await window.expand('cn-north-4');
    await window.collapse('ROMA Connect');
    await window.expand('CodeArts Repo');
    await (await window.find(String(exampleRows('sshKeys')[0]?.['title']))).click();
    const ssh = await window.detail(String(exampleRows('sshKeys')[0]?.['title']));
    assert.match(await ssh.locator('pre').innerText(), /"key": "ssh-rsa AAAAB3\.\.\."/);
    await window.expand('Node Engine Service');
    await window.find('Not offered here · hide');
    await window.collapse('cn-north-4');

    await window.expand('ap-southeast-3');
    await window.expand('Node Engine Service');
    const [key] = exampleRows('credentials');
    await (await window.find(String(key?.['description']))).click();
    const page = await window.detail(String(key?.['description']));
    assert.match(await page.locator('dl').innerText(), /Last used/);
    await window.collapse('ap-southeast-3');
  });

  it('is still signed in after the window reloads', async () => {
    await window.reload();
    await window.expand(SAMPLE.user);
    await window.row('cn-north-4').waitFor();
  });

  it('signs out, and a reload brings nothing back', async () => {
    await window.choose(SAMPLE.user, 'Sign Out');
    await window.page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
    await window.signInButton.waitFor();
    await window.reload();
    await window.signInButton.waitFor();
  });
});

function nameOf(document: string, at = 0): string {
  return String(exampleRows(document)[at]?.['name']);
}
