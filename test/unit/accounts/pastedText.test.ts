import assert from 'node:assert/strict';
import { doubtIn, pasted, type PastedKind } from '../../../src/accounts/pastedText';
import { toEnglish } from '../../support/english';

const ak = 'HPUAQV0ZBGWKJ2LTM4XE';
const sk = 'q9Vb2xW8ZrT1yLkMn0PsDfGhJcQeRtYuIoAxXx1z';
const token = `MIIDkgYJKoZIhvcNAQcCoIIDgz${'Ab9+/'.repeat(30)}==`;

function valueOf(text: string, kind: PastedKind): string {
  const taken = pasted(text, kind);
  assert.ok('value' in taken, `${JSON.stringify(text)}: ${'reason' in taken ? toEnglish(taken.reason) : ''}`);
  return taken.value;
}

function refusalOf(text: string, kind: PastedKind): string {
  const taken = pasted(text, kind);
  assert.ok('reason' in taken, JSON.stringify(taken));
  return toEnglish(taken.reason);
}

/** A text in full-width characters. */
const wide = (text: string): string =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

describe('pasted text', () => {
  for (const [kind, value, labels] of [
    [
      'accessKey',
      ak,
      [
        'AK',
        'ak',
        'access key',
        'Access Key Id',
        'Access Key ID (AK)',
        'accessKeyId',
        'HW_ACCESS_KEY',
        'OS_ACCESS_KEY',
        'HUAWEICLOUD_SDK_AK',
        '--cli-access-key',
        '访问密钥ID',
      ],
    ],
    [
      'secretKey',
      sk,
      [
        'SK',
        'Secret Access Key',
        'secretAccessKey',
        'secret_key',
        'HW_SECRET_KEY',
        'HUAWEICLOUD_SDK_SK',
        '--cli-secret-key',
      ],
    ],
    [
      'securityToken',
      token,
      ['X-Security-Token', 'x-security-token', 'securityToken', 'HW_SECURITY_TOKEN', 'security_token'],
    ],
    [
      'token',
      token,
      [
        'X-Auth-Token',
        'X-Subject-Token',
        'x-subject-token',
        'Token',
        'HW_AUTH_TOKEN',
        'OS_TOKEN',
        'Authorization: Bearer',
        'Bearer',
      ],
    ],
    ['code', '123456', ['code', 'MFA code', 'Verification code', '验证码']],
  ] as const) {
    it(`is taken without the text around it: ${kind}`, () => {
      for (const text of [
        value,
        `  ${value}\r\n`,
        `\t${value}\n\n`,
        `"${value}"`,
        `'${value}'`,
        `\`${value}\``,
        `“${value}”`,
        `「${value}」`,
        `"${value}",`,
        `${value};`,
        `\ufeff${value}`,
        `${value.slice(0, 3)}\u200b${value.slice(3)}`,
        `${value.slice(0, 3)}\u00ad${value.slice(3)}`,
        `\u202a${value}\u202c`,
        `${value}\u2060\ufe0f`,
        `\u00a0${value}\u3000`,
        wide(value),
        `${wide(value.slice(0, 2))}${value.slice(2)}`,
      ]) {
        assert.equal(valueOf(text, kind), value, JSON.stringify(text));
      }
      for (const label of labels) {
        for (const text of [
          `${label}: ${value}`,
          `${label}:${value}`,
          `${label}=${value}`,
          `${label} = "${value}"`,
          `"${label}": "${value}",`,
          `export ${label}='${value}'`,
          `$env:${label} = "${value}"`,
          `-H '${label}: ${value}' \\`,
          `${label}\t${value}`,
          `${label}：${value}`,
          `${label}\n${value}`,
          `\u200e${label}\u200e: ${value}`,
        ]) {
          assert.equal(valueOf(text, kind), value, JSON.stringify(text));
        }
      }
    });
  }

  it('is a wrapped token without its line breaks', () => {
    for (const kind of ['token', 'securityToken'] as const) {
      for (const between of ['\n', '\r\n', ' ', '\u2028', '\\\n'.slice(1), '\n    ']) {
        assert.equal(valueOf((token.match(/.{1,64}/g) ?? []).join(between), kind), token);
      }
    }
    assert.equal(valueOf('MIID\r\nkgYJ\n+/==', 'token'), 'MIIDkgYJ+/==');
    assert.equal(valueOf(`X-Subject-Token: ${token.slice(0, 60)}\r\n ${token.slice(60)}`, 'token'), token);
  });

  it('is a code in groups, and in other digits', () => {
    for (const text of [
      '123 456',
      '123-456',
      '123–456',
      '12 34 56',
      '１２３４５６',
      '123\u00a0456',
      '123\u2009456',
      '１２３　４５６',
      '𝟏𝟐𝟑𝟒𝟓𝟔',
    ]) {
      assert.equal(valueOf(text, 'code'), '123456', text);
    }
    for (const text of ['', '12345', '1234567', '123.456', 'abcdef', '12345a', '١٢٣٤٥٦']) {
      assert.equal(refusalOf(text, 'code'), text === '' ? 'This must not be empty.' : 'A code has six digits.');
    }
  });

  it('is refused with the reason where it has a character that no such value has', () => {
    for (const [text, kind, reason] of [
      [`${ak.slice(0, 5)} ${ak.slice(5)}`, 'accessKey', 'There is a space in the middle of it. Enter one value alone.'],
      [`${ak} ${sk}`, 'accessKey', 'There is a space in the middle of it. Enter one value alone.'],
      [`${ak}\n${sk}`, 'accessKey', 'There is a space in the middle of it. Enter one value alone.'],
      [
        `${sk.slice(0, 9)}\n${sk.slice(9)}`,
        'secretKey',
        'There is a space in the middle of it. Enter one value alone.',
      ],
      [`\u0410${ak}`, 'accessKey', 'It has a character that no such value has: \u0410 (U+0410).'],
      [`${ak}ä`, 'secretKey', 'It has a character that no such value has: ä (U+00E4).'],
      ['Basic bGk6cHc=', 'token', 'There is a space in the middle of it. Enter one value alone.'],
      [`${token} # mine`, 'token', 'There is a space in the middle of it. Enter one value alone.'],
      [`${ak}:${sk}`, 'accessKey', 'It has a character that no such value has: : (U+003A).'],
      [`${ak},${sk}`, 'accessKey', 'It has a character that no such value has: , (U+002C).'],
      [`${token}😀`, 'token', 'It has a character that no such value has: 😀 (U+1F600).'],
      [`${token}\u0000`, 'token', 'It has a character that no such value has: \u0000 (U+0000).'],
      [`X-Subject-Token: ${token}X-Request-Id: 1`, 'token', 'It has a character that no such value has: : (U+003A).'],
      [`{"access":"${ak}"}`, 'accessKey', 'It has a character that no such value has: " (U+0022).'],
      ['', 'accessKey', 'This must not be empty.'],
      [' "" ', 'token', 'This must not be empty.'],
      ['AK: ', 'accessKey', 'This must not be empty.'],
      ['\u200b', 'secretKey', 'This must not be empty.'],
      ['A'.repeat(65_536), 'token', 'This is longer than any such value.'],
      ['A'.repeat(200_000), 'accessKey', 'This is longer than any such value.'],
    ] as const) {
      assert.equal(refusalOf(text, kind), reason, JSON.stringify(text.slice(0, 80)));
    }
    assert.equal(valueOf('A'.repeat(65_535), 'token').length, 65_535);
  });

  it('is refused where it says that it is something else', () => {
    for (const [text, kind, reason] of [
      [`SK: ${sk}`, 'accessKey', 'This is a secret access key (SK), and something else is asked for.'],
      [sk, 'accessKey', 'This is a secret access key (SK), and something else is asked for.'],
      [`AK=${ak}`, 'secretKey', 'This is an access key ID (AK), and something else is asked for.'],
      [`X-Auth-Token: ${token}`, 'securityToken', 'This is a token, and something else is asked for.'],
      [`Bearer ${token}`, 'accessKey', 'This is a token, and something else is asked for.'],
      [`X-Security-Token: ${token}`, 'token', 'This is a security token, and something else is asked for.'],
    ] as const) {
      assert.equal(refusalOf(text, kind), reason);
    }
  });

  it('is refused where its shape says that it is something else: a secret key is never sent as a token', () => {
    const jwt = `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxIn0'.repeat(4)}.sig-nature_1`;
    for (const kind of ['token', 'securityToken'] as const) {
      assert.match(refusalOf(sk, kind), /^This is a secret access key/);
      assert.match(refusalOf(` "${sk}" `, kind), /^This is a secret access key/);
      assert.match(refusalOf(ak, kind), /^This is an access key ID/);
      assert.equal(valueOf(jwt, kind), jwt);
    }
    for (const kind of ['accessKey', 'secretKey'] as const) {
      for (const text of [token, jwt, token.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')]) {
        assert.match(refusalOf(text, kind), /This is a token|no such value has/);
      }
    }
    assert.match(refusalOf(ak, 'secretKey'), /^This is an access key ID/);
    // A name in front of it that is not known.
    for (const kind of ['token', 'securityToken', 'secretKey'] as const) {
      assert.equal(
        refusalOf(`SOME_NAME=${'aB3'.repeat(20)}`, kind),
        'It has a character that no such value has: = (U+003D).',
      );
    }
    assert.equal(valueOf(`AWS_SECRET_ACCESS_KEY=${sk}`, 'secretKey'), sk);
    assert.equal(valueOf(`aws_session_token = ${token}`, 'securityToken'), token);
    assert.equal(valueOf(`X-Obs-Security-Token: ${token}`, 'securityToken'), token);
    assert.equal(valueOf(`TF_VAR_access_key=${ak}`, 'accessKey'), ak);
    assert.equal(valueOf(`${ak}.`, 'accessKey'), ak);
  });

  it('is refused where it is a placeholder or masked', () => {
    const placeholder = 'This is a placeholder. Enter the value that it stands for. Nothing was sent.';
    const masked = 'This value is masked. Copy it from where it is shown in full. Nothing was sent.';
    for (const kind of ['accessKey', 'secretKey', 'securityToken', 'token'] as const) {
      for (const text of [
        '<HW_ACCESS_KEY>',
        '"YOUR_AK"',
        '$AK',
        ' ${AK} ',
        'AK: <your AK>',
        '\u200bchangeme',
        wide('YOUR_AK'),
      ]) {
        if (!text.startsWith('AK') || kind === 'accessKey') {
          assert.equal(refusalOf(text, kind), placeholder, text);
        }
      }
      assert.equal(refusalOf('HPUA****1234', kind), masked);
      assert.equal(refusalOf('"••••••••"', kind), masked);
    }
    assert.equal(refusalOf(`li,${ak},****`, 'accessKey'), masked);
  });

  it('is the access key of credentials.csv, in any order that its header names', () => {
    const header = 'User Name,Access Key Id,Secret Access Key';
    for (const text of [
      `li,${ak},${sk}`,
      `li\t${ak}\t${sk}`,
      `li;${ak};${sk}`,
      `"li","${ak}","${sk}"`,
      ` li , ${ak} , ${sk} \r\n`,
      `${header}\r\nli,${ak},${sk}\r\n`,
      `\ufeff${header}\nli,${ak},${sk}`,
      `"User Name","Access Key Id","Secret Access Key"\r\n"li","${ak}","${sk}"\r\n`,
      `User Name;Access Key Id;Secret Access Key\nli;${ak};${sk}`,
      `USER NAME,ACCESS KEY ID,SECRET ACCESS KEY\n,${ak},${sk}`,
      `Access Key Id,Secret Access Key,User Name\n${ak},${sk},li`,
      `Access Key Id,Secret Access Key\n${ak},${sk}`,
      `Access Key Id,Secret Access Key${ak},${sk}`,
      `AK,SK\n${ak},${sk}`,
      `User Name,Secret Access Key,Access Key Id\nli,${sk},${ak}`,
      // A field for one line drops the line break.
      `${header}li,${ak},${sk}`,
      `\ufeff"User Name","Access Key Id","Secret Access Key""li","${ak}","${sk}"`,
      `Secret Access Key,Access Key Id,User Nameli`.replace('li', `${sk},${ak},li`),
      `User Name,Secret Access Key,Access Key Idli,${sk},${ak}`,
    ]) {
      const pair = { accessKey: ak, secretKey: sk };
      assert.deepEqual(pasted(text, 'accessKey'), { value: ak, pair }, JSON.stringify(text));
      assert.deepEqual(pasted(text, 'secretKey'), { value: sk, pair }, JSON.stringify(text));
    }
  });

  it('is never a line of credentials.csv as it is', () => {
    const header = 'User Name,Access Key Id,Secret Access Key';
    for (const text of [
      header,
      `${header}\n`,
      `${header}\nli,${ak},${sk}\nwang,${ak},${sk}`,
      `${header}li,${ak},${sk}wang,${ak},${sk}`,
      `${header}\nli,${ak}`,
      `${header}\nli,${ak},${sk},x`,
      `li,${sk},${ak}`,
      `${ak},${sk},li`,
      `li,${ak},`,
      `li,,${sk}`,
      `li,${ak}`,
      `a,li,${ak},${sk}`,
      `li,${ak} x,${sk}`,
      `li,<AK>,<SK>`,
    ]) {
      for (const kind of ['accessKey', 'secretKey'] as const) {
        refusalOf(text, kind);
      }
    }
    refusalOf(`li,${ak},${sk}`, 'token');
    refusalOf(`li,${ak},${sk}`, 'securityToken');
  });
});

describe('a password', () => {
  it('is doubted if it has invisible characters', () => {
    for (const [password, doubt] of [
      ['Passw0rd!', undefined],
      ['pass word', undefined],
      ['密码 ключ é', undefined],
      [' Passw0rd!', /a space before or after it/],
      ['Passw0rd! ', /a space before or after it/],
      ['Passw\u200b0rd!', /not seen \(U\+200B\)/],
      ['\ufeffPassw0rd!', /U\+FEFF/],
      ['Passw\u00a00rd!', /U\+00A0/],
      ['Passw\u00ad0rd!', /U\+00AD/],
      ['Passw0rd!\u202e', /U\+202E/],
      ['Passw\u30000rd!', /U\+3000/],
      ['Passw\t0rd!', /U\+0009/],
      ['Passw0rd!\n', /U\+000A/],
    ] as const) {
      const found = doubtIn(password);
      assert.match(found ? toEnglish(found) : '', doubt ?? /^$/, JSON.stringify(password));
    }
  });
});
