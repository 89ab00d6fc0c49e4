import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { SAMPLE } from '../cloud/data';
import { exampleRows, type Row } from '../cloud/documented';
import { setStage, Window, type Stage } from './window';

/** Texts that want to be more than text. */
const hostile = {
  html: '<img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>',
  link: '[press](command:workbench.action.quit) <a href="command:workbench.action.quit">here</a> www.x.cn',
  icon: '$(squirrel) :squirrel: **bold** `code`',
  bidi: '\u202egnp.exe\u2066\u2028x',
  lines: 'one\r\ntwo\n\n# three\tfour',
  long: 'L'.repeat(100_000),
  path: '../../../v3/auth/tokens?x#y',
  place: '1. {0} {1} ${x} %s',
  nul: 'a\u0000b\u001b[31mc',
} as const;
type Hostile = keyof typeof hostile;
const kinds: readonly Hostile[] = ['html', 'link', 'icon', 'bidi', 'lines', 'long', 'path', 'place', 'nul'];

/** The same as a person is to see them in a row. */
const seen: Readonly<Record<Hostile, string>> = {
  ...hostile,
  bidi: '\\u202egnp.exe\\u2066 x',
  lines: 'one two # three four',
  long: `${'L'.repeat(200)}…`,
  nul: 'a\\u0000b\\u001b[31mc',
};

/** Every list serves rows whose every text is hostile; each is opened and used as any other. */
describe('hostile names', function () {
  this.timeout(180_000);
  let stage: Stage;
  let window: Window;
  let address: string;
  const odd: string[] = [];
  const [north, , singapore] = SAMPLE.projects;

  before(async () => {
    stage = await setStage({ settings: { 'editor.accessibilitySupport': 'on' } });
    stage.browser.on('page', (page) => odd.push(`opened ${page.url()}`));
    window = await Window.open(stage);
    odd.length = 0;
    address = window.page.url();
    window.page.on('dialog', (dialog) => {
      odd.push(`asked ${dialog.message()}`);
      void dialog.dismiss();
    });
    window.page.on('framenavigated', (frame) => {
      if (frame === window.page.mainFrame()) {
        odd.push(`went to ${frame.url()}`);
      }
    });
    const serve = async (match: string, list: string, rows: readonly Row[]): Promise<void> => {
      const body = { total: rows.length, count: rows.length, size: rows.length, [list]: rows };
      await stage.cloud.control.fault({ match, fault: { kind: 'answer', status: 200, body } });
    };
    const all = (row: Row | undefined): Row[] => kinds.map((kind) => hostileRow(row ?? {}, hostile[kind]));
    const [signs, apps, quotas] = [exampleRows('signs')[0], exampleRows('boundApps')[0], exampleRows('appQuotas')[0]];
    const [instance] = exampleRows('instances');
    const project = {
      domain_id: 'x',
      parent_id: 'x',
      description: 'x',
      links: { self: 'x', next: 'x' },
      enabled: true,
    };
    const named = (one: { id: string; name: string }): Row => ({
      ...hostileRow(project, hostile.html),
      id: one.id,
      name: `${one.name}_${hostile.html}`,
    });
    await serve('/v3/auth/projects', 'projects', [
      named(north),
      named(singapore),
      ...all({ ...project, id: 'x', name: 'x' }),
    ]);
    await serve('/bound-apps', 'apps', all({ ...apps, remark: 'x', app_quota_id: 'x' }));
    // The first row of those that have others below them keeps its ID, so that the way goes on.
    await serve('/app-quotas', 'quotas', [
      { ...hostileRow(quotas ?? {}, hostile.html), app_quota_id: quotas?.['app_quota_id'], name: 'quota' },
      ...all(quotas),
    ]);
    await serve('/signs', 'signs', all({ ...signs, sign_algorithm: 'x' }));
    await serve('/instances', 'instances', [
      { ...hostileRow(instance ?? {}, hostile.html), id: instance?.['id'], name: 'instance' },
      ...all({ ...instance, error_code: 'x', error_msg: 'x', vpc_id: 'x' }),
    ]);
    const error = { error_code: hostile.html, error_msg: `${hostile.link} ${hostile.icon}`, request_id: hostile.html };
    await stage.cloud.control.fault({
      match: '/user/keys',
      times: 1,
      fault: { kind: 'answer', status: 500, body: error },
    });
    await serve('/user/keys', 'keys', all({ ...exampleRows('sshKeys')[0], id: 'x' }));
    await serve('/credentials', 'credentials', all(exampleRows('credentials')[0]));
    await window.showKeys();
    await window.signIn(SAMPLE.operator);
    await window.expand(SAMPLE.user);
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
    if (this.currentTest?.state === 'passed') {
      await nothingRan();
    }
  });

  after(async () => stage?.close());

  /** No script ran in any frame, no link to a command, no icon from a name, no dialog, no other page. */
  const nothingRan = async (): Promise<void> => {
    for (const frame of window.page.frames()) {
      const found = await frame.evaluate<unknown>(`({
        ran: globalThis.ran,
        commands: document.querySelectorAll('a[href^="command:"], a[data-href^="command:"]').length,
        icons: document.querySelectorAll('.codicon-squirrel').length,
        images: document.querySelectorAll('img[src="x"]').length,
        made: [...document.querySelectorAll('a, b, strong, h1 *, h2, script')].filter((each) =>
          /^(?:press|here|bold|# three|globalThis.ran=1)$/.test(each.textContent)).length,
      })`);
      assert.deepEqual(found, { ran: undefined, commands: 0, icons: 0, images: 0, made: 0 }, frame.url());
    }
    assert.deepEqual(odd, []);
    assert.equal(window.page.url(), address);
  };
  const region = ({ name }: { name: string }): RegExp => new RegExp(`^${name}_<img`);
  /** The row of a hostile name, of a kind that is in the accessible name. */
  const rowOf = (kind: Hostile, what: string): Locator =>
    window.row(new RegExp(`^${escaped(seen[kind])}, ${what}(?:,|$)`)).first();
  /** All rows of a list are there as text, and their tooltips show no more than text. */
  const allShown = async (what: string): Promise<void> => {
    for (const kind of kinds) {
      const row = rowOf(kind, what);
      // One after the other: there is one mouse.
      await row.waitFor();
      const label = row.locator('.label-name').first();
      assert.equal(await label.textContent(), seen[kind], `${what} ${kind}`);
      await window.page.mouse.move(900, 880);
      await row.hover();
      const hover = window.page
        .locator('.workbench-hover .hover-contents')
        .filter({ hasText: seen[kind].slice(0, 60) });
      await hover.first().waitFor();
      assert.equal(await hover.locator('a, img, script, strong, h1, li, code, .codicon').count(), 0, `${what} ${kind}`);
      // Spaces that do not break would cut words at the edge.
      assert.ok(!(await hover.first().textContent())?.includes('\u00a0'), `${what} ${kind}`);
      await nothingRan();
    }
  };
  /** Opens each row's page: its heading and its JSON are text. */
  const allOpened = async (what: string, some: readonly Hostile[] = ['html', 'bidi']): Promise<void> => {
    for (const kind of some) {
      await rowOf(kind, what).click();
      const page = await window.detail(seen[kind].replace(/\s+/g, ' ').trim());
      assert.equal(await page.locator('main h1').textContent(), seen[kind]);
      assert.equal(await page.locator('main').locator('a, img, script, iframe, strong').count(), 0);
      const json = await page.locator('pre').textContent();
      const written = kind === 'bidi' ? '"\\u202egnp.exe\\u2066\\u2028x"' : JSON.stringify(hostile[kind]);
      assert.ok(json?.includes(written), `${what} ${kind}`);
      await nothingRan();
    }
    await window.run('View: Close All Editors');
  };

  it('of projects', async () => {
    await window.row(region(north)).waitFor();
    await allShown('project');
  });

  it('of instances', async () => {
    await window.openBelow(region(north), 'ROMA Connect');
    await window.row('instance').waitFor();
    await allShown('instance');
  });

  it('of signature keys', async () => {
    await window.openBelow('instance', 'Signature keys');
    await allShown('signature key');
    await allOpened('signature key', kinds);
  });

  it('in the status bar, in notifications and in the clipboard', async () => {
    for (const kind of kinds) {
      await rowOf(kind, 'signature key').click();
      await window.page.keyboard.press('ControlOrMeta+C');
      const start = seen[kind].slice(0, 150);
      const bar = window.page.locator('.statusbar .statusbar-item').filter({ hasText: start.replaceAll('$(', '$ (') });
      await bar.first().waitFor();
      assert.equal(await bar.locator('.codicon:not(.codicon-check)').count(), 0, kind);
      const toast = window.page.locator('.notification-list-item-message').filter({
        hasText: start.replaceAll('](', '] ('),
      });
      await toast.first().waitFor();
      assert.equal(await toast.locator('a, img, script, strong, .codicon').count(), 0, kind);
      assert.equal(await window.clipboard(), hostile[kind]);
      await nothingRan();
      await window.run('Notifications: Clear All Notifications');
      await toast.first().waitFor({ state: 'detached' });
    }
  });

  it('in the list to choose from where nothing is selected', async () => {
    await rowOf('html', 'signature key').click();
    await window.page.keyboard.press('Escape');
    await window.run('Key Explorer: Copy ID');
    await window.page.locator('.quick-input-widget').getByPlaceholder('Which key?').waitFor();
    const list = window.page.locator('.quick-input-list');
    for (const kind of kinds) {
      const shown = seen[kind].slice(0, 60).replaceAll('](', '] (').replaceAll('$(', '$ (');
      await list.getByRole('option').filter({ hasText: shown }).first().waitFor();
    }
    assert.equal(await list.locator('.monaco-list-row').locator('a[href], img, script, strong').count(), 0);
    await nothingRan();
    await window.page.keyboard.press('Escape');
  });

  it('of credential quotas and of bound credentials', async () => {
    await window.collapse('Signature keys');
    await window.openBelow('Credential quotas');
    await allShown('credential quota');
    await window.openBelow('quota', 'Bound credentials');
    await allShown('bound credential');
    await allOpened('bound credential');
    await window.collapse('ROMA Connect');
  });

  it('of SSH keys, after an answer whose error is as hostile', async () => {
    await window.openBelow('CodeArts Repo');
    const failed = window.row(/^Retry/);
    await failed.waitFor();
    await window.page.mouse.move(900, 880);
    await failed.hover();
    const hover = window.page.locator('.workbench-hover .hover-contents').filter({ hasText: 'squirrel' });
    await hover.first().waitFor();
    assert.equal(await hover.locator('a, img, script, strong, code, .codicon').count(), 0);
    await nothingRan();
    await failed.click();
    await allShown('SSH key');
    await allOpened('SSH key');
    await window.collapse(region(north));
  });

  it('of API keys', async () => {
    await window.openBelow(region(singapore), 'Node Engine Service');
    await allShown('API key');
    await allOpened('API key');
  });
});

/** A row whose every text is exchanged, however deep. */
function hostileRow(row: Row, text: string): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, exchanged(value, text)]));
}

function exchanged(value: unknown, text: string): unknown {
  if (typeof value === 'string') {
    return text;
  }
  if (Array.isArray(value)) {
    return value.map((each: unknown) => exchanged(each, text));
  }
  return typeof value === 'object' && value !== null ? hostileRow({ ...value }, text) : value;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
