import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { goOnFromEachOther, setStage, Window, type Stage } from './window';

/** So many characters the browser keeps as secrets: encrypted, so that only their amount can be seen. */
const secretsKept = async ({ page }: Window): Promise<number> =>
  page.evaluate<number>(`(localStorage.getItem('secrets.provider') ?? '').length`);
const aToken = 1500;

/** Maximum delay until one window shows a change of the other, ms. */
const soon = { timeout: 5000 };

describe('two windows', function () {
  this.timeout(180_000);
  goOnFromEachOther(this);
  const name = String(exampleRows('signs')[0]?.['name']);
  let stage: Stage;
  let one: Window;
  let two: Window;

  before(async () => {
    stage = await setStage();
    one = await Window.open(stage);
    await one.showKeys();
    two = await Window.open(stage);
    await two.showKeys();
  });

  afterEach(async function () {
    await one?.keepEvidence(this.currentTest);
    await two?.keepEvidence({ state: this.currentTest?.state, title: `${this.currentTest?.title} (other)` });
  });

  after(async () => stage?.close());

  it('show in the other what signs in in one, to be used there once it has the secret', async () => {
    await one.signIn(SAMPLE.operator, 'Remember,');
    await two.row(SAMPLE.user).waitFor(soon);
    assert.ok((await secretsKept(one)) > aToken);
    // A browser's tab sees the secrets of others only after it was reloaded; until then nothing is sent.
    await stage.cloud.control.clearRequests();
    await two.expand(SAMPLE.user);
    // The rows are shown once more when the account is known to be signed out, which would end the hover.
    await two.row(/, account, sign-in no longer valid/).waitFor();
    await two.row(/^Sign-in invalid/).hover();
    await two.page
      .locator('.monaco-hover')
      .getByText(/reload\sthis\sone/)
      .first()
      .waitFor();
    assert.deepEqual(await stage.cloud.control.requests(), []);
    await two.reload();
    await two.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    await (await two.find(name)).click();
    await two.detail(name);
  });

  it('keep a sign-in for this session only to its own window', async () => {
    await one.signIn(SAMPLE.auditor);
    await one.expand(SAMPLE.auditor.name);
    assert.equal(await two.row(SAMPLE.auditor.name).count(), 0);
  });

  it('sign out in both: pending requests of the other are cancelled, and its pages close', async () => {
    await stage.cloud.control.fault({ match: '/app-quotas', fault: { kind: 'hang' } });
    await two.expand('Credential quotas');
    await one.choose(SAMPLE.user, 'Sign Out');
    await one.page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
    await one.row(SAMPLE.user).waitFor({ state: 'detached' });
    await two.signInButton.waitFor(soon);
    assert.equal(await two.page.getByRole('tab', { name }).count(), 0);
    await stage.cloud.control.clearFaults();
  });

  it('bring nothing back, neither at once nor after both were reloaded', async () => {
    await stage.cloud.control.clearRequests();
    // The other one writes its secrets: those that it had kept of the account must not be among them.
    await two.signIn(SAMPLE.operator, 'Remember,');
    await one.row(SAMPLE.user).waitFor(soon);
    await two.choose(SAMPLE.user, 'Sign Out');
    await two.page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
    await two.signInButton.waitFor();
    await one.row(SAMPLE.user).waitFor({ state: 'detached', ...soon });
    await two.reload();
    await one.reload();
    await Promise.all([one, two].map(async (window) => window.signInButton.waitFor()));
    assert.ok((await secretsKept(one)) < aToken);
    const folder = join(stage.workbench.userDataDir, 'User/globalStorage/key-explorer.huaweicloud-key-explorer');
    const lists = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    assert.ok(lists.length > 0 && !lists.join('').includes(SAMPLE.operator.id));
  });
});
