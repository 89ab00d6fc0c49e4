import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { SAMPLE } from '../cloud/data';
import { exampleRows } from '../cloud/documented';
import { goOnFromEachOther, setStage, Window, type Stage } from './window';

/** The accessible name of the focused element of one document; undefined if another document has the focus. */
const focusScript = `(() => {
  const has = document.hasFocus() ? document.activeElement : null;
  const active = has?.getAttribute('aria-activedescendant');
  const is = (active && document.getElementById(active)) || has;
  if (!is || is === document.body) return undefined;
  const described = document.getElementById(is.getAttribute('aria-describedby') ?? '');
  return {
    role: is.getAttribute('role') ?? is.tagName.toLowerCase(),
    name: is.getAttribute('aria-label') ?? is.textContent.trim(),
    description: described?.textContent ?? '',
    expanded: is.getAttribute('aria-expanded'),
    selected: is.getAttribute('aria-selected'),
  };
})()`;

interface Focus {
  readonly role: string;
  readonly name: string;
  readonly description: string;
  readonly expanded: string | null;
  readonly selected: string | null;
}

/** How long the keyboard may take to get somewhere, whatever the machine does besides: milliseconds. */
const patience = 30_000;

/** The whole way without a mouse: everything is reached by keys, and known by what a screen reader says of it. */
describe('by keyboard alone', function () {
  this.timeout(180_000);
  goOnFromEachOther(this);
  const rows = exampleRows('signs');
  const [example, second] = rows;
  const name = String(example?.['name']);
  const spoken = (row = example): string => `${String(row?.['name'])}, signature key, ${String(row?.['sign_type'])}`;
  const secret = String(example?.['sign_secret']);
  const account = 'demo-operator, account, key-explorer-demo · Sample Cloud';
  let stage: Stage;
  let window: Window;

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await window.page.keyboard.press(key);
    }
  };
  const focus = async (where: { evaluate: Frame['evaluate'] }): Promise<Focus | undefined> =>
    where.evaluate<Focus | undefined>(focusScript);

  /** Waits until the keyboard is on something of that role and name. */
  const onto = async (role: string, called: string | RegExp, where?: Frame): Promise<Focus> => {
    const end = Date.now() + patience;
    for (;;) {
      const now = await focus(where ?? window.page);
      const fits = typeof called === 'string' ? now?.name === called : called.test(now?.name ?? '');
      if (now?.role === role && fits) {
        return now;
      }
      assert.ok(Date.now() < end, `the keyboard is on ${JSON.stringify(now)}, not on ${role} ${String(called)}`);
      await window.page.waitForTimeout(50);
    }
  };

  /** Presses a key, once each time that it had its effect, until the keyboard is on something of that name. */
  const until = async (key: string, called: string, where?: Frame): Promise<Focus> => {
    const met: string[] = [];
    const end = Date.now() + patience;
    while (Date.now() < end) {
      const now = await focus(where ?? window.page);
      if (now?.name === called) {
        return now;
      }
      met.push(String(now?.name.slice(0, 60)));
      await press(key);
      for (let wait = 0; wait < 10 && (await focus(where ?? window.page))?.name === now?.name; wait += 1) {
        await window.page.waitForTimeout(50);
      }
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

  /** Answers a question, by the description of its field. */
  const answer = async (field: string, asked: RegExp, text: string): Promise<void> => {
    const end = Date.now() + patience;
    while (!asked.test((await onto('input', field)).description)) {
      assert.ok(Date.now() < end, `nothing asks ${String(asked)}`);
      await window.page.waitForTimeout(50);
    }
    await window.page.keyboard.type(text);
    await press('Enter');
  };

  /** Goes down to a row, opens it, and waits for what comes first below it. */
  const unfold = async (at: string, first: string): Promise<void> => {
    assert.equal((await until('ArrowDown', at)).expanded, 'false');
    await press('ArrowRight');
    await window.page.getByRole('treeitem', { name: first, exact: true }).waitFor();
    assert.equal((await onto('treeitem', at)).expanded, 'true');
  };

  /** Opens the context menu of the row that has the keyboard, and takes an entry of it. */
  const fromMenu = async (entry: string): Promise<void> => {
    await press('Shift+F10');
    await window.page.getByRole('menuitem', { name: entry, exact: true }).waitFor();
    await onto('menu', /./);
    await until('ArrowDown', entry);
    await press('Enter');
  };

  const says = async (text: string): Promise<void> => window.page.getByRole('status').getByText(text).first().waitFor();

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

  it('signs in, and lands on the account', async () => {
    await press('Enter');
    await take('Sample Cloud');
    await take('IAM user and password');
    const field = 'Key Explorer: Sign In';
    await answer(field, /^Account name/, SAMPLE.domain.name);
    await answer(field, /^IAM user name/, SAMPLE.user);
    await onto('input', /^Which addresses may get/);
    await press('Enter');
    await onto('button', 'Accept');
    // Back to the ticks, and on again.
    await press('Escape');
    await onto('input', /^Which addresses may get/);
    await press('Enter');
    await onto('button', 'Accept');
    await press('Enter');
    await take('This session only');
    await answer(field, /^Password of demo-operator/, SAMPLE.password);
    const { expanded, selected } = await onto('treeitem', account);
    assert.deepEqual([expanded, selected], ['true', 'true']);
  });

  it('finds a row by arrow keys; each row says its name, its kind and its state', async () => {
    await unfold('cn-north-4, project, CN North-Beijing4', 'ROMA Connect, service');
    await unfold('ROMA Connect, service', 'roma-test, instance');
    await unfold('roma-test, instance', 'Signature keys, list');
    await unfold('Signature keys, list', spoken());
    const { role, expanded } = await until('ArrowDown', spoken());
    assert.deepEqual([role, expanded], ['treeitem', null]);
  });

  it('opens a key by Enter, and the keyboard stays on its row', async () => {
    await press('Enter');
    await window.detail(name);
    await onto('treeitem', spoken());
  });

  it('copies the ID of the row that the arrow keys reached, or of all that are selected', async () => {
    await press('ControlOrMeta+c');
    await says(`Copied the ID of ${name}: ${String(example?.['id'])}`);
    assert.equal(await window.clipboard(), example?.['id']);
    await press('ArrowDown');
    assert.equal((await onto('treeitem', spoken(second))).selected, 'false');
    await press('ControlOrMeta+c');
    await says(`Copied the ID of ${String(second?.['name'])}: ${String(second?.['id'])}`);
    assert.equal(await window.clipboard(), second?.['id']);
    await press('ArrowUp');
    await onto('treeitem', spoken());
    await press('Shift+ArrowDown');
    assert.equal((await onto('treeitem', spoken(second))).selected, 'true');
    await press('ControlOrMeta+c');
    await says('Copied 2 IDs');
    assert.equal(await window.clipboard(), `${String(example?.['id'])}\n${String(second?.['id'])}`);
  });

  it('copies the name by the context menu', async () => {
    await press('ArrowUp', 'Enter');
    await onto('treeitem', spoken());
    await fromMenu('Copy Name');
    await says(`Copied the name ${name}`);
    assert.equal(await window.clipboard(), name);
    await onto('treeitem', spoken());
  });

  it('reveals a secret on the page that Ctrl+1 leads to, hides it by the same button, and copies it unseen', async () => {
    const page = await window.detail(name);
    await press('ControlOrMeta+1');
    await until('Tab', 'Copy ID', page);
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
    await says('Copied the secret');
    assert.equal(await window.clipboard(), secret);
    assert.equal(await page.getByText(secret).count(), 0);
  });

  it('comes back into the tree by Ctrl+0, onto the row', async () => {
    await press('ControlOrMeta+0');
    await onto('treeitem', spoken());
  });

  it('loads more by Enter, and is on the first new row then', async () => {
    await press('End');
    await until('ArrowUp', 'Load more (100 of 240)');
    await press('Enter');
    const { selected } = await onto('treeitem', /_0101, signature key, \w+$/);
    assert.equal(selected, 'true');
  });

  it('hears why a page failed, and goes on with Enter', async () => {
    await stage.cloud.control.fault({ match: '/signs', fault: { kind: 'document', document: 'signs', status: 500 } });
    await press('End');
    await until('ArrowUp', 'Load more (200 of 240)');
    await press('Enter');
    await onto('treeitem', 'Retry, The service failed · 200 loaded so far');
    await stage.cloud.control.clearFaults();
    await press('Enter');
    await onto('treeitem', /_0201, signature key, \w+$/);
  });

  it('filters a list by its context menu, and clears the filter there', async () => {
    await press('Home');
    await until('ArrowDown', 'Signature keys, list');
    await fromMenu('Filter…');
    await take('Name contains');
    await answer('Filter Signature keys', /^Name contains/, name);
    await onto('treeitem', `Signature keys, list, 1 · contains ${name}`);
    await until('ArrowDown', spoken());
    await press('ArrowDown');
    await onto('treeitem', 'Credential quotas, list');
    await until('ArrowUp', `Signature keys, list, 1 · contains ${name}`);
    await fromMenu('Clear Filter');
    await onto('treeitem', 'Signature keys, list');
  });

  it('hears that nothing matches, and clears the filter there: the first row takes the keyboard', async () => {
    await fromMenu('Filter…');
    await take('Name contains');
    await answer('Filter Signature keys', /^Name contains/, 'no such name');
    await onto('treeitem', 'Signature keys, list, 0 · contains no such name');
    await until('ArrowDown', 'No match · clear filter');
    await press('Enter');
    await onto('treeitem', spoken());
  });

  it('stays on what failed and fails again, and goes on from there once it loads', async () => {
    await press('Home');
    await until('ArrowDown', 'Signature keys, list');
    await press('ArrowLeft');
    await stage.cloud.control.fault({
      match: '/app-quotas',
      fault: { kind: 'document', document: 'signs', status: 500 },
    });
    const failed = 'Retry, The service failed';
    await unfold('Credential quotas, list', failed);
    await until('ArrowDown', failed);
    await stage.cloud.control.clearRequests();
    await press('Enter');
    while ((await stage.cloud.control.requests()).length === 0) {
      await window.page.waitForTimeout(50);
    }
    // The response renders the rows again, which would take the focus away.
    await window.page.waitForTimeout(1000);
    await onto('treeitem', failed);
    await stage.cloud.control.clearFaults();
    await press('Enter');
    await onto('treeitem', /, credential quota/);
  });

  it('hides a service that is not offered, and is on its project then', async () => {
    await press('Home');
    await unfold('Node Engine Service, service', 'Not offered here · hide');
    await until('ArrowDown', 'Not offered here · hide');
    await press('Enter');
    await window.page.getByRole('treeitem', { name: 'Node Engine Service' }).waitFor({ state: 'detached' });
    await onto('treeitem', 'cn-north-4, project, CN North-Beijing4');
  });

  it('signs out after the dialog was answered, not before', async () => {
    await press('Home');
    await onto('treeitem', account);
    await fromMenu('Sign Out');
    const dialog = window.page.getByRole('dialog', { name: 'Sign out demo-operator?' });
    await dialog.waitFor();
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await onto('treeitem', account);
    await command('Key Explorer: Sign Out');
    await dialog.waitFor();
    await onto('button', 'Sign Out');
    await press('Enter');
    await window.page.getByRole('button', { name: 'Sign In', exact: true }).waitFor();
    assert.equal(await window.page.getByRole('treeitem').count(), 0);
  });
});
