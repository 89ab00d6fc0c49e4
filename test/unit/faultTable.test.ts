import assert from 'node:assert/strict';
import dns from 'node:dns';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { format, resolveConfig } from 'prettier';
import { catalog } from '../../src/catalog/catalog';
import type { Collection } from '../../src/catalog/shape';
import type { CloudError } from '../../src/cloud/errors';
import { commandOf } from '../../src/explorer/click';
import type { Explorer } from '../../src/explorer/explorer';
import { causeOf } from '../../src/explorer/labels';
import { hasChildren, type ListNode, type Node } from '../../src/explorer/nodes';
import type { ListedRow } from '../../src/explorer/pagedList';
import { fullCause } from '../../src/explorer/words';
import { sampleSite, throttled } from '../cloud/control';
import { SAMPLE } from '../cloud/data';
import { startStandIn, type StandIn } from '../cloud/start';
import { collectionsIn, serve, type LocalServer } from './localServer';
import { said as inEnglish } from './machine';
import { World, explorerFor, said } from './world';

const table = 'docs/faults.md';
const amount = 7;
const pageSize = 3;
/** So long a request may take whose answer never ends: milliseconds. */
const shortTimeout = 60;
/** Nothing that a person does may take longer, whatever the cloud does: milliseconds. */
const longest = 5000;

/** What the cloud would have answered. */
interface Good {
  readonly text: string;
  /** The same, parsed, and its list with the name under which it stands there. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly rows: readonly object[];
}

interface Breaking {
  readonly response: ServerResponse;
  readonly good: Good;
  /** What the first page of the list was answered with. */
  readonly first: Good;
  /** How many requests for the list came before. */
  readonly before: number;
  /** What the request carried. */
  readonly token: string;
}

interface Fault {
  readonly name: string;
  readonly breaks: (breaking: Breaking) => void;
  /** The host's name resolves no longer. */
  readonly unresolved?: true;
  /** Nothing ends the answer but the patience of who waits for it. */
  readonly endless?: true;
}

const status = (code: number, errorCode: string, headers: Readonly<Record<string, string>> = {}): Fault['breaks'] => {
  // Says again what it was sent, as some gateways do.
  return ({ response, token }) =>
    json(
      response,
      { error_code: errorCode, error_msg: `Refused ${token} ${encodeURIComponent(token)}` },
      code,
      headers,
    );
};
const pass = ({ response, good }: Breaking): void => void response.end(good.text);
const changed = (change: (good: Good) => object | null): Fault['breaks'] => {
  return ({ response, good }) => json(response, change(good));
};
const unauthenticated = status(401, 'APIGW.0301');

const faults: readonly Fault[] = [
  { name: 'connection reset', breaks: ({ response }) => response.destroy() },
  {
    name: 'answer breaks off',
    breaks: ({ response, good }) => {
      response.writeHead(200, { 'content-length': good.text.length });
      response.write(good.text.slice(0, good.text.length / 2), () => response.destroy());
    },
  },
  {
    name: 'half an answer',
    breaks: ({ response, good }) => response.end(good.text.slice(0, good.text.length / 2)),
  },
  { name: 'no answer', breaks: () => undefined, endless: true },
  {
    name: 'slow trickle',
    breaks: ({ response, good }) => {
      let at = 0;
      const timer = setInterval(() => response.write(good.text[at++] ?? ' '), 10);
      response.once('close', () => clearInterval(timer));
    },
    endless: true,
  },
  { name: 'unknown host', breaks: pass, unresolved: true },
  {
    name: '401 until the token is renewed',
    breaks: (breaking) => (breaking.before === 0 ? unauthenticated(breaking) : pass(breaking)),
  },
  { name: '401, also with a new token', breaks: unauthenticated },
  { name: '403', breaks: status(403, 'APIGW.0302') },
  { name: '404 of the gateway', breaks: status(404, 'APIGW.0101') },
  { name: '404', breaks: status(404, 'XX.0404') },
  { name: '429', breaks: ({ response }) => json(response, throttled.kind === 'answer' ? throttled.body : {}, 429) },
  { name: '500', breaks: status(500, 'XX.0500') },
  { name: '502', breaks: ({ response }) => response.writeHead(502).end('<html><h1>Bad Gateway</h1></html>') },
  { name: '503 with Retry-After', breaks: status(503, 'XX.0503', { 'retry-after': '7' }) },
  { name: '504', breaks: ({ response }) => response.writeHead(504).end() },
  {
    name: 'redirect',
    breaks: ({ response }) => response.writeHead(302, { location: 'https://elsewhere.invalid/' }).end(),
  },
  {
    name: 'HTML page',
    breaks: ({ response }) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><title>Log in</title></html>'),
  },
  { name: 'empty body', breaks: ({ response }) => response.end() },
  { name: 'JSON null', breaks: changed(() => null) },
  { name: 'an array instead of an object', breaks: changed(({ rows }) => rows) },
  { name: 'text instead of the rows', breaks: changed(({ body, name }) => ({ ...body, [name]: 'none' })) },
  {
    name: 'rows of wrong types',
    breaks: changed(({ body, name, rows }) => ({
      ...body,
      [name]: [...rows.slice(0, 1), null, 7, 'row', [], { id: {}, name: [] }],
    })),
  },
  {
    name: 'huge answer',
    breaks: ({ response, good }) =>
      response.end(Buffer.concat([Buffer.alloc(17 * 2 ** 20, ' '), Buffer.from(good.text)])),
  },
  {
    name: 'a total that is too small',
    breaks: changed(({ body, name, rows }) => ({ ...totals(body, 1), [name]: rows })),
  },
  {
    name: 'a total that is too large',
    breaks: changed(({ body, name, rows }) => ({ ...totals(body, 999), [name]: rows })),
  },
  { name: 'the first page again', breaks: ({ response, first }) => json(response, first.body) },
  { name: 'an empty page before the total', breaks: changed(({ body, name }) => ({ ...body, [name]: [] })) },
];

function json(
  response: ServerResponse,
  body: unknown,
  code = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Every number of an answer that could be its total, changed. */
function totals(body: Good['body'], total: number): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, typeof value === 'number' ? total : value]),
  );
}

interface Answered {
  readonly status: number;
  /** The token that it brought, or nothing. */
  readonly given: string;
  readonly text: string;
}

/** Stands before the stand-in, and breaks the answers of one list while it is told to. */
class Front {
  fault: Fault | undefined;
  broken = 0;
  /** Every token that passed by: none may be seen anywhere else. */
  readonly tokens = new Set<string>();
  /** What each first page was answered with, by its path. */
  readonly #firsts = new Map<string, Good>();
  readonly #answers = new Map<string, Answered>();
  readonly #cloud: StandIn;
  readonly #path: RegExp;

  constructor(cloud: StandIn, { path }: Collection) {
    this.#cloud = cloud;
    this.#path = new RegExp(`${path.replace(/\{\w+\}/g, '[^/]+')}$`);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const token = String(headers['x-auth-token'] ?? '');
    // What the stand-in lists stays the same.
    const known = method === 'GET' ? this.#answers.get(url) : undefined;
    const answered = known ?? (await this.#ask(url, method, token, await buffer(request)));
    this.#answers.set(url, answered);
    const { status: code, given, text } = answered;
    [token, given].filter(Boolean).forEach((each) => this.tokens.add(each));
    // So that each request looks the host's name up.
    response.setHeader('connection', 'close');
    const path = url.replace(/\?.*/, '');
    if (code !== 200 || !this.#path.test(path)) {
      response.writeHead(code, given === '' ? {} : { 'x-subject-token': given }).end(text);
      return;
    }
    const body: Good['body'] = JSON.parse(text);
    const [name = '', rows] = Object.entries(body).find(([, value]) => Array.isArray(value)) ?? [];
    assert.ok(Array.isArray(rows), text);
    const good = { text, body, name, rows };
    const first = this.#firsts.get(path) ?? good;
    this.#firsts.set(path, first);
    const breaking = { response, good, first, before: this.broken, token };
    if (this.fault) {
      this.broken += 1;
      this.fault.breaks(breaking);
    } else {
      pass(breaking);
    }
  }

  async #ask(url: string, method: string, token: string, body: Buffer): Promise<Answered> {
    const answered = await fetch(this.#cloud.url + url, {
      method,
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { 'x-auth-token': token }) },
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const given = answered.headers.get('x-subject-token') ?? '';
    return { status: answered.status, given, text: await answered.text() };
  }
}

/** A list of the catalog in a tree of its own, behind a front. */
class Place {
  readonly front: Front;
  readonly world: World;
  readonly explorer: Explorer;
  readonly node: ListNode;
  /** What the rows of the whole list are. */
  readonly truth: readonly unknown[];
  readonly #server: LocalServer;

  private constructor(
    front: Front,
    world: World,
    explorer: Explorer,
    node: ListNode,
    truth: readonly unknown[],
    server: LocalServer,
  ) {
    this.front = front;
    this.world = world;
    this.explorer = explorer;
    this.node = node;
    this.truth = truth;
    this.#server = server;
  }

  static async of(cloud: StandIn, collection: Collection): Promise<Place> {
    const front = new Front(cloud, collection);
    const server = await serve((request, response) => void front.answer(request, response));
    const named = `http://localhost:${server.port}`;
    const world = new World(cloud);
    // Only the list's own host has a name: one that is lost must not take IAM along, unless IAM is what has the list.
    const site = sampleSite(named);
    world.setting = { demo: { ...site, iam: collection.scope === 'account' ? named : server.url } };
    const accounts = world.accounts();
    await world.signIn(accounts);
    const { explorer } = explorerFor(world, accounts, { pageSize });
    const [root] = explorer.roots();
    const node = root && (await found(explorer, root, collection));
    assert.ok(node, `${collection.id} has too few rows`);
    await toTheEnd(explorer, node);
    const truth = node.list.rows.map(({ row }) => row.raw);
    return new Place(front, world, explorer, node, truth, server);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Starts over, with the first page there where it is said so. */
  async prepare(further: boolean): Promise<void> {
    // The sign-ins and the repetitions of the fault before are forgiven by then.
    this.world.now += 100_000;
    this.world.timeout = 20_000;
    this.world.lines.length = 0;
    this.node.list.reset();
    if (further) {
      await this.explorer.children(this.node);
    }
  }

  /** What is seen when the next page is broken by this. */
  async broken(fault: Fault): Promise<string> {
    this.front.fault = fault;
    this.front.broken = 0;
    if (fault.endless) {
      this.world.timeout = shortTimeout;
    }
    const { lookup } = dns;
    if (fault.unresolved) {
      dns.lookup = unresolving;
    }
    try {
      await this.#load();
    } finally {
      dns.lookup = lookup;
      this.front.fault = undefined;
      this.world.timeout = 20_000;
    }
    return outcome(await this.explorer.children(this.node));
  }

  /** Does what the last row says, or refreshes, now that the fault is over, and loads all. */
  async mend(): Promise<void> {
    const last = (await this.explorer.children(this.node)).at(-1);
    if (last?.kind === 'note' && 'error' in last.note) {
      this.explorer.retry(last);
    } else if (!this.node.list.error) {
      await this.explorer.refresh(this.node);
    }
    await toTheEnd(this.explorer, this.node);
  }

  async #load(): Promise<void> {
    const last = this.node.list.untouched ? undefined : (await this.explorer.children(this.node)).at(-1);
    if (last?.kind === 'pager') {
      await this.explorer.loadMore(last);
    } else {
      await this.explorer.children(this.node);
    }
  }
}

// The one form that connections use.
// oxlint-disable-next-line no-unsafe-type-assertion
const unresolving = ((_: string, __: unknown, done: (error: Error) => void) => {
  process.nextTick(done, Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }));
}) as unknown as typeof dns.lookup;

/** A list of this collection that has several pages, or can have one only. */
async function found(explorer: Explorer, node: Node, collection: Collection): Promise<ListNode | undefined> {
  const lists = explorer.below(node).filter((each) => each.kind === 'list');
  for (const list of lists.filter((each) => each.collection === collection)) {
    await explorer.children(node);
    await explorer.children(list);
    if (!list.list.error && (!list.list.ended || collection.paging.by === 'none')) {
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
  for (let pages = 0; pages < amount; pages += 1) {
    const last = (await explorer.children(node)).at(-1);
    if (last?.kind === 'pager') {
      await explorer.loadMore(last);
    }
  }
}

/** Rows, and what the one behind them says, why, what to do, and what a click on it runs. */
function outcome(rows: readonly Node[]): string {
  const items = rows.filter((row) => row.kind === 'item');
  const last = rows.at(-1);
  const odd = items.filter(({ listed }) => isMarked(listed)).length;
  const count = `${items.length} rows${odd > 0 ? ` (${odd} marked)` : ''}`;
  if (last?.kind !== 'note' && last?.kind !== 'pager') {
    return `${count}, the end`;
  }
  const cause = causeOf(last);
  const error = errorOf(last);
  const step = error && fullCause(error).at(-1);
  const parts = [
    `**${said(last)}**`,
    ...(typeof cause === 'object' ? [inEnglish(cause)] : []),
    ...(step ? [inEnglish(step)] : []),
    commandOf(last) ? `\`${commandOf(last)}\`` : 'no click',
  ];
  return `${items.length > 0 ? `${count}, ` : ''}${parts.join(' · ')}`;
}

/** Whether the tree says of a row that something is wrong with it. */
function isMarked({ row, gone }: ListedRow): boolean {
  return gone === true || row.bad.length > 0;
}

function errorOf(node: Node): CloudError | undefined {
  return node.kind === 'pager'
    ? node.listNode.list.error
    : node.kind === 'note' && 'error' in node.note
      ? node.note.error
      : undefined;
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

describe('what a person sees of each fault', function () {
  this.timeout(60_000);
  const naming = new Set(collectionsIn(catalog).map(({ namedBy }) => namedBy));
  const collections = collectionsIn(catalog).filter((each) => !naming.has(each));
  /** By fault, by collection: what is seen on the first page, and on a further one. */
  const seen = new Map<Fault, Map<Collection, readonly [string, string]>>(faults.map((fault) => [fault, new Map()]));
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  let cloud: StandIn;

  before(async () => {
    process.on('unhandledRejection', note);
    cloud = await startStandIn({
      nesKeys: amount,
      sshKeys: amount,
      signatures: amount,
      quotas: amount,
      boundApps: amount,
      instances: amount,
    });
  });
  after(async () => {
    process.off('unhandledRejection', note);
    await cloud.close();
  });
  afterEach(() => assert.deepEqual(unhandled.splice(0), []));

  for (const collection of collections) {
    it(`${collection.id}: keeps what is loaded, shows nothing wrong, ends, tells no secret, and is mended`, async () => {
      const place = await Place.of(cloud, collection);
      try {
        for (const fault of faults) {
          const first = await seenOf(place, fault, false);
          const further = collection.paging.by === 'none' ? '' : await seenOf(place, fault, true);
          seen.get(fault)?.set(collection, [first, further]);
        }
      } finally {
        await place.close();
      }
    });
  }

  it('is what the document says', async () => {
    const text = await format(markdown(), { ...(await resolveConfig(table)), parser: 'markdown' });
    if (process.argv.includes('--write')) {
      await writeFile(table, text);
    }
    assert.equal(await readFile(table, 'utf8').catch(() => ''), text, 'npm run faults writes it anew');
  });

  async function seenOf(place: Place, fault: Fault, further: boolean): Promise<string> {
    const what = `${place.node.collection.id}, ${fault.name}, ${further ? 'a further page' : 'the first page'}`;
    await ending(what, place.prepare(further));
    const before = place.node.list.rows.map(({ key }) => key);
    const text = await ending(what, place.broken(fault));
    const { rows } = place.node.list;
    const keys = new Set(before);
    assert.deepEqual(
      rows.map(({ key }) => key).filter((key) => keys.has(key)),
      before,
      `${what}: loaded rows stay`,
    );
    const unmarked = rows.filter((listed) => !isMarked(listed)).map(({ row }) => row.raw);
    assert.deepEqual(
      unmarked,
      place.truth.slice(0, unmarked.length),
      `${what}: each row is one of the list, or marked`,
    );
    tellsNoSecret(place, what, text);
    await ending(what, place.mend());
    assert.deepEqual(
      place.node.list.rows.filter(({ gone }) => !gone).map(({ row }) => row.raw),
      place.truth,
      `${what}: all is there when it is over`,
    );
    tellsNoSecret(place, what, '');
    return text;
  }

  function tellsNoSecret({ world, front, truth, node }: Place, what: string, text: string): void {
    const told = [text, ...world.lines, JSON.stringify(node.list.error?.failure), String(node.list.error?.stack)].join(
      '\n',
    );
    const declared = truth.flatMap((row) => node.collection.secrets.map(({ at }) => String(Object(row)[at])));
    for (const secret of [SAMPLE.password, SAMPLE.operator.key.secret, ...front.tokens, ...declared]) {
      assert.ok(!told.includes(secret) && !told.includes(encodeURIComponent(secret)), `${what}: tells ${secret}`);
    }
  }

  function markdown(): string {
    const lines = [...seen].flatMap(([fault, byCollection]) => {
      const groups: { readonly first: string; readonly further: Set<string>; readonly ids: string[] }[] = [];
      for (const [{ id, paging }, [first, further]] of byCollection) {
        // What comes all at once has no further page that could differ.
        const fits = (group: (typeof groups)[number]): boolean =>
          group.first === first && (paging.by === 'none' || group.further.size === 0 || group.further.has(further));
        const group = groups.find(fits);
        if (!group) {
          groups.push({ first, further: new Set(further ? [further] : []), ids: [id] });
        } else {
          group.ids.push(id);
          group.further.add(further);
        }
      }
      return groups.map(({ first, further, ids }) => {
        const lists = ids.length === collections.length ? 'all' : ids.map((id) => `\`${id}\``).join(' ');
        return `| ${fault.name} | ${lists} | ${first} | ${[...further].join(' ')} |`;
      });
    });
    return [
      '# What a person sees of each fault',
      'Written by `npm run faults`, which breaks each list of the catalog in each of these ways; the unit tests compare it.',
      `A list has ${amount} rows here and ${pageSize} come at a time; \`projects\` come all at once. Behind the rows stands the last row's label, its cause, the next step in its tooltip, and the command that a click runs.`,
      ['| fault | lists | on the first page | on a further page |', '| --- | --- | --- | --- |', ...lines].join('\n'),
    ].join('\n\n');
  }
});
