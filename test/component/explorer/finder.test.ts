import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Accounts } from '../../../src/accounts/accounts';
import type { Explorer } from '../../../src/explorer/explorer';
import { RetryPolicy } from '../../../src/cloud/retryPolicy';
import { Finder, type SearchState, type UnsearchedList } from '../../../src/explorer/finder';
import { maxShown } from '../../../src/explorer/hitIndex';
import { Waits } from '../../../src/explorer/waits';
import type { Hit } from '../../../src/explorer/scan';
import { throttled, type LoggedRequest } from '../../cloud/control';
import { SAMPLE } from '../../cloud/data';
import { VirtualTime } from '../../support/virtualTime';
import { Harness, minute } from '../../support/harness';
import { explorerFor, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

/** All requests for pages of signature keys that are not narrowed. */
const pagesOfSigns = '/signs\\?(?!.*name=)';

describe('finding a key', function () {
  this.timeout(60_000);
  const t = useCloud({ cloud: { rows: { instances: 4 } } });
  let harness: Harness;
  let accounts: Accounts;
  let explorer: Explorer;
  let finder: Finder;
  let waits: Waits;
  let shows: { readonly at: number; readonly finds: SearchState }[];
  let active: (finds: SearchState) => Hit | undefined;
  let onShow: (finds: SearchState) => void;
  const settings = { pageSize: 100 };
  beforeEach(async () => {
    settings.pageSize = 100;
    harness = new Harness(t.cloud);
    accounts = harness.accounts();
    await harness.signIn(accounts);
    ({ explorer } = explorerFor(harness, accounts, settings));
    shows = [];
    waits = new Waits();
    active = () => undefined;
    onShow = () => undefined;
    finder = new Finder(explorer, {
      waits,
      show: (finds) => {
        shows.push({ at: performance.now(), finds });
        onShow(finds);
      },
      active: () => active(last()),
    });
  });
  afterEach(() => finder.close());

  const last = (): SearchState => shows.at(-1)?.finds ?? assert.fail('nothing was shown');
  /** Waits for the expected results, up to half a minute. */
  const until = async (fits: (finds: SearchState) => boolean): Promise<SearchState> => {
    for (let tries = 0; tries < 600; tries += 1) {
      const { finds } = shows.at(-1) ?? {};
      if (finds && fits(finds)) {
        return finds;
      }
      await wait(50);
    }
    return assert.fail(`not shown: ${JSON.stringify({ ...shows.at(-1)?.finds, shown: [], left: [] })}`);
  };
  const over = async (): Promise<SearchState> => {
    await finder.start();
    return until(({ searching }) => !searching);
  };
  const again = async (left: UnsearchedList | undefined): Promise<SearchState> => {
    await finder.resume(left?.listNode ?? assert.fail());
    finder.showNow();
    return last();
  };
  const named = (found: readonly Hit[]): readonly (string | undefined)[] =>
    found.map(({ listed }) => listed.row.item.name);
  const keys = (found: readonly Hit[]): readonly string[] =>
    found.map(({ listNode, listed }) => `${listNode.id}/${listed.key}`);
  const byName = async (): Promise<readonly LoggedRequest[]> =>
    (await harness.requests()).filter(({ query }) => /name=|[?&]query=/.test(query));
  /** The name of the last of the 240 signature keys of one instance. */
  const lastSign = async (): Promise<string> => {
    const list = await nodeAt(explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    assert.ok(list.kind === 'list');
    let name: string | undefined;
    for await (const rows of explorer.everyRow(list, new AbortController().signal)) {
      name = rows.at(-1)?.row.item.name ?? name;
    }
    list.list.reset();
    await t.cloud.control.clearRequests();
    return name ?? assert.fail();
  };

  it('shows it five times a second at most, however many pages come, and how far it is', async () => {
    settings.pageSize = 5;
    await t.cloud.control.fault({ match: 'limit=', fault: { kind: 'slow', ms: 40 } });
    const finds = await over();
    const pages = (await harness.requests()).length;
    assert.ok(shows.length > 6 && pages > 2 * shows.length, `${pages} pages, shown ${shows.length} times`);
    for (let at = 5; at < shows.length; at += 1) {
      // A timer may ring up to a millisecond early.
      assert.ok((shows[at]?.at ?? 0) - (shows[at - 5]?.at ?? 0) >= 990, `${at} of ${shows.length}`);
    }
    assert.ok(shows.every(({ finds: { listsDone: done, listsKnown: known } }) => done <= known));
    assert.ok(shows.some(({ finds: { listsDone: done, listsKnown: known } }) => done > 0 && done < known));
    assert.deepEqual([finds.listsDone, finds.unsearched], [finds.listsKnown, []]);
    assert.deepEqual([finds.shown.length, finds.more], [maxShown, finds.keys - maxShown]);
    assert.ok(finds.more > 0);
  });

  it('says for how long requests wait that the cloud refused because it is busy', async () => {
    const time = new VirtualTime();
    harness.retryPolicy = () =>
      new RetryPolicy({ clock: time.clock, pause: time.pause, random: () => 0.5, waiting: (left) => waits.note(left) });
    ({ explorer } = explorerFor(harness, harness.accounts(), settings));
    finder.close();
    finder = new Finder(explorer, { waits, show: (finds) => shows.push({ at: 0, finds }), active: () => undefined });
    await t.cloud.control.fault({
      match: '/signs',
      fault: { ...throttled, headers: { 'retry-after': '7' } },
      times: 1,
    });
    const going = finder.start();
    const busy = await until((finds) => finds.waits !== undefined);
    assert.deepEqual(busy.waits, { text: 'The cloud is busy: trying again in {0} s', args: [7] });
    const state = { isOver: false };
    void going.finally(() => (state.isOver = true));
    while (!state.isOver) {
      time.next();
      await wait(1);
    }
    const { waits: left, listsDone: done, listsKnown: known } = await until(({ searching }) => !searching);
    assert.deepEqual([left, done], [undefined, known]);

    const before = shows.length;
    finder.close();
    waits.note(1000);
    await wait(300);
    assert.equal(shows.length, before);
  });

  it('leaves the result that the user is on where it is, while better ones come above it', async () => {
    // Some public keys hold these letters; names that begin with them are better, and come late.
    await t.cloud.control.fault({ match: '/signs', fault: { kind: 'slow', ms: 1000 } });
    finder.type('si');
    let mine: Hit | undefined;
    active = ({ shown }) => (mine ??= shown[3]);
    const { shown } = await over();
    const chosen = mine ?? assert.fail('nothing was chosen');
    const those = shows.map(({ finds }) => keys(finds.shown)).filter((each) => each.length > 3);
    assert.ok(those.length > 3);
    assert.deepEqual([...new Set(those.map((each) => each[3]))], keys([chosen]));
    assert.equal(chosen.listNode.collection.id, 'sshKeys');
    const isBetter = (name: string | undefined): boolean => /^signature_/i.test(name ?? '');
    assert.ok(named([...shown.slice(0, 3), ...shown.slice(4, 9)]).every(isBetter));
    // For another text the best is first, whatever was chosen before.
    finder.type('gna');
    const other = await until(({ text }) => text === 'gna');
    assert.ok(named(other.shown.slice(0, 9)).every(isBetter));
  });

  it('sends and shows nothing once it is closed', async () => {
    settings.pageSize = 5;
    void finder.start();
    finder.type('signature');
    await until(({ keys: count }) => count > 20);
    finder.close();
    const shown = shows.length;
    // Pending responses have arrived by then.
    await wait(200);
    const sent = (await harness.requests()).length;
    await wait(600);
    assert.deepEqual([(await harness.requests()).length, shows.length], [sent, shown]);
  });

  it('closed before a text has settled, does not ask for it', async () => {
    await t.cloud.control.fault({ match: pagesOfSigns, fault: { kind: 'answer', status: 500 } });
    await over();
    await t.cloud.control.clearRequests();
    finder.type('signature');
    finder.close();
    await wait(600);
    assert.deepEqual(await harness.requests(), []);
  });

  it('has servers find by name what the walk has not come to, once', async () => {
    const name = await lastSign();
    settings.pageSize = 20;
    await t.cloud.control.fault({ match: pagesOfSigns, fault: { kind: 'slow', ms: 300 } });
    finder.type(name);
    const going = finder.start();
    const early = await until(({ shown }) => named(shown).includes(name));
    assert.ok(early.searching && early.listsDone < early.listsKnown);
    const before = early.keys;
    await going;
    const finds = await until(({ searching }) => !searching);
    assert.ok(finds.keys > before);
    assert.deepEqual([named(finds.shown), finds.unsearched], [[name], []]);
    const asked = (await byName()).map(({ path, query }) => path + query);
    assert.equal(new Set(asked).size, asked.length);
    assert.ok(asked.every((one) => new URL(one, t.cloud.url).searchParams.get('offset') === '0'));
    // All keys are there once, though some came twice.
    finder.type('');
    const all = await until(({ text }) => text === '');
    assert.equal(all.shown.length + all.more, all.keys);
    const { keys: walked } = await overAgain();
    assert.equal(all.keys, walked);
  });

  /** The results of a scan alone. */
  const overAgain = async (): Promise<SearchState> => {
    await t.cloud.control.clearFaults();
    finder.close();
    let finds: SearchState | undefined;
    finder = new Finder(explorer, { waits, show: (now) => (finds = now), active: () => undefined });
    await finder.start();
    finder.showNow();
    return finds ?? assert.fail();
  };

  it('asks for a text once it stays, for no short one, and again for none that it asked for', async () => {
    await t.cloud.control.fault({ match: pagesOfSigns, fault: { kind: 'hang' } });
    void finder.start();
    await until(({ listsKnown: known, listsDone: done }) => known > 8 && done > 3);
    for (const text of ['d', 'de', 'dem', 'demo']) {
      finder.type(text);
      await wait(50);
    }
    // Two lists that hang have the slots of their host for a while.
    for (let tries = 0; tries < 600 && (await byName()).length === 0; tries += 1) {
      await wait(50);
    }
    await wait(500);
    const texts = (log: readonly LoggedRequest[]): readonly string[] => [
      ...new Set(log.map(({ query }) => /(?:name|query)=([^&]*)/.exec(query)?.[1] ?? '')),
    ];
    const first = await byName();
    assert.ok(first.length > 0);
    assert.deepEqual(texts(first), ['demo']);
    await t.cloud.control.clearRequests();
    // The query of a server is the same; texts that cannot be a name are not requested.
    const fingerprint = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU';
    const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@here';
    for (const text of ['demo x', 'x', 'demo', fingerprint, publicKey, 'x'.repeat(65)]) {
      finder.type(text);
      await wait(700);
    }
    assert.deepEqual(await byName(), []);
  });

  it('sends two of them at once, and gives up those of an earlier text', async () => {
    await t.cloud.control.fault({ match: pagesOfSigns, fault: { kind: 'answer', status: 500 } });
    await t.cloud.control.fault({ match: 'name=first', fault: { kind: 'hang' } });
    const { unsearched: left } = await over();
    assert.ok(left.length > 4);
    finder.type('first');
    await wait(800);
    assert.equal((await byName()).length, 2);
    finder.type('signature_demo');
    const { unsearched: others } = await until(({ shown }) => named(shown).includes('signature_demo'));
    assert.ok(others.some((one) => one.searchedByName));
    assert.deepEqual((await byName()).filter(({ query }) => query.includes('name=first')).length, 2);
  });

  it('leaves the lists and filters of the sidebar as they are', async () => {
    const list = await nodeAt(explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
    assert.ok(list.kind === 'list');
    explorer.setFilter(list, { id: 'name', text: 'signature_demo', exact: true });
    const rows = await explorer.children(list);
    settings.pageSize = 20;
    await t.cloud.control.fault({ match: pagesOfSigns, fault: { kind: 'slow', ms: 300 } });
    finder.type('0240');
    await over();
    assert.ok((await byName()).length > 0);
    assert.deepEqual(await explorer.children(list), rows);
    assert.deepEqual(list.filter, { id: 'name', text: 'signature_demo', exact: true });
    assert.deepEqual(harness.filters.kept.get(list.id), list.filter);
  });

  it('names a list that was searched by name alone, and searches it whole', async () => {
    const name = await lastSign();
    await t.cloud.control.fault({ match: pagesOfSigns, fault: { kind: 'answer', status: 500 } });
    await t.cloud.control.fault({ match: 'limit=', fault: { kind: 'slow', ms: 100 } });
    const without = await over();
    assert.ok(without.unsearched.length > 1);
    assert.ok(shows.every(({ finds: { isDone: isOver, unsearched: left } }) => isOver || left.length === 0));
    assert.ok(shows.some(({ finds: { isDone: isOver, keys: some } }) => !isOver && some > 0));
    assert.ok(without.unsearched.every((left) => left.error?.kind === 'server' && !left.searchedByName));
    finder.type(name);
    const finds = await until(({ unsearched: left, text }) => text === name && left.every((one) => one.searchedByName));
    assert.deepEqual(named(finds.shown), [name]);
    const [left] = finds.unsearched.filter(({ listNode }) => listNode === finds.shown[0]?.listNode);
    assert.ok(left);

    await t.cloud.control.clearFaults();
    const whole = await again(left);
    assert.ok(!whole.unsearched.some(({ listNode }) => listNode === left.listNode));
    assert.equal(whole.unsearched.length, finds.unsearched.length - 1);
    assert.deepEqual([named(whole.shown), whole.keys], [[name], finds.keys + 239]);
    // For another text the others were not searched by name.
    finder.type('x');
    const other = await until(({ text }) => text === 'x');
    assert.ok(other.unsearched.length > 0 && other.unsearched.every((one) => !one.searchedByName));
  });

  it('does not ask by name where the walk was refused', async () => {
    await t.cloud.control.fault({ match: '/signs', fault: { kind: 'document', document: 'signs', status: 403 } });
    await over();
    finder.type('signature');
    await t.cloud.control.clearRequests();
    await wait(800);
    assert.deepEqual(await harness.requests(), []);
    const { unsearched: left } = last();
    assert.ok(left.length > 1 && left.every(({ error, searchedByName: was }) => error?.kind === 'forbidden' && !was));
  });

  it('names a list again that fails once more', async () => {
    await t.cloud.control.fault({ match: '/v3/auth/projects', fault: { kind: 'answer', status: 500 } });
    const { unsearched: left, listsKnown: known, keys: none } = await over();
    assert.deepEqual([left.length, known, none], [1, 1, 0]);
    const { unsearched: still } = await again(left[0]);
    assert.deepEqual(
      still.map(({ listNode, error }) => [listNode, error?.kind]),
      left.map(({ listNode }) => [listNode, 'server']),
    );
    await t.cloud.control.clearFaults();
    const whole = await again(left[0]);
    assert.deepEqual(whole.unsearched, []);
    assert.ok(whole.keys > 500);
  });

  it('names the lists of an account that is signed out', async () => {
    await t.cloud.control.changePassword(SAMPLE.operator.name, 'another');
    harness.now += 25 * 60 * minute;
    const { unsearched: left, keys: none } = await over();
    assert.deepEqual(
      left.map(({ error }) => error?.kind),
      ['unauthenticated'],
    );
    assert.equal(none, 0);
  });
});
