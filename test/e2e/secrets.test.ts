import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Frame } from 'playwright-core';
import { inProject, tokenFor } from '../cloud/ask';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { passcodeOf } from '../cloud/passcodes';
import { setStage, Window, type Stage } from './window';

const password = 'Planted "wrong"/Passw0rd+1';
const wrongKey = 'planted-wrong/secret-key+5';
const signKey = 'planted-sign/key+"1"';
const signSecret = 'planted-sign/secret+"2"';
const appKey = 'planted-app/key+"3"';
const unknownSecret = 'planted-client/secret+"4"';
const textSecret = 'planted-text/secret+6';
const signName = 'PlantedSignature';
const appName = 'PlantedCredential';
// Every token of the sample begins so, and is far longer; the second one is the same in base64.
const anyToken = /MII[\w+%-]{60,}|TUlJ[\w+/%-]{60,}/;
// Every security token begins so.
const anySecurityToken = /gQpjbi1ub3J0aC00[\w-]{60,}|Z1FwamJpMW5iM0owYUMwM[\w+/]{60,}/;

/** Where secrets were planted, and where none may be found: each test looks into one place, after all was done. */
describe('secrets', function () {
  this.timeout(180_000);
  let stage: Stage;
  let window: Window;
  let page: Frame;
  let secrets: readonly string[];
  let pasted: string;
  const copied: string[] = [];
  const codes: string[] = [];
  const north = SAMPLE.projects[0];

  /** Fails where a text holds a secret in any spelling; says where, never what. */
  const clean = (where: string, text: string): void => {
    secrets.forEach((secret, at) => {
      for (const [way, spelling] of Object.entries(spellings(secret))) {
        assert.ok(!text.includes(spelling), `secret ${at} (${way}) is in ${where}`);
      }
    });
    assert.ok(!anyToken.test(text), `a token is in ${where}`);
    assert.ok(!anySecurityToken.test(text), `a security token is in ${where}`);
  };
  const dom = async (): Promise<string> => {
    const texts = await Promise.all(
      window.page
        .frames()
        .map(async (frame) => `${await frame.content()}\n${await frame.evaluate<string>(fieldValues)}`),
    );
    return texts.join('\n');
  };
  const cleanDom = async (when: string): Promise<string> => {
    const values = await Promise.all(window.page.frames().map(async (frame) => frame.evaluate<string>(fieldValues)));
    clean(`a field, ${when}`, values.join('\n'));
    const text = await dom();
    clean(`the DOM, ${when}`, text);
    return text;
  };
  /** Hovers a row and looks at what comes up. */
  const cleanTooltip = async (name: string | RegExp, says: string | RegExp): Promise<void> => {
    await window.page.mouse.move(900, 880);
    await window.row(name).hover();
    await window.page.locator('.monaco-hover').getByText(says).first().waitFor();
    await cleanDom(`with the tooltip of ${String(name)}`);
  };
  /** The workbench keeps what was typed in its one field, which it hides, until that is used again. */
  const leaveField = async (): Promise<void> => {
    await window.askForCommand();
    await window.page.keyboard.press('Escape');
  };
  const signInAs = async (how: string): Promise<void> => {
    await window.run('Key Explorer: Sign In…');
    await window.pick('Sample Cloud');
    await window.pick(how);
  };

  before(async () => {
    stage = await setStage({ settings: { 'keyExplorer.pageSize': 20 } });
    const scope = inProject(north);
    pasted = await tokenFor(stage.cloud.url, scope, SAMPLE.auditor);
    secrets = [password, SAMPLE.password, pasted, signKey, signSecret, appKey, unknownSecret, textSecret, wrongKey];
    secrets = [...secrets, SAMPLE.guarded.key.secret, SAMPLE.guarded.password];
    window = await Window.open(stage);
    await window.showKeys();
    await window.run('Developer: Set Log Level...');
    await window.pick('Trace, All');
    const plant = async (match: string, name: string, document: string, planted: object): Promise<void> => {
      const body = { total: 1, size: 1, [name]: [{ ...exampleRows(document)[0], ...planted }] };
      await stage.cloud.control.fault({ match, fault: { kind: 'answer', status: 200, body } });
    };
    await plant('/bound-apps', 'apps', 'boundApps', {
      name: appName,
      app_key: appKey,
      remark: `https://planted:${textSecret}@example.com/`,
    });
    await plant('/signs', 'signs', 'signs', {
      name: signName,
      sign_key: signKey,
      sign_secret: signSecret,
      client_secret: unknownSecret,
      remark: `Bearer ${textSecret}`,
    });
  });

  afterEach(async function () {
    await window?.keepEvidence(this.currentTest);
  });

  after(async () => stage?.close());

  it('are not repeated by a refused sign-in whose answer holds the password in every spelling', async () => {
    await stage.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', times: 1, fault: echo(401, password) });
    await signInAs('IAM user and password');
    await window.answer(/Account name/, SAMPLE.domain.name);
    await window.answer(/IAM user name/, SAMPLE.user);
    await window.acceptAddresses();
    await window.pick('Remember,');
    await window.answer(/Password of/, password);
    await window.page.getByText(/The cloud refused the sign-in: refused with/).waitFor();
    // A password field keeps its text until it is replaced.
    await window.input.fill('');
    await cleanDom('after a refused password');
    await window.retype(SAMPLE.password);
    await window.row(SAMPLE.user).waitFor();
  });

  it('are not repeated by a token that is refused, nor by a list that fails for one that was taken', async () => {
    await stage.cloud.control.fault({ match: '/v3/auth/tokens', method: 'GET', times: 1, fault: echo(401, pasted) });
    await signInAs('Paste a token');
    await window.acceptAddresses();
    await window.pick('Remember until');
    await window.answer(/^Token: the value/, pasted);
    await window.page.getByText(/The cloud refused the sign-in: refused with/).waitFor();
    await window.input.fill('');
    await cleanDom('after a refused token');
    await stage.cloud.control.fault({ match: '/v3/auth/projects', times: 1, fault: echo(500, pasted) });
    await window.retype(pasted);
    await window.row(SAMPLE.auditor.name).waitFor();
    await leaveField();
    await window.expand(SAMPLE.auditor.name);
    const note = window.row(/^Retry/);
    await note.waitFor();
    await cleanTooltip(/^Retry/, 'refused with');
    await window.choose(/^Retry/, 'Copy Error');
    await window.says('Copied the error');
    copied.push(await window.clipboard());
    assert.match(copied[0] ?? '', /refused with/);
    await window.collapse(SAMPLE.auditor.name);
  });

  it('are not repeated by a wrong secret key, nor by a code', async () => {
    const { guarded } = SAMPLE;
    await signInAs('Access key (AK/SK)');
    await window.answer(/Access key ID/, guarded.key.access);
    await window.answer(/Security token/, '');
    await window.acceptAddresses();
    await window.pick('Remember');
    await window.answer(/Secret access key/, wrongKey);
    await window.page.getByText(/does not belong to the access key/).waitFor();
    await window.input.fill('');
    await cleanDom('after a refused signature');
    await window.retype(guarded.key.secret);
    await window.row(guarded.name).waitFor();
    await leaveField();
    await signInAs('IAM user, password and MFA code');
    await window.answer(/Account name/, SAMPLE.domain.name);
    await window.answer(/IAM user name/, guarded.name);
    await window.answer(/IAM user ID/, guarded.id);
    // Its addresses were accepted with the access key.
    await window.pick('Remember,');
    await window.answer(/Password of/, guarded.password);
    const code = passcodeOf(guarded, Date.now());
    await window.answer(/The code that/, code);
    await window.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await leaveField();
    await window.expand(guarded.name);
    await window.find('cn-north-4');
    const shown = await cleanDom('after a code');
    assert.ok(!new RegExp(`\\b${code}\\b`).test(shown), 'the code is in the DOM');
    codes.push(code);
    await window.collapse(guarded.name);
  });

  it('are masked on pages, in tooltips and in copies', async () => {
    await window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    await window.row(signName).click();
    page = await window.detail(signName);
    assert.match(await page.locator('pre').innerText(), /"client_secret": "••••••••"/);
    await window.choose(signName, 'Copy JSON');
    await window.says(/Copied the JSON of/);
    copied.push(await window.clipboard());
    assert.match(copied.at(-1) ?? '', /"sign_secret": "••••••••"/);
    await cleanTooltip(signName, /ID: /);
    await window.openBelow('Credential quotas', /^ClientQuota_demo,/, 'Bound credentials');
    await window.row(appName).click();
    const other = await window.detail(appName);
    assert.match(await other.locator('pre').innerText(), /"app_key": "••••••••"/);
    const shown = await cleanDom('with pages open');
    assert.ok(shown.includes(appName), 'the DOM differs from the screen');
    clean('what was copied', copied.join('\n'));
  });

  it('are on the page while they are revealed, and nowhere after Hide', async () => {
    await window.row(signName).click();
    page = await window.detail(signName);
    await page.getByRole('button', { name: 'Reveal "sign_secret"' }).click();
    await page.getByText('planted-sign/secret').waitFor();
    const revealed = await dom();
    assert.ok(revealed.includes(spellings(signSecret)['json'] ?? '?'), 'the DOM lacks the revealed secret');
    assert.throws(() => clean('the page that shows it', revealed), /secret 4 \(json\)/);
    assert.ok(!revealed.includes('planted-sign/key'), 'another secret is shown');
    await page.getByRole('button', { name: 'Hide "sign_secret"' }).click();
    await cleanDom('after Hide');
  });

  it('are in no state that the editor keeps outside its secret store', async () => {
    clean('the state', await window.keeps(['keyExplorer.detail']));
    clean('the cookies', JSON.stringify(await stage.browser.cookies()));
  });

  it('are in no log at any level, and in no file of the user', () => {
    const files = filesBelow(dirname(stage.workbench.userDataDir), /^(extensions|CachedExtensionVSIXs)$/);
    const own = files.find(({ path }) => path.endsWith('Key Explorer.log'))?.text ?? '';
    for (const line of [
      /\[info\] GET 127\.0\.0\.1:\d+ \/v3\/auth\/projects 200 [0-9a-f]{32} \d+ ms/,
      /\[info\] POST 127\.0\.0\.1:\d+ \/v3\/auth\/tokens 401 /,
      /\[info\] GET 127\.0\.0\.1:\d+ \/v2\/\{project_id\}\/apic\/instances\/\{instance_id\}\/signs 200 /,
    ]) {
      assert.match(own, line);
    }
    assert.ok(files.some(({ path, text }) => path.endsWith('.log') && text.includes('[trace]')));
    assert.ok(files.some(({ path, text }) => path.endsWith('settings.json') && text.includes('Sample Cloud')));
    const list = /globalStorage\/[\w.-]*key-explorer\/accounts\.\d+\.json$/;
    assert.ok(files.some(({ path, text }) => list.test(path.replaceAll('\\', '/')) && text.includes(SAMPLE.user)));
    for (const { path, text } of files) {
      clean(path, text);
    }
    for (const code of codes) {
      assert.ok(!new RegExp(`\\b${code}\\b`).test(own), 'a code is in the log');
    }
    clean('what the server printed', stage.workbench.logs());
  });

  it('are nowhere once a sign-in has expired, nor once all are signed out', async () => {
    await window.run('View: Close All Editors');
    await window.letTokensAge();
    await stage.cloud.control.expire();
    const refused = echo(401, password);
    await stage.cloud.control.fault({ match: '/v3/auth/tokens', method: 'POST', fault: refused });
    await window.run('Key Explorer: Refresh All');
    await window.find(new RegExp(`^${SAMPLE.user}, account, sign-in no longer valid`));
    await cleanDom('after the sign-in has expired');
    for (const { name } of SAMPLE.users) {
      await window.choose(new RegExp(`^${name}, account`), 'Sign Out');
      await window.page.getByRole('dialog').getByRole('button', { name: 'Sign Out' }).click();
      await window.row(new RegExp(`^${name}, account`)).waitFor({ state: 'detached' });
    }
    await window.signInButton.waitFor();
    await cleanDom('after signing out');
    clean('the state', await window.keeps([]));
    for (const { path, text } of filesBelow(
      dirname(stage.workbench.userDataDir),
      /^(extensions|CachedExtensionVSIXs)$/,
    )) {
      clean(path, text);
    }
  });

  it('are not in what the package installs', () => {
    const files = filesBelow(join(dirname(stage.workbench.userDataDir), 'extensions'));
    assert.ok(files.some(({ path, text }) => path.endsWith('.js') && text.includes('/v3/auth/tokens')));
    // The README names the sample's user, for trying the demo by hand.
    for (const { path, text } of files.filter((file) => !file.path.endsWith('.md'))) {
      clean(path, text);
      assert.ok(!SAMPLE.users.some(({ name }) => text.includes(name)), `a sample user is in ${path}`);
    }
  });
});

/** A secret as it may be written. */
function spellings(secret: string): Record<string, string> {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return {
    plain: secret,
    json: JSON.stringify(secret).slice(1, -1),
    'json in json': JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    html: secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
    url: encodeURIComponent(secret),
    form: new URLSearchParams({ secret }).toString().slice('secret='.length),
    base64,
    'base64 for addresses': base64.replaceAll('+', '-').replaceAll('/', '_'),
  };
}

/** An answer that repeats a secret in the spellings that a cloud may use. */
function echo(status: number, secret: string): { kind: 'answer'; status: number; body: object } {
  const { plain, json, url, base64 } = spellings(secret);
  const said = ['refused with', plain, json, url, base64].join(' ');
  return { kind: 'answer', status, body: { error: { code: status, message: said, title: said } } };
}

/** The text of every file below a folder. */
function filesBelow(folder: string, without = /^$/): { path: string; text: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (without.test(entry.name)) {
      return [];
    }
    return entry.isDirectory()
      ? filesBelow(path, without)
      : entry.isFile()
        ? [{ path, text: readFileSync(path, 'utf8') }]
        : [];
  });
}

/** The values of fields, which are not in the markup. */
const fieldValues = `[...document.querySelectorAll('input, textarea')].map((field) => field.value).join('\\n')`;
