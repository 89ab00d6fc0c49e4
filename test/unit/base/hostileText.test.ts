import assert from 'node:assert/strict';
import { candidateOf } from '../../../src/accounts/profiles/candidate';
import { matchesTemplate } from '../../../src/accounts/addressPolicy';
import { isIamOf, readSites } from '../../../src/accounts/sites';
import { maskText } from '../../../src/base/secretText';
import { errorOf } from '../../../src/cloud/parseError';
import type { CloudError } from '../../../src/cloud/errors';
import { fillPath, fillText } from '../../../src/cloud/path';
import { fingerprintsOf } from '../../../src/explorer/fingerprint';
import { mask } from '../../../src/explorer/present/mask';
import { searchWordsOf } from '../../../src/explorer/hitIndex';
import { redact } from '../../../src/cloud/redact';
import { doublings, growsSteeply } from '../../support/growth';

const mebibyte = 1024 * 1024;
const token = `b${'a'.repeat(65_535)}`;

/** Repeats a text up to about so many characters. */
const fill = (text: string, length: number): string => text.repeat(Math.ceil(length / text.length));

/** Bodies of errors, of about so many characters. */
const bodies: Readonly<Record<string, (size: number) => string>> = {
  'the words of an unknown key': (size) => JSON.stringify({ error_msg: fill('ak ', size) }),
  'the times of a wrong clock': (size) =>
    JSON.stringify({ error_msg: fill('signature time:20260101T000000Z, ', size) }),
  'text that is nearly the token': (size) => JSON.stringify({ message: fill('a', size) }),
  'a long code': (size) => JSON.stringify({ error_code: fill('APIGW.', size), request_id: fill('r', size) }),
  'the signs before a tag': (size) => fill('<', size),
  'scripts without an end': (size) => fill('<script', size),
  'styles and spaces': (size) => fill('</style <style ', size),
  spaces: (size) => `${fill(' ', size)}x`,
};

/** Their parsing grows more steeply where they are long: its objects are collected meanwhile. */
const manyParts: typeof bodies = {
  'many elements': (size) => `[${fill('{},', size)}0]`,
  'many fields': (size) =>
    `{${Array.from({ length: size / 16 }, (_, index) => `"${String(index).padStart(8, '0')}":{}`).join(',')}}`,
  'many levels': (size) => `${fill('[', size / 2)}${fill(']', size / 2)}`,
};

const answered = (text: string): CloudError =>
  errorOf({ status: 401, text, origin: { call: 'GET x' }, header: () => undefined }, {}, [token]);

describe('linear time on hostile texts', () => {
  const mayBeBody = (all: typeof bodies, sizes: readonly number[]): void => {
    for (const [name, bodyOf] of Object.entries(all)) {
      assert.ok(!growsSteeply(bodyOf, answered, sizes), name);
      const { code = '', serviceMessage = '', requestId = '' } = answered(bodyOf(mebibyte)).failure;
      assert.ok(Math.max(code.length, serviceMessage.length, requestId.length) <= 500, name);
    }
  };

  it('parses an error body of up to 16 MiB', () => {
    mayBeBody(bodies, doublings(mebibyte / 16, 9));
  }).timeout(120_000);

  it('parses an error body of many parts of up to 256 KiB', () => {
    mayBeBody(manyParts, doublings(mebibyte / 64, 5));
  }).timeout(60_000);

  it('normalizes an address of up to 200,000 slashes or region placeholders', () => {
    const site = (iam: string) => readSites({ lab: { iam } }).sites.get('lab');
    const works: Readonly<Record<string, (size: number) => unknown>> = {
      path: (size) => fillPath(`https://a.example${fill('/', size)}x`, '/v3/{id}', { id: 'x' }),
      query: (size) => fillText('{id}', { id: fill('{', size) }),
      iam: (size) => {
        const lab = site(`https://a.example${fill('/', size)}x`);
        return lab && isIamOf(lab, `https://a.example${fill('/', size)}y`);
      },
      template: (size) => matchesTemplate(new URL(`https://a${fill('/', size)}x`), `https://a${fill('/', size)}y`),
      regions: (size) =>
        matchesTemplate(
          new URL(`https://a/${fill('x-', size)}`),
          `https://a/${fill('{region}-', Math.min(size / 10, 1000))}!`,
        ),
      profile: (size) =>
        candidateOf(
          {
            source: 'sdkFile',
            name: 'x',
            from: [],
            endpoint: { name: 'iam_endpoint', value: `https://a.example${fill('/v3', size)}${fill('/', size)}x` },
          },
          { kind: 'token', token: { name: 'token', value: 't' } },
        ),
    };
    for (const [name, work] of Object.entries(works)) {
      assert.ok(!growsSteeply((size) => size, work, doublings(12_500, 5)), name);
    }
  }).timeout(60_000);

  it('masks the texts of a row within a bound', () => {
    for (const part of ['://', '//a:', 'a=a ', '"a":"b",', 'x -----BEGIN ']) {
      const long = (size: number): object => ({ text: fill(part, size), id: 'x' });
      const many = (size: number): object => ({
        id: 'x',
        texts: Array.from({ length: size / 1024 }, () => fill(part, 1000)),
      });
      for (const make of [long, many]) {
        assert.ok(!growsSteeply(make, (row) => mask(row, [], new Set()), doublings(mebibyte / 2, 4)), part);
        assert.equal(Reflect.get(Object(mask(make(mebibyte), [], new Set()).value), 'id'), 'x');
      }
      assert.equal(Reflect.get(Object(mask(long(16 * mebibyte), [], new Set()).value), 'text'), maskText);
    }
    const certificates = fill('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', 300_000);
    assert.deepEqual(mask({ pem: certificates }, [], new Set()).masked, []);
    const text = fill('plain text ', 150_000);
    assert.deepEqual(mask({ text }, [], new Set()).value, { text });
  }).timeout(120_000);

  it('redacts a log line and reads a search or a public key of up to 256 KiB', () => {
    const parts = [
      'token',
      'token ',
      'sk=',
      '"password":"',
      '\\"',
      'a:b@',
      '//',
      '%40',
      ':a ',
      'AAAA+',
      '=',
      'A',
      '\n',
    ];
    for (const part of parts) {
      for (const work of [redact, searchWordsOf, fingerprintsOf]) {
        const textOf = (size: number): string => `${fill(part, size)}\0`;
        assert.ok(!growsSteeply(textOf, work, doublings(mebibyte / 32, 4)), `${work.name} ${part}`);
      }
    }
  }).timeout(120_000);
});
