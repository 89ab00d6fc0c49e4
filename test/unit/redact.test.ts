import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { redact } from '../../src/host/redact';

describe('a log line', () => {
  it('stays as it is where it holds nothing secret', () => {
    for (const line of [
      'GET roma.cn-north-4.myhuaweicloud.com /v2/{project_id}/apic/instances/{instance_id}/app-quotas/{app_quota_id}/bound-apps 200 1376eb5fd0ff4a2bb5fe4a3d8b8ee7ac 12 ms',
      'POST iam.myhuaweicloud.com /v3/auth/tokens 401 f0fa1789-3b76-433b-a787-9892951c620e unauthenticated 401 12 ms',
      'GET bcs.ap-southeast-3.myhuaweicloud.com /v1/{project_id}/node-provider/credentials no answer',
      'signs: a row does not fit its document at sign_key, sign_secret',
      'The token could not be stored.',
      '签名密钥 😀',
    ]) {
      assert.equal(redact(line), line);
    }
  });

  it('loses a token, however it is encoded and wherever it stands', () => {
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

  it('loses what stands behind a name that means a secret', () => {
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
    ]) {
      const left = redact(line);
      assert.ok(!left.includes('Zq7-planted'), `${line} became ${left}`);
      assert.match(left, /\[redacted\]/);
    }
  });

  it('keeps what stands around a secret', () => {
    assert.equal(redact('{"a":1,"password":"x y","b":2}'), '{"a":1,"password":[redacted],"b":2}');
    assert.equal(redact('token=x then more'), 'token=[redacted] then more');
  });

  it('is one line, in reading order', () => {
    const odd = 'a\r\nb\u0000c\u001b[31md\u0085e\u2028f\u2029g\u202eh\u2066i\u200ej\u061ck\ufeffl';
    assert.doesNotMatch(redact(odd), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.equal(redact('a\r\n2026-01-01 [info] b'), 'a 2026-01-01 [info] b');
  });

  it('does not take long, whatever it holds', () => {
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
