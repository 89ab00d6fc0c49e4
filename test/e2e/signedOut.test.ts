import assert from 'node:assert/strict';
import { inProject, tokenFor } from '../cloud/ask';
import { SAMPLE } from '../cloud/data';
import { faultAmounts } from '../cloud/everyFault';
import { Window, goOnFromEachOther, setStage, type Stage } from './window';

describe('a sign-in that ends while a list has rows', function () {
  this.timeout(180_000);
  goOnFromEachOther(this);
  const account = (says: string): RegExp => new RegExp(`^${SAMPLE.user}, account, ${says}`);
  const signedOut = /^Sign-in invalid · sign in, 3 loaded so far$/;
  const ended = account('sign-in no longer valid · Expired');
  const token = async (): Promise<string> => tokenFor(stage.cloud.url, inProject(SAMPLE.projects[0]));
  let stage: Stage;
  let window: Window;

  before(async () => {
    stage = await setStage({ cloud: faultAmounts.cloud, settings: { 'keyExplorer.pageSize': faultAmounts.pageSize } });
    window = await Window.open(stage);
    await window.showKeys();
    await window.run('Key Explorer: Sign In…');
    await window.pick('Sample Cloud');
    await window.pick('Paste a token');
    await window.acceptAddresses();
    await window.pick('Remember until');
    await window.answer(/^Token: the value/, await token());
    await window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
  });

  afterEach(async function () {
    await window?.keepEvidence(this.currentTest);
  });

  after(async () => stage?.close());

  const keys = async (): Promise<number> =>
    (await window.rows()).filter((row) => row.includes(', signature key')).length;

  it('keeps the rows, says why below them and in the row of the account', async () => {
    const more = await window.find(/^Load more/);
    await stage.cloud.control.expire();
    await more.click();
    await window.find(signedOut);
    await window.find(ended);
    assert.equal(await keys(), 3);
  });

  it('says so in Manage Accounts, whatever time the token had left', async () => {
    await window.run('Key Explorer: Manage Accounts…');
    await window.page.locator('.quick-input-widget').getByText('Expired: sign in again').first().waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('asks to sign in, from the row and from its menu, and sends nothing before that', async () => {
    await stage.cloud.control.clearRequests();
    for (const ask of [
      async () => (await window.find(signedOut)).click(),
      async () => window.choose(signedOut, 'Sign In Again…'),
    ]) {
      await ask();
      await window.page
        .locator('.quick-input-widget')
        .getByText(/^Token: the value/)
        .first()
        .waitFor();
      await window.page.keyboard.press('Escape');
      await window.input.waitFor({ state: 'hidden' });
    }
    assert.deepEqual(await stage.cloud.control.requests(), []);
  });

  it('goes on with the page that failed once the user has signed in', async () => {
    await (await window.find(signedOut)).click();
    await window.answer(/^Token: the value/, await token());
    await window.find(/^Load more \(6 of 7\)/);
    await window.find(account(SAMPLE.domain.name));
    assert.equal(await keys(), 6);
  });

  it('offers to hide a service that turns out not to be offered, and the menu another try', async () => {
    const notOffered = /^Not offered here · hide, 6 loaded so far$/;
    await stage.cloud.control.fault({
      match: '/signs',
      fault: { kind: 'answer', status: 404, body: { error_code: 'APIGW.0101' } },
    });
    await (await window.find(/^Load more/)).click();
    await window.find(notOffered);
    await stage.cloud.control.clearFaults();
    await window.choose(notOffered, 'Retry');
    await window.row(notOffered).waitFor({ state: 'detached' });
    assert.equal(await keys(), 7);
  });

  it('says in the row of the account after a reload why it is signed out', async () => {
    await stage.cloud.control.expire();
    await window.run('Key Explorer: Refresh All');
    await window.find(ended);
    await window.reload();
    await window.find(ended);
    await window.choose(ended, 'Sign In Again…');
    await window.answer(/^Token: the value/, await token());
    await window.find(account(SAMPLE.domain.name));
  });
});
