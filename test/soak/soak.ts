import assert from 'node:assert/strict';
import { TabInputWebview, commands, window, type Tab } from 'vscode';
import type { CloudError } from '../../src/cloud/errors';
import { hasChildren, isKey, listOf, type Node } from '../../src/explorer/nodes';
import { StandInControl, throttled, type Fault } from '../cloud/control';
import type { SAMPLE } from '../cloud/data';
import { Random } from '../cloud/random';
import { heap } from './heap';
import { Ledger } from './ledger';
import { withPasswordOf } from '../host/otherWindow';
import { Product } from './product';

/** Parameters of a soak. The same seed gives the same random numbers; their effect also depends on timing. */
export interface Scene {
  readonly cloud: string;
  readonly sample: typeof SAMPLE;
  readonly seed: number;
}

/** The heap in bytes, the number of loaded rows, and the number of rows that VS Code got so far. */
export interface Measured {
  readonly heap: number;
  readonly rows: number;
  readonly given: number;
}

/** Leaked resources in words, and running requests, half a second or more after the deactivation. */
export interface Left {
  readonly taken: number;
  readonly left: readonly string[];
  readonly underWay: number;
}

/** Largest number of open pages. */
const maxPages = 3;

/** Timeout for a row to expand or collapse, ms. */
const expandTimeout = 50;

/** Faults that the stand-in injects for a while. */
const weathers: readonly (readonly Fault[])[] = [
  [],
  [],
  [{ kind: 'slow', ms: 60 }],
  [{ kind: 'slow', ms: 400 }],
  [throttled],
  [{ kind: 'answer', status: 503, body: '<html>busy</html>', contentType: 'text/html' }],
  [{ kind: 'answer', status: 500, body: { error_code: 'APIG.9999', error_msg: 'System error.' } }],
  [{ kind: 'answer', status: 403, body: { error_code: 'APIG.1005', error_msg: 'No permission.' } }],
  [{ kind: 'slow', ms: 50 }, { kind: 'reset' }],
  [{ kind: 'hang' }],
  [{ kind: 'truncate', abort: true }],
  [{ kind: 'truncate' }],
  [{ kind: 'trickle', bytesPerSecond: 20_000 }],
];

const texts = ['a', 'prod', '0001', '支付', 'nothing has this name'];

/** A soak: many actions against a cloud that is slow and fails, and then the deactivation. */
export class Soak {
  readonly product = new Product();
  readonly #ledger = new Ledger();
  readonly #control: StandInControl;
  readonly #person: Person;
  readonly #scene: Scene;

  /** Create it before VS Code activates the extension. */
  constructor(scene: Scene) {
    this.#scene = scene;
    this.#control = new StandInControl(scene.cloud);
    this.#person = new Person(this.product, this.#control, new Random(scene.seed, 'soak'));
  }

  /** Number of times that each action was done. */
  get done(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#person.done);
  }

  /** Opens the view and signs in. */
  async begin(): Promise<void> {
    await this.#control.reset();
    await commands.executeCommand('keyExplorer.keys.focus');
    await this.product.signIn(this.#scene.cloud, withPasswordOf(this.#scene.sample));
  }

  /** Does a number of actions. @returns the number of requests */
  async act(actions: number): Promise<number> {
    await this.#control.clearRequests();
    await this.#person.act(actions);
    return (await this.#control.requests()).length;
  }

  /** Brings the extension into a defined state, and measures. */
  async measure(): Promise<Measured> {
    const rows = await this.#person.settle();
    return { heap: await heap(), rows, given: this.product.given };
  }

  /** Reveals each expandable row, and the first key below each. @returns the rows that cannot be revealed */
  async reach(): Promise<readonly string[]> {
    return this.#person.reach();
  }

  /** Deactivates the extension while its requests hang, and looks for leaks. */
  async end(): Promise<Left> {
    await this.#person.loadForEver();
    const taken = this.#ledger.left().length;
    await this.product.deactivate();
    // Cancelling takes a moment. A request that is not cancelled would run until its timeout.
    for (let tries = 10; ; tries -= 1) {
      await pause(50);
      const underWay = await this.#control.underWay();
      const left = this.#ledger.left();
      if ((underWay === 0 && left.length === 0) || tries === 0) {
        return { taken, left, underWay };
      }
    }
  }
}

/** An action; `work` is undefined if no visible row fits. */
interface Action {
  readonly name: string;
  readonly work?: () => unknown;
}

/** The simulated user. */
class Person {
  readonly done = new Map<string, number>();
  readonly #product: Product;
  readonly #control: StandInControl;
  readonly #random: Random;
  readonly #running = new Set<Promise<unknown>>();

  constructor(product: Product, control: StandInControl, random: Random) {
    this.#product = product;
    this.#control = control;
    this.#random = random;
  }

  /** Does actions in sequence, without waiting for all of them to finish. */
  async act(actions: number): Promise<void> {
    const { done } = this;
    // The user's answers.
    const showQuickPick = async (items: readonly unknown[]): Promise<unknown> => this.#random.pick(items);
    Object.assign(window, { showQuickPick, showInputBox: async () => this.#random.pick(texts) });
    for (let count = 0; count < actions;) {
      if (this.#random.next() < 0.04) {
        await this.#changeWeather();
      }
      if (this.#random.next() < 0.02) {
        await this.#control.churn(3);
      }
      const { name, work } = this.#next();
      if (work) {
        count += 1;
        done.set(name, (done.get(name) ?? 0) + 1);
        await this.#start(work, name === 'expand' || name === 'collapse' ? expandTimeout : this.#random.integer(0, 40));
      }
    }
  }

  /**
   * Brings the extension into a defined state, so that heaps can be compared: no faults, no filter, no page, every list loaded to its
   * end, every row collapsed.
   * @returns the number of rows
   */
  async settle(): Promise<number> {
    await this.#control.clearFaults();
    await Promise.allSettled(this.#running);
    await window.tabGroups.close(pages());
    await this.#loadAll();
    // The second refresh drops the tombstones of the first.
    for (let time = 0; time < 2; time += 1) {
      await commands.executeCommand('keyExplorer.refreshAll');
    }
    const { rows, lost } = await this.#loadAll();
    assert.deepEqual(lost, []);
    await commands.executeCommand('keyExplorer.keys.focus');
    await commands.executeCommand('workbench.actions.treeView.keyExplorer.keys.collapseAll');
    await pause(500);
    this.#product.closedAll();
    return rows;
  }

  /** Reveals row after row in the tree of the window, from the top. @returns the IDs of rows that did not become the selection */
  async reach(node?: Node): Promise<string[]> {
    const { provider, view } = this.#product;
    const below = (await provider.getChildren(node)) ?? [];
    const lost: string[] = [];
    for (const each of [...below.filter(hasChildren), ...below.filter(isKey).slice(0, 1)]) {
      await this.#reveal(each, true);
      for (let tries = 40; tries > 0 && view.selection[0] !== each; tries -= 1) {
        await pause(50);
      }
      if (view.selection[0] !== each) {
        lost.push(each.id);
      }
      if (hasChildren(each)) {
        lost.push(...(await this.reach(each)));
      }
    }
    return lost;
  }

  /** Starts requests that get no answer. */
  async loadForEver(): Promise<void> {
    await this.#control.clearFaults();
    await this.#control.fault({ match: '/', method: 'GET', fault: { kind: 'hang' } });
    void this.#start(async () => commands.executeCommand('keyExplorer.refreshAll'), 0);
    while ((await this.#control.underWay()) === 0) {
      await pause(10);
    }
  }

  /**
   * Loads every list below a row to its end.
   * @returns the number of rows, and the errors of lists whose parent is gone
   */
  async #loadAll(node?: Node): Promise<{ rows: number; lost: string[] }> {
    if (node && isNarrowed(node)) {
      await commands.executeCommand('keyExplorer.clearFilter', node);
    }
    const below = await this.#loaded(node);
    const all = { rows: below.length, lost: below.filter(isLost).map(failureOf) };
    for (const each of below.filter(hasChildren)) {
      const { rows, lost } = await this.#loadAll(each);
      all.rows += rows;
      all.lost.push(...lost);
    }
    return all;
  }

  async #loaded(node: Node | undefined): Promise<readonly Node[]> {
    for (let tries = 0, failures = 0; ; tries += 1) {
      const below = (await this.#product.provider.getChildren(node)) ?? [];
      const again = below.find((each) => mayGoOn(each) && !isLost(each));
      if (!again) {
        return below;
      }
      assert.ok(tries < 200, `${again.id} never ends`);
      failures += failureOf(again) === '' ? 0 : 1;
      assert.ok(failures < 20, `With a fair cloud, ${again.id} says: ${failureOf(again)}`);
      await commands.executeCommand('keyExplorer.retry', again);
    }
  }

  #next(): Action {
    const rows = this.#product.rows();
    const pick = (fits: (node: Node) => boolean): Node | undefined => {
      const fitting = rows.filter(fits);
      return fitting.length > 0 ? this.#random.pick(fitting) : undefined;
    };
    // Prefers deep rows: most lists are deep down, and collapsing a row above hides them.
    const pickDeep = (fits: (node: Node) => boolean): Node | undefined => {
      const [first, second] = [pick(fits), pick(fits)];
      return first && second && depthOf(first) < depthOf(second) ? second : first;
    };
    const on = (name: string, node: Node | undefined, work: (node: Node) => unknown): Action => ({
      name,
      ...(node ? { work: () => work(node) } : {}),
    });
    const command = (name: string, node: Node | undefined): Action =>
      on(name, node, async (row) => commands.executeCommand(`keyExplorer.${name}`, row));
    const dice = this.#random.integer(1, 100);
    if (dice <= 38) {
      return on(
        'expand',
        pickDeep((node) => hasChildren(node) && !this.#product.isOpen(node)),
        (node) => this.#expand(node),
      );
    }
    if (dice <= 58) {
      return on(
        'collapse',
        pickDeep((node) => node.kind !== 'account' && this.#product.isOpen(node)),
        (node) => this.#collapse(node),
      );
    }
    if (dice <= 72) {
      const again = pick(({ kind }) => kind === 'pager' || kind === 'message');
      return again?.kind === 'message' && !mayGoOn(again)
        ? { name: 'retry' }
        : command(again?.kind === 'pager' ? 'loadMore' : 'retry', again);
    }
    if (dice <= 80) {
      return command('refresh', pick(hasChildren));
    }
    if (dice <= 81) {
      return { name: 'refreshAll', work: () => commands.executeCommand('keyExplorer.refreshAll') };
    }
    if (dice <= 88) {
      return command(
        'filter',
        pick((node) => (listOf(node)?.collection.filters.length ?? 0) > 0),
      );
    }
    if (dice <= 94) {
      return command('clearFilter', pick(isNarrowed));
    }
    if (dice <= 97) {
      return pages().length < maxPages ? command('open', pick(isKey)) : { name: 'open' };
    }
    const page = pages()[0];
    return { name: 'close', ...(page ? { work: () => window.tabGroups.close(page) } : {}) };
  }

  async #expand(node: Node): Promise<void> {
    await this.#reveal(node, true);
  }

  async #collapse(node: Node): Promise<void> {
    await this.#reveal(node, false);
    // If another row is selected meanwhile, that one would be collapsed.
    if (this.#product.view.selection[0] === node) {
      await commands.executeCommand('list.collapse');
    }
  }

  async #reveal(node: Node, expand: boolean): Promise<void> {
    try {
      await this.#product.view.reveal(node, { select: true, focus: true, expand });
    } catch {
      // The row is gone meanwhile.
    }
  }

  // The user waits a little for an action, and then does the next one. `limit`: ms.
  async #start(work: () => unknown, limit: number): Promise<void> {
    const running = Promise.resolve(work()).finally(() => this.#running.delete(running));
    this.#running.add(running);
    await Promise.race([running, pause(limit)]);
  }

  async #changeWeather(): Promise<void> {
    await this.#control.clearFaults();
    for (const fault of this.#random.pick(weathers)) {
      await this.#control.fault({ match: '/', method: 'GET', fault });
    }
  }
}

function depthOf({ id }: Node): number {
  return id.split('/').length;
}

function isNarrowed(node: Node): boolean {
  return listOf(node)?.filter !== undefined;
}

function mayGoOn(node: Node): boolean {
  return node.kind === 'pager'
    ? !node.listNode.list.truncated
    : node.kind === 'message' && 'error' in node.message && node.message.kind !== 'notOffered';
}

// The list of an instance that was replaced: its row is stale until the next refresh.
function isLost(node: Node): boolean {
  return errorOf(node)?.kind === 'notFound';
}

// Empty if the list merely has more rows.
function failureOf(node: Node): string {
  const error = errorOf(node);
  return error ? `${error.failure.call ?? ''} ${error.message}` : '';
}

function errorOf(node: Node): CloudError | undefined {
  if (node.kind === 'pager') {
    return node.listNode.list.error;
  }
  return node.kind === 'message' && 'error' in node.message ? node.message.error : undefined;
}

function pages(): Tab[] {
  return window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof TabInputWebview && input.viewType.includes('keyExplorer'));
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resume) => {
    setTimeout(resume, milliseconds);
  });
}
