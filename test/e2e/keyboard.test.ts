import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { goOnFromEachOther, setStage, Window, type Stage } from './window';

/** What a screen reader says of what has the keyboard, in a document and the shadow roots below it. */
const focusScript = `(() => {
  let has = document.activeElement;
  while (has?.shadowRoot?.activeElement) has = has.shadowRoot.activeElement;
  const active = has?.getAttribute('aria-activedescendant');
  const is = (active && document.getElementById(active)) || has;
  if (!is || is === document.body) return undefined;
  return {
    role: is.getAttribute('role') ?? is.tagName.toLowerCase(),
    name: is.getAttribute('aria-label') ?? is.textContent ?? '',
    opened: is.getAttribute('aria-expanded'),
    selected: is.getAttribute('aria-selected'),
  };
})()`;

interface Focus {
  readonly role: string;
  readonly name: string;
  readonly opened: string | null;
  readonly selected: string | null;
}

/** The whole way without a mouse: everything is reached by keys, and known by what a screen reader says. */
describe('by keyboard alone', function () {
  this.timeout(180_000);
  goOnFromEachOther(this);
  const [example] = exampleRows('003', 'signs');
  const name = String(example?.['name']);
  const row = `${name}, signature key, ${String(example?.['sign_type'])}`;
  const secret = String(example?.['sign_secret']);
  let stage: Stage;
  let window: Window;

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      // oxlint-disable-next-line no-await-in-loop
      await window.page.keyboard.press(key);
    }
  };

  const focus = async (where: { evaluate: Frame['evaluate'] } = window.page): Promise<Focus | undefined> =>
    where.evaluate<Focus | undefined>(focusScript);

  /** Waits until the keyboard is on something of that role and name. */
  const onto = async (role: string, called: string | RegExp, where?: Frame): Promise<Focus> => {
    const end = Date.now() + 15_000;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop
      const now = await focus(where);
      const fits = typeof called === 'string' ? now?.name === called : called.test(now?.name ?? '');
      if (now?.role === role && fits) {
        return now;
      }
      assert.ok(Date.now() < end, `the keyboard is on ${JSON.stringify(now)}, not on ${role} ${String(called)}`);
      // oxlint-disable-next-line no-await-in-loop
      await window.page.waitForTimeout(50);
    }
  };

  /** Presses a key until the keyboard is on something of that name. */
  const until = async (key: string, called: string, where?: Frame): Promise<Focus> => {
    const met: string[] = [];
    for (let times = 0; times < 60; times += 1) {
      // oxlint-disable-next-line no-await-in-loop
      const now = await focus(where);
      if (now?.name === called) {
        return now;
      }
      met.push(String(now?.name.slice(0, 60)));
      // oxlint-disable-next-line no-await-in-loop
      await press(key);
      // oxlint-disable-next-line no-await-in-loop
      await window.page.waitForTimeout(60);
    }
    throw new Error(`${key} never came to ${called}, only to ${met.join(' | ')}`);
  };

  const command = async (title: string): Promise<void> => {
    await press('F1');
    await onto('option', /./);
    await window.page.keyboard.type(title);
    await onto('option', new RegExp(`^(?:Key Explorer: )?${title}`));
    await press('Enter');
  };

  /** Takes the offered choice that begins so, which typing narrows the choices to. */
  const take = async (choice: string): Promise<void> => {
    await window.page.getByRole('option', { name: choice }).first().waitFor();
    await window.page.keyboard.type(choice);
    await onto('option', new RegExp(`^${choice}`));
    await press('Enter');
  };

  const answer = async (asked: RegExp, text: string): Promise<void> => {
    // The question is the field's description.
    await window.page.getByRole('textbox', { description: asked }).or(window.page.getByText(asked)).first().waitFor();
    await window.page.keyboard.type(text);
    await press('Enter');
  };

  /** Goes down to a row, opens it, and waits for what comes first below it. */
  const unfold = async (at: string, first: string): Promise<void> => {
    assert.equal((await until('ArrowDown', at)).opened, 'false');
    await press('ArrowRight');
    await window.page.getByRole('treeitem', { name: first, exact: true }).waitFor();
    assert.equal((await onto('treeitem', at)).opened, 'true');
  };

  /** Opens the context menu of the row that has the keyboard, and takes an entry of it. */
  const fromMenu = async (entry: string): Promise<void> => {
    await press('Shift+F10');
    await window.page.getByRole('menuitem', { name: entry }).waitFor();
    await until('ArrowDown', entry);
    await press('Enter');
  };

  before(async () => {
    stage = await setStage();
    window = await Window.open(stage);
  });

  afterEach(async function () {
    await window.keepEvidence(this.currentTest);
  });

  after(async () => stage?.close());

  it('shows the view, whose welcome leads to the sign-in', async () => {
    await command('Focus on Keys View');
    await onto('region', 'Welcome');
    await press('Tab');
    await onto('button', 'Sign In');
  });

  it('signs in from the palette, and lands on the account', async () => {
    await command('Key Explorer: Sign In…');
    await take('Sample Cloud');
    await take('IAM user and password');
    await answer(/^Account name/, SAMPLE.domain.name);
    await answer(/^IAM user name/, SAMPLE.user);
    await take('This session only');
    await answer(/^Password of demo-operator/, SAMPLE.password);
    const account = await onto('treeitem', 'demo-operator, account, key-explorer-demo · Sample Cloud');
    assert.deepEqual([account.opened, account.selected], ['true', 'true']);
  });

  it('finds a row by arrow keys; each row says its name, its kind and its state', async () => {
    await unfold('cn-north-4, project', 'ROMA Connect, service');
    await unfold('ROMA Connect, service', 'roma-test, instance');
    await unfold('roma-test, instance', 'Signature keys, list');
    await unfold('Signature keys, list', row);
    await until('ArrowDown', row);
    const found = await focus();
    assert.deepEqual([found?.role, found?.opened], ['treeitem', null]);
  });

  it('opens a key by Enter, and the keyboard stays on its row', async () => {
    await press('Enter');
    await window.detail(name);
    await onto('treeitem', row);
  });

  it('copies the ID by Ctrl+C, and the name by the context menu', async () => {
    await press('ControlOrMeta+c');
    await window.says(`Copied the ID of ${name}: ${String(example?.['id'])}`);
    assert.equal(await window.clipboard(), example?.['id']);
    await fromMenu('Copy Name');
    await window.says(`Copied the name ${name}`);
    assert.equal(await window.clipboard(), name);
    await onto('treeitem', row);
  });

  it('reveals a secret on the page that F6 leads to, hides it by the same button, and copies it unseen', async () => {
    const page = await window.detail(name);
    await press('F6', 'Tab');
    await onto('button', 'Copy ID', page);
    await until('Tab', 'Reveal "sign_secret"', page);
    await press('Enter');
    await page.getByText(secret).waitFor();
    await page.getByRole('status').getByText('The secret is shown for 30 seconds.').waitFor();
    await onto('button', 'Hide "sign_secret"', page);
    await press('Space');
    await onto('button', 'Reveal "sign_secret"', page);
    assert.equal(await page.getByText(secret).count(), 0);
    await press('Tab');
    await onto('button', 'Copy "sign_secret"', page);
    await press('Enter');
    await window.says('Copied the secret');
    assert.equal(await window.clipboard(), secret);
    assert.equal(await page.getByText(secret).count(), 0);
  });

  it('comes back into the tree from the palette, onto the row', async () => {
    // VS Code's own F6 does not lead out of a page like this.
    await command('Focus on Keys View');
    await onto('treeitem', row);
  });

  it('loads more by Enter, and is on the first new row then', async () => {
    await press('End');
    await until('ArrowUp', 'Load more (100 of 240)');
    await press('Enter');
    const first = await onto('treeitem', /_0101, signature key, \w+$/);
    assert.equal(first.selected, 'true');
  });

  it('hears why a page failed, and goes on with Enter', async () => {
    await stage.cloud.control.fault({ match: '/signs', fault: { kind: 'document', document: '003', status: 500 } });
    await press('End');
    await until('ArrowUp', 'Load more (199 of 240)');
    await press('Enter');
    await onto('treeitem', 'Retry, The service failed · 199 loaded so far');
    await stage.cloud.control.clearFaults();
    await press('Enter');
    await onto('treeitem', /_0200, signature key, \w+$/);
  });

  it('filters a list by its context menu, and clears the filter there', async () => {
    await press('Home');
    await until('ArrowDown', 'Signature keys, list');
    await fromMenu('Filter…');
    await take('Name contains');
    await answer(/^Name contains/, name);
    await onto('treeitem', `Signature keys, list, 1 · contains ${name}`);
    await until('ArrowDown', row);
    await press('ArrowDown');
    await onto('treeitem', 'Credential quotas, list');
    await until('ArrowUp', `Signature keys, list, 1 · contains ${name}`);
    await fromMenu('Clear Filter');
    await onto('treeitem', 'Signature keys, list');
  });

  it('signs out after the dialog was answered, not before', async () => {
    await press('Home');
    await onto('treeitem', 'demo-operator, account, key-explorer-demo · Sample Cloud');
    await fromMenu('Sign Out');
    const dialog = window.page.getByRole('dialog', { name: 'Sign demo-operator out?' });
    await dialog.waitFor();
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await onto('treeitem', 'demo-operator, account, key-explorer-demo · Sample Cloud');
    await command('Key Explorer: Sign Out');
    await dialog.waitFor();
    await onto('button', 'Sign Out');
    await press('Enter');
    await window.page.getByRole('button', { name: 'Sign In', exact: true }).waitFor();
    assert.equal(await window.page.getByRole('treeitem').count(), 0);
  });
});
