/** Starts the browser that VS Code is shown in. */
import { mkdirSync } from 'node:fs';
import { type BrowserContext, chromium } from 'playwright-core';
import type { Host } from './install';
import { cleanEnvironment } from './processes';

/** Options of `launchBrowser`. */
export interface BrowserOptions {
  /** Keeps what VS Code stores in the browser (secrets, global state) from one start to the next. */
  readonly profileDir?: string;
  /** The browser's language, such as `zh-CN`. */
  readonly locale?: string;
  readonly size?: { readonly width: number; readonly height: number };
}

const flags = [
  // The sandbox needs a kernel feature or a helper that build machines lack; only our own server is opened.
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  // Without these it tries to reach its maker's services.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--no-pings',
  '--font-render-hinting=none',
];

/** Starts a headless browser with one profile; closing the context ends it. */
export async function launchBrowser(host: Host, options: BrowserOptions = {}): Promise<BrowserContext> {
  if (!host.chromium) throw new Error('ensureHost was called without a browser');
  if (options.profileDir) mkdirSync(options.profileDir, { recursive: true });
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(cleanEnvironment())) if (value !== undefined) env[name] = value;
  if (host.chromiumLibraries) {
    env['LD_LIBRARY_PATH'] = [host.chromiumLibraries, env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  }
  // An empty folder name makes a temporary profile that goes with the browser.
  const context = await chromium.launchPersistentContext(options.profileDir ?? '', {
    executablePath: host.chromium,
    headless: true,
    args: flags,
    env,
    viewport: options.size ?? { width: 1400, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    // The caller handles signals, since it has a server to end as well.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ...(options.locale ? { locale: options.locale } : {}),
  });
  // A busy machine may be slow.
  context.setDefaultTimeout(60_000);
  return context;
}
