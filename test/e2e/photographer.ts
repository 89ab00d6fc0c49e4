import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import zhBundle from '../../l10n/bundle.l10n.zh-cn.json';
import zhManifest from '../../package.nls.zh-cn.json';
import enManifest from '../../package.nls.json';
import type { Fault } from '../cloud/control';
import { exampleRows } from '../cloud/documented';
import { waitForWorkbench } from '../host/workbench';
import type { Stage, Window } from './window';

const root = path.resolve(__dirname, '../..');
/** The picture of the README; the others are not kept. */
const inReadme = ['keys'];
const folders = { readme: path.join(root, 'docs'), other: path.join(root, 'coverage/screenshots') };

/** Parts of rows with open pages that no picture may show. */
const secrets = exampleRows('signs').flatMap((row) => [String(row['sign_key']), String(row['sign_secret'])]);

/** A text that the code of the product has as a literal. */
type Literal = keyof typeof zhBundle;

/** The texts of the product in one of its languages. */
export interface Language {
  readonly locale: string;
  /** Suffix of the names of its pictures. */
  readonly suffix: string;
  /** A text by its literal, its places filled. */
  text(literal: Literal, ...values: readonly (string | number)[]): string;
  /** A text of the manifest, by its key. */
  title(key: keyof typeof enManifest): string;
}

const fill = (text: string, values: readonly (string | number)[]): string =>
  text.replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)]));

export const languages: readonly Language[] = [
  {
    locale: 'en',
    suffix: '',
    text: (literal, ...values) => fill(literal, values),
    title: (key) => enManifest[key],
  },
  {
    locale: 'zh-cn',
    suffix: '-zh-cn',
    text: (literal, ...values) => fill(zhBundle[literal], values),
    title: (key) => zhManifest[key],
  },
];

/** Takes pictures of a window, and does in its language what a window does in English. */
export class Photographer {
  readonly stage: Stage;
  readonly window: Window;
  readonly language: Language;

  constructor(stage: Stage, window: Window, language: Language) {
    this.stage = stage;
    this.window = window;
    this.language = language;
    for (const folder of Object.values(folders)) {
      mkdirSync(folder, { recursive: true });
    }
  }

  get page(): Page {
    return this.window.page;
  }

  /** Takes a picture with the mouse out of the way. */
  async take(name: string): Promise<void> {
    await this.#away();
    await this.#snap(name);
  }

  /** Takes a picture with the tooltip of a row. */
  async takeTooltip(name: string, row: string | RegExp): Promise<void> {
    const end = Date.now() + 60_000;
    // A row that is rendered again under the mouse shows none.
    do {
      if (Date.now() > end) {
        throw new Error(`${String(row)} shows no tooltip`);
      }
      await this.#away();
      await (await this.window.find(row)).hover();
    } while (!(await comes(this.#tooltip)));
    await this.#snap(name);
  }

  /** Takes a picture with the context menu of a row. */
  async takeMenu(name: string, row: string | RegExp): Promise<void> {
    await (await this.window.find(row)).click({ button: 'right' });
    await this.page.getByRole('menuitem').first().waitFor();
    await this.#snap(name);
    await this.page.keyboard.press('Escape');
  }

  get #tooltip(): Locator {
    return this.page.locator('.monaco-hover:visible').first();
  }

  // The middle of the status bar: nothing stands there, and over a page the workbench would not see the mouse.
  async #away(): Promise<void> {
    for (let tries = 1; tries <= 20 && (await this.#tooltip.isVisible()); tries += 1) {
      // A window that is busy may not see the first move.
      await this.page.mouse.move(780 + tries, 785, { steps: 3 });
      await this.page.waitForTimeout(500);
    }
    await this.page.mouse.move(800, 785);
    await this.#tooltip.waitFor({ state: 'hidden' });
  }

  /** Whatever moves in or out of sight has done so once two pictures are the same. */
  async #snap(name: string): Promise<void> {
    await this.page.locator('.statusbar').getByText('Activating Extensions').waitFor({ state: 'detached' });
    const end = Date.now() + 60_000;
    let before: Buffer = Buffer.of();
    let now = await this.page.screenshot();
    while (!now.equals(before)) {
      if (Date.now() > end) {
        throw new Error(`${name} does not come to rest`);
      }
      await this.page.waitForTimeout(400);
      before = now;
      now = await this.page.screenshot();
    }
    for (const frame of this.page.frames()) {
      // A frame that goes away shows nothing any more.
      const shown = await frame.content().catch(() => '');
      if (secrets.some((secret) => shown.includes(secret))) {
        throw new Error(`${name} would show a secret`);
      }
    }
    const called = `${name}${this.language.suffix}.png`;
    const file = path.join(
      inReadme.includes(name) && this.language.suffix === '' ? folders.readme : folders.other,
      called,
    );
    writeFileSync(file, now);
    process.stdout.write(`${path.relative(root, file)}\n`);
  }

  /** A text of the product in this window's language. */
  text(literal: Literal, ...values: readonly (string | number)[]): string {
    return this.language.text(literal, ...values);
  }

  /** Runs a command of the product by its title in the manifest. */
  async run(command: keyof typeof enManifest): Promise<void> {
    await this.window.run(`${this.language.title('view.container')}: ${this.language.title(command)}`);
  }

  /** A button of the welcome or of the dialog that is open, by its text. */
  button(literal: Literal): Locator {
    return this.page
      .locator('.pane-body, [role=dialog]')
      .getByRole('button', { name: this.text(literal), exact: true });
  }

  /** Waits until something is asked for, or offered to choose from. */
  async asks(literal: Literal, ...values: readonly (string | number)[]): Promise<void> {
    await this.page
      .locator('.quick-input-widget')
      .getByText(this.text(literal, ...values))
      .first()
      .waitFor();
  }

  /** Reloads the window once VS Code has written down what holds all these texts. */
  async reload(...kept: readonly string[]): Promise<void> {
    await this.window.keeps(kept);
    await this.page.reload({ waitUntil: 'domcontentloaded' });
    await waitForWorkbench(this.page);
    await this.window.showKeys(this.language.title('view.container'));
  }

  /** Has the cloud answer so while something is done. */
  async during(match: string, fault: Fault, work: () => Promise<void>): Promise<void> {
    await this.stage.cloud.control.fault({ match, fault });
    await work();
    await this.stage.cloud.control.clearFaults();
  }
}

async function comes(locator: Locator): Promise<boolean> {
  return locator.waitFor({ timeout: 3000 }).then(
    () => true,
    () => false,
  );
}
