import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { catalog } from '../../src/catalog/catalog';
import { sampleSite } from '../cloud/control';
import { SAMPLE } from '../cloud/data';
import { badAddresses, everyFault, faultAmounts, requestsOf, type NamedFault } from '../cloud/everyFault';
import { collectionsIn } from '../support/collections';
import { goOnFromEachOther, setStage, Window, type Stage } from './window';

const [north, , singapore, east] = SAMPLE.projects;
// Every token of the sample begins so, and is far longer; the second one is the same in base64.
const anyToken = /MII[\w+%-]{60,}|TUlJ[\w+/%-]{60,}/;
/** How long a list may take to look as it should, whatever the machine does besides: milliseconds. */
const patience = 60_000;

/** The visible state of a list: how many rows, how many of them marked, and the row behind them, if it is about the list. */
interface Sight {
  readonly rows: number;
  readonly marked: number;
  readonly last: string | undefined;
}

/** One list of the tree. */
interface Place {
  readonly id: string;
  /** The accessible name of its rows. */
  readonly kind: string;
  /** The start of the name of the row right above its rows, the last one of that name. */
  readonly above: string;
  /** Distinguishes its requests from all others. */
  readonly match: string;
}

const collections = collectionsIn(catalog);
const place = (id: string, above?: string, match?: string): Place => {
  const collection = collections.find((each) => each.id === id) ?? assert.fail(id);
  return {
    id,
    kind: collection.rowLabel.text,
    above: above ?? `${collection.label.text}, list`,
    match: match ?? requestsOf(collection),
  };
};
const projects = place('projects', `${SAMPLE.user}, account`);
const apiKeys = place('credentials');
const sshKeys = place('sshKeys');
const instances = place('instances', 'ROMA Connect, service', `/v2/${east.id}/instances(\\?|$)`);
const signatureKeys = place('signs');
const quotas = place('appQuotas');
const boundCredentials = place('boundApps');
const places = [projects, apiKeys, sshKeys, instances, signatureKeys, quotas, boundCredentials];

const fault = (name: string): NamedFault => everyFault.find((each) => each.name === name) ?? assert.fail(name);

/** Which list meets which fault when all are refreshed: each fault once, and so many at a time as there are lists. */
function roundsOf(faults: readonly NamedFault[]): (readonly (readonly [Place, NamedFault])[])[] {
  const left = [...faults];
  const rounds: (readonly [Place, NamedFault])[][] = [];
  while (left.length > 0) {
    const round = places.flatMap((each): (readonly [Place, NamedFault])[] => {
      const at = left.findIndex((one) => mayMeet(each, one));
      return left.splice(at, at < 0 ? 0 : 1).map((one) => [each, one] as const);
    });
    rounds.push(round);
  }
  return rounds;
}

// Rows that go take the lists below them along: a fault must not remove rows with lists that the test looks at.
function mayMeet({ id }: Place, { shows, projects: otherwise }: NamedFault): boolean {
  const takesRows = ['marked', 'fewer', 'empty', 'cut'].includes(shows) || otherwise === 'empty';
  return id === 'projects' ? !takesRows && shows !== 'all' : id !== 'appQuotas' || !takesRows;
}

/** The texts of `docs/faults.md` for a fault in a list: on the first page, and on a further one. */
class FaultDocument {
  readonly #text = readFileSync('docs/faults.md', 'utf8');

  first(name: string, id: string): string {
    return this.#find(name, id).title;
  }

  further(name: string, id: string): string | undefined {
    return /On a further page: (.*?)(?: \(`[\w.]+`\))?\./.exec(this.#find(name, id).paragraph)?.[1];
  }

  #find(name: string, id: string): { title: string; paragraph: string } {
    for (const section of this.#text.split(/^## /m).slice(1)) {
      const [title = '', ...blocks] = section.trim().split('\n\n');
      let paragraph = '';
      for (const block of blocks) {
        if (!block.startsWith('- ')) {
          paragraph = block;
          continue;
        }
        for (const line of block.split('\n')) {
          const [, said = '', lists = ''] = /^- (.*?)(?:: (`.*))?$/.exec(line.replaceAll('\\', '')) ?? [];
          if (said === name && (lists === '' || lists.includes(`\`${id}\``))) {
            return { title, paragraph };
          }
        }
      }
    }
    return assert.fail(`docs/faults.md has nothing of ${name} in ${id}`);
  }
}

/** Every fault is seen once, and every list with several; then it is over, and the row behind the list mends it. */
describe('faults, as the sidebar shows them', function () {
  this.timeout(180_000);
  goOnFromEachOther(this);
  const faultDocument = new FaultDocument();
  // A token is renewed only once it is a minute old; `test/component/explorer/faultTable.test.ts` waits by its own clock.
  const elsewhere = ['connection reset', '403', '500', '404', '401 until the token is renewed'];
  const rounds = roundsOf(everyFault.filter(({ does, name }) => !('address' in does) && !elsewhere.includes(name)));
  let stage: Stage;
  let window: Window;
  let untrusted: Server;
  /** The visible state of each list without a fault. */
  const usual = (id: string): Sight =>
    id === 'projects'
      ? { rows: 5, marked: 0, last: undefined }
      : {
          rows: faultAmounts.pageSize,
          marked: 0,
          last: `Load more (${faultAmounts.pageSize} of ${faultAmounts.amount})`,
        };

  before(async () => {
    const pem = readFileSync('test/cloud/untrusted.pem');
    untrusted = createServer({ key: pem, cert: pem }, (_, response) => response.end('{}')).listen(0);
    await once(untrusted, 'listening');
    stage = await setStage({
      cloud: faultAmounts.cloud,
      settings: { 'keyExplorer.pageSize': faultAmounts.pageSize, 'keyExplorer.requestTimeout': 5 },
    });
    // So that no row has to be scrolled for.
    window = await Window.open(stage, { size: { width: 1000, height: 1800 } });
  });

  afterEach(async function () {
    await window?.keepEvidence(this.currentTest);
  });

  after(async () => {
    await stage?.close();
    untrusted?.close();
  });

  /** The place of a list's rows, and its visible state. */
  const look = async ({ kind, above }: Place): Promise<Sight & { readonly at: number }> => {
    const rows = await window.rows();
    const start = rows.findLastIndex((name) => name.startsWith(above));
    const isItem = new RegExp(`, ${kind}(?:,|$)`);
    const items = rows.flatMap((name, at) => (at > start && start >= 0 && isItem.test(name) ? [at] : []));
    const at = (items.at(-1) ?? start) + 1;
    const last = rows[at] ?? '';
    return {
      at,
      rows: items.length,
      marked: items.filter((item) => rows[item]?.includes('unexpected data')).length,
      last: /^(?:Retry|Load|Only|Not|No|Nothing|Signed|Accept|All)\b/.test(last) ? last : undefined,
    };
  };

  const fits = (seen: Sight, wanted: Sight): boolean =>
    seen.rows === wanted.rows &&
    seen.marked === wanted.marked &&
    (wanted.last === undefined
      ? seen.last === undefined
      : seen.last === wanted.last ||
        seen.last?.startsWith(`${wanted.last} · `) === true ||
        seen.last?.startsWith(`${wanted.last}, `) === true);

  /** Waits until a list looks so; does something about it meanwhile, over and over. */
  const looksLike = async (
    where: Place,
    wanted: Sight,
    why: string,
    insist: (seen: Sight & { readonly at: number }) => Promise<void> = async () => undefined,
  ): Promise<void> => {
    const end = Date.now() + patience;
    for (;;) {
      const seen = await look(where);
      if (fits(seen, wanted)) {
        return;
      }
      if (Date.now() > end) {
        const rows = (await window.rows()).join('\n');
        assert.fail(`${where.id}, ${why}: ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)} among\n${rows}`);
      }
      await insist(seen);
      await window.page.waitForTimeout(100);
    }
  };

  /** Waits until a list was asked for: before, it looks as ever. */
  const wasAsked = async ({ id, match }: Place): Promise<void> => {
    const end = Date.now() + patience;
    while (!(await stage.cloud.control.requests()).some(({ path, query }) => new RegExp(match).test(path + query))) {
      assert.ok(Date.now() < end, `${id} is not asked for`);
      await window.page.waitForTimeout(100);
    }
    // The rows appear a moment later.
    await window.page.waitForTimeout(300);
  };

  /** The visible state that a text of the document describes. */
  const sightOf = (text: string, id: string): Sight => {
    if (text.toLowerCase() === 'as if nothing were wrong') {
      return usual(id);
    }
    const [, rows = '0', marked = '0', last] =
      /^(?:(\d+) rows(?: \((\d+) marked\))?(?:, then |$))?(.*)$/.exec(text) ?? [];
    return { rows: Number(rows), marked: Number(marked), last: last === '' ? undefined : last };
  };

  /** The visible state of a list whose refresh failed: the rows stay. */
  const refreshed = (name: string, id: string): Sight => {
    const first = sightOf(faultDocument.first(name, id), id);
    if (first.rows > 0) {
      return first;
    }
    const further = faultDocument.further(name, id);
    return { ...usual(id), last: further === undefined ? first.last : sightOf(further, id).last };
  };

  /** Opens a service of a project: each has services of these names. */
  const openBelow = async (project: string, service: string): Promise<void> => {
    const end = Date.now() + patience;
    for (;;) {
      const rows = await window.rows();
      const above = rows.findIndex((name) => name.startsWith(`${project}, project`));
      const at = rows.findIndex((name, index) => index > above && name.startsWith(`${service}, service`));
      const row = rowAt(at, service);
      const expanded = await row.getAttribute('aria-expanded', { timeout: 1000 }).catch(() => undefined);
      if (expanded === 'true') {
        return;
      }
      assert.ok(Date.now() < end, `${service} of ${project} does not open`);
      if (expanded === 'false') {
        await row
          .locator('.monaco-tl-twistie')
          .click({ timeout: 2000 })
          .catch(() => undefined);
      }
      await window.page.waitForTimeout(400);
    }
  };

  const openServices = async (): Promise<void> => {
    await window.expand(SAMPLE.user);
    await window.expand(singapore.name);
    await window.expand(east.name);
    await window.expand(north.name);
    await openBelow(singapore.name, 'Node Engine Service');
    await openBelow(east.name, 'ROMA Connect');
    await openBelow(north.name, 'CodeArts Repo');
  };

  /** The row that stands there, if it is still the one of that name. */
  const rowAt = (at: number, name: string): Locator =>
    window.page.locator(`.pane-body .monaco-list-row[data-index="${at}"][aria-label^="${name}"]`);

  /** A click, which a tree that changes may pass over; a second one too soon would meet what has come in the row's place. */
  const click = async (at: number, name: string): Promise<void> => {
    const row = rowAt(at, name);
    await row.click({ timeout: 2000 }).catch(() => undefined);
    await row.waitFor({ state: 'detached', timeout: 5000 }).catch(() => undefined);
  };

  const breaks = async ({ match }: Place, { does }: NamedFault): Promise<void> => {
    if (!('address' in does)) {
      await stage.cloud.control.fault({ ...does, match });
    }
  };

  /** The row behind the list, clicked until the list is whole. */
  const retry = async (where: Place, why: string): Promise<void> => {
    await looksLike(where, usual(where.id), `${why}, over`, async ({ at, last }) => {
      if (last && /retry/i.test(last)) {
        await click(at, last);
      }
    });
  };

  const tellsNoSecret = async (when: string): Promise<void> => {
    const text = await window.page.content();
    assert.ok(!text.includes(SAMPLE.password), `the password is in the DOM, ${when}`);
    assert.ok(!anyToken.test(text), `a token is in the DOM, ${when}`);
  };

  /** The first page of a list that is opened under a fault, and again by its row when that is over. */
  const opensUnder = async (name: string, where: Place, open: () => Promise<void>): Promise<void> => {
    await breaks(where, fault(name));
    await open();
    await looksLike(where, sightOf(faultDocument.first(name, where.id), where.id), name);
    await tellsNoSecret(name);
    await stage.cloud.control.clearFaults();
    await retry(where, name);
  };

  it('at addresses that cannot be asked, until the setting is corrected', async () => {
    const good = sampleSite(stage.cloud.url);
    const address = untrusted.address();
    assert.ok(typeof address === 'object' && address);
    stage.workbench.updateSettings({
      'keyExplorer.sites': {
        demo: {
          ...good,
          services: {
            nes: sampleSite(badAddresses.unresolved).services['nes'],
            codeartsrepo: sampleSite(`${badAddresses.untrusted}:${address.port}`).services['codeartsrepo'],
            roma: sampleSite(badAddresses.refused).services['roma'],
          },
        },
      },
    });
    // An open window may not get the change event.
    await window.reload();
    await window.showKeys();
    // The account opens by itself.
    await opensUnder('connection reset', projects, async () => window.signIn(SAMPLE.operator, 'Remember,'));
    await openServices();
    // Where no name server answers, nobody knows whether a host has an address.
    const code = await lookup('nobody.invalid').catch((error: NodeJS.ErrnoException) => error.code);
    const unresolved = code === 'ENOTFOUND' ? 'host without an address' : 'connection refused';
    const bad = [
      [apiKeys, unresolved],
      [sshKeys, 'untrusted certificate'],
      [instances, 'connection refused'],
    ] as const;
    for (const [where, name] of bad) {
      await looksLike(where, sightOf(faultDocument.first(name, where.id), where.id), name);
    }
    await tellsNoSecret('at addresses that cannot be asked');

    stage.workbench.updateSettings({ 'keyExplorer.sites': { demo: good } });
    await window.reload();
    await openServices();
    const accept = window.page.getByRole('dialog').getByRole('button', { name: 'Accept' });
    for (const [where, name] of bad) {
      await looksLike(where, usual(where.id), `${name}, over`, async ({ at, last }) => {
        if (await accept.isVisible()) {
          await accept.click({ timeout: 2000 }).catch(() => undefined);
        } else if (last?.startsWith('Accept')) {
          await click(at, last);
        }
      });
    }
  });

  it('when a list is opened', async () => {
    await openBelow(north.name, 'ROMA Connect');
    await window.expand('roma-test');
    await opensUnder('403', quotas, async () => window.expand('Credential quotas'));
    await opensUnder('500', signatureKeys, async () => window.expand('Signature keys'));
    const first = (await window.rows()).find((name) => name.includes(', credential quota'))?.split(',')[0] ?? '';
    await window.expand(first);
    await opensUnder('404', boundCredentials, async () => window.expand('Bound credentials'));
  });

  for (const round of rounds) {
    it(`when all are refreshed: ${round.map(([, { name }]) => name).join('; ')}`, async () => {
      for (const [where, one] of round) {
        await breaks(where, one);
      }
      await stage.cloud.control.clearRequests();
      await window.run('Key Explorer: Refresh All');
      for (const [where, { name }] of round) {
        await wasAsked(where);
        await looksLike(where, refreshed(name, where.id), name);
      }
      await tellsNoSecret(round.map(([, { name }]) => name).join('; '));
      await stage.cloud.control.clearFaults();
      const failed = round.filter(([where, { name }]) => /retry/i.test(refreshed(name, where.id).last ?? ''));
      for (const [where, { name }] of failed) {
        await retry(where, name);
      }
      if (failed.length < round.length) {
        await window.run('Key Explorer: Refresh All');
      }
      for (const where of places) {
        await looksLike(where, usual(where.id), 'over');
      }
    });
  }

  it('and each list was seen with three at least', () => {
    for (const each of places) {
      const met = rounds.flat().filter(([where]) => where === each);
      assert.ok(met.length >= 3, `${each.id}: ${met.length}`);
    }
  });

  it('tell no secret to the log', () => {
    const folder = join(stage.workbench.userDataDir, 'logs');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.log'));
    const logs = files.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n');
    assert.ok(/GET \S+ \S+ 429 /.test(logs), 'the log has what was asked');
    for (const text of [logs, stage.workbench.logs()]) {
      assert.ok(!text.includes(SAMPLE.password) && !anyToken.test(text));
    }
  });
});
