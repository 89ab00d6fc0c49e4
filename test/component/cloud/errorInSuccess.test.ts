import assert from 'node:assert/strict';
import * as v from 'valibot';
import { asText, text } from '../../../src/catalog/fields';
import { phrase } from '../../../src/base/phrase';
import { collection, type Collection, type ErrorKind } from '../../../src/catalog/declaration';
import { checkToken, ownerOf, requestKeys, requestToken } from '../../../src/accounts/iamClient';
import { errorDetails } from '../../../src/explorer/present/errorDetails';
import { inProject, tokenFor } from '../../cloud/ask';
import { collectionOf } from '../../support/collections';
import { toEnglish } from '../../support/english';
import { failureOf, minute, north } from '../../support/harness';
import { answering, type LocalServer, serve } from '../../support/localServer';
import { errorFrom, FakeAuthorizer, pageOf, testClient } from '../../support/testClient';
import { explorerFor, labelText, nodeAt } from '../../support/tree';
import { useCloud } from '../../support/useCloud';

type Expected = readonly [kind: ErrorKind, code?: string | undefined, message?: string];

/** Answers of status 200 to a request for SSH keys, and the expected outcome. */
const errors: readonly (readonly [string, unknown, Expected])[] = [
  [
    'an object with a status beside it',
    { error: { code: 'CH.004403', message: 'No permission' }, status: 'failed' },
    ['forbidden', 'CH.004403', 'No permission'],
  ],
  ['other names inside', { error: { error_code: 'XX.1', error_msg: 'Broken' } }, ['server', 'XX.1', 'Broken']],
  [
    'an object inside the object',
    { error: { error: { code: 'XX.1', message: 'Broken' } } },
    ['server', 'XX.1', 'Broken'],
  ],
  ['an array', { error: [{ code: 'XX.1', message: 'Broken' }] }, ['server', 'XX.1', 'Broken']],
  ['an object of other fields', { error: { reason: 'Broken' } }, ['server']],
  ['a message alone', { error: { message: 'Broken' } }, ['server', undefined, 'Broken']],
  ['a text', { error: 'It is broken' }, ['server', undefined, 'It is broken']],
  ['a text that is a code', { error: 'CH.004403', message: 'No' }, ['forbidden', 'CH.004403', 'No']],
  ['a number', { error: 17 }, ['server', '17']],
  ['true', { error: true, message: 'Broken' }, ['server', undefined, 'Broken']],
  ['a status of HTTP as the code', { error: { code: 404, message: 'None' } }, ['notFound', '404', 'None']],
  [
    'beside a list',
    { error: { code: 'XX.1', message: 'Broken' }, keys: [{ id: 1 }], total: 1 },
    ['server', 'XX.1', 'Broken'],
  ],
  ['beside a total of 0', { error: { code: 'XX.1' }, total: 0 }, ['server', 'XX.1']],
  ['a code and a message', { error_code: 'CH.010001', error_msg: 'Wrong' }, ['invalidRequest', 'CH.010001', 'Wrong']],
  ['a code alone', { error_code: 'XX.1' }, ['server', 'XX.1']],
  ['a code that is a number', { error_code: 1234 }, ['server', '1234']],
  ['a message beside no code', { error_msg: 'Broken' }, ['server', undefined, 'Broken']],
  ['a message beside an empty code', { error_code: '', error_msg: 'Broken' }, ['server', undefined, 'Broken']],
  ['the other spelling', { errorCode: 'XX.1', errorMessage: 'Broken' }, ['server', 'XX.1', 'Broken']],
  ['a code beside null', { error_code: 'XX.1', keys: null }, ['server', 'XX.1']],
  ['a code beside a total of 0', { error_code: 'XX.1', total: 0 }, ['server', 'XX.1']],
  ['a code beside an empty list', { error_code: 'XX.1', keys: [], total: 0 }, ['server', 'XX.1']],
  [
    'a throttled gateway',
    { error_code: 'APIGW.0308', error_msg: 'Slow down' },
    ['throttled', 'APIGW.0308', 'Slow down'],
  ],
  ['an API that is not there', { error_code: 'APIGW.0101', error_msg: 'None' }, ['notOffered', 'APIGW.0101', 'None']],
  ['a message beside a total of 0', { error_msg: 'Broken', total: 0 }, ['server', undefined, 'Broken']],
  [
    'a message beside an empty list',
    { error_code: null, error_msg: 'Broken', keys: [], total: 0 },
    ['server', undefined, 'Broken'],
  ],
  ['a message beside an object', { error_msg: 'Broken', keys: {} }, ['server', undefined, 'Broken']],
  ['a code beside an empty object', { error_code: 'XX.1', error_msg: 'No', keys: {} }, ['server', 'XX.1', 'No']],
  ['an empty object in the place of the list', { keys: {} }, ['badAnswer']],
  ['an object of other fields there', { keys: { error: { code: 'XX.1' } } }, ['badAnswer']],
  ['other spellings', { err_code: 'XX.1', err_msg: 'Broken', total: 0 }, ['server', 'XX.1', 'Broken']],
  ['a message by another name', { error_message: 'Broken', total: 0 }, ['server', undefined, 'Broken']],
  ['a message by a third name', { errorMsg: 'Broken', keys: [] }, ['server', undefined, 'Broken']],
  [
    'several errors beside an empty list',
    { errors: [{ code: 'XX.1', message: 'Broken' }], keys: [], total: 0 },
    ['server', 'XX.1', 'Broken'],
  ],
  ['several errors beside no list', { errors: [{ code: 'XX.1', message: 'No' }] }, ['server', 'XX.1', 'No']],
  ['no success beside an empty list', { success: false, message: 'No', keys: [] }, ['server', undefined, 'No']],
  ['no success beside a total of 0', { success: false, code: 'XX.1', total: 0 }, ['server', 'XX.1']],
  ['a status alone', { status: 'failed' }, ['server']],
  ['another status', { status: 'ERROR', message: 'Broken' }, ['server', undefined, 'Broken']],
  ['a status beside an empty list', { status: 'error', keys: [], total: 0 }, ['server']],
  ['a status beside a total of 0', { status: 'failure', total: 0 }, ['server']],
  ['an absent list', {}, ['badAnswer']],
  ['a list that is null', { keys: null }, ['badAnswer']],
  ['a list that is null, though rows are counted', { keys: null, total: 3 }, ['badAnswer']],
  ['a list of another name', { result: { keys: [{ id: 1 }] }, status: 'success' }, ['badAnswer']],
  ['no error and no list', { error: null, status: 'success' }, ['badAnswer']],
  ['a code of success and no list', { error_code: '0', error_msg: 'ok' }, ['badAnswer', '0', 'ok']],
  ['a code and a message of neither kind', { code: 'XX.1', message: 'Hm' }, ['badAnswer', 'XX.1', 'Hm']],
  ['the same with a known code', { code: 'APIGW.0101', message: 'None' }, ['notOffered', 'APIGW.0101', 'None']],
  ['a total that is a text', { total: '0' }, ['badAnswer']],
];

/** Fields beside the two rows of a list that are no error. */
const noErrors: readonly (readonly [string, object])[] = [
  ['null and a status', { error: null, status: 'success' }],
  ['false', { error: false }],
  ['zero', { error: 0 }],
  ['zero as text', { error: '0' }],
  ['an empty text', { error: '' }],
  ['a word for success', { error: 'Success' }],
  ['an empty object', { error: {} }],
  ['an empty array', { error: [] }],
  ['an object without content', { error: { code: null, message: '' } }],
  ['an object that says success', { error: { code: 0, message: 'success' } }],
  ['the same with texts', { error: { error_code: '00000', error_msg: 'OK' } }],
  ...[0, '0', '', null, 'success', 'SUCCESS', 'OK', 200, '200', '000000'].map(
    (code) => [`error_code ${JSON.stringify(code)}`, { error_code: code, error_msg: 'as ever' }] as const,
  ),
  ['a code beside rows', { error_code: 'XX.1', error_msg: 'One of three shards did not answer' }],
  ['a code and a message of another kind', { code: 'XX.1', message: 'Hello' }],
  ['a status', { status: 'failed' }],
];

const rows = [
  { id: 1, title: 'first', code: 'CH.004403', message: 'of the row', error: 'of the row', error_code: 'XX.1' },
  { id: 2, title: 'second', status: 'failed' },
];

/** One object in the place of a list, whose document has some of the names of errors. */
const single = collection({
  id: 'single',
  label: phrase('Single'),
  emptyStateText: phrase('rows'),
  docs: 'https://docs.example.com/',
  rowLabel: phrase('row'),
  icon: 'key',
  scope: 'account',
  path: '/single',
  paging: { kind: 'none' },
  rows: ({ body }) => body,
  filters: [],
  row: v.looseObject({ id: text, error: text, error_code: text, status: text }),
  item: (row) => ({ id: asText(row.id), description: asText(row.error) }),
  secrets: [],
  codes: { 'XX.2': 'notFound' },
});

describe('an error inside an answer of status 200', () => {
  let server: LocalServer;
  let body: unknown;
  before(async () => {
    server = await serve((request, response) => answering(body, { 'x-request-id': 'r-1' })(request, response));
  });
  after(() => server.close());

  const listOf = (asked: Collection) =>
    ({
      collection: asked,
      base: server.url,
      scope: { kind: 'account' },
      pathParams: { project_id: 'p', id: '1' },
    }) as const;

  async function becomes(
    asked: Collection,
    sent: unknown,
    [kind, code, message]: Expected,
    what: string,
  ): Promise<void> {
    body = sent;
    const { failure } = await errorFrom(pageOf(testClient(), listOf(asked)));
    assert.deepEqual([failure.kind, failure.code, failure.serviceMessage], [kind, code, message], what);
    assert.deepEqual([failure.status, failure.requestId], [200, 'r-1'], what);
    assert.equal(failure.call, `GET 127.0.0.1:${server.port} ${asked.path}`, what);
  }

  it('is that error, and an absent list is an answer that cannot be understood', async () => {
    for (const [what, sent, expected] of errors) {
      await becomes(collectionOf('sshKeys'), sent, expected, what);
    }
  });

  it('says what the service said, and repeats no secret that it was sent', async () => {
    body = { error: { code: 'XX.1', message: 'The token the-token is broken' }, status: 'failed' };
    const error = await errorFrom(pageOf(testClient(), listOf(collectionOf('sshKeys'))));
    assert.ok(errorDetails(error).map(toEnglish).includes('The service said: HTTP 200 XX.1 The token … is broken'));
  });

  it('is none where the field says so, and a field of a row never is', async () => {
    for (const [what, beside] of noErrors) {
      body = { ...beside, keys: rows, total: 2 };
      const page = await pageOf(testClient(), listOf(collectionOf('sshKeys')));
      assert.deepEqual([page.rows.map(({ raw }) => raw), page.total], [rows, 2], what);
    }
  });

  it('is none in a list that is empty, or of which nothing is counted', async () => {
    for (const sent of [
      { keys: [] },
      { total: 0 },
      { keys: null, total: 0 },
      { error: null, total: 0, status: 'ok' },
      { error_code: '', error_msg: '', total: 0 },
      { error_code: 0, error_msg: 'as ever', total: 0 },
      { error_msg: 'success', keys: [] },
      { errors: [], keys: [] },
      { keys: {}, total: 0 },
      { errors: null, success: true, keys: [] },
    ]) {
      body = sent;
      const page = await pageOf(testClient(), listOf(collectionOf('sshKeys')));
      assert.deepEqual(page.rows, [], JSON.stringify(sent));
    }
  });

  it('is not a missing list if the declaration says that it is optional', async () => {
    const optional = { ...collectionOf('sshKeys'), optionalRows: true } as const;
    for (const sent of [{}, { keys: null }, { error: null, status: 'success' }, { error_code: 0, error_msg: 'ok' }]) {
      body = sent;
      assert.deepEqual((await pageOf(testClient(), listOf(optional))).rows, [], JSON.stringify(sent));
    }
    await becomes(optional, { error_code: 'XX.1' }, ['server', 'XX.1'], 'a code');
    await becomes(optional, { status: 'failed' }, ['server'], 'a status');
    await becomes(optional, { keys: 'x' }, ['badAnswer'], 'a text in its place');
    await becomes(optional, [], ['badAnswer'], 'an array that is not the list');
  });

  it('is distinguished from the fields of a single object that is the row', async () => {
    for (const sent of [
      { id: 'a', error: 'It broke last week' },
      { id: 'a', error_code: 'XX.1', status: 'error' },
      { id: 'a', code: 'XX.1', message: 'Hello' },
      { error: { code: 'XX.2' } },
    ]) {
      body = sent;
      const page = await pageOf(testClient(), listOf(single));
      assert.deepEqual(
        page.rows.map(({ raw }) => raw),
        [sent],
      );
    }
    const undeclared = { ...single, row: v.looseObject({ id: text }) };
    await becomes(undeclared, { id: 'a', error: { code: 'XX.2' } }, ['notFound', 'XX.2'], 'no field of the document');
    await becomes(undeclared, { id: null, error_code: 'XX.2' }, ['notFound', 'XX.2'], 'nothing in the document');
    await becomes(undeclared, { error_code: 'XX.2', error_msg: 'No' }, ['notFound', 'XX.2', 'No'], 'a code alone');
    await becomes(undeclared, { code: 'XX.2', message: 'No' }, ['notFound', 'XX.2', 'No'], 'another code');
    await becomes(undeclared, { status: 'failed' }, ['server'], 'a status');
    await becomes(undeclared, {}, ['badAnswer'], 'nothing');
    body = [{ id: 'a' }, { id: 'b', error: 'of the row' }];
    assert.equal((await pageOf(testClient(), listOf(undeclared))).rows.length, 2);
  });

  it('is found in other successful answers too, and however deep the answer is', async () => {
    const deep = `${'{"error":'.repeat(50_000)}{"code":"XX.1"}${'}'.repeat(50_000)}`;
    for (const [status, sent, kind] of [
      [201, '{"error":{"code":"CH.004403"}}', 'forbidden'],
      [206, '{"error_code":"CH.004403"}', 'forbidden'],
      [200, deep, 'server'],
      [200, `{"error":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'server'],
    ] as const) {
      const other = await serve((_, response) => response.writeHead(status).end(sent));
      try {
        const list = { ...listOf(collectionOf('sshKeys')), base: other.url };
        assert.equal((await errorFrom(pageOf(testClient(), list))).kind, kind, sent.slice(0, 40));
      } finally {
        await other.close();
      }
    }
  });

  it('renews a token that it refuses, and is no permission where the new one is refused too', async () => {
    for (const sent of [
      { error_code: 'APIGW.0307', error_msg: 'The token must be updated' },
      { error: { code: 'APIGW.0301', message: 'Incorrect IAM authentication information' } },
      { error: { code: 'DEV.00000003', message: 'Authentication information expired.' }, status: 'failed' },
      { error: { code: 401, message: 'The token is not valid' } },
    ]) {
      const authorizer = new FakeAuthorizer();
      authorizer.renews = true;
      authorizer.tokens = ['old', 'new'];
      const other = await serve((request, response) =>
        answering(request.headers['x-auth-token'] === 'old' ? sent : { keys: [{ id: 1 }], total: 1 })(
          request,
          response,
        ),
      );
      try {
        const list = { ...listOf(collectionOf('sshKeys')), base: other.url };
        assert.equal((await pageOf(testClient(1000, authorizer), list)).rows.length, 1, JSON.stringify(sent));
        assert.deepEqual(authorizer.refused, [{ 'x-auth-token': 'old' }]);
        const refused = new FakeAuthorizer();
        refused.renews = true;
        refused.tokens = ['old', 'old'];
        assert.equal((await errorFrom(pageOf(testClient(1000, refused), list))).kind, 'forbidden');
        const without = new FakeAuthorizer();
        without.tokens = ['old'];
        assert.equal((await errorFrom(pageOf(testClient(1000, without), list))).kind, 'unauthenticated');
      } finally {
        await other.close();
      }
    }
  });

  it('ends a sign-in with what IAM says', async () => {
    const log = { info: () => undefined, warn: () => undefined };
    const transport = { timeout: () => 1000, clock: Date.now, log };
    const signal = new AbortController().signal;
    const identity = { kind: 'password', accountName: 'a', userName: 'u', password: 'a-password' } as const;
    const refusal = { error: { code: 401, message: 'The password a-password is wrong', title: 'Unauthorized' } };
    const other = await serve((request, response) => {
      const status = request.method === 'POST' ? 201 : 200;
      response.writeHead(status, { 'x-subject-token': 'a-token' }).end(JSON.stringify(body));
    });
    const asked: Readonly<Record<string, () => Promise<unknown>>> = {
      token: () => requestToken(other.url, identity, { domain: { name: 'a' } }, transport, signal),
      check: () => checkToken(other.url, 'a-token', transport, signal),
      keys: () => requestKeys(other.url, 'a-token', transport, signal),
      owner: () => ownerOf(other.url, { access: 'AK', secret: 'a-secret-key' }, transport, signal),
    };
    try {
      for (const [what, ask] of Object.entries(asked)) {
        body = refusal;
        const refused = await failureOf(ask());
        assert.deepEqual([refused.kind, refused.failure.code], ['unauthenticated', '401'], what);
        assert.ok(!JSON.stringify(refused.failure).includes('a-password') || what !== 'token', what);
        body = { error_code: 'IAM.0011', error_msg: 'Broken' };
        const broken = await failureOf(ask());
        assert.deepEqual([broken.kind, broken.failure.serviceMessage], ['server', 'Broken'], what);
        body = {};
        assert.equal((await failureOf(ask())).kind, 'badAnswer', what);
      }
    } finally {
      await other.close();
    }
  });
});

describe('an error inside an answer of status 200, in the tree', () => {
  const t = useCloud({ cloud: { rows: { signs: 7 } } });

  const failed = (sent: unknown) =>
    ({ kind: 'answer', status: 200, headers: {}, body: sent, contentType: 'application/json' }) as const;

  for (const sent of [{ error: { code: 'XX.1', message: 'Broken' }, status: 'failed' }, {}, { size: 0 }]) {
    it(`takes no row away and marks none: ${JSON.stringify(sent)}`, async () => {
      const accounts = t.harness.accounts();
      await t.harness.signIn(accounts);
      const { explorer } = explorerFor(t.harness, accounts, { pageSize: 3 });
      const list = await nodeAt(explorer, 'cn-north-4', 'ROMA Connect', 'roma-test', 'Signature keys');
      assert.ok(list.kind === 'list');
      const first = await explorer.children(list);
      const pager = first.at(-1);
      assert.ok(pager?.kind === 'pager');

      await t.cloud.control.fault({ fault: failed(sent), match: '/signs' });
      await explorer.loadMore(pager);
      assert.deepEqual((await explorer.children(list)).slice(0, 3), first.slice(0, 3));
      assert.equal(labelText(pager), 'Retry');
      await explorer.refresh(list);
      const refreshed = await explorer.children(list);
      assert.deepEqual(refreshed.slice(0, 3), first.slice(0, 3));
      assert.ok(list.list.rows.every(({ gone }) => !gone));
      assert.equal(labelText(pager), 'Retry');

      await t.cloud.control.clearFaults();
      await explorer.loadMore(pager);
      await explorer.loadMore(pager);
      assert.equal(list.list.rows.filter(({ gone }) => !gone).length, 6);
    });
  }

  it('renews a token once, and signs out an account that cannot renew', async () => {
    const accounts = t.harness.accounts();
    const { account } = await t.harness.signIn(accounts);
    const { total } = await t.harness.listInstances(accounts, account);
    const before = (await t.harness.requests('signIns')).length;
    const expired = failed({ error_code: 'APIGW.0307', error_msg: 'The token must be updated' });
    await t.cloud.control.fault({ fault: expired, match: '/instances', times: 1 });
    t.harness.now += 2 * minute;
    assert.equal((await t.harness.listInstances(accounts, account)).total, total);
    assert.equal((await t.harness.requests('signIns')).length, before + 1);

    const { account: pasted } = await t.harness.signInWithToken(
      accounts,
      await tokenFor(t.cloud.url, inProject(north)),
    );
    await t.cloud.control.fault({ fault: expired, match: '/instances', times: 1 });
    const another = await failureOf(t.harness.listInstances(accounts, pasted));
    assert.deepEqual([another.kind, another.failure.signIn], ['forbidden', 'otherRegion'], 'IAM says that it is good');
    await t.cloud.control.expire();
    await t.cloud.control.fault({ fault: expired, match: '/instances', times: 1 });
    const { failure } = await failureOf(t.harness.listInstances(accounts, pasted));
    assert.deepEqual([failure.kind, failure.signIn], ['unauthenticated', 'expired']);
    assert.equal(accounts.all()[0]?.refusalReason, 'expired');
  });
});
