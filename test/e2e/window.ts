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

/** What a stage may be told. */
export interface StageOptions {
  readonly cloud?: StandInOptions;
  readonly locale?: string;
  readonly browser?: BrowserOptions;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The packaged extension, as `npm run package` writes it. */
export const vsix = 'key-explorer.vsix';

/** Starts everything that a person needs to try the packaged extension. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const host = await ensureHost();
  const cloud = await startStandIn(options.cloud);
  const settings = { 'keyExplorer.sites': { demo: sampleSite(cloud.url) }, ...options.settings };
  const [workbench, browser] = await Promise.all([
    startWorkbench({ host, vsix, settings, ...(options.locale === undefined ? {} : { locale: options.locale }) }),
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

/** The window as its user sees it. Rows are found by their names, as a person or a screen reader finds them. */
export class Window {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open({ workbench, browser }: Stage, options: WindowOptions = {}): Promise<Window> {
    return new Window(await openWindow(workbench, browser, options));
  }

  /** Shows the view by its icon. */
  async showKeys(title = 'Key Explorer'): Promise<void> {
    await this.page.locator('.activitybar').getByRole('tab', { name: title }).click();
  }

  /** The row whose accessible name starts so; there must be one. */
  row(name: string | RegExp): Locator {
    const start =
      typeof name === 'string' ? new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:,|$)`) : name;
    return this.page.locator('.pane-body').getByRole('treeitem', { name: start });
  }

  /** Opens a row that has others below it, and waits for one of them. */
  async expand(name: string | RegExp): Promise<void> {
    const row = this.row(name);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.locator('.monaco-tl-twistie').click();
    }
  }

  /** Opens one row after the other, each below the one before it. */
  async openBelow(...names: readonly (string | RegExp)[]): Promise<void> {
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop
      await this.expand(name);
    }
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
    await this.pick(remember);
    await this.answer(/Password of/, user.password);
    await this.row(user.name).waitFor();
  }

  /** Closes a row again. */
  async collapse(name: string | RegExp): Promise<void> {
    const row = this.row(name);
    // The row may be above or below what is on the screen.
    await this.toTop();
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') {
      await row.locator('.monaco-tl-twistie').click();
    }
  }

  /** Moves to the last row, so that what stands near the end is on the screen. */
  async toEnd(): Promise<void> {
    await this.#press('End');
  }

  /** Moves to the first row. */
  async toTop(): Promise<void> {
    await this.#press('Home');
  }

  /** The button of the welcome. */
  get signInButton(): Locator {
    return this.page.locator('.pane-body').getByRole('button', { name: 'Sign In' });
  }

  /** Waits until the status bar says something. */
  async says(text: string | RegExp): Promise<void> {
    await this.page.locator('.statusbar').getByText(text).first().waitFor();
  }

  /** Reloads the window, as its user would. */
  async reload(): Promise<void> {
    // VS Code writes its state down a moment after an extension changed it.
    await this.page.waitForTimeout(2000);
    await this.page.reload({ waitUntil: 'domcontentloaded' });
    await waitForWorkbench(this.page);
  }

  /** Keeps a picture of the window where a test failed. */
  async keepEvidence(test: { readonly state?: string | undefined; readonly title: string } | undefined): Promise<void> {
    if (test?.state === 'failed') {
      await this.page.screenshot({ path: `coverage/failed-${test.title.replace(/\W+/g, '-')}.png` });
    }
  }

  async #press(key: string): Promise<void> {
    await this.page.locator('.pane-body .monaco-list').first().focus();
    await this.page.keyboard.press(key);
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

  /** Chooses an entry of a row's context menu. */
  async choose(name: string | RegExp, entry: string): Promise<void> {
    await this.row(name).click({ button: 'right' });
    // A menu passes over clicks that come right after it opened; the keyboard it heeds at once.
    await this.page.getByRole('menuitem', { name: entry, exact: true }).hover();
    await this.page.keyboard.press('Enter');
  }

  /** Runs a command by its title in the palette. */
  async run(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.input.fill(`>${title}`);
    await this.page.locator('.quick-input-list').getByRole('option', { name: title }).first().click();
  }

  /** The text field of whatever is being asked for. */
  get input(): Locator {
    return this.page.locator('.quick-input-widget input');
  }

  /** Answers what is asked for. */
  async answer(title: string | RegExp, text: string): Promise<void> {
    await this.page.locator('.quick-input-widget').getByText(title).first().waitFor();
    await this.input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Types into the field that is open, in the place of what is there. */
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
    const end = Date.now() + 15_000;
    while (Date.now() < end) {
      for (const frame of this.page.frames()) {
        // oxlint-disable-next-line no-await-in-loop
        const found = await frame
          .getByRole('heading', { level: 1, name, exact: true })
          .isVisible()
          .catch(() => false);
        if (found) {
          return frame;
        }
      }
      // oxlint-disable-next-line no-await-in-loop
      await this.page.waitForTimeout(100);
    }
    throw new Error(`no page shows ${name}`);
  }
}
