import assert from 'node:assert/strict';
import { copyTextOf } from '../../../../src/explorer/present/copyable';
import { detailOf, maskedJson } from '../../../../src/explorer/present/keyDetails';
import { timesOf } from '../../../../src/explorer/present/labels';
import { maskText } from '../../../../src/base/secretText';
import type { ItemNode, ListNode, NodeContext } from '../../../../src/explorer/nodes';
import { PagedList } from '../../../../src/explorer/pagedList';
import { collectionOf, rowsIn } from '../../../support/collections';

const context: NodeContext = { accountId: 'demo:d:u', pathParams: {}, showsRegionLists: false };

/** A row of a list, as the explorer makes it of what the cloud sent. */
function node(list: string, raw: unknown, clash = false): ItemNode {
  const collection = collectionOf(list);
  const below: ListNode = {
    kind: 'list',
    id: '/a/list',
    parent: undefined,
    collection,
    context,
    filter: undefined,
    signal: new AbortController().signal,
    list: new PagedList(async () => assert.fail('Nothing is asked here')),
  };
  const [row] = rowsIn(collection, { body: { [bodyName[list] ?? list]: [raw] }, header: () => undefined });
  assert.ok(row);
  return { kind: 'item', id: '/a/list/x', parent: below, listNode: below, listed: { key: 'x', row, clash }, context };
}

const bodyName: Readonly<Record<string, string>> = { sshKeys: 'keys', boundApps: 'apps' };

describe('the page of a key', () => {
  it('shows a row as it came, but for its secrets', () => {
    const raw = {
      id: 'i',
      name: 'n',
      sign_key: 'planted',
      sign_secret: 'planted',
      sign_type: 'hmac',
      extra: { pwd: 1 },
    };
    const detail = detailOf(node('signs', raw));
    const hidden = { ...raw, sign_key: maskText, sign_secret: maskText, extra: { pwd: maskText } };
    assert.equal(detail.json, JSON.stringify(hidden, undefined, 2));
    assert.deepEqual([detail.name, detail.id, detail.warnings], ['n', 'i', []]);
    assert.ok(!JSON.stringify(detail).includes('planted'));
    assert.equal(copyTextOf(node('signs', raw), 'json'), detail.json);
  });

  it('shows the public key of an SSH key', () => {
    const raw = { id: 7, title: 't', key: 'ssh-rsa AAAA', created_at: '2022-12-14T11:22:57.000+08:00' };
    assert.deepEqual(JSON.parse(maskedJson(node('sshKeys', raw))), raw);
    assert.equal(copyTextOf(node('sshKeys', raw), 'id'), '7');
    assert.equal(copyTextOf(node('sshKeys', raw), 'name'), 't');
  });

  it('a copied name or ID has no secret in it', () => {
    const row = node('signs', { id: 'postgres://u:pw@db/x', name: 'Bearer abc.def.ghi' });
    assert.equal(copyTextOf(row, 'id'), `postgres://${maskText}@db/x`);
    assert.equal(copyTextOf(row, 'name'), `Bearer ${maskText}`);
  });

  it('shows a secret of the wrong type masked all the same', () => {
    for (const secret of [7, ['planted'], { planted: 'planted' }]) {
      const detail = detailOf(node('boundApps', { app_id: 'i', app_key: secret }));
      assert.ok(!detail.json.includes('planted') && detail.json.includes(maskText));
      assert.equal(detail.warnings.length, 1);
      assert.match(String(detail.warnings[0]?.args[0]), /^app_key/);
    }
  });

  it('marks unexpected parts of a row', () => {
    assert.deepEqual(
      detailOf(node('signs', { name: 7 }, true)).warnings.map(({ text }) => text),
      ['Unexpected fields: {0}', 'Another row has the same ID and other content', 'This row has no ID'],
    );
    for (const raw of [null, 'text', 7, [], [{ sign_key: 'planted' }]]) {
      const detail = detailOf(node('signs', raw));
      assert.deepEqual([detail.id, detail.warnings[0]?.args], [undefined, ['*']]);
      assert.ok(!detail.json.includes('planted'));
      assert.doesNotThrow(() => JSON.parse(detail.json));
    }
  });

  it('stands a row of 100,000 levels', () => {
    const deep = (inner: string): unknown => JSON.parse(`${'{"a":['.repeat(100_000)}${inner}${']}'.repeat(100_000)}`);
    for (const raw of [
      deep('1'),
      { id: 'x', more: deep('{"token":"planted"}') },
      { id: deep('1'), sign_key: deep('1') },
    ]) {
      const detail = detailOf(node('signs', raw));
      assert.ok(detail.json.length < 20_000 && !detail.json.includes('planted'));
      assert.doesNotThrow(() => JSON.parse(detail.json));
      assert.ok(copyTextOf(node('signs', raw), 'json'));
    }
  });

  it('shows what cannot be seen, and stays JSON', () => {
    const odd = [
      0x00, 0x07, 0x1b, 0x7f, 0x85, 0x9f, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e, 0x200b, 0x200e,
      0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2064, 0x2066, 0x2069, 0x206a, 0x206f, 0x3164, 0xd800, 0xdfff,
      0xfeff, 0xfff9, 0xffa0, 0x1d173, 0xe0001, 0xe0041,
    ];
    for (const code of odd) {
      const character = String.fromCodePoint(code);
      const raw = { id: `a${character}b`, name: 'n', [`x${character}`]: [character] };
      const json = maskedJson(node('signs', raw));
      assert.ok(!json.includes(character), code.toString(16));
      assert.deepEqual(JSON.parse(json), raw);
    }
    const plain = { id: '签名密钥', name: 'Überwachung 😀 “a” é ñ', more: ['עברית', 'العربية', 'हिन्दी', '한국어'] };
    assert.equal(maskedJson(node('signs', plain)), JSON.stringify(plain, undefined, 2));
  });

  it('names each time by what it means, and leaves out those that are not there', () => {
    const labels = (list: string, raw: object): unknown =>
      timesOf(node(list, raw)).map(({ label, at }) => [label.text, at]);
    assert.deepEqual(labels('credentials', { id: 'i', create_time: 'c', update_time: 'u' }), [
      ['Created', 'c'],
      ['Last used', 'u'],
    ]);
    assert.deepEqual(labels('credentials', { id: 'i', create_time: 'c', update_time: '' }), [['Created', 'c']]);
    assert.deepEqual(labels('signs', { id: 'i', create_time: 'c', update_time: 'u' }), [
      ['Created', 'c'],
      ['Updated', 'u'],
    ]);
    assert.deepEqual(labels('boundApps', { app_id: 'i', register_time: 'c', bound_time: 'b', update_time: null }), [
      ['Created', 'c'],
      ['Bound', 'b'],
    ]);
  });

  it('calls a row by its name, else by its ID, else by nothing', () => {
    assert.equal(detailOf(node('signs', { id: 'i', name: '' })).name, 'i');
    const nameless = detailOf(node('signs', {})).name;
    assert.equal(typeof nameless === 'string' ? nameless : nameless.text, '(no name)');
    assert.equal(copyTextOf(node('signs', { id: 'i' }), 'name'), undefined);
    assert.equal(copyTextOf(node('signs', { name: 'n' }), 'id'), undefined);
  });
});
