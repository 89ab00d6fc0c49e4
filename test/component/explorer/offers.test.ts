import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { phrase } from '../../../src/base/phrase';
import type { Collection, Service } from '../../../src/catalog/declaration';
import { CloudError, signInFaults, type Failure } from '../../../src/cloud/errors';
import { commandOf } from '../../../src/sidebar/click';
import { resolveRef } from '../../../src/explorer/resolveRef';
import { causeNotInLabel, signedOutFor, signedOutLabels } from '../../../src/explorer/present/labels';
import { errorShownBy, type AccountNode, type ListNode, type Node } from '../../../src/explorer/nodes';
import { offerOf } from '../../../src/explorer/present/offers';
import { errorDetails } from '../../../src/explorer/present/errorDetails';
import { collectionOf } from '../../support/collections';
import { toEnglish } from '../../support/english';
import { type LocalServer, serve } from '../../support/localServer';
import { FakeAuthorizer } from '../../support/testClient';
import { labelText } from '../../support/tree';
import { treeOf, type OwnTree } from '../../support/customTree';

/** A list of the account, which nobody can hide, and the same in a service. */
const list: Collection = { ...collectionOf('signs'), scope: 'account', path: '/x' };
const service: Service = { id: 'own', label: phrase('Own'), icon: 'key', hosts: [], collections: [list] };
const amount = 7;

type Expected = readonly [label: string, beside: string, command: string, tags: string];
const retry = (beside: string): Expected => ['Retry', beside, 'keyExplorer.retry', 'canRetry'];
const signIn = (beside: string): Expected => [
  'Sign-in invalid · sign in',
  beside,
  'keyExplorer.signInAgain',
  'canSignIn',
];

const faults: Readonly<Record<(typeof signInFaults)[number], string>> = {
  expired: 'Expired',
  otherRegion: 'Token of another region',
  keyUnknown: 'Access key unknown',
  wrongSignature: 'Signature refused',
  locked: 'Locked',
  wrongClock: 'Wrong system clock',
  code: 'MFA code required',
  ofRole: 'Its account is signed out',
};
/** Every cause, and what a row offers because of it. */
const causes: readonly (readonly [Failure, Expected])[] = [
  [{ kind: 'unauthenticated' }, signIn('')],
  ...signInFaults.map((fault) => [{ kind: 'unauthenticated', signIn: fault }, signIn(faults[fault])] as const),
  [{ kind: 'forbidden' }, ['No permission · retry', '', 'keyExplorer.retry', 'canRetry']],
  [{ kind: 'notOffered' }, ['Not offered here · hide', '', 'keyExplorer.hide', 'canHide canRetry']],
  [
    { kind: 'invalidRequest', accept: 'https://new.example/{region}' },
    ['Accept a new address', 'new.example', 'keyExplorer.acceptAddress', 'canAccept canRetry'],
  ],
  [{ kind: 'notFound' }, retry('No longer there')],
  [{ kind: 'throttled' }, retry('Too many requests')],
  [{ kind: 'invalidRequest' }, retry('The request was not accepted')],
  [{ kind: 'server' }, retry('The service failed')],
  [{ kind: 'network' }, retry('No connection')],
  [{ kind: 'timeout' }, retry('No answer in time')],
  [{ kind: 'badAnswer' }, retry('The answer could not be understood')],
];

/** Fails for a reason while it has one. */
class FailingAuthorizer extends FakeAuthorizer {
  failure: Failure | undefined;

  override async authorize(
    ...asked: Parameters<FakeAuthorizer['authorize']>
  ): Promise<Readonly<Record<string, string>>> {
    if (this.failure) {
      throw new CloudError(this.failure);
    }
    return super.authorize(...asked);
  }
}

describe('what a row offers', () => {
  let server: LocalServer;
  let authorizer: FailingAuthorizer;
  let tree: OwnTree;
  let root: AccountNode;
  before(async () => {
    server = await serve((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      const [from, count] = [Number(searchParams.get('offset')), Number(searchParams.get('limit'))];
      const rows = Array.from({ length: amount }, (_, at) => ({ id: `k${at}`, name: `key ${at}` }));
      response.writeHead(200).end(JSON.stringify({ signs: rows.slice(from, from + count), total: amount }));
    });
  });
  after(() => server.close());
  beforeEach(() => {
    authorizer = new FailingAuthorizer();
    tree = treeOf(server.url, [service, list], authorizer, 3);
    const [first] = tree.explorer.roots();
    assert.ok(first);
    root = first;
  });

  const listIn = async (place: 'service' | 'account'): Promise<ListNode> => {
    const [inService, ofAccount] = tree.explorer.declaredChildren(root);
    assert.ok(inService?.kind === 'service' && ofAccount?.kind === 'list');
    const [below] = tree.explorer.declaredChildren(inService);
    assert.ok(below?.kind === 'list');
    return place === 'service' ? below : ofAccount;
  };
  const lastOf = async (node: Node): Promise<Node> => (await tree.explorer.children(node)).at(-1) ?? assert.fail();
  const offered = (node: Node): Expected => {
    const beside = causeNotInLabel(node);
    return [
      labelText(node),
      typeof beside === 'object' ? toEnglish(beside) : (beside ?? ''),
      commandOf(node) ?? '',
      offerOf(node)?.tags.join(' ') ?? '',
    ];
  };
  /** The next step in the place of all rows, below rows whose next page failed, and below rows whose refresh failed. */
  const offeredIn = async (
    place: 'service' | 'account',
    failure: Failure,
  ): Promise<readonly (readonly unknown[])[]> => {
    const node = await listIn(place);
    const seen: (readonly unknown[])[] = [];
    const look = async (rows: number): Promise<Node> => {
      const last = await lastOf(node);
      assert.equal(node.list.rows.length, rows);
      assert.deepEqual(errorShownBy(last)?.failure, failure);
      seen.push([...offered(last), offerOf(last)?.icon]);
      return last;
    };
    node.list.reset();
    authorizer.failure = failure;
    await look(0);
    authorizer.failure = undefined;
    node.list.reset();
    const pager = await lastOf(node);
    assert.ok(pager.kind === 'pager');
    authorizer.failure = failure;
    await tree.explorer.loadMore(pager);
    assert.equal(await look(3), pager);
    authorizer.failure = undefined;
    await tree.explorer.loadMore(pager);
    authorizer.failure = failure;
    await tree.explorer.refresh(node);
    assert.equal(await look(6), pager);
    return seen;
  };

  it('is the same in the place of rows and below them, for every cause', async () => {
    for (const [failure, expected] of causes) {
      for (const place of ['service', 'account'] as const) {
        // A list that belongs to no service is offered everywhere, or its address is wrong.
        const cannotHide = place === 'account' && failure.kind === 'notOffered';
        const wanted = cannotHide ? retry('Not offered in this region') : expected;
        const [alone, ...below] = await offeredIn(place, failure);
        const what = `${JSON.stringify(failure)} in ${place}`;
        assert.deepEqual(alone?.slice(0, 4), wanted, what);
        assert.deepEqual(below, [alone, alone], what);
      }
    }
  });

  it('is in the menu of the row as well, and nothing that is not offered', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8'));
    const menu: readonly { command: string; when: string }[] = contributes.menus['view/item/context'];
    for (const [failure, [, , command, tags]] of causes) {
      const shown = menu.filter(({ when }) => {
        const words = [...when.matchAll(/viewItem =~ \/\\b(\w+)\\b\//g)].map(([, word = '']) => word);
        return words.length > 0 && words.every((word) => tags.split(' ').includes(word));
      });
      assert.equal(shown.length, tags.split(' ').length, tags);
      assert.ok(
        shown.some((entry) => entry.command === command),
        `${command} for ${JSON.stringify(failure)}`,
      );
    }
  });

  it('goes away with its cause: a new sign-in or setting has the page asked for that failed, and keeps the rows', async () => {
    for (const way of ['accountsChanged', 'settingsChanged'] as const) {
      const node = await listIn('service');
      node.list.reset();
      const pager = await lastOf(node);
      assert.ok(pager.kind === 'pager');
      const rows = node.list.rows.slice();
      authorizer.failure = { kind: 'unauthenticated', signIn: 'expired' };
      await tree.explorer.loadMore(pager);
      authorizer.failure = undefined;
      const asked = authorizer.asked.length;
      tree.account = { ...tree.account, generation: `${way} again` };
      tree.explorer[way]();
      assert.deepEqual(node.list.rows, rows, 'nothing is taken away');
      assert.equal(authorizer.asked.length, asked, 'nothing is asked for before it is shown');
      assert.equal(labelText(await lastOf(node)), `Load more (6 of ${amount})`);
      assert.deepEqual(node.list.rows.slice(0, 3), rows);

      authorizer.failure = { kind: 'unauthenticated', signIn: 'expired' };
      await tree.explorer.refresh(node);
      assert.equal(offered(pager)[2], 'keyExplorer.signInAgain');
      authorizer.failure = undefined;
      tree.account = { ...tree.account, generation: `${way} once more` };
      tree.explorer[way]();
      // Closed before it came, and opened again.
      const waiting = tree.explorer.children(node);
      tree.explorer.collapsed(node);
      await waiting;
      assert.equal(node.list.rows.length, 6);
      const before = authorizer.asked.length;
      await tree.explorer.children(node);
      assert.equal(authorizer.asked.length, before + 2, 'the refresh is made up for');
      await tree.explorer.children(node);
      assert.equal(authorizer.asked.length, before + 2);
    }
  });

  it('comes before the message of a truncated list', async () => {
    const node = await listIn('service');
    await tree.explorer.children(node);
    Object.defineProperty(node.list, 'cut', { value: true });
    authorizer.failure = { kind: 'unauthenticated' };
    await tree.explorer.refresh(node);
    assert.equal(labelText(await lastOf(node)), 'Sign-in invalid · sign in');
  });

  it('says to who looks for a key in further pages that the account is signed out', async () => {
    const node = await listIn('service');
    await tree.explorer.children(node);
    authorizer.failure = { kind: 'unauthenticated' };
    assert.deepEqual(await resolveRef(tree.explorer, `${node.id}/k6`, false, new AbortController().signal), {
      kind: 'signedOut',
    });
  });

  it('is said in the row of the account: that it is signed out, and why, until a list comes', async () => {
    const labels = (): string => signedOutLabels(root).map(toEnglish).join(' · ');
    const node = await listIn('account');
    for (const [failure, [, why]] of causes.filter(([{ kind }]) => kind === 'unauthenticated')) {
      for (const further of [false, true]) {
        node.list.reset();
        const pager = further ? await lastOf(node) : undefined;
        tree.changed.length = 0;
        authorizer.failure = failure;
        await (pager?.kind === 'pager' ? tree.explorer.loadMore(pager) : tree.explorer.children(node));
        authorizer.failure = undefined;
        const isAccounts = failure.signIn !== 'code';
        const wanted = isAccounts ? ['sign-in no longer valid', why].filter(Boolean).join(' · ') : '';
        assert.equal(labels(), wanted, JSON.stringify(failure));
        assert.equal(tree.changed.filter((id) => id === root.id).length, isAccounts ? 1 : 0);
        authorizer.failure = { kind: 'server' };
        await tree.explorer.refresh(await listIn('service'));
        await tree.explorer.children(await listIn('service'));
        assert.equal(labels(), wanted, 'another failure says nothing of it');
        authorizer.failure = undefined;
        await tree.explorer.refresh(node);
        await tree.explorer.children(node);
        assert.equal(labels(), '');
      }
    }
    authorizer.failure = { kind: 'unauthenticated', signIn: 'locked' };
    await tree.explorer.refresh(node);
    assert.equal(labels(), 'sign-in no longer valid · Locked');
    tree.account = { ...tree.account, generation: 'new' };
    tree.explorer.accountsChanged();
    assert.equal(labels(), '', 'another sign-in');
  });

  it('is said of an account that the list of accounts has as refused, after a reload as well', () => {
    const row = (change: object): AccountNode => ({ ...root, account: { ...root.account, refused: true, ...change } });
    assert.deepEqual(signedOutLabels(root), []);
    assert.deepEqual(signedOutLabels(row({})).map(toEnglish), ['sign-in no longer valid', 'Refused']);
    for (const fault of signInFaults) {
      const node = row({ refusalReason: fault });
      assert.deepEqual(signedOutLabels(node).map(toEnglish), ['sign-in no longer valid', faults[fault]]);
      const error = signedOutFor(node);
      assert.equal(
        error && errorDetails(error).at(-1)?.text,
        errorDetails(new CloudError({ kind: 'unauthenticated', signIn: fault })).at(-1)?.text,
      );
    }
  });
});
