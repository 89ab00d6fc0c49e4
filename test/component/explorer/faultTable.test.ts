import assert from 'node:assert/strict';
import dns from 'node:dns';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { catalog } from '../../../src/catalog/catalog';
import type { Collection } from '../../../src/catalog/declaration';
import { commandOf } from '../../../src/sidebar/click';
import type { Explorer } from '../../../src/explorer/explorer';
import { causeNotInLabel } from '../../../src/explorer/present/labels';
import { errorShownBy, hasChildren, pathTo, type ListNode, type Node } from '../../../src/explorer/nodes';
import type { ListedRow } from '../../../src/explorer/loadedRows';
import { errorDetails } from '../../../src/explorer/present/errorDetails';
import { sampleSite } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import {
  badAddresses,
  everyFault,
  faultAmounts,
  requestsOf,
  type NamedFault,
  type Outcome,
} from '../../cloud/everyFault';
import { startStandIn, type StandIn } from '../../cloud/start';
import { collectionsIn } from '../../support/collections';
import { toEnglish } from '../../support/english';
import { Harness } from '../../support/harness';
import { explorerFor, labelText } from '../../support/tree';

const table = 'docs/faults.md';
const { amount, pageSize } = faultAmounts;
/** So long a request may take whose answer never ends: milliseconds. */
const shortTimeout = 60;
/** Nothing that a person does may take longer, whatever the cloud does: milliseconds. */
const longest = 20_000;
/** No fault may take more memory than this, of which a gzip bomb wants 1024: MiB. */
const mostMemory = 256;
// Every token of the sample begins so, and is far longer; the second one is the same in base64.
const anyToken = /MII[\w+%-]{60,}|TUlJ[\w+/%-]{60,}/;
/** The view if a fault changes nothing. */
const ordinary = 'As if nothing were wrong';

/** The view of the user: the rows, the accessible name of the row below them, its command, the next step. */
interface Sight {
  readonly rows: string;
  readonly name?: string;
  readonly click?: string;
  readonly step?: string;
}

type Both = readonly [first: Sight, further: Sight | undefined];
/** Faults of which the same is seen, and in which lists. */
interface Group {
  readonly first: Sight;
  further: Sight | undefined;
  readonly faults: Map<NamedFault, string[]>;
}

type Looked = (error: NodeJS.ErrnoException | null, address: string | dns.LookupAddress[], family: number) => void;

/** A list of the catalog in a tree of its own. */
class Place {
  readonly harness: Harness;
  readonly explorer: Explorer;
  readonly node: ListNode;
  /** The rows of the whole list. */
  readonly truth: readonly ListedRow[];
  readonly #match: string;

  private constructor(harness: Harness, explorer: Explorer, node: ListNode) {
    this.harness = harness;
    this.explorer = explorer;
    this.node = node;
    this.truth = node.list.rows;
    this.#match = requestsOf(node.collection);
  }

  static async of(cloud: StandIn, collection: Collection, untrusted: number): Promise<Place> {
    const harness = new Harness(cloud);
    const accounts = harness.accounts();
    const { account } = await harness.signIn(accounts);
    for (const address of ['refused', 'untrusted', 'unresolved'] as const) {
      harness.sitesSetting = siteAt(cloud, collection, addressOf(address, untrusted));
      await accounts.decide(account.id, { accepted: harness.site().fromSettings });
    }
    harness.sitesSetting = { demo: sampleSite(cloud.url) };
    const { explorer } = explorerFor(harness, accounts, { pageSize });
    const [root] = explorer.roots();
    const node = root && (await found(explorer, root, collection));
    assert.ok(node, `${collection.id} has too few rows`);
    await toTheEnd(explorer, node);
    assert.ok(node.list.done && node.list.rows.length > 1, collection.id);
    return new Place(harness, explorer, node);
  }

  /** Starts over, with the first page there where it is said so. */
  async prepare(further: boolean): Promise<void> {
    // The sign-ins and the repetitions of the fault before are forgiven by then.
    this.harness.now += 100_000;
    this.harness.logLines.length = 0;
    this.node.list.reset();
    if (further) {
      await this.explorer.children(this.node);
    }
  }

  /** Does something while the list's requests meet this fault. */
  async under<T>({ does, endless }: NamedFault, untrusted: number, work: () => Promise<T>): Promise<T> {
    const { harness, node } = this;
    if ('address' in does) {
      await this.#moveTo(siteAt(harness.cloud, node.collection, addressOf(does.address, untrusted)));
    } else {
      await harness.cloud.control.fault({ ...does, match: this.#match });
    }
    if (endless) {
      harness.timeout = shortTimeout;
    }
    try {
      return await work();
    } finally {
      harness.timeout = 20_000;
      if ('address' in does) {
        await this.#moveTo({ demo: sampleSite(harness.cloud.url) });
      } else {
        await harness.cloud.control.clearFaults(this.#match);
      }
    }
  }

  async load(): Promise<void> {
    const last = this.node.list.notLoaded ? undefined : (await this.explorer.children(this.node)).at(-1);
    if (last?.kind === 'pager') {
      await this.explorer.loadMore(last);
    }
    await this.explorer.children(this.node);
  }

  /** Does what the last row says, or refreshes, now that the fault is over. */
  async mend(): Promise<void> {
    const last = (await this.explorer.children(this.node)).at(-1);
    if (last?.kind === 'message' && 'error' in last.message) {
      this.explorer.retry(last);
    } else if (!this.node.list.error) {
      await this.explorer.refresh(this.node);
    }
    await this.load();
  }

  // The rows above know their address; asked again, they pass it on.
  async #moveTo(setting: Harness['sitesSetting']): Promise<void> {
    this.harness.sitesSetting = setting;
    this.explorer.roots();
    for (const above of pathTo(this.node).slice(0, -1)) {
      await this.explorer.children(above);
    }
    this.explorer.declaredChildren(pathTo(this.node).at(-2) ?? this.node);
  }
}

/** The sample's site, in which the service of a list has this address. */
function siteAt(cloud: StandIn, { scope }: Collection, address: string): Harness['sitesSetting'] {
  const [there, here] = [sampleSite(address), sampleSite(cloud.url)];
  return { demo: scope === 'account' ? { ...here, iam: there.iam } : { ...there, iam: here.iam } };
}

function addressOf(address: keyof typeof badAddresses, untrusted: number): string {
  return badAddresses[address] + (address === 'untrusted' ? `:${untrusted}` : '');
}

/** A list of this collection that has several pages, or can have one only. */
async function found(explorer: Explorer, node: Node, collection: Collection): Promise<ListNode | undefined> {
  const lists = explorer.declaredChildren(node).filter((each) => each.kind === 'list');
  for (const list of lists.filter((each) => each.collection === collection)) {
    await explorer.children(node);
    await explorer.children(list);
    if (!list.list.error && (!list.list.done || collection.paging.kind === 'none')) {
      return list;
    }
  }
  for (const child of (await explorer.children(node)).filter(hasChildren)) {
    const below = await found(explorer, child, collection);
    if (below) {
      return below;
    }
  }
  return undefined;
}

async function toTheEnd(explorer: Explorer, node: ListNode): Promise<void> {
  for (let pages = 0; pages < 2 * amount; pages += 1) {
    const last = (await explorer.children(node)).at(-1);
    if (last?.kind === 'pager' && !node.list.truncated) {
      await explorer.loadMore(last);
    }
    if (node.list.done || node.list.error) {
      return;
    }
  }
}

/** The view of a list. */
function sightOf(rows: readonly Node[]): Sight {
  const items = rows.filter((row) => row.kind === 'item');
  const last = rows.at(-1);
  const odd = items.filter(({ listed }) => isMarked(listed)).length;
  const count = items.length === 0 ? '' : `${items.length} rows${odd > 0 ? ` (${odd} marked)` : ''}`;
  if (last?.kind !== 'message' && last?.kind !== 'pager') {
    return { rows: count };
  }
  const cause = causeNotInLabel(last);
  const error = errorShownBy(last);
  const step = error && errorDetails(error).at(-1);
  const click = commandOf(last);
  return {
    rows: count,
    name: labelText(last) + (typeof cause === 'object' ? `, ${toEnglish(cause)}` : ''),
    ...(click === undefined ? {} : { click }),
    ...(step ? { step: toEnglish(step) } : {}),
  };
}

/** Whether the tree says of a row that something is wrong with it. */
function isMarked({ row, gone, clash }: ListedRow): boolean {
  return gone === true || clash || row.bad.length > 0;
}

/** Work that has to end. */
async function ending<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} hangs`)), longest);
  });
  try {
    return await Promise.race([work, hanging]);
  } finally {
    clearTimeout(timer);
  }
}

describe('the view of each fault', function () {
  this.timeout(60_000);
  const naming = new Set(collectionsIn(catalog).map(({ displayNamesFrom: namedBy }) => namedBy));
  const collections = collectionsIn(catalog).filter((each) => !naming.has(each));
  /** By fault, by collection: the view after the first page, and after a further one. */
  const seen = new Map<NamedFault, Map<Collection, Both>>();
  const tries = new Map<Collection, Promise<void>>();
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  const { lookup } = dns;
  const lookedUp = new Set<string>();
  const shared = Object.getOwnPropertyNames(Object.prototype);
  let cloud: StandIn;
  let untrusted: Server;
  let port: number;

  before(async () => {
    process.on('unhandledRejection', note);
    // The one form that connections use.
    // oxlint-disable-next-line no-unsafe-type-assertion
    dns.lookup = ((name: string, options: dns.LookupOptions, done: Looked) => {
      lookedUp.add(name);
      if (name.endsWith('.invalid')) {
        process.nextTick(done, Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }), '', 4);
      } else {
        lookup(name, options, done);
      }
    }) as unknown as typeof lookup;
    const pem = readFileSync('test/cloud/untrusted.pem');
    untrusted = createServer({ key: pem, cert: pem }, (_, response) => response.end('{}')).listen(0);
    await once(untrusted, 'listening');
    const address = untrusted.address();
    assert.ok(typeof address === 'object' && address);
    ({ port } = address);
    cloud = await startStandIn(faultAmounts.cloud);
    // All lists at once: most of the time one process would wait for the other.
    for (const collection of collections) {
      const trying = tryEveryFault(collection);
      trying.catch(() => undefined);
      tries.set(collection, trying);
    }
  });
  after(async () => {
    process.off('unhandledRejection', note);
    dns.lookup = lookup;
    untrusted.close();
    await cloud.close();
  });
  afterEach(() => {
    assert.deepEqual(unhandled.splice(0), []);
    assert.ok(!lookedUp.has('elsewhere.invalid'), 'no redirect is followed');
  });

  for (const collection of collections) {
    it(`${collection.id}: keeps loaded rows, shows nothing wrong, ends, reveals no secret, and recovers`, () =>
      tries.get(collection));
  }

  it('is what the document says', async () => {
    const text = await format(markdown(), { ...(await resolveConfig(table)), parser: 'markdown' });
    if (process.argv.includes('--write')) {
      await writeFile(table, text);
    }
    assert.equal(await readFile(table, 'utf8').catch(() => ''), text, 'run npm run faults');
  });

  async function tryEveryFault(collection: Collection): Promise<void> {
    const place = await Place.of(cloud, collection, port);
    const hasPages = collection.paging.kind !== 'none';
    const usual = [await usuallySeen(place, false), hasPages ? await usuallySeen(place, true) : undefined] as const;
    for (const fault of everyFault) {
      const first = await seenOf(place, fault, false, usual[0]);
      const further = usual[1] && (await seenOf(place, fault, true, usual[1]));
      const byCollection = seen.get(fault) ?? new Map<Collection, Both>();
      seen.set(fault, byCollection.set(collection, [first, further]));
    }
  }

  async function usuallySeen(place: Place, further: boolean): Promise<Sight> {
    await place.prepare(further);
    await place.load();
    return sightOf(await place.explorer.children(place.node));
  }

  async function seenOf(place: Place, fault: NamedFault, further: boolean, usual: Sight): Promise<Sight> {
    const { node, explorer, truth } = place;
    const { list, collection } = node;
    // Where there are further pages, only behind those all is loaded.
    const whole = further || collection.paging.kind === 'none';
    const what = `${collection.id}, ${fault.name}, ${further ? 'a further page' : 'the first page'}`;
    const expected =
      (further ? fault.further : undefined) ??
      (collection.id === 'projects' ? fault.projects : undefined) ??
      fault.shows;
    await ending(what, place.prepare(further));
    const before = list.rows.map(({ key }) => key);
    const memory = process.resourceUsage().maxRSS;
    const sight = await place.under(fault, port, async () => {
      await ending(what, place.load());
      const now = sightOf(await explorer.children(node));
      showsThat(what, expected, list, now, usual);
      if (whole && !list.error) {
        await ending(what, toTheEnd(explorer, node));
        assert.ok(list.done || list.error, `${what}: ends while it lasts`);
        if (expected === 'all') {
          assert.equal(list.rows.length, truth.length, `${what}: all rows come while it lasts`);
        }
      }
      isTrue(place, what, before, fault);
      return now;
    });
    const taken = (process.resourceUsage().maxRSS - memory) / 1024;
    assert.ok(taken < mostMemory, `${what}: took ${taken} MiB`);
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), shared, `${what}: objects share what they did`);
    tellsNoSecret(place, what, JSON.stringify(sight));
    await ending(what, place.mend());
    if (whole) {
      await ending(what, toTheEnd(explorer, node));
    }
    const there = list.rows.filter(({ gone }) => !gone);
    assert.ok(there.length >= (whole ? truth.length : pageSize), `${what}: all is there when it is over`);
    assert.deepEqual(
      there.map(({ row }) => row.raw),
      truth.slice(0, there.length).map(({ row }) => row.raw),
      `${what}: the view after the fault`,
    );
    tellsNoSecret(place, what, '');
    return isDeepStrictEqual(sight, usual) ? { rows: ordinary } : sight;
  }

  function showsThat(what: string, expected: Outcome, list: ListNode['list'], sight: Sight, usual: Sight): void {
    const marked = list.rows.some(isMarked);
    switch (expected) {
      case 'all':
        assert.deepEqual([list.error?.failure, marked, sight.rows], [undefined, false, usual.rows], what);
        break;
      case 'fewer':
        assert.deepEqual([list.error?.failure, marked, sight.rows < usual.rows], [undefined, false, true], what);
        break;
      case 'marked':
        assert.deepEqual([list.error?.failure, marked], [undefined, true], what);
        break;
      case 'cut':
        assert.deepEqual([list.error?.failure, marked, list.truncated], [undefined, false, true], what);
        assert.ok(sight.name?.includes(String(list.rows.length)), `${what}: ${sight.name}`);
        break;
      case 'empty':
        assert.deepEqual([list.error?.failure, list.rows.length, list.done], [undefined, 0, true], what);
        break;
      default:
        assert.equal(list.error?.kind, expected, what);
    }
  }

  function isTrue({ node, truth }: Place, what: string, before: readonly string[], fault: NamedFault): void {
    const { list } = node;
    const keys = new Set(before);
    const kept = list.rows.map(({ key }) => key).filter((key) => keys.has(key));
    assert.deepEqual(kept, before, `${what}: loaded rows stay`);
    let at = -1;
    for (const { row } of list.rows.filter((listed) => !isMarked(listed))) {
      const { id, name } = row.item;
      at = truth.findIndex(({ row: real }, place) => place > at && real.item.id === id);
      const real = truth[at]?.row;
      assert.ok(real, `${what}: a row of the list in its order, or marked: ${id} ${name}`);
      if (!fault.touchesRows) {
        assert.deepEqual(row.raw, real.raw, what);
      }
    }
  }

  function tellsNoSecret({ harness, truth, node }: Place, what: string, text: string): void {
    const { collection, list } = node;
    const shown = [text, ...harness.logLines, JSON.stringify(list.error?.failure), String(list.error?.stack)].join(
      '\n',
    );
    const declared = truth.flatMap(({ row }) => collection.secrets.map(({ path: at }) => String(Object(row.raw)[at])));
    for (const secret of [SAMPLE.password, SAMPLE.operator.key.secret, ...declared]) {
      assert.ok(!shown.includes(secret) && !shown.includes(encodeURIComponent(secret)), `${what}: tells ${secret}`);
    }
    assert.ok(!anyToken.test(shown), `${what}: tells a token`);
  }

  function markdown(): string {
    const groups: Group[] = [];
    // As they are declared: they were tried all at once.
    for (const fault of everyFault) {
      for (const collection of collections) {
        const { id } = collection;
        const [first, further] = seen.get(fault)?.get(collection) ?? assert.fail(`${fault.name} in ${id}`);
        // A list in one page has no further page that could differ.
        const fits = (group: Group): boolean =>
          isDeepStrictEqual(group.first, first) &&
          (!further || !group.further || isDeepStrictEqual(group.further, further));
        let group = groups.find(fits);
        if (!group) {
          group = { first, further, faults: new Map() };
          groups.push(group);
        }
        group.further ??= further;
        group.faults.set(fault, [...(group.faults.get(fault) ?? []), id]);
      }
    }
    return [
      '# The view of each fault',
      'Written by `npm run faults`, which breaks each list of the catalog in each of these ways; the unit tests compare it, and the end-to-end tests look whether the sidebar says so.',
      `A list has ${amount} rows here and ${pageSize} come at a time; \`projects\` come all at once. A heading is the view if the first page fails: the rows, and the name of the row behind them. If a fault affects some lists only, they are named.`,
      ...[...new Set(groups.map(({ first }) => heading(first)))].flatMap((title) => [
        `## ${title}`,
        ...groups.filter(({ first }) => heading(first) === title).flatMap(paragraphs),
      ]),
    ].join('\n\n');
  }

  function heading({ rows, name }: Sight): string {
    return [rows, name].filter(Boolean).join(', then ');
  }

  function paragraphs({ first, further, faults }: Group): string[] {
    const step = first.step ?? further?.step;
    const summary = [
      ...(first.click ? [`A click runs \`${first.click}\`.`] : []),
      ...(further ? [`On a further page: ${behind(further)}.`] : []),
      ...(step ? [step] : []),
    ];
    const list = [...faults].map(([{ name }, ids]) => {
      const lists = ids.length === collections.length ? '' : `: ${ids.map((id) => `\`${id}\``).join(', ')}`;
      return `- ${name.replaceAll('_', String.raw`\_`)}${lists}`;
    });
    return [...(summary.length > 0 ? [summary.join(' ')] : []), list.join('\n')];
  }

  function behind({ rows, name, click }: Sight): string {
    const sight = rows === ordinary ? ordinary.toLowerCase() : heading({ rows, ...(name ? { name } : {}) });
    return `${sight}${click ? ` (\`${click}\`)` : ''}`;
  }
});
