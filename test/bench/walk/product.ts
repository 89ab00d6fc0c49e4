import { setTimeout as wait } from 'node:timers/promises';
import { Accounts } from '../../../src/accounts/accounts';
import type { SecretStore } from '../../../src/accounts/accountSecret';
import { readSites } from '../../../src/accounts/sites';
import { catalog, services } from '../../../src/catalog/catalog';
import { RetryPolicy } from '../../../src/cloud/retryPolicy';
import { Explorer } from '../../../src/explorer/explorer';
import type { ListNode, Node } from '../../../src/explorer/nodes';
import { AccountFile } from '../../../src/platform/accountFile';
import { allAccepted } from '../../support/accepted';
import { sampleSite } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import type { Walk } from './walker';
import { signInWithPassword } from '../../../src/accounts/methods/password';

/** Scans a list with the product, signed in with a password, with its accounts in a file as in the editor. */
export async function product(cloud: string, pages: string, folder: string): Promise<Walk> {
  const log = { info: () => undefined, warn: () => undefined };
  const sites = readSites({
    demo: { ...sampleSite(cloud), services: { ...sampleSite(cloud).services, roma: `${pages}/{region}` } },
  });
  const site = (id: string | undefined) => sites.sites.get(id ?? '');
  const accounts = new Accounts({
    store: new AccountFile(folder, log),
    secretStore: inMemory(),
    transport: { timeout: () => 30_000, log, clock: Date.now },
    services,
    sites: () => sites,
    readProfile: async () => Promise.reject(new Error('There is no profile')),
    retryPolicy: () =>
      new RetryPolicy({
        clock: Date.now,
        pause: async (ms) => wait(ms),
        random: Math.random,
        waiting: () => undefined,
      }),
  });
  const explorer = new Explorer({
    accounts,
    catalog,
    pageSize: () => 500,
    showAllServices: () => false,
    filters: { read: () => undefined, write: () => undefined, forget: () => undefined },
    hidden: { has: () => false, add: () => undefined, forget: () => undefined },
  });
  accounts.onDidChange(() => explorer.accountsChanged());
  const { name, password } = SAMPLE.operator;
  const signal = new AbortController().signal;
  const demo = site('demo');
  if (!demo) {
    throw new Error('The sample has no site');
  }
  await signInWithPassword(
    accounts,
    allAccepted(demo),
    { accountName: SAMPLE.domain.name, userName: name, password },
    'always',
    signal,
  );
  const list = await signatureKeys(explorer, explorer.roots());
  return async (upTo) => {
    let rows = 0;
    for await (const page of explorer.everyRow(list, signal)) {
      rows += page.length;
      if (rows >= upTo) {
        break;
      }
    }
    return rows;
  };
}

function inMemory(): SecretStore {
  const entries = new Map<string, string>();
  return {
    read: async (key) => entries.get(key),
    write: async (key, value) => void entries.set(key, value),
    remove: async (key) => void entries.delete(key),
  };
}

// The first list of signature keys in the tree.
async function signatureKeys(explorer: Explorer, nodes: readonly Node[]): Promise<ListNode> {
  for (const node of nodes) {
    if (node.kind === 'list' && node.collection.id === 'signs') {
      return node;
    }
    if (node.kind !== 'service' || node.service.id === 'roma') {
      const found = await signatureKeys(explorer, await explorer.children(node)).catch(() => undefined);
      if (found) {
        return found;
      }
    }
  }
  throw new Error('No signature keys');
}
