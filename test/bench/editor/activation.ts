import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { Window } from '../../e2e/window';
import { waitForWorkbench } from '../../host/workbench';
import { clickUntil } from './stopwatch';

/** Milliseconds of the product and of what it is measured against. */
export interface Pair {
  readonly product: number;
  readonly other: number;
}

const product = 'key-explorer.huaweicloud-key-explorer';
const empty = 'key-explorer-test.bench-empty';
const still = 'key-explorer-test.bench-still';

/** So long nothing is measured after a window has opened: milliseconds. */
const settling = 3000;

/** Where the probe, an extension in the window, asks what to activate and tells how long that took. */
export class Probe {
  #asking: ServerResponse | undefined;
  #told: ((times: Readonly<Record<string, number>>) => void) | undefined;
  readonly #server = createServer((request, response) => {
    if (request.method === 'GET') {
      this.#asking = response;
      // The window was closed before it was asked for anything.
      response.on('close', () => {
        this.#asking = this.#asking === response ? undefined : this.#asking;
      });
      return;
    }
    void text(request).then((body) => {
      const times: Readonly<Record<string, number>> = JSON.parse(body);
      this.#told?.(times);
      response.end();
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** Activates extensions in the window that opened last, in turn. @returns milliseconds by ID */
  async activate(ids: readonly string[]): Promise<Readonly<Record<string, number>>> {
    const told = new Promise<Readonly<Record<string, number>>>((resolve) => {
      this.#told = resolve;
    });
    while (!this.#asking) {
      await wait(100);
    }
    this.#asking.end(JSON.stringify(ids));
    this.#asking = undefined;
    return told;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A new window: how long `activate()` takes, of the product and of an extension that does nothing. */
export async function activate(window: Window, probe: Probe, productFirst: boolean): Promise<Pair> {
  await settle(window);
  // The first of all pays for what is loaded once for all of them.
  const ids = [still, ...(productFirst ? [product, empty] : [empty, product])];
  const times = await probe.activate(ids);
  return { product: times[product] ?? Number.NaN, other: times[empty] ?? Number.NaN };
}

/** A new window: from the click on a view's icon until its welcome is painted. */
export async function welcome(window: Window, of: 'product' | 'still'): Promise<number> {
  await settle(window);
  const [icon, starts] = of === 'product' ? ['Key Explorer', 'Sign In'] : ['Still Welcome', 'Do Nothing'];
  const tab = window.page.locator('.activitybar').getByRole('tab', { name: icon });
  return clickUntil(window.page, tab, '.pane-body .monaco-button', starts);
}

/** Opens the window anew with VS Code's own explorer in the side bar, and lets it come to rest. */
export async function settle(window: Window): Promise<void> {
  await window.showKeys(/^Explorer/);
  await window.page.reload({ waitUntil: 'domcontentloaded' });
  await waitForWorkbench(window.page);
  await window.showKeys(/^Explorer/);
  await wait(settling);
}
