import assert from 'node:assert/strict';
import { catalog } from '../../../src/catalog/catalog';
import type { ErrorKind } from '../../../src/catalog/declaration';
import { errorOf, faultOf } from '../../../src/cloud/parseError';
import type { HttpAnswer } from '../../../src/cloud/http';
import { documents, errorsIn, kindOf, type DocumentedAnswer } from '../../cloud/documented';
import { collectionOf, collectionsIn } from '../../support/collections';
import { serve } from '../../support/localServer';
import { errorFrom, pageOf, testClient } from '../../support/testClient';

const httpAnswer = (status: number, text: string): HttpAnswer => ({
  status,
  text,
  origin: { call: 'GET x' },
  header: () => '',
});

/** The error expected of an answer. */
interface Expected {
  readonly kind: ErrorKind;
  readonly code?: string;
  readonly serviceMessage?: string;
  readonly requestId?: string;
}

// Answers of every envelope that was seen anywhere, to a request for signature keys: status, body, headers, outcome.
const json = (body: unknown): string => JSON.stringify(body);
const longText = 'x'.repeat(600);
const answers: readonly (readonly [string, number, string, Readonly<Record<string, string>>, Expected])[] = [
  [
    'a service with a number for its code',
    400,
    json({ code: 400, error_code: 'BCS.03400001', error_msg: 'Invalid request.', message: 'unmarshal error' }),
    { 'x-request-id': 'r-1' },
    {
      kind: 'invalidRequest',
      code: 'BCS.03400001',
      serviceMessage: 'Invalid request. unmarshal error',
      requestId: 'r-1',
    },
  ],
  [
    'the same with a text',
    400,
    json({ code: '400', error_code: 'BCS.03400001', error_msg: 'Same.', message: 'Same.' }),
    {},
    { kind: 'invalidRequest', code: 'BCS.03400001', serviceMessage: 'Same.' },
  ],
  [
    'a service with details and a request ID in the body',
    500,
    json({ error_code: 'ROMA.00011000', error_msg: 'System error', error_details: 'Inner', request_id: 'r-2' }),
    {},
    { kind: 'server', code: 'ROMA.00011000', serviceMessage: 'System error Inner', requestId: 'r-2' },
  ],
  [
    'IAM',
    404,
    json({ error: { code: 404, message: 'No such thing', title: 'Not Found' } }),
    { 'x-iam-trace-id': 'r-3' },
    { kind: 'notFound', code: '404', serviceMessage: 'No such thing', requestId: 'r-3' },
  ],
  [
    'a wrapper with a status beside the error',
    400,
    json({ status: 'failed', error: { code: 'CH.1', message: 'Wrapped' }, request_id: 'r-4' }),
    {},
    { kind: 'invalidRequest', code: 'CH.1', serviceMessage: 'Wrapped', requestId: 'r-4' },
  ],
  [
    'another spelling',
    409,
    json({ errorCode: 'CCE.01', errorMessage: 'Conflict' }),
    {},
    { kind: 'invalidRequest', code: 'CCE.01', serviceMessage: 'Conflict' },
  ],
  [
    'an array of errors',
    400,
    json({ errors: [{ error_code: 'A.1', error_msg: 'First' }, { error_code: 'A.2' }] }),
    {},
    { kind: 'invalidRequest', code: 'A.1', serviceMessage: 'First' },
  ],
  [
    'the gateway: no such API',
    404,
    json({ error_msg: 'The API does not exist', error_code: 'APIGW.0101', request_id: 'r-5' }),
    {},
    { kind: 'notOffered', code: 'APIGW.0101', serviceMessage: 'The API does not exist', requestId: 'r-5' },
  ],
  ['the gateway: throttled', 429, json({ error_code: 'APIGW.0308' }), {}, { kind: 'throttled', code: 'APIGW.0308' }],
  [
    'throttled with another status',
    403,
    json({ error_code: 'APIG.0308' }),
    {},
    { kind: 'throttled', code: 'APIG.0308' },
  ],
  ...['APIGW.0301', 'APIGW.0305', 'APIGW.0307', 'APIG.0301', 'APIG.0307'].map(
    (code) =>
      [
        `the gateway: ${code}`,
        401,
        json({ error_code: code }),
        {},
        { kind: 'unauthenticated', code, ...(code.endsWith('7') ? { signIn: 'expired' } : {}) } as const,
      ] as const,
  ),
  ['the gateway: forbidden', 403, json({ error_code: 'APIGW.0302' }), {}, { kind: 'forbidden', code: 'APIGW.0302' }],
  ['a longer code is another', 400, json({ code: 'APIGW.03011' }), {}, { kind: 'invalidRequest', code: 'APIGW.03011' }],
  [
    'a page of HTML',
    502,
    '<html><head><title>Bad Gateway</title><style>b{}</style></head><body><h1>The backend\n is unreachable</h1></body>',
    { 'content-type': 'text/html', 'x-request-id': 'r-6' },
    { kind: 'server', serviceMessage: 'Bad Gateway The backend is unreachable', requestId: 'r-6' },
  ],
  ['plain text', 400, 'no  good\n', {}, { kind: 'invalidRequest', serviceMessage: 'no good' }],
  ['a long text', 500, longText, {}, { kind: 'server', serviceMessage: longText.slice(0, 500) }],
  ['a long message', 500, json({ message: longText }), {}, { kind: 'server', serviceMessage: longText.slice(0, 500) }],
  ['nothing at all', 503, '', {}, { kind: 'server' }],
  ['a JSON text', 400, json('not today'), {}, { kind: 'invalidRequest', serviceMessage: 'not today' }],
  ['a JSON object that says something else', 400, json({ reason: 'x' }), {}, { kind: 'invalidRequest' }],
  ['an empty object', 404, '{}', {}, { kind: 'notFound' }],
  ['an empty array', 404, '[]', {}, { kind: 'notFound' }],
  ['null', 404, 'null', {}, { kind: 'notFound' }],
  ['a byte-order mark', 400, `\uFEFF${json({ error_code: 'A.1' })}`, {}, { kind: 'invalidRequest', code: 'A.1' }],
  [
    'fields of the prototype',
    400,
    json({ error_code: 'constructor' }),
    {},
    { kind: 'invalidRequest', code: 'constructor' },
  ],
  ['a timeout of theirs', 408, '', {}, { kind: 'timeout' }],
  ['a status of nobody', 599, '', {}, { kind: 'server' }],
];

// Successful statuses with bodies that no list can be read from.
const noLists: readonly (readonly [string, number, string])[] = [
  ['no body', 200, ''],
  ['no content', 204, ''],
  ['a page of HTML', 200, '<html></html>'],
  ['half of an answer', 200, '{"total":1,"signs":[{"id":'],
  ['null', 200, 'null'],
  ['a text', 200, '"x"'],
  ['a number', 200, '7'],
  ['a list that is none', 200, '{"signs":"x"}'],
];

describe('errorOf', () => {
  it('maps every documented error to its kind, by status and by code alone', () => {
    const codeOf = ({ body }: DocumentedAnswer): string => {
      const { error_code: code, error }: { error_code?: string; error?: { code?: number } } = body;
      return code ?? String(error?.code);
    };
    const all = documents.flatMap((document) => errorsIn(document).map((error) => ({ document, error })));
    for (const { document, error } of all) {
      const codes = collectionsIn(catalog).find(({ path }) => document.call === `GET ${path}`)?.codes ?? {};
      const { failure } = errorOf(httpAnswer(error.status, json(error.body)), codes, []);
      const [code, kind, name] = [codeOf(error), kindOf(error), `${document.document} ${error.status}`];
      assert.deepEqual([failure.kind, failure.code, failure.status], [kind, code, error.status], name);
      assert.ok(failure.serviceMessage, name);
      const statuses = all.filter((one) => codeOf(one.error) === code).map((one) => one.error.status);
      // A code that comes with several statuses means nothing by itself, and IAM's is the status.
      const isTelling = new Set(statuses).size === 1 && code !== String(error.status);
      // The same code with a status that means something else.
      const other = errorOf(httpAnswer(kind === 'server' ? 400 : 500, json(error.body)), codes, []);
      assert.equal(other.kind === kind, isTelling, `${name} ${code}`);
      assert.equal(code in codes, isTelling, `${name} ${code}`);
    }
  });

  it('reads call, status, code, message and request ID from every known error body', async () => {
    const list = collectionOf('signs');
    for (const [name, status, body, headers, expected] of answers) {
      const server = await serve((_, response) => response.writeHead(status, headers).end(body));
      try {
        const address = {
          collection: list,
          base: server.url,
          scope: { kind: 'account' },
          pathParams: { project_id: 'secret-project', instance_id: 'secret-instance' },
        } as const;
        const { failure } = await errorFrom(pageOf(testClient(), address));
        const { call, host, reason: _, ...rest } = failure;
        const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
        assert.deepEqual(known, { status, ...expected }, name);
        assert.equal(host, `127.0.0.1:${server.port}`, name);
        assert.equal(call, `GET 127.0.0.1:${server.port} ${list.path}`, name);
      } finally {
        await server.close();
      }
    }
  });

  it('reports a successful answer without a list as a bad answer with its call, status and request ID', async () => {
    for (const [name, status, body] of noLists) {
      const server = await serve((_, response) => response.writeHead(status, { 'x-request-id': 'r-7' }).end(body));
      try {
        const address = {
          collection: collectionOf('signs'),
          base: server.url,
          scope: { kind: 'account' },
          pathParams: { project_id: 'p', instance_id: 'i' },
        } as const;
        const { failure } = await errorFrom(pageOf(testClient(), address));
        assert.equal(failure.kind, 'badAnswer', name);
        assert.deepEqual([failure.status, failure.requestId], [status, 'r-7'], name);
        assert.equal(failure.call, `GET 127.0.0.1:${server.port} ${address.collection.path}`, name);
        assert.ok(failure.reason, name);
      } finally {
        await server.close();
      }
    }
  });
});

describe('parseError', () => {
  it('parses an error body as JSON up to 1 Mi characters and reads a longer one as text', () => {
    const bodyOf = (length: number): string => {
      const start = '{"error_code":"E.1","error_msg":"the cause","rest":"';
      return `${start}${'x'.repeat(length - start.length - 2)}"}`;
    };
    const codeOf = (text: string): string | undefined =>
      errorOf({ status: 500, origin: { call: 'GET /' }, text, header: () => undefined }, {}, []).failure.code;
    assert.equal(codeOf(bodyOf(2 ** 20)), 'E.1');
    assert.equal(codeOf(bodyOf(2 ** 20 + 1)), undefined);
  });
});

describe('faultOf', () => {
  for (const [said, fault] of [
    ['ak X not exist', 'keyUnknown'],
    ['Access key inactive', 'keyUnknown'],
    ['The AccessKey was not found.', 'keyUnknown'],
    ['access_key is disabled', 'keyUnknown'],
    ['The user was not found', undefined],
    ['The access key is locked', 'locked'],
    ['The access key has expired', 'expired'],
    ['The account is locked.', 'locked'],
    ['The makeaccesskeys call was not found', undefined],
  ] as const) {
    it(`reads ${fault ?? 'no fault'} from “${said}”`, () => assert.equal(faultOf(said).signIn, fault));
  }
});
