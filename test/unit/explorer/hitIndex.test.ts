import assert from 'node:assert/strict';
import type { ListNode } from '../../../src/explorer/nodes';
import { HitIndex, maxShown } from '../../../src/explorer/hitIndex';
import type { Hit } from '../../../src/explorer/scan';
import type { Item } from '../../../src/catalog/declaration';
import { publicKeys } from '../../support/sshKeys';

const list = listNode('list');

// A search takes nothing of a list but its ID.
function listNode(id: string): ListNode {
  // oxlint-disable-next-line no-unsafe-type-assertion
  return { id } as ListNode;
}

function met(item: Item, key = item.id ?? '', of = list): Hit {
  return { listNode: of, listed: { key, row: { raw: item, item, bad: [] }, clash: false } };
}

function searchOf(...items: readonly Item[]): HitIndex {
  const search = new HitIndex();
  search.add(items.map((item) => met(item)));
  return search;
}

const ids = (found: readonly Hit[]): readonly (string | undefined)[] => found.map(({ listed }) => listed.row.item.id);

describe('a search', () => {
  it('finds a key by what ssh-keygen prints of it, however it is pasted', () => {
    const search = searchOf(
      { id: 'other', name: 'SHA256' },
      ...publicKeys.map(({ line }, at) => ({ id: `key${at}`, name: 'deploy', publicKey: line })),
    );
    publicKeys.forEach(({ line, sha256, md5 }, at) => {
      const pasted = [
        sha256,
        `${sha256}=`,
        md5,
        md5.slice('MD5:'.length),
        md5.toUpperCase(),
        `2048 ${sha256} who@elsewhere (RSA)`,
        line,
        `${line.split(' ').slice(0, 2).join(' ')} another@comment`,
      ];
      for (const text of pasted) {
        assert.deepEqual(ids(search.results(text).shown), [`key${at}`], text);
      }
    });
  });

  it('finds what holds each word, the best first, else as it came', () => {
    const search = searchOf(
      { id: '1', name: 'old gateway', description: 'billing' },
      { id: '2', name: 'billing-1' },
      { id: '3', name: 'the billing' },
      { id: '4', name: 'Billing' },
      { id: 'billing', name: 'x' },
      { id: '6', name: 'nothing' },
    );
    assert.deepEqual(ids(search.results('billing').shown), ['4', 'billing', '2', '3', '1']);
    assert.deepEqual(ids(search.results('  BILLING\told ').shown), ['1']);
    assert.deepEqual(search.results('absent'), { shown: [], more: 0 });
  });

  it('shows the 500 best, and how many more there are', () => {
    const some = Array.from({ length: 700 }, (_, at): Item => ({ id: `id${at}`, name: `a name ${at}` }));
    const { shown, more } = searchOf(...some, { id: 'last', name: 'name' }).results('name');
    assert.deepEqual([shown.length, more, shown[0]?.listed.row.item.id], [maxShown, 201, 'last']);
    assert.equal(maxShown, 500);
  });

  it('keeps a result at its place when better ones come before it', () => {
    const search = searchOf({ id: 'a', name: 'my key' }, { id: 'b', name: 'your key' }, { id: 'c', name: 'a key' });
    const { shown } = search.results('key');
    assert.deepEqual(ids(shown), ['a', 'b', 'c']);
    const pinned = { hit: shown[1] ?? assert.fail(), index: 1 };
    search.add([met({ id: 'd', name: 'key' }), met({ id: 'e', name: 'keys' })]);
    assert.deepEqual(ids(search.results('key').shown), ['d', 'e', 'a', 'b', 'c']);
    assert.deepEqual(ids(search.results('key', pinned).shown), ['d', 'b', 'e', 'a', 'c']);
    const many = Array.from({ length: 600 }, (_, at) => met({ id: `m${at}`, name: 'key' }));
    search.add(many);
    const still = search.results('key', pinned);
    assert.deepEqual([still.shown[1], still.shown.length, still.more], [pinned.hit, maxShown, 105]);
    assert.ok(!ids(search.results('keys', pinned).shown).includes('b'));
  });

  it('has each key once, from the scan or from server-side search', () => {
    const search = new HitIndex();
    search.addEarly([met({ id: 'a', name: 'ahead' }), met({ id: 'b', name: 'ahead' })]);
    search.add([met({ id: 'a', name: 'walked' }), met({ id: 'c', name: 'walked' })]);
    search.addEarly([met({ id: 'a', name: 'late' }), met({ id: 'c', name: 'late' })]);
    assert.deepEqual(
      search.results('').shown.map(({ listed }) => [listed.key, listed.row.item.name]),
      [
        ['a', 'walked'],
        ['b', 'ahead'],
        ['c', 'walked'],
      ],
    );
    search.add([met({ id: 'a', name: 'walked' }, 'a', listNode('another'))]);
    assert.equal(search.size, 4);
  });

  it('loses no key where two of one ID came in another order', () => {
    const search = new HitIndex();
    search.addEarly([met({ id: 'a', name: 'second' })]);
    search.add([met({ id: 'a', name: 'first' }), met({ id: 'a', name: 'second' }, 'a#2')]);
    assert.deepEqual(
      search.results('').shown.map(({ listed }) => listed.row.item.name),
      ['first', 'second'],
    );
  });
});
