import assert from 'node:assert/strict';
import { isSecretName, maskSecretsIn, maskText } from '../../../src/base/secretText';
import { mask } from '../../../src/explorer/present/mask';

const pem = (label: string): string => `-----BEGIN ${label}-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END ${label}-----\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N';
const sshKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx6Z0n1yQw3cN4b5V8Qe0e2v1v3l4x2n7k9m0p1q2r3 user:x@host';

/** Names whose values are secret. */
const secretNames = [
  'credential credentials user_credentials aksk ak_sk AKSK private pem tls_pem salt password_salt seed totp_seed totpSeed otp_uri',
  'recovery_codes recoveryCodes backup_codes pincode pin_code PIN verification_code sessionKey session_key sessionCookie',
  'cookie cookie_value Set-Cookie account_key accountKey AccountKeys storage_key dsn sentry_dsn DSN sas sas_url SAS-token sasToken',
  'authHeader auth_header x-auth authorization_header connStr connection_uri password1 secret_2 token3 密钥 令牌 访问令牌 用户密码 私钥',
  'Contraseña Passwort пароль パスワード ｐａｓｓｗｏｒｄ pass\u200bword private_key_pem client-secret-value license_key jwt_keys csrf',
  'otpauth otp_code verifyCode captcha_code authorizationCode access_code pairing_code license_code puk pw admin_pw userPw rootpw bindpw',
  'authValue auth_data authString bearerAuth proxy_auth digest_auth registryAuth REDIS_AUTH requirepass masterauth basic_auth_value',
  'sslKey server_key rsaKey des_key data_key hash_key hmac login_key unlock_key certificate_key GITHUB_PAT dockerconfigjson .dockerconfigjson',
  'seed_phrase seedValue saltValue plaintext plain_text creds cred db_creds credentialData credential_json connectionStrings sig pwd_list',
  'X-Amz-Signature X-Obs-Signature shared_access_signature community_string webhook webhook_url senha clave parola hasło секрет токен',
  '密碼 金鑰 私鑰 權杖 凭证 登录凭据 验证码 授权码 恢复码 助记词 秘密鍵 トークン 암호',
].flatMap((names) => names.split(' '));

/** Names whose values are IDs, public keys, certificates or descriptions of a secret. */
const publicNames = [
  'id key_id access_key_id accessKeyId kms_key_id credential_id credentialId credential_ids secret_name secretName token_type',
  'certificate cert certificate_chain cert_id public_key publicKey ssh_public_key pubkey fingerprint key_fingerprint thumbprint',
  'private_ip private_ips private_domain is_private seed_nodes salt_length password_policy password_expires_at credential_count',
  'passed pinned opinion spindle disaster asas address dsname session_count keyboard monkey author 密钥ID 密钥名称 密钥类型 令牌类型 公钥 证书',
  'public_key_pem publicKeyPem cert_pem certificatePem chain_pem csr_pem max_tokens maxTokens max_token total_tokens prompt_tokens',
  'completionTokens tokens_used tokens_total tokenizer token_url tokenUrl token_endpoint token_issuer secret_namespace secret_labels',
  'has_password hasPassword is_password_set need_reset_password password_expired password_last_changed password_strength secret_version_id',
  'webhook_id webhook_name pin_count key_urn keypair keyPairName certificate_pem 密钥规格 密钥来源 密钥对 密码策略 密码有效期 密码强度 是否有密码 凭证类型',
].flatMap((names) => names.split(' '));

/** Texts that hold a secret, whatever their field is called, and documented or not. */
const secretTexts: readonly string[] = [
  pem('PRIVATE KEY'),
  pem('RSA PRIVATE KEY'),
  pem('EC PRIVATE KEY'),
  pem('OPENSSH PRIVATE KEY'),
  pem('ENCRYPTED PRIVATE KEY'),
  pem('PGP PRIVATE KEY BLOCK'),
  pem('PRIVATE KEY').replaceAll('\n', String.raw`\n`),
  `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0`,
  `${pem('CERTIFICATE')}${pem('PRIVATE KEY')}`,
  Buffer.from(pem('RSA PRIVATE KEY')).toString('base64'),
  'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none',
  'https://user:pass@example.com/',
  'see https://token@example.com/x, then go on',
  'redis://:pa@ss@10.0.0.1:6379/0',
  'https://user:pa/ss@example.com/x',
  'jdbc:mysql://root:toor@db/x',
  'postgres:hunter2@db.example.com/x',
  '//user:pass@example.com',
  'Bearer abc.def.ghi',
  'bearer  supersecret',
  'Authorization: Bearer 0123456789abcdef',
  'Basic dXNlcjpwYXNz',
  'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  jwt,
  `the token is ${jwt}.`,
  'https://example.com/x?access_token=abcdef&y=1',
  'https://example.com/x#token=abcdef',
  'Server=db;User=sa;Password=hunter2;',
  'AccountName=x;AccountKey=abc+/==',
  'sk=abcdefgh',
  'X-Auth-Token: MIIabcdef',
  'cookie: a=1;b=2',
  '{"password":"x"}',
  ' [{"a":{"client_secret":"x"}}]',
  JSON.stringify({ inner: JSON.stringify({ token: 'x' }) }),
  JSON.stringify(JSON.stringify({ token: 'x' })),
  JSON.stringify([{ name: 'password', value: 'x' }]),
  JSON.stringify([{ Key: 'password', Value: 'x' }]),
  `\ufeff${JSON.stringify({ password: 'x' })}`,
  '{"a":1}\n{"password":"y"}',
  'config: {"password":"x"}',
  String.raw`{\"password\":\"x\"}`,
  '{&quot;password&quot;:&quot;x&quot;}',
  "{'password': 'x'}",
  '{password: x}',
  base64(base64(pem('PRIVATE KEY'))),
  base64(` \n${pem('PRIVATE KEY')}`),
  base64(`${pem('CERTIFICATE')}${pem('PRIVATE KEY')}`),
  base64(pem('EC PRIVATE KEY')).replace(/.{20}/g, '$&\n'),
  base64(jwt),
  base64('{"password":"x"}'),
  base64('#!/bin/sh\nexport DB_PASSWORD=x\n'),
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7',
  'MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn',
  'MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY',
  'MIIDkgYJKoZIhvcNAQcCoIIDgzCCA38CAQExDTALBglghkgBZQMEAgEw',
  pem('PRIVATE KEY').toLowerCase(),
  pem('PRIVATE KEY').replaceAll(' ', '\u00a0'),
  '-----BEGIN OpenVPN Static key V1-----\nabc',
  `${pem('CERTIFICATE')}password=hunter2`,
  `${sshKey}\npassword=hunter2`,
  'https://x.example/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=abcdef0123',
  'https://x.example/?AccessKeyId=AK&Signature=abc%3D',
  'https://x.example/?sv=2020&sig=abc%2F',
  'https://x.example/?access%5Ftoken=abc',
  'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXX',
  'https://qyapi.example/cgi-bin/webhook/send?key=693a91f6-7a11',
  'otpauth://totp/a?secret=JBSWY3DP',
  'otpauth-migration://offline?data=CjEKCkhlbGxv',
  'jdbc:oracle:thin:scott/tiger@host:1521:orcl',
  'AWS AKIDAKID:frJIUN8DYpKDtOLCwo//yllqDzg=',
  'Proxy-Authorization: NTLM TlRMTVNTUAAB',
  'authorization: Digest username="u", response="abc"',
  'sdk-hmac-sha256 access=AK, signedheaders=host, signature=abcdef',
  'Authorization=Bearer%20abcdefghi',
  'Bearer "abcdefgh"',
  "curl -H 'X-Auth-Token: abcdef' https://x.example",
  'curl -u user:pass https://x.example',
  'login --password abc',
  '$env:HW_SECRET_KEY = "abc"',
  'DB_PASSWORD = abc',
  'password="a b"',
  'password: abc',
  '- password: abc',
  'db:\n  Password : "abc"',
  '密码：abc123',
  '密钥=abc',
  '<password>x</password>',
  'env:\n- name: DB_PASSWORD\n  value: hunter2',
  'SharedAccessSignature sr=x&sig=abc&se=1',
  'Server=x;User ID=a;Password = b',
  `ghp_${'16C7e42F292c6912E7'.repeat(2)}`,
  'glpat-abcdefghij1234567890',
  'AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQ',
];

/** Texts that may be shown, whatever their field is called. */
const publicTexts: readonly string[] = [
  pem('CERTIFICATE'),
  pem('PUBLIC KEY'),
  pem('RSA PUBLIC KEY'),
  pem('CERTIFICATE REQUEST'),
  `${pem('CERTIFICATE')}${pem('CERTIFICATE')}`,
  `CN of the issuer\n${pem('CERTIFICATE')}`,
  pem('CERTIFICATE').replaceAll('\n', '\r\n'),
  Buffer.from(`\n${pem('PUBLIC KEY')}`).toString('base64'),
  `${sshKey}\n${sshKey}\n`,
  Buffer.from(pem('CERTIFICATE')).toString('base64'),
  '---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2E=\n---- END SSH2 PUBLIC KEY ----',
  sshKey,
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= a=b@c',
];

/** Texts that are shown where their field does not mean a secret. */
const harmlessTexts: readonly string[] = [
  '5f1c7a52d0e14c6f9c4e2d1b3a4f5e6d',
  '0b8ab7a4-8f7d-4a30-9f42-1f7a9cf5d8d4',
  'HPUAABCDEFGHIJKLMNOP',
  'SHA256:ox9hmTLmZmCcmMF2aNXPHXLYd5N0i6Az4yuxwOZ2bUE',
  'MD5:43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8',
  'https://example.com/a@b?x=1&page=2',
  'https://example.com:8443/a@b',
  'https://[::1]:8443/x',
  'git@github.com:owner/repo.git',
  'mailto:user@example.com',
  'user@example.com',
  'registry.example.com/app:1.2@sha256:abcdef',
  'Bearer authentication',
  'Bearer token',
  'Basic edition',
  'Basic authentication',
  'urn:iam::domain:user@x',
  'created 10:30 by ops@example.com',
  '{"id":"x","name":"y"}',
  '[1,2,3]',
  '{not json',
  'key=value',
  'the password is rotated each month',
  'NES node key',
  'contact:ops@example.com',
  'email:ops@example.com',
  'bearer certificates',
  'max_tokens=4096',
  'max_tokens: 4096',
  'token_type: bearer',
  'key_id: abc',
  'secret_name=app',
  'Authorization: required',
  'auth: enabled',
  'password: none',
  'Token expired',
  '<token_type>bearer</token_type>',
  '--key-name kp-1',
  '{"secret_id":"x","max_tokens":1,"has_password":true}',
];

describe('names of secret fields', () => {
  it('recognizes the name of a secret in any spelling', () => {
    assert.deepEqual(
      secretNames.filter((name) => !isSecretName(name)),
      [],
    );
  });

  it('does not take the name of an ID, a public key, a certificate or a description for a secret', () => {
    assert.deepEqual(publicNames.filter(isSecretName), []);
  });
});

describe('secrets in texts', () => {
  it('masks a secret inside a text, in documented and other fields', () => {
    for (const text of secretTexts) {
      assert.deepEqual(
        mask({ description: text, other: text }, [], new Set(['description'])).value,
        { description: maskText, other: maskText },
        text,
      );
    }
  });

  it('masks a row that is a text or a list of texts by the same rules', () => {
    for (const text of secretTexts) {
      assert.deepEqual(mask(text, [], new Set()).places, [[]], text);
      assert.deepEqual(mask(['x', [text]], [], new Set()).places, [[1, 0]], text);
    }
    assert.equal(mask('q7Xr2LkP9vBn4TzW8mYc', [], new Set()).value, maskText);
    assert.deepEqual(mask(['password', 'x'], [], new Set()).value, ['password', maskText]);
    assert.deepEqual(mask({ env: [['DB_PASSWORD', 7]] }, [], new Set()).value, { env: [['DB_PASSWORD', maskText]] });
    assert.deepEqual(mask(['token', 'password'], [], new Set()).value, ['token', 'password']);
  });

  it('masks the value of a name/value pair if the name means a secret', () => {
    const raw = [
      { name: 'password', value: 'x' },
      { key: 'API-KEY', val: 7, note: 'n' },
      { name: 'password', value: '' },
      { name: 'owner', value: 'x' },
      { name: 'tls pem', value: pem('CERTIFICATE') },
    ];
    assert.deepEqual(mask(raw, [], new Set()).value, [
      { name: 'password', value: maskText },
      { key: 'API-KEY', val: maskText, note: 'n' },
      ...raw.slice(2),
    ]);
  });

  it('recognizes a name/value pair by the last words of its fields, in any spelling', () => {
    for (const [name, value] of [
      ['Key', 'Value'],
      ['NAME', 'VALUE'],
      ['param_name', 'param_value'],
      ['envName', 'envValue'],
      ['tag-key', 'tag-value'],
      ['type', 'value'],
      ['configKey', 'stringValue'],
      ['header_name', 'header_values'],
      ['名称', '值'],
    ] as const) {
      const pair = { [name]: 'db.password', [value]: 'x', note: 'n' };
      assert.deepEqual(mask(pair, [], new Set([name, value])).masked, [value], name);
      assert.deepEqual(mask({ ...pair, [name]: 'owner' }, [], new Set()).masked, [], name);
    }
    assert.deepEqual(mask({ args: ['run', '--api-key', 'abc', '--verbose'] }, [], new Set()).value, {
      args: ['run', '--api-key', maskText, '--verbose'],
    });
  });

  it('shows a certificate or a public key under any field name, unless it is declared a secret', () => {
    for (const text of publicTexts) {
      assert.deepEqual(mask({ pem: text, secret: text }, [], new Set()).value, { pem: text, secret: text }, text);
      assert.equal(maskSecretsIn(text), text);
      assert.deepEqual(mask({ pem: text }, [{ path: 'pem' }], new Set()).value, { pem: maskText });
    }
  });

  it('shows an ID, an address or a plain sentence', () => {
    assert.deepEqual(mask({ key: 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA' }, [], new Set()).masked, []);
    for (const text of harmlessTexts) {
      assert.deepEqual(mask({ description: text, list: [text] }, [], new Set()).masked, [], text);
      assert.equal(maskSecretsIn(text), text);
    }
  });

  it('masks only the secret part of a text in the tree', () => {
    for (const text of [
      jwt,
      pem('PRIVATE KEY'),
      '{"password":"x"}',
      'DB_PASSWORD=x and more',
      base64('token=abcdefgh'),
    ]) {
      assert.equal(maskSecretsIn(base64(text)), maskText, text);
    }
    assert.equal(maskSecretsIn(base64('nothing that is secret')), base64('nothing that is secret'));
    for (const [text, masked] of [
      ['see https://user:pa@ss@example.com/x', `see https://${maskText}@example.com/x`],
      ['prod Bearer abc.def.ghi (old)', `prod Bearer ${maskText} (old)`],
      ['Server=db;Password=hunter2;x=1', `Server=db;Password=${maskText};x=1`],
      [`before ${pem('PRIVATE KEY').trim()} after`, `before ${maskText} after`],
      ['a -----BEGIN PRIVATE KEY----- MIIEvQ', `a ${maskText}`],
    ] as const) {
      assert.equal(maskSecretsIn(text), masked);
    }
  });
});
