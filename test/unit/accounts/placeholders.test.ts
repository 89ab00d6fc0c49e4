import assert from 'node:assert/strict';
import { placeholderIn, type SignInText } from '../../../src/accounts/placeholders';
import { Random } from '../../cloud/random';

const keys = ['accessKey', 'secretKey', 'securityToken', 'token'] as const;
const all: readonly SignInText[] = [...keys, 'password', 'name'];

/** Placeholders in any field. */
const placeholders = [
  '<your-password>',
  '<YOUR_AK>',
  '<<your key>>',
  '＜您的密码＞',
  '<您的AK>',
  '[your password]',
  '(insert your key here)',
  '{your secret key}',
  '{{ak}}',
  '{{ vault_password }}',
  '{{{your-token}}}',
  '${AK}',
  '${HW_USER_PASSWORD}',
  '${env:PASSWORD}',
  '${{ secrets.HW_SK }}',
  '$(your-token)',
  '#{password}',
  '%your_password%',
  '%HW_PASSWORD%',
  '%(password)s',
  '@password@',
  '__PASSWORD__',
  '<%= password %>',
  '$HW_USER_PASSWORD',
  '$env:HW_PASSWORD',
  '$PASSWORD',
  'YOUR_AK',
  'your-secret-key',
  'yourAccessKey',
  'your access key',
  'YOUR.TOKEN',
  'Your-Password',
  'insert-your-token-here',
  'replace-with-your-password',
  'REPLACE_ME',
  'replaceme',
  'changeme',
  'CHANGEME',
  'CHANGEIT',
  'placeholder',
  '<placeholder>',
  'REDACTED',
  '[REDACTED]',
  '您的密码',
  '请输入密码',
  '<mot de passe>',
  '<Passwort>',
  '<пароль>',
  '<パスワード>',
  '<비밀번호>',
  'votre_mot_de_passe',
  'ваш_пароль',
  '$(pass show cloud)',
];

/** Placeholders for passwords that may be names. */
const ofSecrets = [
  'change_me',
  'Change-Me',
  'ChangeMe',
  'enter password here',
  'example',
  'xxx',
  'XXXXXXXX',
  'xxxx-xxxx',
  'OS_PASSWORD',
  'ADMIN_PASS',
  'IHR_PASSWORT',
  'tu_contraseña',
  'sua_senha',
  '############',
  '在此输入密码',
  '填写密码',
];

/** Texts that no key can be, though a person may choose them as passwords. */
const ofKeys = [
  '<AK>',
  '<HW_ACCESS_KEY>',
  '<anything at all>',
  '{key}',
  '[ak]',
  '$AK',
  '$SK',
  '$ak_1',
  '$env:AK',
  '%AK%',
  '@AK@',
  'AK',
  'SK',
  'ak',
  'access_key',
  'accessKey',
  'access-key',
  'secretAccessKey',
  'HW_ACCESS_KEY',
  'HUAWEICLOUD_SDK_SK',
  'X-Auth-Token',
  'x-security-token',
  '!AK!',
  '%{AK}',
  'n/a',
  'security_token',
  'token',
  'password',
  'secret',
  'my-access-key',
  'my_secret_key',
  'anaccesskey',
  'asecretkey',
  'your-ak-1',
  'YOUR_SK2',
  'sample-key',
  'dummy',
  'fake-token',
  'null',
  'None',
  'undefined',
  'TODO',
  'TBD',
  'AKIAIOSFODNN7EXAMPLE',
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  'QTWAOYTTINDUT2QVKYUC',
  '访问密钥',
  '访问密钥ID',
  '在此填写AK',
  '填写AK',
  '替换为您的AK',
  'あなたのAK',
  'アクセスキー',
  '액세스키',
  'ВАШ_КЛЮЧ',
  'VOTRE_CLÉ',
  'IHR_SCHLÜSSEL',
  'tu_access_key',
  'sua-chave',
  'test-key',
  'foo',
  'default',
  'UPDATE_ME',
  '1234567890',
  '0123456789abcdef',
  'ABCDEFGHIJKLMNOPQRST',
  '00000000000000000000',
  '!vault',
  'op://vault/item/key',
  'process.env.HW_AK',
  'os.environ["HW_AK"]',
  'getenv("AK")',
  '`cat key`',
  '---',
];

const maskedSecrets = ['**', '****', '*'.repeat(40), '••••••••', '●●●●', '……', '......'];
const maskedKeys = [
  'HPUA****1234',
  '8NVT************KIOV',
  'HPUA•••••1234',
  'HPUA…1234',
  'MIIDkgYJKoZIhvcNAQcCoIIDgz...',
  'MIIDkgYJKoZIhvcNAQcCoIIDgzXXXXXXXXXXXX',
  'HPUAXXXXX1234XXXXX00',
  'HPUA####1234',
  'HPUA------1234',
  'HPUA____1234',
  'HPUA????1234',
  'hpua-xxxx-xxxx',
  '*',
];

/** Texts that must be accepted, however odd they look. */
const real: Readonly<Partial<Record<SignInText, readonly string[]>>> = {
  accessKey: ['HPUAQV0ZBGWKJ2LTM4XE', 'SAMPLEOPERATORKEY001', 'HST0A1B2C3D4E5F6A7B8', 'AKIDXX0XXX', 'AK-1'],
  secretKey: [
    'Sample0perat0rSecretKey0fTheStandInCloud',
    'a-wrong-secret-key',
    'q9Vb2+Xw/8ZrT1yLkMn0PsDfGhJcQeRtYuIoAxXx',
    'xXxXxXxXqWeRtY12',
  ],
  token: [
    `MIIDkgYJKoZIhvcNAQcCoIIDgzCCA38CAQExDTAL${'Bg+/-_'.repeat(800)}==`,
    'gAAAAABk-xXxX_9QpTz',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-nature_1',
    '4f1c2b3a5d6e7f8091a2b3c4d5e6f708',
  ],
  securityToken: ['ggpjbi1ub3J0aC00TgeoIucZ5NuLqgJm4r8==', `gQ${'Ab0'.repeat(900)}`],
  password: [
    '$Ab12cd!',
    '$ab12',
    '$HOME',
    '$ecret1',
    '<3Passw0rd',
    '<Passw0rd>',
    '<b>bold</b>',
    '{abc}12',
    '{Xy9!}',
    '%41bc%',
    '50%off%',
    '@home@',
    '(o_o)',
    '[1337]',
    '__init__x9',
    'Sample-Passw0rd!',
    'Passw0rd',
    'password',
    'secret',
    'hunter2',
    'my-secret-key',
    'MyPassword',
    'ChangeMe123!',
    'YourMoose7',
    'H***d1',
    'a**b**c*',
    'x',
    'xX',
    'xx3xx',
    '.',
    '..',
    '-',
    ' ',
    'null',
    'AK',
    'token',
    'P4$$w0rd',
    '密码2024',
    'ключ',
    'EXAMPLE-1x',
    '"quoted"',
    '12345678',
    '!abc!',
    '#1#',
    '………a',
  ],
  name: [
    'key-explorer-demo',
    'demo-operator',
    'admin',
    'user',
    'token',
    'example',
    'xxx',
    'IAMUser',
    'hw_user',
    '张三',
    'OS_ADMIN',
    'a',
    '*',
  ],
};

describe('placeholders', () => {
  const expectEach = (
    texts: readonly string[],
    kinds: readonly SignInText[],
    expected: 'placeholder' | 'masked' | undefined,
  ): void => {
    for (const text of texts) {
      for (const kind of kinds) {
        assert.equal(placeholderIn(text, kind), expected, `${text} as ${kind}`);
        assert.equal(placeholderIn(` ${text}\n`, kind), expected, `${text} in spaces as ${kind}`);
      }
    }
  };

  it('are recognised in keys, tokens, passwords and names', () => expectEach(placeholders, all, 'placeholder'));
  it('are recognised in keys, tokens and passwords', () => expectEach(ofSecrets, [...keys, 'password'], 'placeholder'));
  it('are recognised in keys and tokens', () => expectEach(ofKeys, keys, 'placeholder'));
  it('are masked values, too', () => {
    expectEach(maskedSecrets, ['password'], 'masked');
    expectEach([...maskedSecrets, ...maskedKeys], keys, 'masked');
  });

  for (const [kind, texts] of Object.entries(real)) {
    it(`are no real value of the kind ${kind}`, () => {
      for (const text of texts) {
        // oxlint-disable-next-line no-unsafe-type-assertion
        assert.equal(placeholderIn(text, kind as SignInText), undefined, text);
      }
    });
  }

  it('are no key that is made by chance', () => {
    const random = new Random(1, 'keys');
    const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    const mixed = `${upper}abcdefghijklmnopqrstuvwxyz`;
    const made = (characters: string, length: number): string =>
      Array.from({ length }, () => characters[random.integer(0, characters.length - 1)]).join('');
    for (let times = 0; times < 500; times += 1) {
      assert.equal(placeholderIn(made(upper, 20), 'accessKey'), undefined);
      assert.equal(placeholderIn(made(mixed, 40), 'secretKey'), undefined);
      assert.equal(placeholderIn(`MII${made(`${mixed}+/`, 2000)}==`, 'token'), undefined);
      assert.equal(placeholderIn(made(`${mixed}-_`, 400), 'securityToken'), undefined);
    }
  });
});
