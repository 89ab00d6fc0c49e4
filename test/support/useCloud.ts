import type { Account, Remember } from '../../src/accounts/account';
import type { Accounts } from '../../src/accounts/accounts';
import type { Explorer } from '../../src/explorer/explorer';
import type { StandInOptions } from '../cloud/data';
import { startStandIn, type StandIn } from '../cloud/start';
import { Harness } from './harness';
import { explorerFor } from './tree';

export interface CloudOptions {
  readonly cloud?: StandInOptions;
  /** Signs the sample's operator in before each test, and remembers the sign-in for as long as this says. */
  readonly signedIn?: Remember;
  /** Rows a page; 100 by default. */
  readonly pageSize?: number;
}

/** The parts of a test, made again before each one. `accounts` and `explorer` are those of one window. */
export interface CloudFixture {
  readonly cloud: StandIn;
  readonly harness: Harness;
  readonly accounts: Accounts;
  /** The account of `signedIn`. */
  readonly account: Account;
  /** Created by the first access in a test, and closed after it. */
  readonly explorer: Explorer;
  /** IDs of the nodes that `explorer` redrew; undefined is the whole tree. */
  readonly changed: (string | undefined)[];
  /** Reloads the window: new `accounts` and a new `explorer` on the same storage. */
  reload(): void;
  /** Starts over within a test, as before each one. */
  reset(): Promise<void>;
}

/** One process for each set of options; they end with this process. */
const standIns = new Map<string, Promise<StandIn>>();

async function sharedStandIn(options: StandInOptions): Promise<StandIn> {
  const key = JSON.stringify(options);
  const started = standIns.get(key) ?? startStandIn(options);
  standIns.set(key, started);
  return started;
}

/** Gives the tests of a suite a stand-in cloud, reset before each test, and a harness around it. */
export function useCloud(options: CloudOptions = {}): CloudFixture {
  let cloud: StandIn;
  let harness: Harness;
  let accounts: Accounts;
  let account: Account | undefined;
  let tree: ReturnType<typeof explorerFor> | undefined;
  const openTree = (): ReturnType<typeof explorerFor> => (tree ??= explorerFor(harness, accounts, options));

  before(async function () {
    this.timeout(60_000);
    cloud = await sharedStandIn(options.cloud ?? {});
  });
  const reload = (): void => {
    tree?.explorer.close();
    tree = undefined;
    accounts = harness.accounts();
  };
  const reset = async (): Promise<void> => {
    await cloud.control.reset();
    harness = new Harness(cloud);
    reload();
    account = options.signedIn && (await harness.signIn(accounts, options.signedIn)).account;
  };
  beforeEach(reset);
  afterEach(() => {
    tree?.explorer.close();
    tree = undefined;
  });

  return {
    get cloud() {
      return cloud;
    },
    get harness() {
      return harness;
    },
    get accounts() {
      return accounts;
    },
    get account() {
      if (!account) {
        throw new Error('No account: useCloud({ signedIn: … })');
      }
      return account;
    },
    get explorer() {
      return openTree().explorer;
    },
    get changed() {
      return openTree().changed;
    },
    reload,
    reset,
  };
}
