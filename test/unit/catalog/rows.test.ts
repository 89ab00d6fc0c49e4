import assert from 'node:assert/strict';
import { phrase } from '../../../src/base/phrase';
import { catalog } from '../../../src/catalog/catalog';
import type { ApiResponse, Item } from '../../../src/catalog/declaration';
import { totalOf } from '../../../src/cloud/rows';
import { answerField, lists } from '../../cloud/documented';
import { collectionOf, collectionsIn, rowsIn } from '../../support/collections';

const answer = (body: unknown): ApiResponse => ({ body, header: () => undefined });
const items = (id: string, body: unknown): readonly Item[] =>
  rowsIn(collectionOf(id), answer(body)).map(({ item }) => item);

describe('catalog: rows', () => {
  it('takes a missing list for an empty one if the total is 0, and ignores totals that are not whole numbers', () => {
    for (const document of lists) {
      const collection = collectionsIn(catalog).find(({ path }) => `GET ${path}` === document.call);
      assert.ok(collection);
      const { id } = collection;
      const [list = '', total] = [answerField(document, 'rows'), answerField(document, 'total')];
      assert.deepEqual(rowsIn(collection, answer({ [list]: [] })), [], id);
      assert.equal(totalOf(collection, answer({ [list]: [] })), undefined, id);
      if (total !== undefined) {
        for (const body of [{ [total]: 0 }, { [total]: 0, [list]: null }]) {
          assert.deepEqual(rowsIn(collection, answer(body)), [], id);
        }
      }
      for (const body of [
        {},
        { [list]: null },
        null,
        'x',
        3,
        true,
        [],
        [{ id: 'a' }],
        { [list]: 'x' },
        { [list]: 7 },
      ]) {
        assert.throws(() => rowsIn(collection, answer(body)), { kind: 'badAnswer' }, id);
      }
      if (total !== undefined) {
        for (const wrong of [null, -1, 1.5, 'many', '', {}, [1], true, 2 ** 53]) {
          assert.equal(totalOf(collection, answer({ [total]: wrong })), undefined, `${id} ${JSON.stringify(wrong)}`);
        }
        for (const right of [0, 1, 2147483647]) {
          assert.equal(totalOf(collection, answer({ [total]: right })), right, id);
        }
      }
    }
  });

  it('makes an item of any row, whatever is missing in it or wrong', () => {
    for (const collection of collectionsIn(catalog)) {
      const { id, row } = collection;
      const list = { ...collection, rows: ({ body }: ApiResponse) => body };
      const names = Object.keys(row.entries);
      const strange = names.map((name) => ({ ...Object.fromEntries(names.map((each) => [each, 'x'])), [name]: 7n }));
      const nothing = Object.fromEntries(names.map((name) => [name, null]));
      const made = rowsIn(list, answer([{}, nothing, ...strange, null, 'x', 7, []]));
      assert.equal(made.length, names.length + 6, id);
      for (const each of made.slice(0, 2)) {
        assert.deepEqual([each.bad, each.item.id, each.item.pathParams], [[], undefined, undefined], id);
      }
      for (const [index, name] of names.entries()) {
        assert.ok(
          made[index + 2]?.bad.some((path) => path.split('.')[0] === name),
          `${id} ${name}`,
        );
      }
      for (const each of made.slice(-4)) {
        assert.deepEqual([each.bad, each.item], [[''], {}], id);
      }
    }
  });

  it('takes numbers for texts and texts for numbers where answers are known to differ', () => {
    const body = {
      keys: [
        { id: '1015292', title: 12312, key: null },
        { id: 7, title: '' },
      ],
    };
    assert.deepEqual(
      rowsIn(collectionOf('sshKeys'), answer(body)).map(({ item: { id, name }, bad }) => [id, name, bad]),
      [
        ['1015292', '12312', []],
        ['7', undefined, []],
      ],
    );
    for (const eps of [0, '0', null, undefined]) {
      const [row] = rowsIn(
        collectionOf('credentials'),
        answer({ credentials: [{ id: 'a', eps_info: { eps_id: eps } }] }),
      );
      assert.deepEqual(row?.bad, []);
    }
  });

  it('hides rows that are no project of a user, and gives each its region', () => {
    const made = items('projects', {
      projects: [
        { id: 'a', name: 'cn-north-4', enabled: true },
        { id: 'b', name: 'cn-north-4_研发_x' },
        { id: 'c', name: 'MOS', enabled: true },
        { id: 'd', name: 'cn-east-3', enabled: false },
        { id: 'e' },
      ],
    });
    assert.deepEqual(
      made.map(({ id, hidden, pathParams: gives }) => [id, hidden, gives?.['region']]),
      [
        ['a', false, 'cn-north-4'],
        ['b', false, 'cn-north-4'],
        ['c', true, 'MOS'],
        ['d', true, 'cn-east-3'],
        ['e', false, undefined],
      ],
    );
  });

  it('knows the states of instances and bound credentials, and shows others as they came', () => {
    const tones: Readonly<Record<string, string | undefined>> = {
      CREATING: 'busy',
      CREATE_FAILED: 'bad',
      ERROR: 'bad',
      RUNNING: 'good',
      FREEZING: 'off',
      FROZEN: 'off',
      DELETING: 'busy',
      DELETE_FALIED: 'bad',
      DELETE_FAILED: 'bad',
      SOFT_DELETED: 'off',
      '': undefined,
    };
    const instances = Object.keys(tones).map((status) => ({ id: 'a', status }));
    assert.deepEqual(
      items('instances', { instances }).map(({ status }) => status?.tone),
      Object.values(tones),
    );
    assert.deepEqual(items('instances', { instances: [{ status: 'RUNNING' }] })[0]?.status?.label, phrase('running'));
    assert.equal(items('instances', { instances: [{ status: 'NEW' }] })[0]?.status?.label, 'NEW');
    const apps = [1, 2, 3].map((status) => ({ app_id: 'a', status }));
    assert.deepEqual(
      items('boundApps', { apps }).map(({ status }) => status?.tone),
      ['good', 'off', undefined],
    );
    assert.deepEqual(items('boundApps', { apps })[0]?.status?.label, phrase('enabled'));
  });
});
