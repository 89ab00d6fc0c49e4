import assert from 'node:assert/strict';
import type { Profile } from '../../src/accounts/profiles/profile';
import { Machine, clouds, kooCli, kooCliFile, said, sdk, whyNot } from './machine';

const aksk = {
  name: 'default',
  mode: 'AKSK',
  accessKeyId: 'AKID',
  secretAccessKey: 'SKEY',
  securityToken: '',
  region: 'la-north-2',
  projectId: 'p1',
  domainId: 'd1',
  skipSecureVerify: 'false',
  readTimeout: 10,
};

/** What is known of a profile, without what only this program gives it. */
function factsOf(profile: Profile): Partial<Profile> {
  const { id, fingerprint, ...facts } = profile;
  assert.ok(id.startsWith(`${facts.source}:`) && fingerprint);
  return facts;
}

function withKooCli(profiles: unknown, more: object = {}): Machine {
  return new Machine({ [kooCli]: kooCliFile(profiles, more) });
}

describe('the profiles of KooCLI', () => {
  it('are there with their facts, and their secret on demand', async () => {
    const machine = withKooCli([aksk]);
    assert.deepEqual(factsOf(await machine.profile()), {
      source: 'koocli',
      name: 'default',
      from: [kooCli],
      kind: 'accessKey',
      region: 'la-north-2',
      project: { id: 'p1' },
      domain: { id: 'd1' },
      current: true,
      usable: true,
    });
    assert.deepEqual(await machine.secret(), { kind: 'accessKey', accessKey: 'AKID', secretKey: 'SKEY' });
  });

  it('have a security token where the key is a temporary one', async () => {
    const secret = await withKooCli([{ ...aksk, securityToken: 'ST==' }]).secret();
    assert.deepEqual(secret, { kind: 'accessKey', accessKey: 'AKID', secretKey: 'SKEY', securityToken: 'ST==' });
  });

  it('say which one is in use', async () => {
    const profiles = await withKooCli([aksk, { ...aksk, name: 'b' }], { current: 'b' }).profiles();
    assert.deepEqual(
      profiles.map(({ name, current }) => [name, current]),
      [
        ['default', undefined],
        ['b', true],
      ],
    );
  });

  it('are not used where they are encrypted, and that is so unless the file says otherwise', async () => {
    for (const authEncrypt of ['true', 'TRUE', '', 'no', undefined, null, true, 0]) {
      const profile = await withKooCli([aksk], { authEncrypt }).profile();
      assert.match(whyNot(profile), /encrypted.*hcloud configure set --cli-auth-encrypt=false/, String(authEncrypt));
      assert.deepEqual([profile.kind, profile.region], ['accessKey', 'la-north-2']);
    }
    for (const authEncrypt of ['false', 'False', false]) {
      assert.equal((await withKooCli([aksk], { authEncrypt }).profile()).usable, true, String(authEncrypt));
    }
  });

  it('of the mode SSO use what the sign-in in the browser left', async () => {
    const sso = { ...aksk, mode: 'SSO' };
    const stsToken = { accessKeyId: 'TMP', secretAccessKey: 'TSK', securityToken: 'TST' };
    assert.deepEqual(await withKooCli([{ ...sso, ssoAuth: { stsToken } }]).secret(), {
      kind: 'accessKey',
      accessKey: 'TMP',
      secretKey: 'TSK',
      securityToken: 'TST',
    });
    for (const ssoAuth of [undefined, null, 'x', {}, { stsToken: { accessKeyId: '' } }]) {
      const profile = await withKooCli([{ ...sso, ssoAuth }]).profile();
      // Never the keys of the other mode, which may be another identity's.
      assert.match(whyNot(profile), /Run hcloud configure sso/);
    }
  });

  it('of other modes are named with a reason', async () => {
    for (const [mode, reason] of [
      ['ecsAgency', /cloud server/],
      ['AssumeRole', /another account/],
      ['token', /mode token is not supported/],
      ['constructor', /mode constructor is not supported/],
    ] as const) {
      const profile = await withKooCli([{ ...aksk, mode }]).profile();
      assert.match(whyNot(profile), reason);
      assert.equal(profile.kind, undefined);
    }
  });

  it('say what is missing', async () => {
    const profile = await withKooCli([{ ...aksk, accessKeyId: undefined, secretAccessKey: '' }]).profile();
    assert.equal(whyNot(profile), 'Not complete: accessKeyId, secretAccessKey is missing.');
    assert.match(whyNot(await withKooCli([{ ...aksk, secretAccessKey: 5 }]).profile()), /secretAccessKey is missing/);
  });

  it('are not used where two have one name', async () => {
    const machine = withKooCli([aksk, { ...aksk, accessKeyId: 'OTHER' }, { ...aksk, name: 'b' }]);
    const profiles = await machine.profiles();
    assert.equal(new Set(profiles.map(({ id }) => id)).size, 3);
    assert.match(whyNot(profiles[0] ?? assert.fail()), /same name/);
    assert.match(whyNot(profiles[1] ?? assert.fail()), /same name/);
    assert.equal(profiles[2]?.usable, true);
  });

  it('stand entries of every form', async () => {
    const profiles = await withKooCli([null, 5, 'x', [], {}, { name: 7 }, aksk]).profiles();
    assert.deepEqual(
      profiles.map(({ name, usable }) => [name, usable === true]),
      [...[1, 2, 3, 4, 5, 6].map((at) => [`#${at}`, false]), ['default', true]],
    );
  });

  it('are below the profile folder of Windows, too', async () => {
    const path = 'C:\\Users\\li\\.hcloud\\config.json';
    const machine = new Machine({ [path]: kooCliFile([aksk]) }, {}, { home: 'C:\\Users\\li', platform: 'win32' });
    assert.deepEqual((await machine.profile()).from, [path]);
  });
});

describe('the credentials file of the SDKs', () => {
  const plain = '[basic]\nak = AKID\nsk = SKEY\nproject_id = p1\n';

  async function problem(text: string): Promise<string> {
    const { profiles, problems } = await new Machine({ [sdk]: text }).find();
    assert.deepEqual(profiles, []);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.path, sdk);
    return problems[0] ? said(problems[0].because) : '';
  }

  it('has a sign-in in each section that the SDKs know', async () => {
    const text =
      `${plain}security_token = ST\niam_endpoint = https://iam.eu-west-101.myhuaweicloud.eu\n` +
      '[global]\nak=GAK\nsk=GSK\ndomain_id=d1\n[basic.prod]\nak=B2\nsk=S2\n[globalX]\nak=G3\nsk=S3\n[other]\nak=x\nsk=y\n';
    const profiles = await new Machine({ [sdk]: text }).profiles();
    assert.deepEqual(profiles.map(factsOf), [
      {
        source: 'sdkFile',
        name: 'basic',
        from: [sdk],
        kind: 'accessKey',
        project: { id: 'p1' },
        endpoint: 'https://iam.eu-west-101.myhuaweicloud.eu',
        usable: true,
      },
      { source: 'sdkFile', name: 'basic.prod', from: [sdk], kind: 'accessKey', usable: true },
      { source: 'sdkFile', name: 'global', from: [sdk], kind: 'accessKey', domain: { id: 'd1' }, usable: true },
      { source: 'sdkFile', name: 'globalX', from: [sdk], kind: 'accessKey', usable: true },
    ]);
  });

  it('gives the secret, whatever the line ends and the mark before the text', async () => {
    for (const text of [plain, plain.replaceAll('\n', '\r\n'), `\ufeff${plain}`, `# a\n\n ; b\n${plain}`]) {
      const secret = await new Machine({ [sdk]: text }).secret();
      assert.deepEqual(secret, { kind: 'accessKey', accessKey: 'AKID', secretKey: 'SKEY' }, JSON.stringify(text));
    }
    const quoted = await new Machine({
      [sdk]: '[basic]\nak = "AKID"\nsk = S+K/E=Y== ; mine\nsecurity_token=a=b\n',
    }).secret();
    assert.deepEqual(quoted, { kind: 'accessKey', accessKey: 'AKID', secretKey: 'S+K/E=Y==', securityToken: 'a=b' });
  });

  it('is the one that the environment names, by its full path only', async () => {
    const HUAWEICLOUD_SDK_CREDENTIALS_FILE = '/srv/keys';
    const files = { '/srv/keys': '[global]\nak=GAK\nsk=GSK\n', [sdk]: plain };
    assert.equal((await new Machine(files, { HUAWEICLOUD_SDK_CREDENTIALS_FILE }).profile()).name, 'global');
    assert.equal((await new Machine(files, { HUAWEICLOUD_SDK_CREDENTIALS_FILE: '' }).profile()).name, 'basic');
    for (const path of ['keys', './keys', '~/keys', '../srv/keys', '${HOME}/keys']) {
      const machine = new Machine(files, { HUAWEICLOUD_SDK_CREDENTIALS_FILE: path });
      const { profiles, problems } = await machine.find();
      assert.deepEqual(
        [profiles, problems.map(({ because }) => said(because))],
        [[], ['HUAWEICLOUD_SDK_CREDENTIALS_FILE has to name the file by its full path.']],
      );
      assert.ok(!machine.asked.includes(path));
    }
  });

  it('says what is missing, and does not use an identity provider', async () => {
    const half = await new Machine({ [sdk]: '[basic]\nak=AKID\n' }).profile();
    assert.equal(whyNot(half), 'Not complete: sk is missing.');
    const federated = await new Machine({ [sdk]: `${plain}idp_id = x\n` }).profile();
    assert.match(whyNot(federated), /identity provider/);
    assert.equal(federated.kind, undefined);
  });

  it('is refused where readers differ, so that no key gets the secret of another', async () => {
    assert.equal(
      await problem(`${plain}[global] ; mine\nak=GAK\nsk=GSK\n`),
      'Line 5 of the file cannot be understood.',
    );
    assert.equal(await problem(`${plain}  [global]\nsk=GSK\n`), 'Line 5 of the file cannot be understood.');
    assert.equal(await problem(`${plain}[global\nsk=GSK\n`), 'Line 5 of the file cannot be understood.');
    assert.equal(await problem('[basic]\nak=AKID\nsk=SK#EY\n'), 'Line 3 of the file cannot be understood.');
    assert.equal(await problem('[basic]\nak="AKID" ; mine\n'), 'Line 2 of the file cannot be understood.');
    assert.equal(await problem('[basic]\nak=AKID\nsk\n'), 'Line 3 of the file cannot be understood.');
    assert.equal(await problem('[basic]\r\nak=AKID\r\n=SK\r\n'), 'Line 3 of the file cannot be understood.');
    assert.equal(await problem(`${plain}"ak"=B\n`), 'Line 5 of the file cannot be understood.');
    assert.equal(await problem(`${plain}["basic"]\nsk=B\n`), 'Line 5 of the file cannot be understood.');
    assert.equal(await problem(`${plain}[basic;]\nsk=B\n`), 'Line 5 of the file cannot be understood.');
    assert.equal(await problem(`${plain}ak=B\n`), 'Line 5 of the file cannot be understood.');
    assert.equal(await problem(`${plain}[global]\nak=A\n[basic]\nsk=OTHER\n`), 'The section basic comes twice.');
    assert.equal(await problem('{"ak":"AKID"}'), 'Line 1 of the file cannot be understood.');
  });

  it('stands names that objects have by themselves', async () => {
    const text = `[__proto__]\nak=x\nsk=y\n[constructor]\nak=x\n[basic]\n__proto__=z\nconstructor=q\nother[]=x\n${plain.slice(8)}`;
    assert.deepEqual(await new Machine({ [sdk]: text }).secret(), {
      kind: 'accessKey',
      accessKey: 'AKID',
      secretKey: 'SKEY',
    });
    assert.equal(Reflect.get({}, 'ak'), undefined);
    // A section without a key has none, though its prototype may.
    const [half] = await new Machine({ [sdk]: '[basic]\nsk=z\n[basic.__proto__]\nak=x\nsk=y\n' }).profiles();
    assert.equal(half && whyNot(half), 'Not complete: ak is missing.');
  });

  it('finishes with a line that would keep a careless pattern busy', async () => {
    const started = Date.now();
    assert.match(await problem(`[basic]\nak = ${' ;#'.repeat(200_000)}[\n${'a '.repeat(100_000)}\n`), /Line 3/);
    assert.ok(Date.now() - started < 2000);
  });
});

describe('the environment', () => {
  const env = (variables: Record<string, string>): Machine => new Machine({}, variables);

  it('has sign-ins in three families of variables', async () => {
    const profiles = await env({
      HUAWEICLOUD_SDK_AK: 'AK1',
      HUAWEICLOUD_SDK_SK: 'SK1',
      HUAWEICLOUD_SDK_SECURITY_TOKEN: 'ST1',
      HUAWEICLOUD_SDK_PROJECT_ID: 'p1',
      HUAWEICLOUD_SDK_IAM_ENDPOINT: 'https://iam.myhuaweicloud.eu',
      HW_ACCESS_KEY: 'AK2',
      HW_SECRET_KEY: 'SK2',
      HW_REGION_NAME: 'cn-north-4',
      OS_USERNAME: 'li',
      OS_PASSWORD: 'pw',
      OS_USER_DOMAIN_NAME: 'acme',
      OS_TENANT_NAME: 'cn-north-1',
      OS_AUTH_URL: 'https://iam.myhuaweicloud.com/v3',
      PATH: '/bin',
    }).profiles();
    assert.deepEqual(profiles.map(factsOf), [
      {
        source: 'environment',
        name: 'HUAWEICLOUD_SDK (AK/SK)',
        from: [
          'HUAWEICLOUD_SDK_AK',
          'HUAWEICLOUD_SDK_SK',
          'HUAWEICLOUD_SDK_SECURITY_TOKEN',
          'HUAWEICLOUD_SDK_PROJECT_ID',
          'HUAWEICLOUD_SDK_IAM_ENDPOINT',
        ],
        kind: 'accessKey',
        project: { id: 'p1' },
        endpoint: 'https://iam.myhuaweicloud.eu',
        usable: true,
      },
      {
        source: 'environment',
        name: 'HW (AK/SK)',
        from: ['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_REGION_NAME'],
        kind: 'accessKey',
        region: 'cn-north-4',
        usable: true,
      },
      {
        source: 'environment',
        name: 'OS (password)',
        from: ['OS_PASSWORD', 'OS_USERNAME', 'OS_USER_DOMAIN_NAME', 'OS_TENANT_NAME', 'OS_AUTH_URL'],
        kind: 'password',
        project: { name: 'cn-north-1' },
        domain: { name: 'acme' },
        user: { name: 'li' },
        endpoint: 'https://iam.myhuaweicloud.com',
        usable: true,
      },
    ]);
  });

  it('gives each secret', async () => {
    assert.deepEqual(
      await env({ HUAWEICLOUD_SDK_AK: 'A', HUAWEICLOUD_SDK_SK: 'B', HUAWEICLOUD_SDK_SECURITY_TOKEN: 'C' }).secret(),
      { kind: 'accessKey', accessKey: 'A', secretKey: 'B', securityToken: 'C' },
    );
    assert.deepEqual(await env({ HW_USER_NAME: 'li', HW_USER_PASSWORD: 'p w', HW_DOMAIN_NAME: 'acme' }).secret(), {
      kind: 'password',
      accountName: 'acme',
      userName: 'li',
      password: 'p w',
    });
    assert.deepEqual(await env({ HW_AUTH_TOKEN: 'MII', HW_USER_NAME: 'li' }).secret(), { kind: 'token', token: 'MII' });
    assert.deepEqual(await env({ OS_ACCESS_KEY: 'A', OS_SECRET_KEY: 'B' }).secret(), {
      kind: 'accessKey',
      accessKey: 'A',
      secretKey: 'B',
    });
    const token = { OS_TOKEN: 'MIJ', OS_AUTH_URL: 'https://iam.example' };
    assert.deepEqual(await env(token).secret(), { kind: 'token', token: 'MIJ' });
    assert.deepEqual(await env({ ...token, OS_AUTH_TOKEN: 'MIK' }).secret(), { kind: 'token', token: 'MIK' });
  });

  it('never takes the key of one family with the secret of another', async () => {
    const profiles = await env({
      HW_ACCESS_KEY: 'A',
      OS_SECRET_KEY: 'B',
      HUAWEICLOUD_SDK_SECURITY_TOKEN: 'C',
    }).profiles();
    assert.deepEqual(profiles.map(whyNot), [
      'Not complete: HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK is missing.',
      'Not complete: HW_SECRET_KEY is missing.',
      'Not complete: OS_ACCESS_KEY is missing.',
    ]);
  });

  it('says what is missing', async () => {
    for (const [variables, missing] of [
      [{ HW_USER_NAME: 'li' }, 'HW_DOMAIN_NAME, HW_USER_PASSWORD'],
      [{ HW_USER_PASSWORD: 'pw', HW_USER_ID: 'u1', HW_DOMAIN_ID: 'd1' }, 'HW_DOMAIN_NAME, HW_USER_NAME'],
      [{ OS_USERNAME: 'li', OS_PASSWORD: 'pw', OS_DOMAIN_NAME: 'acme' }, 'OS_AUTH_URL'],
      [{ OS_AUTH_TOKEN: 'MII' }, 'OS_AUTH_URL'],
      [{ HW_ACCESS_KEY: 'A', HW_SECRET_KEY: '' }, 'HW_SECRET_KEY'],
    ] as const) {
      assert.equal(whyNot(await env(variables).profile()), `Not complete: ${missing} is missing.`);
    }
  });

  it('has all that one family holds, each by itself', async () => {
    const profiles = await env({
      HW_ACCESS_KEY: 'A',
      HW_SECRET_KEY: 'B',
      HW_AUTH_TOKEN: 'C',
      HW_USER_PASSWORD: 'D',
      HW_USER_NAME: 'li',
      HW_DOMAIN_NAME: 'acme',
    }).profiles();
    assert.deepEqual(
      profiles.map(({ kind, usable, from }) => [kind, usable, from[0]]),
      [
        ['accessKey', true, 'HW_ACCESS_KEY'],
        ['token', true, 'HW_AUTH_TOKEN'],
        ['password', true, 'HW_USER_PASSWORD'],
      ],
    );
  });

  it('does not offer keys beside an identity provider, which the SDKs would use', async () => {
    const both = { HUAWEICLOUD_SDK_IDP_ID: 'x', HUAWEICLOUD_SDK_AK: 'A', HUAWEICLOUD_SDK_SK: 'B' };
    assert.match(whyNot(await env(both).profile()), /identity provider/);
  });

  it('is nothing where it only names a region or an address', async () => {
    const variables = { OS_REGION_NAME: 'x', HW_REGION_NAME: 'x', OS_AUTH_URL: 'https://iam.example', HW_CLOUD: 'c' };
    assert.deepEqual(await env(variables).profiles(), []);
  });
});

describe('clouds.yaml', () => {
  const auth =
    'auth_url: https://iam.myhuaweicloud.eu/v3/, username: li, password: pw, user_domain_name: acme, project_name: eu-west-101';
  const plain = `clouds:\n  eu:\n    region_name: eu-west-101\n    auth: {${auth}}\n`;
  const secure = clouds.replace('clouds.yaml', 'secure.yaml');

  async function problems(files: Record<string, string>): Promise<string[]> {
    return (await new Machine(files).find()).problems.map(({ path, because }) => `${path}: ${said(because)}`);
  }

  it('has a sign-in a cloud', async () => {
    const machine = new Machine({ [clouds]: plain });
    assert.deepEqual(factsOf(await machine.profile()), {
      source: 'cloudsYaml',
      name: 'eu',
      from: [clouds],
      kind: 'password',
      region: 'eu-west-101',
      project: { name: 'eu-west-101' },
      domain: { name: 'acme' },
      user: { name: 'li' },
      endpoint: 'https://iam.myhuaweicloud.eu',
      usable: true,
    });
    assert.deepEqual(await machine.secret(), {
      kind: 'password',
      accountName: 'acme',
      userName: 'li',
      password: 'pw',
    });
  });

  it('has secure.yaml laid over it', async () => {
    const open = plain.replace('password: pw, ', '');
    assert.match(whyNot(await new Machine({ [clouds]: open }).profile()), /password is missing/);
    const machine = new Machine({ [clouds]: open, [secure]: 'clouds: {eu: {auth: {password: from-secure}}}' });
    assert.deepEqual((await machine.profile()).from, [clouds, secure]);
    assert.deepEqual(await machine.secret(), {
      kind: 'password',
      accountName: 'acme',
      userName: 'li',
      password: 'from-secure',
    });
    const both = new Machine({ [clouds]: plain, [secure]: 'clouds: {eu: {auth: {password: from-secure}}}' });
    assert.deepEqual(await both.secret(), await machine.secret());
    assert.equal((await both.profile()).id, (await new Machine({ [clouds]: plain }).profile()).id);
    const alone = await new Machine({ [secure]: 'clouds: {eu: {auth: {password: from-secure}}}' }).profile();
    assert.match(whyNot(alone), /user_domain_name, username, auth_url is missing/);
  });

  it('keeps a password as it was written', async () => {
    for (const [written, password] of [
      ['0123', '0123'],
      ['1e3', '1e3'],
      ['true', 'true'],
      ['2001-01-01', '2001-01-01'],
      ['"nu\\u006cl"', 'null'],
      ["'a: b # c'", 'a: b # c'],
      ['$HOME', '$HOME'],
    ]) {
      const secret = await new Machine({ [clouds]: plain.replace('password: pw', `password: ${written}`) }).secret();
      assert.equal('password' in secret && secret.password, password);
    }
    for (const nothing of ['null', '~', '', '""', '[pw]', '{pw: 1}']) {
      const profile = await new Machine({ [clouds]: plain.replace('password: pw', `password: ${nothing}`) }).profile();
      assert.match(whyNot(profile), /password is missing/, nothing);
    }
  });

  it('knows a token, other spellings, and merge keys', async () => {
    const token = `clouds:\n  t:\n    auth-type: v3token\n    auth: {auth-url: https://iam.example, token: MII, user-id: u1}\n`;
    assert.deepEqual(await new Machine({ [clouds]: token }).secret(), { kind: 'token', token: 'MII' });
    const merged =
      `base: &base {auth: &auth {${auth}}, region_name: a}\nclouds:\n  one: {<<: *base, region_name: b}\n` +
      '  two: {auth: {<<: *auth, username: wang}}\n';
    const profiles = await new Machine({ [clouds]: merged }).profiles();
    assert.deepEqual(
      profiles.map(({ region, user, usable }) => [region, user?.name, usable]),
      [
        ['b', 'li', true],
        [undefined, 'wang', true],
      ],
    );
  });

  it('names methods that are not supported', async () => {
    const profile = await new Machine({ [clouds]: `${plain}    auth_type: v3applicationcredential\n` }).profile();
    assert.equal(whyNot(profile), 'The sign-in method v3applicationcredential is not supported.');
  });

  it('is not used without an address: it may be about any cloud', async () => {
    const profile = await new Machine({ [clouds]: plain.replace(/auth_url: [^,]+, /, '') }).profile();
    assert.equal(whyNot(profile), 'Not complete: auth_url is missing.');
  });

  it('is looked for in the folders of the user and the machine, and nowhere else', async () => {
    const listed = async (machine: Machine): Promise<string[]> => {
      await machine.find();
      return machine.asked.filter((path) => path.endsWith('clouds.yaml'));
    };
    const env = {
      OS_CLIENT_CONFIG_FILE: '/srv/clouds.yaml',
      PWD: '/work',
      XDG_CONFIG_HOME: 'relative',
      LOCALAPPDATA: 'rel',
    };
    assert.deepEqual(await listed(new Machine({}, env)), [clouds, '/etc/openstack/clouds.yaml']);
    assert.deepEqual(await listed(new Machine({}, { XDG_CONFIG_HOME: '/x' })), [
      '/x/openstack/clouds.yaml',
      clouds,
      '/etc/openstack/clouds.yaml',
    ]);
    assert.deepEqual(await listed(new Machine({}, {}, { platform: 'darwin', home: '/Users/li' })), [
      '/Users/li/Library/Application Support/openstack/clouds.yaml',
      '/Users/li/.config/openstack/clouds.yaml',
      '/etc/openstack/clouds.yaml',
    ]);
    const windows = { platform: 'win32', home: 'C:\\Users\\li' } as const;
    assert.deepEqual(await listed(new Machine({}, {}, windows)), [
      'C:\\Users\\li\\AppData\\Local\\OpenStack\\openstack\\clouds.yaml',
      'C:\\Users\\li\\.config\\openstack\\clouds.yaml',
    ]);
    assert.deepEqual(
      (await listed(new Machine({}, { LOCALAPPDATA: 'D:\\L' }, windows)))[0],
      'D:\\L\\OpenStack\\openstack\\clouds.yaml',
    );
  });

  it('is the first that can be read, .yml and .json among them', async () => {
    const etc = '/etc/openstack/clouds.yml';
    const machine = new Machine({ [clouds]: 'clouds: [', [etc]: plain });
    const { profiles, problems: found } = await machine.find();
    assert.deepEqual(
      profiles.map(({ from }) => from),
      [[etc]],
    );
    assert.deepEqual(
      found.map(({ path }) => path),
      [clouds],
    );
    const first = await new Machine({ [clouds]: plain, [etc]: plain.replace('eu:', 'other:') }).profile();
    assert.deepEqual([first.name, first.from], ['eu', [clouds]]);
    const json = clouds.replace('.yaml', '.json');
    const { name } = await new Machine({ [json]: '{"clouds":{"j":{"auth":{"password":"x"}}}}' }).profile();
    assert.equal(name, 'j');
  });

  it('is refused where it is malformed, with its line and none of its text', async () => {
    assert.deepEqual(await problems({ [clouds]: 'clouds:\n  a: {password: geheim\n  b: ]' }), [
      `${clouds}: Line 3 of the file cannot be understood.`,
    ]);
    for (const text of ['', '# nothing\n', 'clouds: 5', 'clouds: [a]', '[]', 'x', 'clouds: null', '{}']) {
      assert.equal((await problems({ [clouds]: text })).length, 1, text);
    }
    assert.match((await problems({ [clouds]: `${plain}  eu: {}\n` }))[0] ?? '', /Line 5/);
    assert.deepEqual(
      await new Machine({ [clouds]: 'clouds: {a: null, b: 5, c: [x], 7: {}, ? [x] : {}}' })
        .profiles()
        .then((all) => all.map(({ name }) => name)),
      ['7'],
    );
  });

  it('makes nothing but texts, lists and maps', async () => {
    for (const tag of ['!!js/function "x"', '!!python/object:os.system x', '!own x', '!!binary aGk=', '!!set {a}']) {
      assert.match((await problems({ [clouds]: `${plain}x: ${tag}\n` }))[0] ?? '', /cannot be understood/, tag);
    }
  });

  it('stands aliases that multiply, circles, and depth', async () => {
    const started = Date.now();
    const rows = Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`);
    assert.equal((await problems({ [clouds]: `a0: &a0 [x]\n${rows.join('\n')}\n${plain}` })).length, 1);
    const merges = Array.from(
      { length: 12 },
      (_, at) => `m${at + 1}: &m${at + 1} {<<: [${`*m${at},`.repeat(8)}], k${at}: v}`,
    );
    await problems({ [clouds]: `m0: &m0 {x: y}\n${merges.join('\n')}\n${plain}` });
    assert.equal((await problems({ [clouds]: '['.repeat(100_000) })).length, 1);
    assert.equal((await problems({ [clouds]: `x: ${'{a: '.repeat(25)}b${'}'.repeat(25)}\n${plain}` })).length, 1);
    const circle = await new Machine({ [clouds]: `clouds: &c\n  eu: {auth: *c, x: *c}\n` }).profile();
    assert.match(whyNot(circle), /missing/);
    assert.ok(Date.now() - started < 2000);
  });

  it('stands names that objects have by themselves', async () => {
    const text = `clouds:\n  __proto__: {auth: {${auth}}}\n  constructor: {auth: {__proto__: {password: x}}}\n`;
    const [first, second] = await new Machine({ [clouds]: text }).profiles();
    assert.deepEqual([first?.name, first?.usable, second?.name], ['__proto__', true, 'constructor']);
    assert.match(whyNot(second ?? assert.fail()), /password/);
    assert.equal(Reflect.get({}, 'auth'), undefined);
  });
});
