import assert from 'node:assert/strict';
import { readProfile } from '../../../../src/accounts/profiles/profiles';
import { toEnglish } from '../../../support/english';
import { clouds, FakeMachine, kooCli, kooCliFile, sdk, unusableText } from '../../../support/fakeMachine';

const aksk = { name: 'default', mode: 'AKSK', accessKeyId: 'AK-GEHEIM-1', secretAccessKey: 'GEHEIM-2' };
const everywhere = {
  [kooCli]: kooCliFile([
    { ...aksk, securityToken: 'GEHEIM-3', xAuthToken: 'GEHEIM-4' },
    { ...aksk, name: 'agency', mode: 'ecsAgency' },
    { ...aksk, name: 'half', accessKeyId: '' },
    { ...aksk, name: 'sso', mode: 'SSO', ssoAuth: { stsToken: { ...aksk, securityToken: 'GEHEIM-5' } } },
  ]),
  [sdk]: '[basic]\nak=AK-GEHEIM-6\nsk=GEHEIM-7\niam_endpoint=https://u:GEHEIM-8@iam.example\n[global]\nak=GEHEIM-9\n',
  [clouds]:
    'clouds:\n  a: {auth: {auth_url: "https://iam.example/?t=GEHEIM-10", username: li, user_domain_name: acme, password: GEHEIM-11}}\n' +
    '  b: {auth_type: v3totp, auth: {passcode: GEHEIM-12, password: GEHEIM-13, token: GEHEIM-14}}\n',
  '/home/li/.config/openstack/secure.yaml': 'clouds: {a: {auth: {password: GEHEIM-15}}, c: {auth: {token: GEHEIM-16',
};
const variables = {
  HUAWEICLOUD_SDK_AK: 'AK-GEHEIM-17',
  HW_ACCESS_KEY: 'AK-GEHEIM-18',
  HW_SECRET_KEY: 'GEHEIM-19',
  HW_SECURITY_TOKEN: 'GEHEIM-20',
  HW_AUTH_TOKEN: 'GEHEIM-21',
  HW_AUTH_URL: 'GEHEIM-22',
  OS_PASSWORD: 'GEHEIM-23',
  OS_AUTH_URL: 'https://iam.example/#GEHEIM-24',
};

describe('looking for profiles', () => {
  it('gives no secret, usable or not', async () => {
    const found = await new FakeMachine(everywhere, variables).find();
    assert.deepEqual(
      found.profiles.map(({ source, name, unusableReason }) => `${source} ${name} ${unusableReason === undefined}`),
      [
        'koocli default true',
        'koocli agency false',
        'koocli half false',
        'koocli sso true',
        'sdkFile basic false',
        'sdkFile global false',
        'environment HUAWEICLOUD_SDK (AK/SK) false',
        'environment HW (AK/SK) false',
        'environment HW (token) false',
        'environment OS (password) false',
        'cloudsYaml a false',
        'cloudsYaml b false',
      ],
    );
    assert.equal(found.problems.length, 1);
    assert.doesNotMatch(JSON.stringify(found), /GEHEIM/);
    // Fields that JSON leaves out must not exist either.
    for (const profile of found.profiles) {
      assert.deepEqual(JSON.parse(JSON.stringify(profile)), profile);
    }
  });

  it('finds nothing, and complains of nothing, where there is nothing', async () => {
    assert.deepEqual(await new FakeMachine({}).find(), { profiles: [], problems: [] });
  });

  it('asks for these files only, by their full paths', async () => {
    const machine = new FakeMachine({});
    await machine.find();
    const folders = ['/home/li/.config/openstack', '/etc/openstack'];
    const openstack = folders.flatMap((folder) =>
      ['clouds', 'secure'].flatMap((name) => ['yaml', 'yml', 'json'].map((suffix) => `${folder}/${name}.${suffix}`)),
    );
    assert.deepEqual(machine.asked.toSorted(), [kooCli, sdk, ...openstack].toSorted());
  });

  it('asks for nothing in the current folder where the home is not known', async () => {
    for (const home of ['', '.', 'li', '~']) {
      const machine = new FakeMachine({}, {}, { home });
      assert.deepEqual(await machine.find(), { profiles: [], problems: [] });
      assert.ok(machine.asked.every((path) => path.startsWith('/etc/openstack/')));
    }
    const windows = new FakeMachine({}, {}, { home: 'li', platform: 'win32' });
    await windows.find();
    assert.deepEqual(windows.asked, []);
  });

  it('lets no bad file take the others with it', async () => {
    const good: Record<string, string> = {
      [kooCli]: kooCliFile([aksk]),
      [sdk]: '[basic]\nak=A\nsk=B\n',
      [clouds]: 'clouds: {a: {auth: {auth_url: https://iam.example, token: MII}}}',
    };
    const denied = Object.assign(new Error('EACCES: permission denied, open GEHEIM'), { code: 'EACCES' });
    for (const bad of Object.keys(good)) {
      for (const [content, reason] of [
        [denied, 'The file could not be read (EACCES).'],
        [new TypeError('GEHEIM'), 'The file could not be read (?).'],
        [Object.assign(new Error('x'), { code: 'ge heim' }), 'The file could not be read (?).'],
        ['\0', 'The file is not UTF-8 text.'],
        ['c\0l\0', 'The file is not UTF-8 text.'],
        [' '.repeat(1024 * 1024 + 1), 'The file is larger than 1 MiB.'],
        ['{]', undefined],
        ['"', undefined],
        ['<html>', undefined],
      ] as const) {
        const machine = new FakeMachine({ ...good, [bad]: content });
        const { profiles, problems } = await machine.find();
        assert.deepEqual(
          profiles.map(({ from, unusableReason }) => [from[0], unusableReason]),
          Object.keys(good).flatMap((path) => (path === bad ? [] : [[path, undefined]])),
        );
        assert.deepEqual(
          problems.map(({ path }) => path),
          [bad],
        );
        const problem = problems[0] ? toEnglish(problems[0].reason) : '';
        assert.equal(problem, reason ?? problem);
        assert.doesNotMatch(JSON.stringify(problems), /heim|html/i);
      }
    }
  });

  it('refuses JSON of another form', async () => {
    for (const text of [
      'null',
      '5',
      '[]',
      '{}',
      '"x"',
      '{"profiles":{}}',
      '{"profiles":null}',
      '{"__proto__":{"profiles":[]}}',
    ]) {
      const { profiles, problems } = await new FakeMachine({ [kooCli]: text }).find();
      assert.deepEqual(profiles, []);
      assert.deepEqual(
        problems.map(({ reason }) => toEnglish(reason)),
        ['The file has no profiles in a known form.'],
        text,
      );
    }
    for (const text of ['', '{', '['.repeat(200_000), '{"profiles":[],}']) {
      const { problems } = await new FakeMachine({ [kooCli]: text }).find();
      assert.deepEqual(
        problems.map(({ reason }) => toEnglish(reason)),
        ['The file is not valid JSON.'],
      );
    }
  });

  it('takes no value from a prototype', async () => {
    const text = `{"authEncrypt":"false","profiles":[{"name":"a","mode":"AKSK","__proto__":{"accessKeyId":"A","secretAccessKey":"B"}}]}`;
    assert.match(
      unusableText(await new FakeMachine({ [kooCli]: text }).profile()),
      /accessKeyId, secretAccessKey is missing/,
    );
    // Whatever else runs in the extension host may have added to the prototype of all objects.
    Reflect.defineProperty(Object.prototype, 'accessKeyId', { value: 'PLANTED', configurable: true });
    try {
      const profile = await new FakeMachine({ [kooCli]: kooCliFile([{ ...aksk, accessKeyId: undefined }]) }).profile();
      assert.match(unusableText(profile), /accessKeyId is missing/);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'accessKeyId');
    }
  });

  it('reads a file with a mark before it, and one of exactly the largest size', async () => {
    const text = kooCliFile([aksk]);
    for (const content of [`\ufeff${text}`, text.replaceAll(',', ',\r\n'), text.padEnd(1024 * 1024)]) {
      assert.equal((await new FakeMachine({ [kooCli]: content }).profile()).unusableReason, undefined);
    }
  });
});

describe('a value that cannot be meant', () => {
  const endpoint = (address: string): FakeMachine =>
    new FakeMachine({}, { HW_ACCESS_KEY: 'A', HW_SECRET_KEY: 'B', HW_AUTH_URL: address });

  it('is not filled in, and not sent', async () => {
    const machine = new FakeMachine(
      { [kooCli]: kooCliFile([{ ...aksk, secretAccessKey: '${SECRET}' }]) },
      { SECRET: 'S' },
    );
    const profile = await machine.profile();
    assert.equal(unusableText(profile), 'secretAccessKey holds a placeholder, which is not filled in here.');
    assert.deepEqual(await readProfile(machine, profile.id), {
      reason: profile.unusableReason,
    });
    const token = new FakeMachine({ [kooCli]: kooCliFile([{ ...aksk, securityToken: '${ST}' }]) });
    assert.match(unusableText(await token.profile()), /^securityToken holds a placeholder/);
    const region = await new FakeMachine({ [kooCli]: kooCliFile([{ ...aksk, region: '${R}' }]) }).profile();
    assert.deepEqual([region.unusableReason, region.region], [undefined, '${R}']);
  });

  it('is a placeholder or a masked value, in every source, and is not sent', async () => {
    const real = { ak: 'HPUAQV0ZBGWKJ2LTM4XE', sk: 'q9Vb2xW8ZrT1yLkMn0PsDfGhJcQeRtYuIoAxXx1z', password: '$Ab12cd!' };
    const values = { ...real, st: 'ggpjbi1ub3J0aC00', token: 'MIIDkgYJKoZIhvcN', user: 'li', domain: 'acme' };
    /** One machine a source and a kind of sign-in, with these values. */
    const machines = ({ ak, sk, st, token, user, domain, password }: typeof values): Record<string, FakeMachine> => {
      const auth = { auth_url: 'https://iam.example' };
      const withCloud = (parts: object): FakeMachine =>
        new FakeMachine({ [clouds]: JSON.stringify({ clouds: { c: { auth: { ...auth, ...parts } } } }) });
      const keys = { accessKeyId: ak, secretAccessKey: sk, securityToken: st };
      return {
        'koocli keys': new FakeMachine({ [kooCli]: kooCliFile([{ name: 'default', mode: 'AKSK', ...keys }]) }),
        'koocli SSO keys': new FakeMachine({
          [kooCli]: kooCliFile([{ name: 'default', mode: 'SSO', ssoAuth: { stsToken: keys } }]),
        }),
        'sdkFile keys': new FakeMachine({ [sdk]: `[basic]\nak="${ak}"\nsk="${sk}"\nsecurity_token="${st}"\n` }),
        'environment keys': new FakeMachine({}, { HW_ACCESS_KEY: ak, HW_SECRET_KEY: sk, HW_SECURITY_TOKEN: st }),
        'environment token': new FakeMachine({}, { HW_AUTH_TOKEN: token }),
        'environment password': new FakeMachine(
          {},
          { OS_USERNAME: user, OS_USER_DOMAIN_NAME: domain, OS_PASSWORD: password, OS_AUTH_URL: 'https://iam.example' },
        ),
        'cloudsYaml token': withCloud({ token }),
        'cloudsYaml password': withCloud({ username: user, user_domain_name: domain, password }),
      };
    };
    for (const machine of Object.values(machines(values))) {
      assert.equal((await machine.profile()).unusableReason, undefined);
    }
    const parts = { keys: ['ak', 'sk', 'st'], token: ['token'], password: ['user', 'domain', 'password'] } as const;
    for (const [kind, names] of Object.entries(parts)) {
      for (const name of names) {
        for (const placeholder of [
          '<YOUR_PASSWORD>',
          'your-secret-key',
          '${HW_ACCESS_KEY}',
          '{{ vault_key }}',
          '%HW_SECRET_KEY%',
          'changeme',
          ...(kind === 'password' ? [] : ['<AK>', '$AK', 'xxx', 'HPUA****1234', 'access_key']),
          ...(name === 'password' ? ['********', 'OS_PASSWORD', 'xxxxxxxx'] : []),
        ]) {
          for (const [source, machine] of Object.entries(machines({ ...values, [name]: placeholder }))) {
            if (source.endsWith(kind)) {
              const profile = await machine.profile();
              const why = `${source}: ${name} is ${placeholder}`;
              assert.match(
                unusableText(profile),
                /holds a (?:placeholder, which is not filled in here|masked value)\.$/,
                why,
              );
              assert.ok('reason' in (await readProfile(machine, profile.id)), why);
            }
          }
        }
      }
    }
  });

  it('is a key with a space, a line break or a letter that no header takes', async () => {
    for (const value of ['A B', 'A\n', 'A\r\nx-evil: 1', 'Ä', 'A\u202e', '\ud800']) {
      for (const name of ['accessKeyId', 'secretAccessKey', 'securityToken']) {
        const profile = await new FakeMachine({ [kooCli]: kooCliFile([{ ...aksk, [name]: value }]) }).profile();
        assert.equal(unusableText(profile), `${name} has characters that no key has.`);
      }
    }
    // A password may have any.
    const secret = await new FakeMachine(
      {},
      { HW_USER_NAME: '李', HW_DOMAIN_NAME: 'a b', HW_USER_PASSWORD: 'p ä\n' },
    ).secret();
    assert.equal(secret.kind, 'password');
  });

  it('is an address that is not plain https', async () => {
    for (const address of [
      'iam.example',
      'http://iam.example',
      'http://127.0.0.2:8080',
      'https://iam.example?',
      'https://@iam.example',
      'https://iam.{region}.example',
      'ftp://iam.example',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'https://u@iam.example',
      'https://u:p@iam.example',
      'https://iam.example/?x=1',
      'https://iam.example/#x',
      'https://',
      '${URL}',
    ]) {
      const profile = await endpoint(address).profile();
      assert.equal(unusableText(profile), 'HW_AUTH_URL is not a plain https:// address.', address);
      assert.equal(profile.endpoint, undefined);
    }
  });

  it('is no address of one of these forms', async () => {
    for (const [address, shown] of [
      ['https://iam.example', 'https://iam.example'],
      ['https://IAM.example:443/v3/', 'https://iam.example'],
      ['https://iam.example/v3', 'https://iam.example'],
      ['https://iam.example/iam/v3', 'https://iam.example/iam'],
      ['https://iam.example:8443/', 'https://iam.example:8443'],
      ['http://127.0.0.1:8080/v3', 'http://127.0.0.1:8080'],
    ] as const) {
      const profile = await endpoint(address).profile();
      assert.deepEqual([profile.unusableReason, profile.endpoint], [undefined, shown]);
    }
  });
});

describe('reading a profile', () => {
  it('reads its own source only, and again each time', async () => {
    const machine = new FakeMachine({ [kooCli]: kooCliFile([aksk]), [sdk]: '[basic]\nak=A\nsk=B\n' });
    const [first, second] = await machine.profiles();
    assert.ok(first && second);
    machine.asked.length = 0;
    const read = await readProfile(machine, first.id);
    assert.deepEqual(machine.asked, [kooCli]);
    assert.ok('secret' in read);
    assert.deepEqual(read.profile, first);
    machine.files.set(kooCli, kooCliFile([{ ...aksk, secretAccessKey: 'NEW' }]));
    const again = await readProfile(machine, first.id);
    assert.ok('secret' in again && again.secret.kind === 'accessKey');
    assert.equal(again.secret.secretKey, 'NEW');
  });

  it('says that it is gone, or why it is no longer of use', async () => {
    const machine = new FakeMachine({ [kooCli]: kooCliFile([aksk]) });
    const { id } = await machine.profile();
    const reason = async (): Promise<string> => {
      const read = await readProfile(machine, id);
      assert.ok('reason' in read);
      return toEnglish(read.reason);
    };
    machine.files.set(kooCli, kooCliFile([{ ...aksk, name: 'renamed' }]));
    assert.equal(await reason(), 'This sign-in is no longer there.');
    machine.files.set(kooCli, kooCliFile([aksk], { authEncrypt: 'true' }));
    assert.match(await reason(), /encrypted/);
    machine.files.set(kooCli, '{');
    assert.equal(await reason(), 'The file is not valid JSON.');
    machine.files.delete(kooCli);
    assert.equal(await reason(), 'This sign-in is no longer there.');
    // The name twice: it may be the other one that was meant.
    machine.files.set(kooCli, kooCliFile([aksk, aksk]));
    assert.equal(await reason(), 'This sign-in is no longer there.');
    for (const { id: twin } of await machine.profiles()) {
      const read = await readProfile(machine, twin);
      assert.ok('reason' in read && /same name/.test(toEnglish(read.reason)));
    }
  });

  it('knows no ID that was not given', async () => {
    const machine = new FakeMachine({ [kooCli]: kooCliFile([aksk]) });
    for (const id of ['', 'koocli', 'koocli:', 'constructor:', '__proto__:x', 'toString:', 'x:y:z']) {
      assert.ok('reason' in (await readProfile(machine, id)), id);
    }
  });

  it('does not take the file of another place for the one that was shown', async () => {
    const files = { '/a': '[basic]\nak=A\nsk=B\n', '/b': '[basic]\nak=C\nsk=D\n' };
    const machine = new FakeMachine(files, { HUAWEICLOUD_SDK_CREDENTIALS_FILE: '/a' });
    const { id } = await machine.profile();
    machine.env = { HUAWEICLOUD_SDK_CREDENTIALS_FILE: '/b' };
    assert.ok('reason' in (await readProfile(machine, id)));
  });

  it('has an ID for each name, whatever it is made of', async () => {
    const names = ['a', 'a:b', 'a%3Ab', ' ', '\ud800', '#1', '__proto__', '‮x', 'a\nb', 'x'.repeat(5000)];
    const machine = new FakeMachine({ [kooCli]: kooCliFile(names.map((name) => ({ ...aksk, name }))) });
    const profiles = await machine.profiles();
    assert.deepEqual(
      profiles.map(({ name }) => name),
      names,
    );
    assert.equal(new Set(profiles.map(({ id }) => id)).size, names.length);
    for (const { id, name } of profiles) {
      const read = await readProfile(machine, id);
      assert.ok('profile' in read);
      assert.equal(read.profile.name, name);
    }
  });
});

describe('the fingerprint of a profile', () => {
  const print = async (profile: object, others: readonly object[] = []): Promise<string | undefined> =>
    (await new FakeMachine({ [kooCli]: kooCliFile([profile, ...others]) }).profiles())[0]?.fingerprint;

  it('stays while the profile does, and changes with any part of it', async () => {
    const before = await print(aksk);
    assert.match(before ?? '', /^[0-9a-f]{32}$/);
    assert.equal(await print({ ...aksk }, [{ ...aksk, name: 'another' }]), before);
    for (const change of [
      { accessKeyId: 'X' },
      { secretAccessKey: 'GEHEIM-3' },
      { securityToken: 'X' },
      { region: 'x' },
      { mode: 'ecsAgency' },
    ]) {
      assert.notEqual(await print({ ...aksk, ...change }), before, JSON.stringify(change));
    }
  });

  it('changes with the password, and with the address that it would go to', async () => {
    const env = { HW_USER_NAME: 'li', HW_DOMAIN_NAME: 'acme', HW_USER_PASSWORD: 'a', HW_AUTH_URL: 'https://a.example' };
    const prints = await Promise.all(
      [env, { ...env, HW_USER_PASSWORD: 'b' }, { ...env, HW_AUTH_URL: 'https://b.example' }].map(
        async (each) => (await new FakeMachine({}, each).profile()).fingerprint,
      ),
    );
    assert.equal(new Set(prints).size, 3);
  });
});
