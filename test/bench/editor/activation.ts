import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { Window } from '../../e2e/window';
import { waitForWorkbench } from '../../host/workbench';
import { clickUntil } from './stopwatch';

/** Milliseconds of the product and of the extension that it is compared with. */
export interface Pair {
  readonly product: number;
  readonly other: number;
}

const product = 'key-explorer.huaweicloud-key-explorer';
const empty = 'key-explorer-test.bench-empty';
const still = 'key-explorer-test.bench-still';

/** Pause after a window has opened, ms. */
const settling = 3000;

/** HTTP server for the probe, an extension in the window that gets the extensions to activate and reports the times. */
export class Probe {
  #waiting: ServerResponse | undefined;
  #onTimes: ((times: Readonly<Record<string, number>>) => void) | undefined;
  readonly #server = createServer((request, response) => {
    if (request.method === 'GET') {
      this.#waiting = response;
      // The window was closed before it got an answer.
      response.on('close', () => {
        this.#waiting = this.#waiting === response ? undefined : this.#waiting;
      });
      return;
    }
    void text(request).then((body) => {
      const times: Readonly<Record<string, number>> = JSON.parse(body);
      this.#onTimes?.(times);
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

  /** Activates extensions one by one in the window that opened last. @returns milliseconds by extension ID */
  async activate(ids: readonly string[]): Promise<Readonly<Record<string, number>>> {
    const reported = new Promise<Readonly<Record<string, number>>>((resolve) => {
      this.#onTimes = resolve;
    });
    while (!this.#waiting) {
      await wait(100);
    }
    this.#waiting.end(JSON.stringify(ids));
    this.#waiting = undefined;
    return reported;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** In a new window: the time of `activate()`, of the product and of an extension that does nothing. */
export async function activate(window: Window, probe: Probe, productFirst: boolean): Promise<Pair> {
  await settle(window);
  // The first activation pays for modules that VS Code loads once.
  const ids = [still, ...(productFirst ? [product, empty] : [empty, product])];
  const times = await probe.activate(ids);
  return { product: times[product] ?? Number.NaN, other: times[empty] ?? Number.NaN };
}

/** In a new window: from the click on a view's icon until its welcome view is painted. */
export async function welcome(window: Window, of: 'product' | 'still'): Promise<number> {
  await settle(window);
  const [icon, starts] = of === 'product' ? ['Key Explorer', 'Sign In'] : ['Still Welcome', 'Do Nothing'];
  const tab = window.page.locator('.activitybar').getByRole('tab', { name: icon });
  return clickUntil(window.page, tab, '.pane-body .monaco-button', starts);
}

/** Reloads the window with VS Code's own explorer in the side bar, and waits until it is idle. */
export async function settle(window: Window): Promise<void> {
  await window.showKeys(/^Explorer/);
  await window.page.reload({ waitUntil: 'domcontentloaded' });
  await waitForWorkbench(window.page);
  await window.showKeys(/^Explorer/);
  await wait(settling);
}
