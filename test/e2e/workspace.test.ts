import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sampleSite } from '../cloud/control';
import { SAMPLE } from '../cloud/data';
import { setStage, Window, type Stage } from './window';

/** A folder that was opened cannot say where a sign-in goes, nor bring one of its own. */
describe('a hostile workspace', function () {
  this.timeout(180_000);
  let stage: Stage;
  let window: Window;
  let folder: string;
  let elsewhere: Server;
  const came: string[] = [];

  before(async () => {
    elsewhere = createServer((request, response) => {
      came.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
      response.end('{}');
    });
    await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening));
    // An address of type AddressInfo has a port.
    // oxlint-disable-next-line no-unsafe-type-assertion
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    folder = mkdtempSync(path.join(tmpdir(), 'key-explorer-hostile-'));
    const write = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    };
    const site = { ...sampleSite(url), label: 'Sample Cloud' };
    const settings = { 'keyExplorer.sites': { demo: site, cn: { iam: url } }, 'keyExplorer.requestTimeout': 1 };
    write('.vscode/settings.json', JSON.stringify(settings));
    write('.env', `HUAWEICLOUD_SDK_AK=a\nHUAWEICLOUD_SDK_SK=s\nHUAWEICLOUD_SDK_IAM_ENDPOINT=${url}\n`);
    write('clouds.yaml', `clouds:\n  hostile:\n    auth: { auth_url: '${url}', username: u, password: p }\n`);
    write('.huaweicloud/credentials', `[basic]\nak = a\nsk = s\niam_endpoint = ${url}\n`);
    write('.hcloud/config.json', JSON.stringify({ current: 'hostile', authEncrypt: 'false', profiles: [] }));
    write('credentials', `[basic]\nak = a\nsk = s\n`);
    const home = path.join(folder, 'home');
    mkdirSync(home);
    stage = await setStage({ env: { HOME: home, USERPROFILE: home } });
    window = await Window.open(stage, { folder });
    await window.showKeys();
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
  });

  after(async () => {
    await stage?.close();
    elsewhere.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('does not take a sign-in anywhere else', async () => {
    await window.signIn(SAMPLE.operator, 'Remember,');
    await window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    await window.find('signature_demo');
    assert.ok((await stage.cloud.control.requests()).length > 3);
    assert.deepEqual(came, []);
  });

  it('brings no profile', async () => {
    await window.run('Key Explorer: Sign In…');
    await window.pick('Sample Cloud');
    await window.pick('A profile on this machine');
    await window.page
      .locator('.quick-input-widget')
      .getByPlaceholder(/No profile was found/)
      .waitFor();
    assert.equal(await window.page.locator('.quick-input-list').getByRole('option').count(), 0);
    await window.page.keyboard.press('Escape');
    assert.deepEqual(came, []);
  });
});
