import assert from 'node:assert/strict';
import * as v from 'valibot';
import { catalog, services } from '../../../src/catalog/catalog';
import type { ApiResponse, Collection } from '../../../src/catalog/declaration';
import { totalOf } from '../../../src/cloud/rows';
import {
  answerField,
  listNamed,
  lists,
  type Field,
  type ListDocument,
  type Meaning,
  type Row,
} from '../../cloud/documented';
import { collectionsIn, rowsIn } from '../../support/collections';

const answer = (body: unknown): ApiResponse => ({ body, header: () => undefined });
const collections = collectionsIn(catalog);
/** Each declared list with each document about it. */
const documented = lists.map((document) => [document, collectionFor(document)] as const);

function collectionFor({ document, call }: ListDocument): Collection {
  return collections.find(({ path }) => `GET ${path}` === call) ?? assert.fail(`${document} is not declared`);
}

/** Values that a field of a type takes, and others that it refuses. */
const values: Readonly<Record<string, { good: readonly unknown[]; bad: readonly unknown[] }>> = {
  String: { good: ['x', '', '名'], bad: [1, true, {}, ['x']] },
  Integer: { good: [0, -1, 2147483647], bad: ['1', 1.5, true, {}, [1]] },
  'Integer or String': { good: [0, 2147483647, '0'], bad: [true, {}, [1]] },
  'String or Integer': { good: ['x', '', 12312], bad: [true, {}, ['x']] },
  Boolean: { good: [true, false], bad: ['true', 1, {}] },
  'Array of strings': { good: [[], ['x']], bad: ['x', [1], {}, [null]] },
  'Array of objects': { good: [[], [{}]], bad: ['x', [1], {}, [null]] },
  Object: { good: [{}], bad: ['x', 1, true] },
};

/** A row with one value at a path; `*` is an element of an array. */
function rowWith(path: string, value: unknown): unknown {
  return path.split('.').reduceRight<unknown>((inner, name) => (name === '*' ? [inner] : { [name]: inner }), value);
}

/** The expected item of a row, by the meanings of the fields. */
function itemOf(document: ListDocument, row: Row): object {
  const meaning = (is: Meaning): unknown => {
    const [name, field] = Object.entries(document.fields).find(([, each]) => each.is?.includes(is)) ?? [];
    const value = name === undefined ? undefined : row[name];
    const isText = is === 'id' || is === 'description';
    return value === '' || value === undefined
      ? undefined
      : field?.as !== undefined
        ? { text: field.as, args: [value] }
        : isText && typeof value === 'number'
          ? String(value)
          : value;
  };
  return {
    id: meaning('id'),
    name: meaning('name'),
    description: meaning('description'),
    publicKey: meaning('publicKey'),
    hasStatus: meaning('status') !== undefined,
    created: meaning('created'),
    updated: meaning('updated'),
    used: meaning('used'),
    bound: meaning('bound'),
  };
}

/** The paging that is to be declared. A page of no rows is none, and a negative offset that counts as 0 is of no use. */
function pagingOf({ paging, parameters, answer: own, editionOf }: ListDocument): object {
  // A shorter edition leaves the length of arrays out.
  const fields = editionOf === undefined ? own : listNamed(editionOf).answer;
  if (paging.kind === 'none') {
    return { kind: 'none' };
  }
  const range = (name: string): { min: number; max?: number; default?: number } => {
    const { min = 0, max, default: usual } = parameters[name] ?? assert.fail(name);
    return { min, ...(max === undefined ? {} : { max }), ...(usual === undefined ? {} : { default: usual }) };
  };
  const size = range(paging.size);
  const sends = Object.values(fields).find(({ is }) => is === 'rows')?.maxItems;
  return {
    kind: 'offset',
    offset: range(paging.start),
    size: { ...size, min: Math.max(1, size.min), ...(sends === undefined ? {} : { sends }) },
  };
}

describe('catalog', () => {
  it('has a document for each list, and a list for each document', () => {
    assert.deepEqual(new Set(documented.map(([, collection]) => collection)), new Set(collections));
  });

  it('turns every example answer of every document into its rows', () => {
    for (const [document, collection] of documented) {
      const [rowsName = '', totalName = ''] = [answerField(document, 'rows'), answerField(document, 'total')];
      const examples = document.answers.filter(({ status }) => status === 200);
      assert.ok(examples.length > 0, document.document);
      for (const { body } of examples) {
        const printed: Row = { ...body };
        const printedRows: unknown = printed[rowsName];
        assert.ok(Array.isArray(printedRows), document.document);
        const rows = rowsIn(collection, answer(body));
        const made = rows.map(({ item: { id, name, description, publicKey, status, times } }) => ({
          id,
          name,
          description,
          publicKey,
          hasStatus: status !== undefined,
          created: times?.created,
          updated: times?.updated,
          used: times?.used,
          bound: times?.bound,
        }));
        const expected = printedRows.map((row: Row) => itemOf(document, row));
        assert.ok(expected.length > 0, document.document);
        assert.deepEqual(made, expected, document.document);
        assert.deepEqual(rows.map(({ bad }) => bad).flat(), [], document.document);
        assert.equal(totalOf(collection, answer(body)), printed[totalName], document.document);
      }
    }
  });

  it('fills the paths of the lists below a row with the documented field', () => {
    for (const { document, parameters } of lists) {
      for (const [parameter, { of }] of Object.entries(parameters)) {
        const [above, field = ''] = of?.split('.') ?? [];
        const [list, collection] = documented.find(([each]) => each.document === above) ?? [];
        if (list && collection) {
          const rows = answer({ [answerField(list, 'rows') ?? '']: [{ [field]: 'the-id' }] });
          assert.equal(rowsIn(collection, rows)[0]?.item.pathParams?.[parameter], 'the-id', `${document} ${parameter}`);
        }
      }
    }
  });

  it('declares every documented field of every row with its type, and no other', () => {
    for (const collection of collections) {
      const fields: Readonly<Record<string, Field>> = Object.assign(
        {},
        ...documented.filter(([, each]) => each === collection).map(([document]) => document.fields),
      );
      const names = new Set<unknown>(Object.keys(fields).map((path) => path.split('.')[0]));
      assert.deepEqual(new Set<unknown>(Object.keys(collection.row.entries)), names, collection.id);
      for (const [path, { type, accepts }] of Object.entries(fields)) {
        const { good, bad } = values[accepts === undefined ? type : `${type} or ${accepts}`] ?? assert.fail(path);
        for (const value of [...good, null, undefined]) {
          assert.ok(v.is(collection.row, rowWith(path, value)), `${collection.id} ${path}: ${JSON.stringify(value)}`);
        }
        for (const value of bad) {
          assert.ok(!v.is(collection.row, rowWith(path, value)), `${collection.id} ${path}: ${JSON.stringify(value)}`);
        }
      }
    }
  });

  it('declares the documented scope, action, parameters and filters', () => {
    for (const [document, collection] of documented) {
      const filters = document.filters.map(({ parameter, match, exact }) => {
        const { min = 1, max } = document.parameters[parameter] ?? assert.fail(parameter);
        return { query: parameter, match, exact, length: max === undefined ? undefined : { min, max } };
      });
      assert.deepEqual(
        {
          scope: collection.scope,
          action: collection.action,
          paging: collection.paging,
          filters: collection.filters.map(({ query, match, exact, length }) => ({ query, match, exact, length })),
        },
        { scope: document.scope, action: document.action, paging: pagingOf(document), filters },
        document.document,
      );
      assert.ok(
        collection.filters.every(({ secret, query }) => !secret === !document.fields[query]?.secret),
        document.document,
      );
    }
  });

  it('asks for one row again by a filter that its document has', () => {
    for (const { id, one, filters } of collections) {
      assert.ok(!one || ('filter' in one && filters.some((filter) => filter.id === one.filter)), id);
    }
  });

  it('gives every list an ID of its own', () => {
    const ids = collections.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('masks the documented secrets and no public key', () => {
    for (const [{ document, fields }, { secrets }] of documented) {
      const declared = secrets.map(({ path }) => path).toSorted();
      const expected = Object.keys(fields).filter((name) => fields[name]?.secret);
      assert.deepEqual(declared, expected.toSorted(), document);
    }
  });

  it('has the host of every region of every service', () => {
    const hostsOf = (hosts: NonNullable<ListDocument['hosts']>): readonly string[] =>
      hosts.flatMap(({ site = '', url, regions }) => regions.map((region) => `${site} ${region} ${url}`)).toSorted();
    for (const { id, hosts } of services) {
      const expected = lists.flatMap((document) => (document.service === id ? (document.hosts ?? []) : []));
      const declared = hosts.map(({ regions = [], ...host }) => ({ ...host, regions }));
      assert.deepEqual(hostsOf(declared), hostsOf(expected), id);
    }
  });
});
