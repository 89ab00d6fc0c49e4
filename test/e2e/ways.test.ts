import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inProject, tokenFor } from '../cloud/ask';
import { SAMPLE } from '../cloud/data';
import { passcodeOf } from '../cloud/passcodes';
import { setStage, Window, type Stage } from './window';

/** Every way of signing in, from the first question to the keys of a project. */
describe('signing in', function () {
  this.timeout(180_000);
  const { operator, auditor, guarded, domain } = SAMPLE;
  let stage: Stage;
  let window: Window;
  let home: string;

  before(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'key-explorer-home-'));
    mkdirSync(path.join(home, '.huaweicloud'));
    const file = path.join(home, '.huaweicloud/credentials');
    writeFileSync(file, `[basic]\nak = ${auditor.key.access}\nsk = ${auditor.key.secret}\n`);
    stage = await setStage({ env: { HOME: home, USERPROFILE: home } });
    window = await Window.open(stage);
    await window.showKeys();
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
    await window.page.keyboard.press('Escape');
  });

  after(async () => {
    await stage?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const start = async (how: string): Promise<void> => {
    await stage.cloud.control.reset();
    await window.run('Key Explorer: Sign In…');
    await window.pick('Sample Cloud');
    await window.pick(how);
  };
  const signOut = async (name: string): Promise<void> => {
    await window.choose(new RegExp(`^${name},`), 'Sign Out');
    await window.page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
    await window.signInButton.waitFor();
  };
  /** Opens the way to the signature keys, and says how many requests were signed. */
  const opens = async (name: string, instance = 'roma-test'): Promise<void> => {
    await window.openBelow(new RegExp(`^${name},`), 'cn-north-4', 'ROMA Connect', instance);
    await window.find('Credential quotas');
  };
  const signed = async (): Promise<number> =>
    (await stage.cloud.control.requests()).filter(({ headers }) => headers.names.includes('authorization')).length;

  it('with an access key, after a wrong secret one', async () => {
    await start('Access key (AK/SK)');
    await window.answer(/Access key ID/, operator.key.access);
    await window.answer(/Security token/, '');
    await window.acceptAddresses();
    await window.pick('This session only');
    await window.answer(/Secret access key/, 'a-wrong-secret-key');
    await window.page.getByText(/does not belong to the access key/).waitFor();
    assert.equal((await stage.cloud.control.requests()).length, 1);
    await window.retype(operator.key.secret);
    await opens(operator.name);
    assert.ok((await signed()) >= 3);
    await signOut(operator.name);
  });

  it('with a line of credentials.csv, and never with a placeholder', async () => {
    const { access, secret } = operator.key;
    const says = async (text: RegExp): Promise<void> => window.page.getByText(text).first().waitFor();
    await start('Access key (AK/SK)');
    await window.answer(/Access key ID/, '<HW_ACCESS_KEY>');
    await says(/This is a placeholder/);
    await window.retype(`\u0410${access}`);
    await says(/no such value has: \u0410 \(U\+0410\)/);
    await window.retype(`User Name,Access Key Id,Secret Access Key\n${operator.name},${access},${secret}\n`);
    await window.answer(/Security token/, 'HPUA****1234');
    await says(/This value is masked/);
    await window.retype('');
    await window.acceptAddresses();
    await window.pick('This session only');
    await says(new RegExp(`Secret access key \\(SK\\) of ${access}`));
    assert.deepEqual(await stage.cloud.control.requests(), []);
    assert.equal(await window.input.inputValue(), secret);
    await window.page.keyboard.press('Enter');
    await opens(operator.name);
    await signOut(operator.name);
  });

  it('with a password that is pointed out before it is sent as it is', async () => {
    await start('IAM user and password');
    await window.answer(/Account name/, domain.name);
    await window.answer(/IAM user name/, operator.name);
    await window.acceptAddresses();
    await window.pick('This session only');
    await window.answer(/Password of/, `${operator.password}\u200b`);
    await window.page.getByText(/not seen \(U\+200B\)/).waitFor();
    assert.deepEqual(await stage.cloud.control.requests(), []);
    await window.page.keyboard.press('Enter');
    await window.page.getByText(/The cloud refused the sign-in/).waitFor();
    await window.retype(operator.password);
    await opens(operator.name);
    await signOut(operator.name);
  });

  it('with a password and a code, which gives keys for every project', async () => {
    await start('IAM user, password and MFA code');
    await window.answer(/Account name/, domain.name);
    await window.answer(/IAM user name/, guarded.name);
    await window.answer(/IAM user ID/, guarded.id);
    await window.acceptAddresses();
    await window.pick('Remember,');
    await window.answer(/Password of/, guarded.password);
    await window.answer(/The code that/, '000000');
    await window.page.getByText(/a code that was used already/).waitFor();
    await window.retype(passcodeOf(guarded, Date.now()));
    await opens(guarded.name);
    assert.ok((await signed()) >= 2);
  });

  it('again with a code alone, where the password was remembered', async () => {
    await stage.cloud.control.reset();
    await window.choose(/^roma-test/, 'Refresh');
    await window.choose(/^cn-north-4/, 'Refresh');
    await window.run('Key Explorer: Sign In Again');
    await window.answer(/The code that/, passcodeOf(guarded, Date.now() + 30_000));
    await opens(guarded.name);
    await signOut(guarded.name);
  });

  it('with a profile of this machine, read where it is', async () => {
    await start('A profile on this machine');
    await window.pick('basic');
    await window.acceptAddresses();
    await window.pick('Read it where it is');
    await opens(auditor.name);
    await signOut(auditor.name);
  });

  it('in the role of an agency, as a further account', async () => {
    const { partner } = SAMPLE;
    await stage.cloud.control.reset();
    await window.signIn(operator);
    await window.run('Key Explorer: Manage Accounts…');
    await window.pick(operator.name);
    await window.pick('Use an Agency’s Role…');
    await window.answer(/Agency name/, partner.agencyName);
    await window.answer(/Account name: the account that made the agency/, partner.domain.name);
    const role = partner.agency.name.replace('/', String.raw`\/`);
    await window.openBelow(new RegExp(`^${role},`), 'cn-north-4', 'ROMA Connect');
    await window
      .row(/, instance/)
      .first()
      .waitFor();
    await window.choose(new RegExp(`^${role},`), 'Sign Out');
    await window.page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
    await window.row(new RegExp(`^${role},`)).waitFor({ state: 'detached' });
    await signOut(operator.name);
  });

  it('with a token that was made elsewhere', async () => {
    await start('Paste a token');
    const token = await tokenFor(stage.cloud.url, inProject(SAMPLE.projects[0]), auditor);
    await window.acceptAddresses();
    await window.pick('This session only');
    await window.answer(/^Token: the value/, token);
    await opens(auditor.name);
    await signOut(auditor.name);
  });
});
