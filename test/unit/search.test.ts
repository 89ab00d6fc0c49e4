import assert from 'node:assert/strict';
import { fingerprintsOf } from '../../src/explorer/fingerprint';
import type { ListNode } from '../../src/explorer/nodes';
import { Search, mostShown } from '../../src/explorer/search';
import type { Met } from '../../src/explorer/walk';
import type { Item } from '../../src/catalog/shape';

const list = listNode('list');

// A search takes nothing of a list but its ID.
function listNode(id: string): ListNode {
  // oxlint-disable-next-line no-unsafe-type-assertion
  return { id } as ListNode;
}

function met(item: Item, key = item.id ?? '', of = list): Met {
  return { listNode: of, listed: { key, row: { raw: item, item, bad: [] }, clash: false } };
}

function searchOf(...items: readonly Item[]): Search {
  const search = new Search();
  search.add(items.map((item) => met(item)));
  return search;
}

const ids = (found: readonly Met[]): readonly (string | undefined)[] => found.map(({ listed }) => listed.row.item.id);

/** GitHub's own host key with the fingerprint that it publishes, then keys made and printed by ssh-keygen. */
const publicKeys = [
  {
    line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
    sha256: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    md5: 'MD5:65:96:2d:fc:e8:d5:a9:11:64:0c:0f:ea:00:6e:5b:bd',
  },
  {
    line: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDRi/taX/+u7CYzleQFN0Clc4vts5ljN1YPScGh72wl3gZ6oi9QDG3b8JGChhBLCkKDGm6Wgz5dZVhC8IaqZZKpepQTpytpVI1lJ1UaIvnYlbC2V7VOQo1DY0Z2F2mcndRXpEKs8Y0bgNqXQwTAVkfC13omXPABZvecvzpVD+ojzEgRxgU/A3mKLAQAP0twu3EriLAxdOqU6uMW/FWVAItoaSsR8EieTJukGH2uFjPMQhWVvyFLS+OphyCE50RIF+HgNLn6r0OloSQqMh/j6rZqoW3YA6FAs4HWhHL4vvrYx2bHICm0XomGs7NgZ3mUYsU49dH+TDITubwgCMz9i6Pj ops@laptop',
    sha256: 'SHA256:p2cNVj0gJ3SSBWq42O4kKfQPhemzcz2KFyoFUtfAhXw',
    md5: 'MD5:17:97:77:15:0e:7b:24:c8:1a:23:8e:6b:c5:65:0e:c0',
  },
  {
    line: 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGyWsXWTOJrEiPhnGy2IBK6R+X0pE1mCMgRU+I9C2kct+Zf0UJ1qXuwB9bbDkSl5VC5pzlq261o5f1xmR19qkCY= ec@x',
    sha256: 'SHA256:89w0k3ckG4ScweB1Z/qlnL1WAcDH6aaE368yiYuOXf0',
    md5: 'MD5:b5:88:22:2d:76:99:36:26:ce:7e:6f:e6:08:82:bb:c4',
  },
] as const;

describe('fingerprints', () => {
  it('are those that ssh-keygen prints', () => {
    for (const { line, sha256, md5 } of publicKeys) {
      assert.deepEqual(fingerprintsOf(line), [sha256, md5]);
    }
  });

  it('of what is no SSH key there are none', () => {
    for (const text of ['', 'ssh-rsa', 'AAAA', 'SHA256:abc', '-----BEGIN PUBLIC KEY-----']) {
      assert.deepEqual(fingerprintsOf(text), []);
    }
  });
});

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
    assert.deepEqual([shown.length, more, shown[0]?.listed.row.item.id], [mostShown, 201, 'last']);
    assert.equal(mostShown, 500);
  });

  it('keeps a result at its place when better ones come before it', () => {
    const search = searchOf({ id: 'a', name: 'my key' }, { id: 'b', name: 'your key' }, { id: 'c', name: 'a key' });
    const { shown } = search.results('key');
    assert.deepEqual(ids(shown), ['a', 'b', 'c']);
    const staying = { met: shown[1] ?? assert.fail(), at: 1 };
    search.add([met({ id: 'd', name: 'key' }), met({ id: 'e', name: 'keys' })]);
    assert.deepEqual(ids(search.results('key').shown), ['d', 'e', 'a', 'b', 'c']);
    assert.deepEqual(ids(search.results('key', staying).shown), ['d', 'b', 'e', 'a', 'c']);
    const many = Array.from({ length: 600 }, (_, at) => met({ id: `m${at}`, name: 'key' }));
    search.add(many);
    const still = search.results('key', staying);
    assert.deepEqual([still.shown[1], still.shown.length, still.more], [staying.met, mostShown, 105]);
    assert.ok(!ids(search.results('keys', staying).shown).includes('b'));
  });

  it('has each key once, whoever brought it first', () => {
    const search = new Search();
    search.addAhead([met({ id: 'a', name: 'ahead' }), met({ id: 'b', name: 'ahead' })]);
    search.add([met({ id: 'a', name: 'walked' }), met({ id: 'c', name: 'walked' })]);
    search.addAhead([met({ id: 'a', name: 'late' }), met({ id: 'c', name: 'late' })]);
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
    const search = new Search();
    search.addAhead([met({ id: 'a', name: 'second' })]);
    search.add([met({ id: 'a', name: 'first' }), met({ id: 'a', name: 'second' }, 'a#2')]);
    assert.deepEqual(
      search.results('').shown.map(({ listed }) => listed.row.item.name),
      ['first', 'second'],
    );
  });
});
