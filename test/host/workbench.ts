/** Starts a VS Code as a person sees it: code-server, with the packaged extension, for a browser. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { addUnpacked } from './extensionFolder';
import { ensureHost, type Host } from './install';
import { addLanguagePack } from './languagePack';
import { removeFolder, serverEnvironment, startOwned, temporaryFolder, waitForLine } from './processes';
import { quietSettings } from './settings';

/** Options of `startWorkbench`. */
export interface WorkbenchOptions {
  /** Installed from npm where it is not given. */
  readonly host?: Host;
  /** The packaged extension. */
  readonly vsix?: string;
  /** The folders of unpacked extensions to install beside it. */
  readonly companions?: readonly string[];
  /** User settings, application-scoped ones included. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host, whose home folder is an empty one otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** A free one without. */
  readonly port?: number;
  /** VS Code's display language, such as `zh-cn`; the workbench itself stays English, extensions do not. */
  readonly locale?: string;
}

/** A running code-server. */
export interface Workbench {
  /** The address to open, without a trailing slash. */
  readonly url: string;
  readonly userDataDir: string;
  /** The home folder of the extension host, unless its environment was given another one. */
  readonly home: string;
  readonly locale: string | undefined;
  /** The output of the server so far. */
  logs(): string;
  /** Writes user settings over those that are there; open windows take them over at once. */
  updateSettings(settings: Readonly<Record<string, unknown>>): void;
  /** Ends it, with all that it started, and removes its folders. */
  close(): Promise<void>;
}

/** Starts code-server with folders of its own, and waits until it answers. */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const host = options.host ?? (await ensureHost());
  const folder = temporaryFolder('workbench');
  const userDataDir = join(folder, 'user');
  const extensionsDir = join(folder, 'extensions');
  const settingsFile = join(userDataDir, 'User/settings.json');
  mkdirSync(join(userDataDir, 'User'), { recursive: true });
  mkdirSync(extensionsDir);
  let settings: Readonly<Record<string, unknown>> = { ...quietSettings, ...options.settings };
  writeFileSync(settingsFile, JSON.stringify(settings, null, 2));

  const common = [
    host.codeServerEntry,
    // Without a file of its own it writes one into the home folder.
    `--config=${join(folder, 'config.yaml')}`,
    `--user-data-dir=${userDataDir}`,
    `--extensions-dir=${extensionsDir}`,
  ];
  writeFileSync(join(folder, 'config.yaml'), 'auth: none\n');
  const env = serverEnvironment(folder, { ...options.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder });

  try {
    if (options.vsix) {
      const install = startOwned(host.node, [...common, `--install-extension=${options.vsix}`], { env });
      const code = await install.ended;
      if (code !== 0) throw new Error(`${options.vsix} could not be installed:\n${install.output().trim()}`);
    }
    for (const companion of options.companions ?? []) addUnpacked(extensionsDir, companion);
    if (options.locale) addLanguagePack(userDataDir, extensionsDir, options.locale);

    const server = startOwned(
      host.node,
      [
        ...common,
        '--auth=none',
        `--bind-addr=127.0.0.1:${options.port ?? 0}`,
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-workspace-trust',
        ...(options.locale ? [`--locale=${options.locale}`] : []),
      ],
      { env },
    );
    const [, url = ''] = await waitForLine(server, /HTTP server listening on (http:\/\/[\w.:]+)/, 60);
    return {
      url,
      userDataDir,
      home: folder,
      locale: options.locale,
      logs: () => server.output(),
      updateSettings: (added) => {
        settings = { ...settings, ...added };
        writeFileSync(settingsFile, JSON.stringify(settings, null, 2));
      },
      close: async () => {
        await server.stop();
        removeFolder(folder);
      },
    };
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

/** Options of `openWindow`. */
export interface WindowOptions {
  /** A colour theme's ID, such as `Default Light Modern` or `Default High Contrast`. */
  readonly theme?: string;
  readonly size?: { readonly width: number; readonly height: number };
  /** A folder to open as the workspace. */
  readonly folder?: string;
}

/** Opens a window of the workbench, and waits until it takes input and its extensions have started. */
export async function openWindow(
  workbench: Workbench,
  browser: BrowserContext,
  options: WindowOptions = {},
): Promise<Page> {
  if (options.theme) workbench.updateSettings({ 'workbench.colorTheme': options.theme });
  const page = await browser.newPage();
  if (options.size) await page.setViewportSize(options.size);
  const address = new URL(workbench.url);
  address.search = new URLSearchParams(options.folder ? { folder: options.folder } : { ew: 'true' }).toString();
  await page.goto(address.href, { waitUntil: 'domcontentloaded' });
  await waitForWorkbench(page);
  return page;
}

/** Waits until the workbench in a page takes input, as after a reload. */
export async function waitForWorkbench(page: Page): Promise<void> {
  // The colour themes are extensions: once one is in force, what extensions contribute has been read.
  await page.locator('.monaco-workbench[class*="vscode-theme-"]').waitFor({ timeout: 60_000 });
  await page.locator('.monaco-workbench .part.activitybar .action-item').first().waitFor({ timeout: 60_000 });
  await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: 60_000 });
}
