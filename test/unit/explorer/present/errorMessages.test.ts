import assert from 'node:assert/strict';
import { phrase } from '../../../../src/base/phrase';
import type { ErrorKind } from '../../../../src/catalog/declaration';
import { CloudError } from '../../../../src/cloud/errors';
import { messageFor } from '../../../../src/explorer/nodes';
import { errorDetails } from '../../../../src/explorer/present/errorDetails';
import { errorSummary } from '../../../../src/explorer/present/errorMessages';
import { endAt, tokenLastsUntil } from '../../../../src/explorer/present/signInValidity';

const kinds: readonly ErrorKind[] = [
  'unauthenticated',
  'forbidden',
  'notFound',
  'notOffered',
  'throttled',
  'invalidRequest',
  'server',
  'network',
  'timeout',
  'badAnswer',
  'cancelled',
];

describe('the words for a failure', () => {
  it('differ for each kind, and end with what to do', () => {
    const errors = kinds.map((kind) => new CloudError({ kind }));
    assert.equal(new Set(errors.map((error) => errorSummary(error).text)).size, kinds.length);
    assert.equal(new Set(errors.map((error) => errorDetails(error).at(-1)?.text)).size, kinds.length);
    const address = new CloudError({ kind: 'invalidRequest', accept: 'https://a.example' });
    assert.equal(errorSummary(address).text, 'A new address');
    assert.match(errorDetails(address).at(-1)?.text ?? '', /Accept the address/);
  });

  it('tell all that is known, a line each, and nothing that is not', () => {
    const whole = new CloudError({
      kind: 'server',
      call: 'GET a.example /v1/{id}',
      status: 500,
      code: 'APIG.9999',
      serviceMessage: 'System error',
      requestId: 'r-1',
      reason: phrase('It happened to {0}.', 'x'),
    });
    assert.deepEqual(
      errorDetails(whole).map(({ text, args }) => [text, ...args]),
      [
        ['The service failed'],
        ['It happened to {0}.', 'x'],
        ['The service said: {0}', 'HTTP 500 APIG.9999 System error'],
        ['Call: {0}', 'GET a.example /v1/{id}'],
        ['Request ID: {0}', 'r-1'],
        ['Retry later. If it keeps failing, give the request ID to Huawei Cloud support.'],
      ],
    );
    assert.equal(errorDetails(new CloudError({ kind: 'timeout' })).length, 2);
  });

  it('are a note of their own only where the next step is another', () => {
    assert.deepEqual(
      kinds.map((kind) => messageFor(new CloudError({ kind })).kind),
      ['signedOut', 'forbidden', 'failed', 'notOffered', ...Array.from({ length: 7 }, () => 'failed')],
    );
  });
});

describe('the words for the end of a sign-in', () => {
  it('say that it has expired, and when, once that is past', () => {
    const texts = [endAt, tokenLastsUntil].flatMap((words) => [words(5, 4, 'x'), words(5, 5, 'x'), words(4, 5, 'x')]);
    assert.deepEqual(
      texts.map(({ text, args }) => [text, ...args]),
      [
        ['Ends {0}', 'x'],
        ['Expired: {0}', 'x'],
        ['Expired: {0}', 'x'],
        ['The token lasts until {0}', 'x'],
        ['The token expired: {0}', 'x'],
        ['The token expired: {0}', 'x'],
      ],
    );
  });
});
