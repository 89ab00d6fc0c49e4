import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { catalog } from '../../../src/catalog/catalog';
import { redact } from '../../../src/cloud/redact';
import { collectionsIn } from '../../support/collections';

describe('a log line', () => {
  it('stays unchanged if it has no secret', () => {
    for (const line of [
      'GET roma.cn-north-4.myhuaweicloud.com /v2/{project_id}/apic/instances/{instance_id}/app-quotas/{app_quota_id}/bound-apps 200 1376eb5fd0ff4a2bb5fe4a3d8b8ee7ac 12 ms',
      'POST iam.myhuaweicloud.com /v3/auth/tokens 401 f0fa1789-3b76-433b-a787-9892951c620e unauthenticated 401 12 ms',
      'GET bcs.ap-southeast-3.myhuaweicloud.com /v1/{project_id}/node-provider/credentials no answer',
      'credentials list: a row does not fit its document at sign_key, sign_secret',
      'The token could not be stored.',
      '签名密钥 😀',
    ]) {
      assert.equal(redact(line), line);
    }
  });

  it('loses a token in any encoding and position', () => {
    const value = `MII${randomBytes(1536).toString('base64')}`;
    const spellings = [value, encodeURIComponent(value), value.replaceAll('/', '-').replaceAll('+', '_')];
    for (const token of [...spellings, ...spellings.map((each) => each.slice(0, 60))]) {
      for (const line of [
        token,
        `refused ${token}.`,
        `{"x":"${token}"}`,
        `https://a.example/?t=${token}&x=1`,
        `[${token}]`,
      ]) {
        const left = redact(line);
        for (let from = 0; from + 12 <= token.length; from += 4) {
          assert.ok(!left.includes(token.slice(from, from + 12)), left);
        }
      }
    }
  });

  it('loses a value whose name means a secret', () => {
    for (const line of [
      'password=Zq7-planted',
      'Password: Zq7-planted',
      '"password":"Zq7-planted"',
      '"password": "with Zq7-planted inside"',
      "{'sign_secret': 'with Zq7-planted inside'}",
      '"password":"quo\\"te Zq7-planted"',
      'X-Auth-Token: Zq7-planted',
      'Authorization: Bearer Zq7-planted',
      'authorization: Basic Zq7-planted',
      'Authorization: SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=Zq7-planted',
      '{\\"password\\":\\"Zq7-planted\\"}',
      'sign_key = Zq7-planted',
      '"app_key":"Zq7-planted"',
      'passwd:Zq7-planted',
      'token=\u0000Zq7-planted',
      'token=\nZq7-planted',
      'sk=Zq7-planted',
      'SK: Zq7-planted',
      'HW_SK=Zq7-planted',
      '?ak=x&sk=Zq7-planted',
      'pwd=Zq7-planted',
      'userPwd : Zq7-planted',
      'secretKey=Zq7-planted',
      'secret_access_key => Zq7-planted',
      'Proxy-Authorization: Basic Zq7-planted',
      '密码：Zq7-planted',
      '<password>Zq7-planted</password>',
      String.raw`{\\\"pwd\\\":\\\"with Zq7-planted inside\\\"}`,
      'x: sk=Zq7-planted',
      'http://user:Zq7-planted@proxy.example:8080',
      'user:Zq7-planted@proxy',
      'user:Zq7-pl@nted Zq7-planted@proxy',
      'user%3AZq7-planted%40proxy',
      'Bearer Zq7-planted',
      'Authorization Bearer Zq7-planted',
      'Token Zq7-planted-12',
      '--password Zq7-planted',
      '-u user:Zq7-planted',
      'Cookie: a=b; c=Zq7-planted',
      'secretKey%3DZq7-planted',
      'token%253aZq7-planted',
      '-----BEGIN PRIVATE KEY-----\nZq7-planted',
      'eyJhbGciOiJIUzI1NiJ9.Zq7-planted.x',
      '<sk a="b">Zq7-planted</sk>',
      'name=password value=Zq7-planted',
      '"name":"password","value":"Zq7-planted"',
      'https://hooks.slack.com/services/T0/B0/Zq7-planted',
    ]) {
      const left = redact(line);
      assert.ok(!left.includes('Zq7-planted'), `${line} became ${left}`);
      assert.match(left, /\[redacted\]|…@/);
    }
  });

  it('loses a secret key without a name', () => {
    for (const key of ['q7Xr2LkP9vBn4TzW8mYcq7Xr2LkP9vBn4TzW8mYc', `${'aB3/'.repeat(9)}+x=Z`]) {
      for (const line of [key, `the key ${key}.`, `"${key}"`, `APIGW.0301 ${key} 12 ms`, `(${key})`]) {
        assert.ok(!redact(line).includes(key.slice(0, 8)), line);
      }
    }
  });

  it('keeps the templates and hosts of all requests, and the names of all lists and fields', () => {
    for (const { id, path, row } of collectionsIn(catalog)) {
      const line = `GET roma.cn-north-4.myhuaweicloud.com ${path} 200 1376eb5fd0ff4a2bb5fe4a3d8b8ee7ac 12 ms`;
      assert.equal(redact(line), line);
      const fields = `${id} list: 3 of 5 rows do not fit their document at ${Object.keys(row.entries).join(', ')}`;
      assert.equal(redact(fields), fields);
    }
  });

  it('is shortened if it is long', () => {
    assert.equal(redact('a b '.repeat(100_000)).length, 2001);
  });

  it('keeps the text around a secret', () => {
    assert.equal(redact('{"a":1,"password":"x y","b":2}'), '{"a":1,"password":[redacted],"b":2}');
    assert.equal(redact('token=x then more'), 'token=[redacted] then more');
    assert.equal(redact('a http://b:c@d.example:1/e f'), 'a …@d.example:1 f');
  });

  it('is one line, in reading order', () => {
    const odd = 'a\r\nb\u0000c\u001b[31md\u0085e\u2028f\u2029g\u202eh\u2066i\u200ej\u061ck\ufeffl';
    assert.doesNotMatch(redact(odd), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.equal(redact('a\r\n2026-01-01 [info] b'), 'a 2026-01-01 [info] b');
  });

  it('takes linear time on any text', () => {
    const started = process.cpuUsage().user;
    for (const part of [
      'token',
      'token ',
      'token:',
      '"password":"',
      'a',
      ' ',
      '\\',
      '\\"',
      'Authorization: Bearer ',
      '\n',
    ]) {
      redact(part.repeat(200_000 / part.length));
    }
    assert.ok((process.cpuUsage().user - started) / 1000 < 3000);
  });
});
