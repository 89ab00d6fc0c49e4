import assert from 'node:assert/strict';
import { readFromPage, type FromPage } from '../../../src/details/protocol';

describe('readFromPage', () => {
  const messages: readonly FromPage[] = [
    { kind: 'ready' },
    { kind: 'act' },
    { kind: 'showInSidebar' },
    { kind: 'copy', what: 'json' },
    { kind: 'reveal', at: 0 },
    { kind: 'copySecret', at: 3 },
  ];

  it('reads each message that the key page posts', () => {
    assert.deepEqual(messages.map(readFromPage), messages);
  });

  it('ignores a message of any other form', () => {
    for (const message of [undefined, null, 'ready', {}, { kind: 'other' }, { kind: 'reveal', at: 0.5 }]) {
      assert.equal(readFromPage(message), undefined);
    }
    assert.equal(readFromPage({ kind: 'copy', what: 'secret' }), undefined);
    assert.equal(readFromPage({ kind: 'reveal' }), undefined);
  });
});
