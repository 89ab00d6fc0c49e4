import assert from 'node:assert/strict';
import type { Accounts } from '../../src/accounts/accounts';
import type { Explorer } from '../../src/explorer/explorer';
import { Search, mostShown } from '../../src/explorer/search';
import { walk, type Met, type Missed } from '../../src/explorer/walk';
import { documented, exampleRows } from '../cloud/documented';
import { startStandIn, type StandIn } from '../cloud/start';
import { World, explorerFor, walk as open } from './world';

describe('a walk through all keys', function () {
  this.timeout(60_000);
  let cloud: StandIn;
  let world: World;
  let accounts: Accounts;
  let explorer: Explorer;
  let met: Met[];
  let progress: [number, number][];

  before(async () => {
    cloud = await startStandIn();
  });
  after(() => cloud.close());
  beforeEach(async () => {
    await cloud.control.reset();
    world = new World(cloud);
    accounts = world.accounts();
    await world.signIn(accounts);
    ({ explorer } = explorerFor(world, accounts));
    met = [];
    progress = [];
  });

  const go = async (signal = new AbortController().signal): Promise<readonly Missed[]> =>
    walk(explorer, {
      met: (keys) => met.push(...keys),
      progress: (done, known) => progress.push([done, known]),
      signal,
    });
  const ids = (): Set<string> => new Set(met.map(({ listNode, listed }) => `${listNode.id}/${listed.key}`));

  it('meets every key once, and tells how far it is', async () => {
    assert.deepEqual(await go(), []);
    const lists = new Set(met.map(({ listNode }) => listNode.collection.id));
    assert.deepEqual([...lists].toSorted(), ['boundApps', 'credentials', 'signs', 'sshKeys']);
    assert.equal(ids().size, met.length);
    const first = met.filter(({ listNode }) => listNode.id.includes('/roma/') && listNode.collection.id === 'signs');
    assert.ok(first.length >= 240);
    const [done, known] = progress.at(-1) ?? [0, 1];
    assert.equal(done, known);
    assert.ok(known > 20 && progress.every(([some, all]) => some <= all));
  });

  it('changes nothing of what is shown, and sees past a filter', async () => {
    const list = await open(explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    assert.ok(list.kind === 'list');
    explorer.setFilter(list, { id: 'name', text: 'signature_demo', exact: true });
    const before = await explorer.children(list);
    await go();
    assert.deepEqual(await explorer.children(list), before);
    assert.equal(met.filter(({ listNode }) => listNode === list).length, 240);
  });

  it('names the lists that it could not see, and goes on with the others', async () => {
    await cloud.control.fault({
      match: '/signs',
      fault: { kind: 'answer', status: 403, body: documented('003', 403) },
    });
    const missed = await go();
    assert.ok(missed.length > 1);
    assert.ok(missed.every(({ listNode, error }) => listNode.collection.id === 'signs' && error?.kind === 'forbidden'));
    assert.ok(met.some(({ listNode }) => listNode.collection.id === 'boundApps'));
  });

  it('ends when it is given up, without another request', async () => {
    const giveUp = new AbortController();
    const going = walk(explorer, {
      met: (keys) => {
        met.push(...keys);
        giveUp.abort();
      },
      progress: () => undefined,
      signal: giveUp.signal,
    });
    assert.deepEqual(await going, []);
    const sent = (await world.requests()).length;
    const count = met.length;
    assert.ok(count > 0 && count < 240);
    await new Promise((later) => {
      setTimeout(later, 100);
    });
    assert.deepEqual([(await world.requests()).length, met.length], [sent, count]);
  });

  it('finds by name, ID and public key, the best first', async () => {
    await go();
    const search = new Search();
    search.add(met);
    assert.equal(search.size, met.length);
    const [sign] = exampleRows('003', 'signs');
    const [ssh] = exampleRows('002', 'keys');
    const first = (text: string): unknown => search.results(text).shown[0]?.listed.row.item.id;
    assert.equal(first(String(sign?.['name']).toUpperCase()), sign?.['id']);
    assert.equal(first(String(sign?.['id'])), sign?.['id']);
    assert.equal(first(String(ssh?.['key'])), String(ssh?.['id']));
    assert.deepEqual(search.results('no key is called so'), { shown: [], more: 0 });
    const all = search.results('');
    assert.deepEqual([all.shown.length, all.more], [mostShown, met.length - mostShown]);
    assert.deepEqual(search.results(String(sign?.['sign_secret'])).shown, []);
  });
});
