import assert from 'node:assert/strict';
import { SAMPLE } from '../cloud/data';
import { goOnFromEachOther, setStage, Window, type Stage } from './window';

/** Everything that Manage Accounts has for an account: each test goes on where the one before it ended. */
describe('Manage Accounts', function () {
  this.timeout(180_000);
  goOnFromEachOther(this);
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

  const quick = (text: string | RegExp): ReturnType<Window['page']['locator']> =>
    window.page.locator('.quick-input-widget').getByText(text).first();

  /** Ticks a choice, or takes its tick away, and leaves the question as accepted. */
  const tick = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) {
      await window.page.locator('.quick-input-list').getByRole('checkbox', { name }).first().click();
    }
    await window.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  };

  const projects = async (): Promise<string[]> =>
    (await window.rows()).filter((name) => name.includes(', project')).map((name) => name.split(',')[0] ?? '');

  const gone = async (name: string): Promise<void> => window.row(name).first().waitFor({ state: 'detached' });

  it('tells how an account signs in, where that is kept and when it ends', async () => {
    await window.run('Key Explorer: Manage Accounts…');
    await quick(/Signed in with a password · Renews itself/).waitFor();
    await window.pick(SAMPLE.user);
    await quick('Kept in the secret storage of this machine').waitFor();
    await quick('Renews itself as long as the password is right').waitFor();
  });

  it('gives it a name of its own, with a way back to the list', async () => {
    await window.pick('Rename…');
    await window.answer(/A name of your own/, 'My keys');
    await window.row('My keys').waitFor();
    assert.deepEqual(
      (await window.rows()).filter((name) => name.includes(', account')),
      [`My keys, account, ${SAMPLE.user} · ${SAMPLE.domain.name} · Sample Cloud`],
    );
    await window.page.locator('.quick-input-widget').getByRole('button', { name: 'Back' }).click();
    await window.page.locator('.quick-input-list').getByRole('option', { name: 'My keys' }).waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('hides a region and shows it again', async () => {
    await window.expand('My keys');
    await window.row('cn-north-4').waitFor();
    const all = await projects();
    await window.choose('My keys', 'Manage Accounts…');
    await window.pick('Regions and Projects Shown…');
    await quick('CN North-Beijing4').waitFor();
    await tick('cn-north-4');
    await quick('1 hidden').waitFor();
    await gone('cn-north-4');
    assert.deepEqual(
      await projects(),
      all.filter((name) => !name.startsWith('cn-north-4')),
    );
    await window.pick('Regions and Projects Shown…');
    await tick('cn-north-4');
    await window.row('cn-north-4').waitFor();
    assert.deepEqual(await projects(), all);
    assert.equal(await quick('1 hidden').count(), 0);
    await window.page.keyboard.press('Escape');
  });

  it('says so where all is hidden, and leads back', async () => {
    await window.choose('My keys', 'Manage Accounts…');
    await window.pick('Regions and Projects Shown…');
    await tick('cn-north-4, CN', 'ap-southeast-3', 'cn-east-3', 'la-south-2');
    await window.page.keyboard.press('Escape');
    const note = await window.find('All hidden · choose');
    await note.click();
    await window.pick('Regions and Projects Shown…');
    await tick('cn-north-4, CN', 'ap-southeast-3', 'cn-east-3', 'la-south-2');
    await window.row('la-south-2').waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('hides a service everywhere', async () => {
    await window.expand('la-south-2');
    await window.row('ROMA Connect').waitFor();
    await window.choose('My keys', 'Manage Accounts…');
    await window.pick('Services Shown…');
    await tick('ROMA Connect');
    await gone('ROMA Connect');
    await window.row('CodeArts Repo').waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('hides a service in one place, also while all services are shown', async () => {
    await window.run('Key Explorer: Show All Services');
    await window.row('ROMA Connect').waitFor();
    await window.expand('Node Engine Service');
    await (await window.find('Not offered here · hide')).click();
    await gone('Node Engine Service');
    await gone('ROMA Connect');
    await window.row('CodeArts Repo').waitFor();
  });

  it('gets new tokens at once', async () => {
    await stage.cloud.control.clearRequests();
    await window.choose('My keys', 'Manage Accounts…');
    await window.pick('Renew Now');
    await window.page.getByText('My keys has new tokens.').first().waitFor();
    const signIns = (await stage.cloud.control.requests()).filter(({ method }) => method === 'POST');
    assert.equal(signIns.length, 1);
    await window.page.keyboard.press('Escape');
  });

  it('takes on the role of an agency as a further account, with a second try', async () => {
    await window.choose('My keys', 'Manage Accounts…');
    await window.pick('Use an Agency’s Role…');
    await window.answer(/Agency name/, 'mistyped');
    await window.answer(/Account name: the account that made/, SAMPLE.partner.domain.name);
    await quick(/No permission/).waitFor();
    await window.page.locator('.quick-input-widget').getByRole('button', { name: 'Back' }).click();
    await window.answer(/Agency name/, SAMPLE.partner.agencyName);
    await window.answer(/Account name: the account that made/, SAMPLE.partner.domain.name);
    await window.row(SAMPLE.partner.agency.name).waitFor();
    assert.equal((await window.rows()).filter((name) => name.includes(', account')).length, 2);
  });

  it('signs out, and shows the rest', async () => {
    await window.choose('My keys', 'Manage Accounts…');
    await window.pick('Sign Out');
    await window.page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
    await gone('My keys');
    await window.choose(SAMPLE.partner.agency.name, 'Sign In Again…');
    await window.page.getByText('The account that takes on this role is signed out.').first().waitFor();
    await window.page.locator('.notifications-toasts').getByRole('button', { name: 'Sign In…' }).first().click();
    await quick('Sample Cloud').waitFor();
    await window.page.keyboard.press('Escape');
    await window.run('Key Explorer: Manage Accounts…');
    await window.pick(SAMPLE.partner.agency.name);
    await quick(/taken on by an account that is signed out/).waitFor();
    await window.pick('Sign Out');
    await window.page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
    await window.signInButton.waitFor();
  });
});
