import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { phrase } from '../../../src/base/phrase';
import type { Collection } from '../../../src/catalog/declaration';
import { CloudError } from '../../../src/cloud/errors';
import { ServerSideSearch } from '../../../src/explorer/serverSideSearch';
import type { Explorer } from '../../../src/explorer/explorer';
import type { ListedRow } from '../../../src/explorer/loadedRows';
import type { Hit, ListProgress } from '../../../src/explorer/scan';

type Declared = Collection['filters'][number];

const byPart: Declared = { id: 'name', query: 'name', label: phrase('Name'), match: 'contains' };
const bySecret: Declared = { id: 'key', query: 'app_key', label: phrase('Key'), match: 'contains', secret: true };
const byState: Declared = { id: 'status', query: 'status', label: phrase('Status'), match: 'exact' };

function walked(
  id: string,
  stage: ListProgress['kind'],
  filters: readonly Declared[],
  more: { readonly below?: boolean; readonly kind?: CloudError['kind'] } = {},
): ListProgress {
  const collection = { filters, ...(more.below ? { children: [] } : {}) };
  return {
    // Nothing else of a list is looked at.
    // oxlint-disable-next-line no-unsafe-type-assertion
    listNode: { id, collection } as unknown as ListProgress['listNode'],
    kind: stage,
    ...(more.kind ? { error: new CloudError({ kind: more.kind }) } : {}),
  };
}

describe('a search by name', () => {
  let asked: string[];
  let met: Hit[];

  const rows: readonly ListedRow[] = ['1', undefined, '2'].map((id, at) => ({
    key: id ?? `#${at}`,
    row: { raw: {}, item: { id }, bad: [] },
    clash: false,
  }));
  const explorer: Pick<Explorer, 'everyRow'> = {
    async *everyRow(listNode, _, filter) {
      asked.push(`${listNode.id} ${filter?.id} ${filter?.text} ${filter?.exact}`);
      yield rows;
      asked.push(`${listNode.id} second page`);
      return true;
    },
  };
  const askedOf = async (text: string, ...lists: readonly ListProgress[]): Promise<readonly string[]> => {
    asked = [];
    met = [];
    const byName = new ServerSideSearch(explorer, {
      lists: () => lists,
      onHits: (keys) => met.push(...keys),
      onAnswer: () => undefined,
    });
    byName.type(text);
    await wait(400);
    byName.close();
    return asked;
  };

  it('is sent by a filter for a part of the name, never by one whose text is a secret', async () => {
    assert.deepEqual(
      await askedOf(
        'demo',
        walked('secret', 'waiting', [bySecret]),
        walked('state', 'waiting', [byState]),
        walked('none', 'waiting', []),
        walked('both', 'waiting', [bySecret, byState, byPart]),
      ),
      ['both name demo false'],
    );
  });

  it('asks lists of keys that may have more than the walk brought', async () => {
    const found = await askedOf(
      'demo',
      walked('waiting', 'waiting', [byPart]),
      walked('requested', 'requested', [byPart]),
      walked('loading', 'loading', [byPart]),
      walked('done', 'done', [byPart]),
      walked('truncated', 'truncated', [byPart]),
      walked('broken', 'failed', [byPart], { kind: 'server' }),
      walked('refused', 'failed', [byPart], { kind: 'forbidden' }),
      walked('throttled', 'failed', [byPart], { kind: 'throttled' }),
      walked('no keys', 'loading', [byPart], { below: true }),
    );
    assert.deepEqual(
      found.map((one) => one.split(' ')[0]),
      ['waiting', 'loading', 'truncated', 'broken'],
    );
  });

  it('takes one page of each, without rows that are indistinguishable from those of the scan', async () => {
    const list = walked('list', 'loading', [byPart]);
    assert.deepEqual(await askedOf('demo', list), ['list name demo false']);
    assert.deepEqual(
      met.map(({ listNode, listed }) => [listNode, listed.key]),
      [
        [list.listNode, '1'],
        [list.listNode, '2'],
      ],
    );
  });

  it('looks for the longest word, as it was typed and as far as the list takes it', async () => {
    const long = { ...byPart, length: { min: 1, max: 2000 } };
    const all = [
      walked('short', 'waiting', [{ ...byPart, length: { min: 4, max: 8 } }]),
      walked('usual', 'waiting', [byPart]),
      walked('long', 'waiting', [long]),
    ];
    const asks = async (text: string): Promise<readonly string[]> =>
      (await askedOf(text, ...all)).map((one) => one.split(' ', 3).join(' '));
    assert.deepEqual(await asks('of Billing'), ['short name Billing', 'usual name Billing', 'long name Billing']);
    assert.deepEqual(await asks('abc'), ['usual name abc', 'long name abc']);
    assert.deepEqual(await asks('x'.repeat(65)), [`long name ${'x'.repeat(65)}`]);
    for (const text of ['', 'x', 'x y', 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU']) {
      assert.deepEqual(await asks(text), [], text);
    }
  });
});
