import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { catalog } from '../../../src/catalog/catalog';
import { parseTime } from '../../../src/base/time';
import { errorOf } from '../../../src/cloud/parseError';
import { CloudError, cancelled } from '../../../src/cloud/errors';
import { matchesSchema } from '../../../src/cloud/matchesSchema';
import { fillPath } from '../../../src/cloud/path';
import type { Row } from '../../../src/cloud/rows';
import { prefetching } from '../../../src/explorer/prefetching';
import { maskSecretsIn, maskText } from '../../../src/base/secretText';
import { valueAt } from '../../../src/base/jsonPath';
import { mask } from '../../../src/explorer/present/mask';
import { idPart } from '../../../src/explorer/nodes';
import type { Span } from '../../../src/explorer/loadedRows';
import { PagedList, type AskPage } from '../../../src/explorer/pagedList';
import { collectionsIn } from '../../support/collections';

/** `npm run fuzz` gives a number; `--seed=…` repeats a run that failed. */
const given = (name: string): number | undefined => {
  const found = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return found === undefined ? undefined : Number(found.slice(name.length + 3));
};
const runs = given('runs') ?? 300;
const seed = given('seed');

const never = new AbortController().signal;

/** Any text, halves of characters included. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));

/** Rows of which no two are equal, though some have no ID, or another's. */
const distinctRows = fc
  .array(fc.option(fc.constantFrom('a', 'b', '#0', 'a#2', 'c', 'd', 'e', 'f'), { nil: undefined }), { maxLength: 25 })
  .map((ids) => ids.map((id, index) => rowOf(id, index)));

/** Rows of which many are equal. */
const anyRows = fc
  .array(fc.tuple(fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined }), fc.nat(2)), { maxLength: 25 })
  .map((rows) => rows.map(([id, content]) => rowOf(id, content)));

function rowOf(id: string | undefined, content: number): Row {
  return { raw: { id, content }, item: { id }, bad: [] };
}

/** A list on a server, asked by a count of rows. */
class Server {
  rows: Row[];
  asked = 0;
  /** Outcomes of the next requests. */
  failing: ('fails' | 'gives up')[] = [];
  readonly #size: number;
  readonly #total: (rows: number) => number | undefined;

  constructor(rows: readonly Row[], size: number, total: (rows: number) => number | undefined = (count) => count) {
    this.rows = [...rows];
    this.#size = size;
    this.#total = total;
  }

  readonly ask: AskPage = async (at, _, most = this.#size) => {
    this.asked += 1;
    const failing = this.failing.shift();
    if (failing !== undefined) {
      throw failing === 'fails' ? new CloudError({ kind: 'server' }) : cancelled();
    }
    const start = Number(at ?? 0);
    const size = Math.min(this.#size, most);
    assert.ok(size > 0 && start >= 0, 'a page without rows is not asked for');
    const rows = this.rows.slice(start, start + size);
    // An answer with a total but no rows is an error, which `pagedList.test.ts` has.
    const total = this.rows.length === 0 ? 0 : this.#total(this.rows.length);
    const page = { rows, next: start + rows.length, partial: rows.length < size, truncated: false };
    return total === undefined ? page : { ...page, total };
  };

  list(span?: Span): PagedList {
    return new PagedList(this.ask, true, span);
  }

  /** Requests as a scan makes them. */
  walked(): PagedList {
    return new PagedList(prefetching(this.ask), true);
  }
}

async function toTheEnd(list: PagedList): Promise<void> {
  for (let pages = 0; !list.done; pages += 1) {
    assert.ok(pages < 200, 'it never ends');
    await (list.error ? list.retry(never) : list.loadMore(never));
  }
}

function raws({ rows }: PagedList): readonly unknown[] {
  return rows.filter(({ gone }) => !gone).map(({ row }) => row.raw);
}

/** Invariants of every list. */
function isSound({ rows }: PagedList): void {
  assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length, 'each key once');
  const there = rows.filter(({ gone, row }) => !gone && row.item.id !== undefined);
  const texts = there.map(({ row }) => JSON.stringify(row.raw));
  assert.equal(new Set(texts).size, texts.length, 'no row twice');
  for (const { row, clash } of there) {
    const twins = there.filter((other) => other.row.item.id === row.item.id);
    assert.equal(clash, twins.length > 1, 'rows of one ID are marked');
  }
}

const pageSize = fc.integer({ min: 1, max: 6 });
const failures = fc.array(fc.option(fc.constantFrom('fails', 'gives up'), { nil: undefined }), { maxLength: 6 });

type Step =
  | { readonly does: 'more' | 'reload' | 'reset' | 'fails' | 'gives up' | 'both' }
  | { readonly does: 'insert' | 'delete'; readonly at: number };
const steps = fc.array(
  fc.oneof(
    fc.record({ does: fc.constantFrom('more', 'reload', 'reset', 'fails', 'gives up', 'both') }),
    fc.record({ does: fc.constantFrom('insert', 'delete'), at: fc.nat(25) }),
  ) satisfies fc.Arbitrary<Step>,
  { maxLength: 20 },
);

describe(`properties, ${runs} runs each`, function () {
  this.timeout(60_000 + runs * 50);
  const parameters = { numRuns: runs, ...(seed === undefined ? {} : { seed }) };

  it('a stable list is loaded completely, in order, with the minimum of requests', async () => {
    const totals = fc.constantFrom<'right' | 'missing' | 'too large'>('right', 'missing', 'too large');
    await fc.assert(
      fc.asyncProperty(distinctRows, pageSize, totals, async (rows, size, total) => {
        const server = new Server(rows, size, (count) =>
          total === 'missing' ? undefined : total === 'right' ? count : count + 7,
        );
        const list = server.list();
        await toTheEnd(list);
        isSound(list);
        assert.deepEqual(
          raws(list),
          rows.map(({ raw }) => raw),
        );
        // Each page but the first brings one row that is known; one row a page is asked for twice.
        const further = Math.max(0, rows.length - size);
        const least = size === 1 ? 2 * further : Math.ceil(further / (size - 1));
        // Whether a full page was the last one is seen only behind it, on which a page of one row takes two requests.
        const behind = total === 'right' ? 0 : 2;
        assert.ok(server.asked <= 1 + least + behind, `${server.asked} requests`);
      }),
      parameters,
    );
  });

  it('a prefetched list is the same and costs no additional request', async () => {
    await fc.assert(
      fc.asyncProperty(distinctRows, fc.integer({ min: 2, max: 6 }), async (rows, size) => {
        const [server, other] = [new Server(rows, size), new Server(rows, size)];
        const list = server.walked();
        await toTheEnd(list);
        await toTheEnd(other.list());
        assert.deepEqual(
          raws(list),
          rows.map(({ raw }) => raw),
        );
        assert.equal(server.asked, other.asked);
      }),
      parameters,
    );
  });

  it('a list that changes or fails while it is prefetched is sound and ends', async () => {
    await fc.assert(
      fc.asyncProperty(distinctRows, pageSize, steps, async (rows, size, todo) => {
        const server = new Server(rows, size);
        const list = server.walked();
        for (const { does, ...step } of todo) {
          if ('at' in step) {
            server.rows.splice(step.at, does === 'delete' ? 1 : 0, ...(does === 'insert' ? [rowOf('new', 99)] : []));
          } else if (does === 'fails' || does === 'gives up') {
            server.failing = [does];
          }
          await list.loadMore(never);
          isSound(list);
        }
        server.failing = [];
        await toTheEnd(list);
        isSound(list);
      }),
      parameters,
    );
  });

  it('a list with failed and cancelled requests is loaded completely', async () => {
    await fc.assert(
      fc.asyncProperty(distinctRows, pageSize, failures, async (rows, size, failing) => {
        const server = new Server(rows, size);
        const list = server.list();
        for (const failure of failing) {
          const before = list.rows;
          server.failing = failure ? [failure] : [];
          const asked = server.asked;
          await list.loadMore(never);
          if (failure && server.asked > asked) {
            assert.equal(list.rows, before);
            assert.equal(list.error?.kind, failure === 'fails' ? 'server' : list.error?.kind);
          }
        }
        server.failing = [];
        await toTheEnd(list);
        assert.deepEqual(
          raws(list),
          rows.map(({ raw }) => raw),
        );
      }),
      parameters,
    );
  });

  it('a list of equal rows and wrong totals ends, has no duplicates, and keeps the order', async () => {
    const lies = fc.option(fc.nat(30), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        anyRows,
        pageSize,
        fc.array(lies, { minLength: 1, maxLength: 4 }),
        async (rows, size, totals) => {
          let page = 0;
          const server = new Server(rows, size, () => totals[page++ % totals.length]);
          const list = server.list();
          await toTheEnd(list);
          isSound(list);
          const left = rows.map(({ raw }) => JSON.stringify(raw));
          for (const raw of raws(list)) {
            const at = left.indexOf(JSON.stringify(raw));
            assert.ok(at >= 0, 'a row of the list, in its place');
            left.splice(0, at + 1);
          }
        },
      ),
      parameters,
    );
  });

  it('a changing list is sound at any time, keeps its rows when a page fails, and is correct after a refresh', async () => {
    await fc.assert(
      fc.asyncProperty(distinctRows, pageSize, steps, async (rows, size, todo) => {
        const server = new Server(rows, size);
        const list = server.list();
        let content = 1000;
        for (const step of todo) {
          const before = list.rows.map(({ key }) => key);
          switch (step.does) {
            case 'more':
              await list.loadMore(never);
              break;
            case 'reload':
              await list.reload(never);
              break;
            case 'both':
              await Promise.all([list.loadMore(never), list.reload(never), list.retry(never)]);
              break;
            case 'reset':
              list.reset();
              break;
            case 'fails':
            case 'gives up':
              server.failing = [step.does];
              await list.reload(never);
              assert.deepEqual(
                list.rows.map(({ key }) => key),
                before,
              );
              break;
            case 'insert':
              server.rows.splice(step.at, 0, rowOf(step.at % 3 === 0 ? undefined : `n${content}`, (content += 1)));
              break;
            case 'delete':
              server.rows.splice(step.at, 1);
              break;
          }
          isSound(list);
        }
        await list.reload(never);
        await toTheEnd(list);
        isSound(list);
        assert.deepEqual(
          raws(list),
          server.rows.map(({ raw }) => raw),
        );
      }),
      parameters,
    );
  });

  it('the range rows of a long list have each of its rows once', async () => {
    const totals = fc.boolean();
    await fc.assert(
      fc.asyncProperty(
        distinctRows,
        pageSize,
        fc.integer({ min: 1, max: 9 }),
        totals,
        async (rows, size, part, hasTotal) => {
          const server = new Server(rows, size, (count) => (hasTotal ? count : undefined));
          const all: unknown[] = [];
          let last: PagedList | undefined;
          for (let from = 0; !last || last.spanComplete; from += part) {
            last = server.list({ from, until: from + part });
            await toTheEnd(last);
            all.push(...raws(last));
          }
          assert.deepEqual(
            all,
            rows.map(({ raw }) => raw),
          );
        },
      ),
      parameters,
    );
  });

  it('an error body never throws, and its error never quotes a secret of the request', () => {
    const secret = fc.stringMatching(/^[\w+/=."\\%&<>~-]{8,40}$/);
    const bodyWith = (text: string): fc.Arbitrary<unknown> => {
      const around = fc.tuple(fc.string(), fc.string()).map(([before, behind]) => before + text + behind);
      const value = fc.oneof(around, fc.constant(text), fc.constant(encodeURIComponent(text)), fc.jsonValue());
      const names = fc.constantFrom('error_code', 'error_msg', 'message', 'code', 'request_id', 'error', 'x');
      return fc.oneof(value, fc.dictionary(names, fc.oneof(value, fc.dictionary(names, value))));
    };
    const asked = secret.chain((text) =>
      fc.record({
        text: fc.constant(text),
        body: bodyWith(text),
        asJson: fc.boolean(),
        requestId: fc.option(fc.constant(text), { nil: undefined }),
      }),
    );
    const status = fc.integer({ min: 100, max: 999 });
    fc.assert(
      fc.property(asked, status, anyText, ({ text, body: value, asJson, requestId }, code, retryAfter) => {
        const answer = {
          status: code,
          text: typeof value === 'string' && !asJson ? value : JSON.stringify(value),
          origin: { call: 'GET x' },
          header: () => retryAfter,
          requestId,
        };
        const { failure } = errorOf(answer, {}, [text]);
        for (const said of [failure.code, failure.serviceMessage, failure.requestId]) {
          for (const spelling of [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)]) {
            assert.ok(!said?.includes(spelling), said);
          }
        }
      }),
      parameters,
    );
  });

  it('a masked row has no declared secret, and a mask only in place of a secret', () => {
    const secret = 'The-declared-one';
    const names = fc.constantFrom('sign_secret', 'inner', 'deep', 'id', '__proto__', 'constructor', '0', 'a.b');
    const { row } = fc.letrec<{ value: unknown; row: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 7, '', 'text', maskText),
        tie('row'),
        fc.array(tie('row'), { maxLength: 3 }),
      ),
      row: fc.dictionary(names, tie('value'), { maxKeys: 5 }),
    }));
    const held = fc.constantFrom<unknown>(secret, [secret], { any: secret }, [[{ sign: secret }]]);
    fc.assert(
      fc.property(row, row, held, (outer, inner, value) => {
        const raw = { ...Object(outer), sign_secret: value, inner: [{ ...Object(inner), deep: value }] };
        const declared = [{ path: 'sign_secret' }, { path: 'inner.deep' }];
        const masked = mask(raw, declared, new Set(['sign_secret', 'inner']));
        assert.ok(!JSON.stringify(masked.value).includes(secret));
        for (const place of masked.places) {
          assert.equal(valueAt(masked.value, place), maskText);
          assert.notEqual(valueAt(raw, place), undefined);
        }
      }),
      parameters,
    );
  });

  it('a text with a secret is masked anywhere in a row, and masking is idempotent', () => {
    const secret = 'Bearer planted.planted.planted';
    fc.assert(
      fc.property(
        fc.json(),
        fc.array(fc.constantFrom('id', 'description', 'list', 'x'), { maxLength: 4 }),
        (json, path) => {
          const raw = path.reduceRight<unknown>((inner, name) => ({ [name]: [inner, json] }), secret);
          const masked = JSON.stringify(mask(raw, [], new Set(['id', 'description'])).value);
          assert.ok(!masked.includes('planted'), masked);
        },
      ),
      parameters,
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(anyText, fc.constantFrom('://', '@', 'Bearer ', 'token=', ':')), { maxLength: 12 }),
        (parts) => {
          const masked = maskSecretsIn(parts.join(''));
          assert.equal(maskSecretsIn(masked), masked);
        },
      ),
      parameters,
    );
  });

  it('matchesSchema agrees with valibot', () => {
    const schemas = collectionsIn(catalog).map(({ row }) => row);
    const value = fc.oneof(anyText, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.constantFrom(...schemas).chain((schema) => {
          const fields = Object.fromEntries(Object.keys(schema.entries).map((name) => [name, value]));
          return fc.tuple(fc.constant(schema), fc.oneof(fc.record(fields, { requiredKeys: [] }), value));
        }),
        ([schema, row]) => assert.equal(matchesSchema(schema, row), v.is(schema, row)),
      ),
      parameters,
    );
  });

  it('every parsed time can be shown', () => {
    const two = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'));
    const zone = fc.oneof(
      fc.constantFrom('', 'Z', 'z'),
      fc.tuple(two, two).map(([hours, minutes]) => `+${hours}:${minutes}`),
    );
    const alike = fc
      .tuple(fc.integer({ min: 0, max: 9999 }), two, two, two, two, two, fc.constantFrom('T', ' '), zone)
      .map(([year, month, day, hour, minute, second, between, at]) => {
        return `${String(year).padStart(4, '0')}-${month}-${day}${between}${hour}:${minute}:${second}${at}`;
      });
    fc.assert(
      fc.property(fc.oneof(alike, fc.double(), anyText), (value) => {
        const time = parseTime(value);
        assert.ok(time === undefined || !Number.isNaN(new Date(time).getTime()), String(value));
      }),
      parameters,
    );
  });

  it('a key becomes a part of an ID and can be parsed from it', () => {
    fc.assert(
      fc.property(anyText, (key) => {
        const part = idPart(key);
        assert.match(part, /^[\w!'()*~.%-]*$/);
        const units = part
          .split(/(%u[\da-f]{4})/)
          .map((piece) =>
            piece.startsWith('%u')
              ? String.fromCharCode(Number.parseInt(piece.slice(2), 16))
              : decodeURIComponent(piece),
          );
        assert.equal(units.join(''), key);
      }),
      parameters,
    );
  });

  it('a value is one segment of a path, or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyText, fc.string(), fc.constantFrom('.', '..', '%2e%2e', '/', '?', '#', '{b}')),
        (value) => {
          let url;
          try {
            url = fillPath('https://host/base/', '/v1/{a}/x', { a: value });
          } catch (error) {
            assert.ok(error instanceof CloudError && error.kind === 'invalidRequest');
            return;
          }
          const [, base, version, part = '', end, ...more] = url.pathname.split('/');
          assert.deepEqual([base, version, decodeURIComponent(part), end, more], ['base', 'v1', value, 'x', []]);
          assert.deepEqual([url.host, url.search, url.hash], ['host', '', '']);
        },
      ),
      parameters,
    );
  });
});
