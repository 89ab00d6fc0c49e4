import type { Suite } from 'mocha';
import type { BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { sampleSite } from '../cloud/control';
import { startStandIn, type StandIn } from '../cloud/start';
import { SAMPLE, type StandInOptions } from '../cloud/data';
import { launchBrowser, type BrowserOptions } from '../host/browser';
import { ensureHost } from '../host/install';
import { openWindow, startWorkbench, waitForWorkbench, type WindowOptions, type Workbench } from '../host/workbench';

/** A stand-in cloud, a VS Code with the packaged extension, and a browser that shows it. */
export interface Stage {
  readonly cloud: StandIn;
  readonly workbench: Workbench;
  readonly browser: BrowserContext;
  close(): Promise<void>;
}

/** Options of a stage. */
export interface StageOptions {
  readonly cloud?: StandInOptions;
  readonly locale?: string;
  readonly browser?: BrowserOptions;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folders of unpacked extensions to install beside it. */
  readonly companions?: readonly string[];
}

/** The packaged extension, as `npm run package` writes it. */
export const vsix = 'key-explorer.vsix';

/** Starts everything that a person needs to try the packaged extension. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const host = await ensureHost();
  const cloud = await startStandIn(options.cloud);
  const settings = {
    'keyExplorer.sites': { demo: sampleSite(cloud.url) },
    // Rows that stick to the top hide others from the mouse.
    'workbench.tree.enableStickyScroll': false,
    ...options.settings,
  };
  const [workbench, browser] = await Promise.all([
    startWorkbench({
      host,
      vsix,
      settings,
      ...(options.env ? { env: options.env } : {}),
      ...(options.companions ? { companions: options.companions } : {}),
      ...(options.locale === undefined ? {} : { locale: options.locale }),
    }),
    launchBrowser(host, options.browser),
  ]);
  return {
    cloud,
    workbench,
    browser,
    close: async () => {
      await browser.close();
      await workbench.close();
      await cloud.close();
    },
  };
}

/** How long a row may take to come, whatever the machine does besides: a minute, in milliseconds. */
const patience = 60_000;

async function comes(locator: Locator, milliseconds: number): Promise<boolean> {
  return locator.waitFor({ timeout: milliseconds }).then(
    () => true,
    () => false,
  );
}

/**
 * Where each test goes on where the one before it ended, those behind one that failed would tell nothing: they are
 * skipped, which counts as failed.
 */
export function goOnFromEachOther(suite: Suite): void {
  let broken = false;
  suite.beforeEach(function () {
    if (broken) {
      this.skip();
    }
  });
  suite.afterEach(function () {
    broken ||= this.currentTest?.state === 'failed';
  });
}

/** The window as the user sees it. Rows are found by their names, as a person or a screen reader finds them. */
export class Window {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open({ workbench, browser }: Stage, options: WindowOptions = {}): Promise<Window> {
    return new Window(await openWindow(workbench, browser, options));
  }

  /** The window that a page shows already. */
  static of(page: Page): Window {
    return new Window(page);
  }

  /** Shows the view by its icon. */
  async showKeys(title: string | RegExp = 'Key Explorer'): Promise<void> {
    const icon = this.page.locator('.activitybar').getByRole('tab', { name: title });
    const shown = icon.and(this.page.locator('[aria-expanded="true"]'));
    // A click on the icon of a view that is shown, as it may be again after a reload, hides it.
    while (!(await comes(shown, 1000))) {
      await icon.click();
    }
  }

  /** The row whose accessible name starts so; there must be one. */
  row(name: string | RegExp): Locator {
    const start =
      typeof name === 'string' ? new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:,|$)`) : name;
    return this.page.locator('.pane-body').getByRole('treeitem', { name: start });
  }

  /**
   * A row, on the screen. A row outside the visible part is not in the DOM: the tree is
   * scrolled through, over and over, until it comes.
   */
  async find(name: string | RegExp): Promise<Locator> {
    const row = this.row(name).first();
    const end = Date.now() + patience;
    for (let wait = 1000; !(await comes(row, wait)); wait = 100) {
      if (Date.now() > end) {
        throw new Error(`no row ${String(name)} among: ${(await this.rows()).join(' | ')}`);
      }
      await this.#scroll();
    }
    return row;
  }

  /** Opens a row that has others below it. */
  async expand(name: string | RegExp): Promise<void> {
    await this.#turn(name, 'true');
  }

  /** Opens one row after the other, each below the one before it. */
  async openBelow(...names: readonly (string | RegExp)[]): Promise<void> {
    for (const name of names) {
      await this.expand(name);
    }
  }

  /** Waits until every token is a minute old: a younger one is not renewed, whatever a service says. */
  async letTokensAge(): Promise<void> {
    await this.page.waitForTimeout(61_000);
  }

  /** Signs a user of the sample in by hand, and waits for the account. */
  async signIn(
    user: { readonly name: string; readonly password: string },
    remember = 'This session only',
  ): Promise<void> {
    await this.run('Key Explorer: Sign In…');
    await this.pick('Sample Cloud');
    await this.pick('IAM user and password');
    await this.answer(/Account name/, SAMPLE.domain.name);
    await this.answer(/IAM user name/, user.name);
    const remembers = this.page.locator('.quick-input-list').getByRole('option', { name: remember }).first();
    await this.addresses.or(remembers).first().waitFor();
    // An account that is signed in already has accepted them.
    if (await this.addresses.isVisible()) {
      await this.acceptAddresses();
    }
    await this.pick(remember);
    await this.answer(/Password of/, user.password);
    await this.row(user.name).waitFor();
  }

  /** The question which addresses may get what an account signs in with. */
  get addresses(): Locator {
    return this.page.locator('.quick-input-widget').getByPlaceholder(/^Which addresses may get/);
  }

  /** Leaves the ticks of that question as they are, and confirms the hosts. */
  async acceptAddresses(): Promise<void> {
    await this.addresses.waitFor();
    await this.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await this.modal.getByRole('button', { name: 'Accept' }).click();
  }

  /** The modal dialog that is open. */
  get modal(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Closes a row again. */
  async collapse(name: string | RegExp): Promise<void> {
    await this.#turn(name, 'false');
  }

  /** The button of the welcome. */
  get signInButton(): Locator {
    return this.page.locator('.pane-body').getByRole('button', { name: 'Sign In' });
  }

  /** Waits until the status bar says something. */
  async says(text: string | RegExp): Promise<void> {
    await this.page.locator('.statusbar').getByText(text).first().waitFor();
  }

  /**
   * Waits until VS Code has written down what holds all these texts, which takes it up to some seconds.
   * @returns all that it keeps outside its secret store
   */
  async keeps(texts: readonly string[]): Promise<string> {
    const end = Date.now() + patience;
    for (;;) {
      const kept = await this.page.evaluate<string>(everythingKept);
      const missing = texts.filter((text) => !kept.includes(text));
      if (missing.length === 0) {
        return kept;
      }
      if (Date.now() > end) {
        throw new Error(`VS Code did not write down ${missing.join(', ')}`);
      }
      await this.page.waitForTimeout(500);
    }
  }

  /**
   * Reloads the window, as the user would.
   * @param kept what VS Code has to have written down before: a browser that reloads loses the rest
   */
  async reload(...kept: readonly string[]): Promise<void> {
    await this.keeps(kept);
    await this.page.reload({ waitUntil: 'domcontentloaded' });
    await waitForWorkbench(this.page);
    await this.showKeys();
  }

  /** Keeps a picture of the window where a test failed. */
  async keepEvidence(test: { readonly state?: string | undefined; readonly title: string } | undefined): Promise<void> {
    if (test?.state === 'failed') {
      await this.page.screenshot({ path: `coverage/failed-${test.title.replace(/\W+/g, '-')}.png` });
    }
  }

  // A workbench that is busy may pass over a click.
  async #turn(name: string | RegExp, opened: 'true' | 'false'): Promise<void> {
    const end = Date.now() + patience;
    for (;;) {
      const row = await this.find(name);
      if ((await row.getAttribute('aria-expanded')) === opened) {
        return;
      }
      if (Date.now() > end) {
        throw new Error(`${String(name)} does not open or close`);
      }
      await row.locator('.monaco-tl-twistie').click();
      await comes(row.and(this.page.locator(`[aria-expanded="${opened}"]`)), 3000);
    }
  }

  // By the wheel, which moves neither the focus nor the mouse: a screen further down, from the end back to the top.
  async #scroll(): Promise<void> {
    const list = this.page.locator('.pane-body .monaco-list').first();
    const before = await this.rows();
    const turn = async (deltaY: number): Promise<void> => {
      await list.locator('.monaco-scrollable-element').first().dispatchEvent('wheel', { deltaY, deltaMode: 0 });
      await this.page.waitForTimeout(200);
    };
    await turn(900);
    if (String(before) === String(await this.rows())) {
      await turn(-1_000_000);
    }
  }

  /** The names of the rows that are on the screen, from the top down. */
  async rows(): Promise<string[]> {
    return this.page
      .locator('.pane-body')
      .getByRole('treeitem')
      .evaluateAll((rows) =>
        rows
          .toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map((row) => row.getAttribute('aria-label') ?? ''),
      );
  }

  /** Chooses an entry of a row's context menu, which a tree that changes meanwhile may close. */
  async choose(name: string | RegExp, entry: string): Promise<void> {
    const end = Date.now() + patience;
    const item = this.page.getByRole('menuitem', { name: entry, exact: true });
    for (;;) {
      await (await this.find(name)).click({ button: 'right' });
      try {
        // A menu passes over clicks that come right after it opened; the keyboard it heeds at once.
        await item.hover({ timeout: 5000 });
        break;
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
        await this.page.keyboard.press('Escape');
      }
    }
    await this.page.keyboard.press('Enter');
  }

  /** Opens the command palette; what closes at that moment may take it along. */
  async askForCommand(): Promise<void> {
    const end = Date.now() + patience;
    do {
      await this.page.keyboard.press('F1');
      if (await comes(this.input, 3000)) {
        await this.page.waitForTimeout(100);
      }
    } while (!(await this.input.isVisible()) && Date.now() < end);
  }

  /** Runs a command by its title in the palette, which anything that takes the focus meanwhile closes again. */
  async run(title: string): Promise<void> {
    const end = Date.now() + patience;
    for (;;) {
      await this.askForCommand();
      try {
        await this.input.fill(`>${title}`, { timeout: 3000 });
        const command = this.page.locator('.quick-input-list').getByRole('option', { name: title }).first();
        await command.click({ timeout: 5000 });
        return;
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** The text field of whatever is being asked for. */
  get input(): Locator {
    return this.page.locator('.quick-input-widget input');
  }

  /** Answers the open question. */
  async answer(title: string | RegExp, text: string): Promise<void> {
    await this.page.locator('.quick-input-widget').getByText(title).first().waitFor();
    await this.input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Replaces the text of the open field. */
  async retype(text: string): Promise<void> {
    await this.input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Takes one of the choices that are offered. */
  async pick(name: string): Promise<void> {
    await this.page.locator('.quick-input-list').getByRole('option', { name }).first().click();
  }

  async clipboard(): Promise<string> {
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** The page of a key: the innermost frame that shows a heading with this name. */
  async detail(name: string): Promise<Frame> {
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
      for (const frame of this.page.frames()) {
        const found = await frame
          .getByRole('heading', { level: 1, name, exact: true })
          .isVisible()
          .catch(() => false);
        if (found) {
          return frame;
        }
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error(`no page shows ${name}`);
  }
}

/** The browser's storage for VS Code, without the secret store. */
const everythingKept = `(async () => {
  const kept = [];
  for (const store of [localStorage, sessionStorage]) {
    for (const [name, value] of Object.entries(store)) if (name !== 'secrets.provider') kept.push(name, value);
  }
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const table = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([done(table.getAllKeys()), done(table.getAll())]);
      kept.push(name, store, ...keys.map(String));
      for (const value of values) {
        const bytes = value instanceof Uint8Array || value instanceof ArrayBuffer;
        kept.push(bytes ? new TextDecoder().decode(value) : typeof value === 'string' ? value : JSON.stringify(value));
      }
    }
    database.close();
  }
  return kept.join('\\n');
})()`;
