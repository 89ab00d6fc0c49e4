import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { sampleSite } from '../cloud/control';
import { SAMPLE } from '../cloud/data';
import { goOnFromEachOther, setStage, Window, type Stage } from './window';

// As long as a host can be, with what matters at its end.
const label = 'iam-myhuaweicloud-com-'.repeat(3).slice(0, 59);
const longest = `${label}.${label}.${label}.${label}.evil.example`;
/** An address with a Cyrillic letter, one that seems to end elsewhere, and its host. */
const lookAlike = ['https://\u0456am.myhuaweicloud.com', 'xn--am-goc.myhuaweicloud.com'] as const;
const misleading = [`https://${longest}\\@iam.myhuaweicloud.com/{region}`, longest] as const;

/** The consent of a user to the addresses of a site: each test goes on where the one before it ended. */
describe('the addresses of a site', function () {
  this.timeout(180_000);
  goOnFromEachOther(this);
  let stage: Stage;
  let window: Window;
  let sample: ReturnType<typeof sampleSite>;
  let host: string;

  before(async () => {
    stage = await setStage();
    sample = sampleSite(stage.cloud.url);
    host = new URL(stage.cloud.url).host;
    window = await Window.open(stage);
    await window.showKeys();
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
  });

  after(async () => stage?.close());

  /** Changes the site, for a window that is reloaded: not every machine tells it of the change. */
  const set = async (change: object): Promise<void> => {
    stage.workbench.updateSettings({ 'keyExplorer.sites': { demo: { ...sample, ...change } } });
    await window.reload();
  };
  const choices = (): Locator => window.page.locator('.quick-input-list .monaco-list-row');
  /** The names of the ticked rows of a question. */
  const ticked = async (): Promise<string[]> =>
    choices().evaluateAll((rows) =>
      rows
        .filter((row) => row.getAttribute('aria-checked') === 'true')
        .map((row) => row.getAttribute('aria-label') ?? ''),
    );
  const cancel = async (): Promise<void> => {
    await window.page.keyboard.press('Escape');
    await window.modal.waitFor({ state: 'detached' });
  };
  const start = async (): Promise<void> => {
    await window.run('Key Explorer: Sign In…');
    await window.pick('Sample Cloud');
    await window.pick('IAM user and password');
    await window.answer(/Account name/, SAMPLE.domain.name);
    await window.answer(/IAM user name/, SAMPLE.user);
  };
  const romaRow = async (): Promise<Locator> => {
    await window.openBelow(SAMPLE.user, 'cn-north-4', 'ROMA Connect');
    return window.find(/^(?:Address refused · accept|Accept a new address)/);
  };
  /** Fails unless a text is on the screen as a whole, within what the dialog shows. */
  const isWhole = async (text: string): Promise<void> => {
    await window.modal.getByText(text).first().waitFor();
    const cut = await window.page.evaluate<string>(`(${outsideOfDialog})(${JSON.stringify(text)})`);
    assert.equal(cut, '');
  };

  it('are asked for in one question with a tick each, before anything is sent', async () => {
    await start();
    await window.addresses.waitFor();
    const name = (uses: string): RegExp => new RegExp(`^${uses}, ${host}`);
    const names = await ticked();
    for (const [at, uses] of ['IAM', 'Node Engine Service', 'CodeArts Repo', 'ROMA Connect'].entries()) {
      assert.match(names[at] ?? '', name(uses));
    }
    assert.equal(names.length, 4);
    assert.deepEqual(await stage.cloud.control.requests(), []);
  });

  it('are confirmed with their hosts, and Escape leads back to the ticks', async () => {
    await choices().getByText('ROMA Connect').click();
    await window.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await window.modal.getByText(`• ${host} (IAM, Node Engine Service, CodeArts Repo)`).waitFor();
    await cancel();
    await window.addresses.waitFor();
    assert.equal((await ticked()).length, 3);
    await window.acceptAddresses();
    await window.pick('Remember,');
    await window.answer(/Password of/, SAMPLE.password);
    await window.row(SAMPLE.user).waitFor();
  });

  it('get nothing after they were refused, also in a later sign-in', async () => {
    const refused = async (): Promise<void> => {
      await (await romaRow()).and(window.row(/^Address refused · accept, /)).waitFor();
      assert.ok(!(await stage.cloud.control.requests()).some(({ path }) => path.startsWith('/roma/')));
    };
    await refused();
    await stage.cloud.control.expire();
    await window.choose(SAMPLE.user, 'Sign In Again…');
    // Only the password is asked for: the IAM was accepted.
    await window.answer(/Password of/, SAMPLE.password);
    await window.row(SAMPLE.user).waitFor();
    await refused();
    await window.reload();
    await refused();
  });

  it('are accepted by the row, in a dialog', async () => {
    await (await romaRow()).click();
    await window.modal.getByText(`Send this account’s tokens to ${host}?`).waitFor();
    await cancel();
    assert.ok(!(await stage.cloud.control.requests()).some(({ path }) => path.startsWith('/roma/')));
    await (await romaRow()).click();
    await window.modal.getByRole('button', { name: 'Accept' }).click();
    await window.row(/^roma-test, instance/).waitFor();
  });

  it('are rows where they came later, and the dialog shows the whole host', async () => {
    for (const [project, address, shown] of [
      ['cn-east-3', ...misleading],
      ['ap-southeast-3', `${lookAlike[0]}/{region}`, lookAlike[1]],
    ] as const) {
      await set({ services: { ...sample.services, roma: address } });
      await window.openBelow(SAMPLE.user, project, 'ROMA Connect');
      await (await window.find(new RegExp(`^Accept a new address, ${shown.slice(0, 150)}`))).click();
      await isWhole(shown);
      await window.page.screenshot({ path: `coverage/addresses-row-${project}.png` });
      await cancel();
    }
  });

  it('are whole in the dialog of a sign-in', async () => {
    await set({ iam: lookAlike[0], services: { roma: misleading[0], nes: `https://${longest}/{region}` } });
    await window.run('Key Explorer: Sign In…');
    await window.pick('Sample Cloud');
    // A choice under a resting mouse shows a tooltip over the others.
    await window.page.mouse.move(700, 700);
    await window.pick('Paste a token');
    await window.addresses.waitFor();
    await window.page.screenshot({ path: 'coverage/addresses-question.png' });
    await window.page.keyboard.press('Enter');
    await isWhole(`• ${lookAlike[1]} (IAM)`);
    await isWhole(`• ${longest} (Node Engine Service, ROMA Connect)`);
    await window.page.screenshot({ path: 'coverage/addresses-dialog.png' });
    await cancel();
    await window.page.keyboard.press('Escape');
  });

  it('end the sign-in where its IAM is refused', async () => {
    await stage.cloud.control.clearRequests();
    await set({});
    await window.run('Key Explorer: Sign In…');
    await window.pick('Sample Cloud');
    await window.page.mouse.move(700, 700);
    await window.pick('Paste a token');
    await window.addresses.waitFor();
    await choices().getByText('IAM').click();
    await window.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await window.page.getByText(`Nothing was sent: the sign-in needs ${host}`).first().waitFor();
    assert.deepEqual(await stage.cloud.control.requests(), []);
  });

  it('are refused with the reason where they are not plain', async () => {
    await set({ services: { ...sample.services, roma: `${stage.cloud.url}/roma?secret=planted-secret` } });
    const reason = 'demo.services.roma is not a plain https';
    await window.page.locator('.notifications-toasts').getByText(reason).first().waitFor();
    await window.run('Key Explorer: Sign In…');
    await window.page.locator('.quick-input-list').getByText(reason).first().waitFor();
    await window.page.screenshot({ path: 'coverage/addresses-wrong.png' });
    await window.page.keyboard.press('Escape');
    assert.ok(!(await window.page.content()).includes('planted-secret'));
  });
});

const outsideOfDialog = String.raw`(wanted) => {
  const dialog = document.querySelector('.monaco-dialog-box');
  const edge = dialog.getBoundingClientRect();
  const walker = document.createTreeWalker(dialog, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.textContent.indexOf(wanted);
    if (at >= 0) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const outside = [...range.getClientRects()].filter(
        ({ left, right, top, bottom }) =>
          left < edge.left || right > edge.right || top < edge.top || bottom > edge.bottom,
      );
      return outside.length === 0 ? '' : JSON.stringify(outside);
    }
  }
  return 'not in ' + dialog.textContent;
}`;
