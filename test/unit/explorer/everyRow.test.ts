import assert from 'node:assert/strict';
import type { Client } from '../../../src/cloud/client';
import type { Explorer } from '../../../src/explorer/explorer';
import { firstList, keyList, stubExplorer } from '../../support/stubExplorer';

/** An explorer over one account with one list, of three rows a page; `before` is called with the number of each page. */
function explorerOver(rows: string[], before: (page: number) => void): Explorer {
  let page = 0;
  const getPage: Client['getPage'] = async (_, at) => {
    before((page += 1));
    const from = Number(at ?? 0);
    const some = rows.slice(from, from + 3);
    return {
      rows: some.map((id) => ({ raw: { id }, item: { id }, bad: [] })),
      total: rows.length,
      next: from + some.length,
      partial: some.length < 3,
      truncated: false,
    };
  };
  return stubExplorer([keyList(3)], getPage, 3);
}

describe('every row of a list', () => {
  const all = async (explorer: Explorer): Promise<string> => {
    const list = firstList(explorer);
    let found = '';
    for await (const rows of explorer.everyRow(list, new AbortController().signal)) {
      found += `${rows.map(({ key }) => key).join('')} `;
    }
    return found;
  };

  it('comes page by page', async () => {
    assert.equal(await all(explorerOver('abcdefg'.split(''), () => undefined)), 'abc de fg ');
  });

  it('is there although a row came before what was read already', async () => {
    const rows = 'abcdefg'.split('');
    const found = await all(
      explorerOver(rows, (page) => {
        if (page === 2) {
          rows.unshift('0');
        }
      }),
    );
    assert.deepEqual([...new Set(found.replaceAll(' ', ''))].toSorted(), '0abcdefg'.split(''));
  });

  it('is there although rows that were read already went', async () => {
    const rows = 'abcdefghij'.split('');
    const found = await all(
      explorerOver(rows, (page) => {
        if (page === 3) {
          rows.splice(0, 1);
        }
      }),
    );
    assert.deepEqual([...new Set(found.replaceAll(' ', ''))].toSorted(), 'abcdefghij'.split(''));
  });
});
