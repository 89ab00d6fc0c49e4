import assert from 'node:assert/strict';
import * as v from 'valibot';
import { ExactNumber } from '../../../src/base/exactNumber';
import { asText, inBody, integer, text, textOrNumber } from '../../../src/catalog/fields';
import { phrase } from '../../../src/base/phrase';
import { collection, type Collection } from '../../../src/catalog/declaration';
import type { ListPage } from '../../../src/cloud/client';
import { jsonSteps, parseJson } from '../../../src/cloud/json';
import { copyTextOf } from '../../../src/explorer/present/copyable';
import { detailOf, maskedRow } from '../../../src/explorer/present/keyDetails';
import { jsonText } from '../../../src/explorer/present/jsonText';
import { maskText } from '../../../src/base/secretText';
import { PagedList } from '../../../src/explorer/pagedList';
import { collectionOf } from '../../support/collections';
import { type LocalServer, serve } from '../../support/localServer';
import { errorFrom, pageOf, testClient } from '../../support/testClient';
import { treeOf } from '../../support/customTree';

/** Numbers that JavaScript's own do not hold. */
const long = [
  '922337203685477581',
  '9007199254740993',
  '1234567890123456',
  '-9223372036854775808',
  '18446744073709551615',
  '100000000000000000000000',
  '3.14159265358979323846',
  '-0.1000000000000000055511151231257827',
  '1234567890.1234567890',
  '1e400',
  '-1E+400',
  '1e-400',
  '1.5e999',
  '1234567890123456e5',
  '1'.repeat(5000),
];
/** Numbers that they do. */
const short = ['0', '-0', '7', '-1', '1.0', '1.5', '1e5', '1E+22', '2e-7', '999999999999999', '-999999999999999'];

const spaces = ['', ' ', '\n\t', '\r\n   '];

describe('parseJson', () => {
  it('keeps the digits of long numbers in any position, and parses other numbers as usual', () => {
    for (const space of spaces) {
      for (const number of [...long, ...short]) {
        const json = `{"a"${space}:${space}${number}${space},"b":[${space}${number}${space}],"c":{"d":${number}${space}}${space}}`;
        const wanted = long.includes(number) ? new ExactNumber(number) : Number(number);
        assert.deepEqual(parseJson(json), { a: wanted, b: [wanted], c: { d: wanted } }, json.slice(0, 200));
        assert.deepEqual(parseJson(`[${number}]`), [wanted]);
      }
    }
    assert.deepEqual(parseJson(`\uFEFF[${long[0]}]`), [new ExactNumber(long[0] ?? '')]);
  });

  it('keeps texts that look like a number, an escape or a mark', () => {
    const texts = [
      ...long,
      `, ${long[0]} ]`,
      `": ${long[0]}, "`,
      String.raw`\" ,${long[0]},`,
      '\\',
      '\\\\"',
      '\u0000',
      `\u0000${long[0]}`,
      `\u0000\u0000${long[0]}`,
      `\\u0000${long[0]}`,
      '\u0000\u0000\u0000',
      `"${long[0]}"`,
      '',
      '€ 9007199254740993 ,',
      '\ud800',
    ];
    const fields = Object.fromEntries(texts.map((each) => [each, each]));
    for (const value of [texts, fields, { n: texts, ...fields }]) {
      const json = JSON.stringify([value, 'N']).replace('"N"', long[0] ?? '');
      assert.deepEqual(parseJson(json), [value, new ExactNumber(long[0] ?? '')]);
      assert.deepEqual(parseJson(JSON.stringify(value)), value);
    }
  });

  it('lets the last of equal names win and does not pollute prototypes', () => {
    assert.deepEqual(parseJson(`{"a":1,"a":${long[0]}}`), { a: new ExactNumber(long[0] ?? '') });
    assert.deepEqual(parseJson(`{"a":${long[0]},"a":1}`), { a: 1 });
    const read = parseJson(`{"__proto__":${long[0]},"constructor":${long[1]}}`);
    assert.equal(Object.getPrototypeOf(read), Object.prototype);
    assert.deepEqual(Object.getOwnPropertyDescriptor(read, '__proto__')?.value, new ExactNumber(long[0] ?? ''));
    assert.equal(jsonText(read), `{\n  "__proto__": ${long[0]},\n  "constructor": ${long[1]}\n}`);
  });

  it('refuses invalid JSON with long numbers as JSON.parse does', () => {
    for (const number of [long[0] ?? '', '1e999']) {
      for (const broken of [
        `[${number}`,
        `{${number}:1}`,
        `{${number} :1,"a":${number}}`,
        `{"a":0${number}}`,
        `[+${number}]`,
        `[${number}.]`,
        `[--${number}]`,
        `[${number}e]`,
        `[.${number}]`,
        `[${number}-1,2]`,
        `["a" ${number},${number}]`,
        `[${number} "a",${number}]`,
        `["${number},]`,
      ]) {
        assert.throws(() => JSON.parse(broken), SyntaxError, broken);
        assert.throws(() => parseJson(broken), SyntaxError, broken);
      }
    }
  });

  it('refuses an answer full of long numbers early', () => {
    assert.throws(() => parseJson(`[${`${long[0]},`.repeat(200_000)}1]`), SyntaxError);
    const many = parseJson(`[${`${long[0]},`.repeat(90_000)}1]`);
    assert.ok(Array.isArray(many) && many.length === 90_001);
    const levels = 200_000;
    const deep = `{"a":${long[0]},"b":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    assert.deepEqual(Object(parseJson(deep)).a, new ExactNumber(long[0] ?? ''));
  });

  it('yields while it parses a large answer, and restores only the rows with long numbers', () => {
    const rows = '{},'.repeat(500_000);
    const pauses = (json: string): number => [...jsonSteps(json)].length;
    assert.equal(pauses(`[${rows}1]`), 1);
    const [first, last] = [`[${long[0]},${rows}1]`, `[${rows}${long[0]}]`].map(pauses);
    assert.ok(first !== undefined && first > 5, `${first} pauses`);
    assert.ok(last !== undefined && last >= first + 1, `${first} pauses, then ${last}`);
    assert.deepEqual(parseJson(`[[${long[0]}],["\\u0000",${long[1]}],[]]`), [
      [new ExactNumber(long[0] ?? '')],
      ['\u0000', new ExactNumber(long[1] ?? '')],
      [],
    ]);
  });
});

/** A list of which every field may be a number. */
const numbers: Collection = collection({
  id: 'numbers',
  label: phrase('Numbers'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('row'),
  icon: 'key',
  scope: 'account',
  path: '/numbers',
  paging: { kind: 'offset', offset: { min: 0 }, size: { min: 1, max: 100 } },
  rows: inBody('rows'),
  total: inBody('total'),
  filters: [{ id: 'id', query: 'id', label: phrase('ID'), match: 'id' }],
  row: v.looseObject({ id: textOrNumber, name: text, limit: integer, made: textOrNumber, secret_number: textOrNumber }),
  item: (row) => ({
    id: asText(row.id),
    name: row.name ?? undefined,
    times: { created: row.made },
    ...(row.id ? { pathParams: { number_id: asText(row.id) ?? '' } } : {}),
  }),
  one: { filter: 'id' },
  secrets: [{ path: 'secret_number' }],
  codes: {},
});
const inner: Collection = { ...numbers, id: 'inner', path: '/numbers/{number_id}/inner' };

describe('long numbers in the tree', () => {
  const one = '922337203685477581';
  const two = '922337203685477582';
  const row = `{"id":${one},"name":"n","limit":9223372036854775807,"made":1691234567890123456,"secret_number":1234567890123456789,"x":{"y":[0.12345678901234567890]},"small":5}`;
  let server: LocalServer;
  let body: string;
  const asked: string[] = [];
  before(async () => {
    server = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
  });
  after(() => server.close());
  beforeEach(() => {
    body = `{"rows":[${row},{"id":${two},"name":"n"}],"total":2}`;
    asked.length = 0;
  });

  const listOf = (list: Collection) =>
    ({ collection: list, base: server.url, scope: { kind: 'account' }, pathParams: {} }) as const;

  it('distinguishes IDs by all digits in rows, copies, pages, paths and filters', async () => {
    const { explorer: tree } = treeOf(server.url, [
      { ...numbers, children: [inner] },
      { ...inner, path: '/flat' },
    ]);
    const [account] = tree.roots();
    assert.ok(account);
    const [outer, flat] = tree.declaredChildren(account);
    assert.ok(outer?.kind === 'list' && flat?.kind === 'list');
    const rows = (await tree.children(outer)).filter((node) => node.kind === 'item');
    assert.deepEqual(
      rows.map(({ listed }) => [listed.key, listed.clash, listed.row.bad]),
      [
        [one, false, []],
        [two, false, []],
      ],
    );
    const [first] = rows;
    const [key] = (await tree.children(flat)).filter((node) => node.kind === 'item');
    assert.ok(first && key);
    assert.equal(copyTextOf(key, 'id'), one);
    const detail = detailOf(key);
    assert.equal(detail.id, one);
    assert.deepEqual(
      detail.times.map(({ at }) => String(at)),
      ['1691234567890123456'],
    );
    const json = `{
  "id": ${one},
  "name": "n",
  "limit": 9223372036854775807,
  "made": 1691234567890123456,
  "secret_number": "${maskText}",
  "x": {
    "y": [
      0.12345678901234567890
    ]
  },
  "small": 5
}`;
    assert.equal(detail.json, json);
    assert.equal(copyTextOf(key, 'json'), json);
    const [place] = maskedRow(key).places;
    assert.ok(place);
    assert.equal(jsonText(await tree.secret(key, place, new AbortController().signal)), '1234567890123456789');

    const [below] = tree.declaredChildren(first);
    assert.ok(below);
    await tree.children(below);
    assert.match(asked.at(-1) ?? '', new RegExp(`^/numbers/${one}/inner\\?`));
    await tree.one(outer, one, new AbortController().signal);
    assert.match(asked.at(-1) ?? '', new RegExp(`[?&]id=${one}(&|$)`));
  });

  it('accepts a long integer in a documented integer field and marks a long fraction', async () => {
    for (const [value, bad] of [
      ['9223372036854775807', []],
      ['1e400', []],
      ['12345678901234567.5', ['limit']],
      ['1e-400', ['limit']],
      ['3', []],
      ['3.5', ['limit']],
    ] as const) {
      body = `{"rows":[{"id":"a","limit":${value}}]}`;
      assert.deepEqual(
        (await pageOf(testClient(), listOf(numbers))).rows.map((each) => each.bad),
        [bad],
        value,
      );
    }
    body = `{"keys":[{"id":${one},"title":${two}}]}`;
    const [key] = (await pageOf(testClient(), listOf(collectionOf('sshKeys')))).rows;
    assert.deepEqual([key?.item.id, key?.item.name, key?.bad], [one, two, []]);
    body = `{"quotas":[{"app_quota_id":"q","bound_app_num":${one}}]}`;
    const [quota] = (
      await pageOf(testClient(), {
        ...listOf(collectionOf('appQuotas')),
        pathParams: { project_id: 'p', instance_id: 'i' },
      })
    ).rows;
    assert.deepEqual([quota?.item.description, quota?.bad], [phrase('{0} bound', one), []]);
  });

  it('does not accept a long number in place of a row or a list', async () => {
    body = `{"rows":[${one},{"id":"a"}]}`;
    const { rows } = await pageOf(testClient(), listOf(numbers));
    assert.deepEqual(
      rows.map(({ item: { id }, bad }) => [id, bad]),
      [
        [undefined, ['']],
        ['a', []],
      ],
    );
    body = `{"rows":${one}}`;
    assert.equal((await errorFrom(pageOf(testClient(), listOf(numbers)))).kind, 'badAnswer');
  });

  it('survives a long number as a total or an error code', async () => {
    body = `{"rows":[{"id":1}],"total":${one}}`;
    assert.equal((await pageOf(testClient(), listOf(numbers))).total, undefined);
    body = `{"error":{"code":${one},"message":"m"},"rows":[{"id":1}]}`;
    assert.equal((await errorFrom(pageOf(testClient(), listOf(numbers)))).failure.code, one);
  });

  it('treats rows as equal only if all digits are, and recognizes a repeated page', async () => {
    const pages: Record<number, string> = {
      0: `{"rows":[{"x":${one}},{"x":${two}}],"total":3}`,
      1: `{"rows":[{"x":${two}},{"x":1}],"total":3}`,
    };
    const list = new PagedList(async (at): Promise<ListPage> => {
      body = pages[Number(at ?? 0)] ?? '{}';
      return pageOf(testClient(), listOf(numbers), at, 2);
    }, true);
    await list.loadMore(new AbortController().signal);
    await list.loadMore(new AbortController().signal);
    assert.deepEqual([list.rows.length, list.unstable, list.error], [3, false, undefined]);
  });
});
