import assert from 'node:assert/strict';
import type { Profile } from '../../src/accounts/profiles/profile';
import { readProfile } from '../../src/accounts/profiles/profiles';
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

  describe('of the mode SSO', () => {
    const stsToken = { accessKeyId: 'TMP', secretAccessKey: 'TSK', securityToken: 'TST' };
    const result = (expiresAt: unknown): object => ({ accessTokenResult: { accessToken: 'MII', expiresAt } });
    const sso = (ssoAuth: unknown, more: object = {}): Machine => withKooCli([{ ...aksk, mode: 'SSO', ssoAuth }], more);
    const future = '2026-08-02 12:00:00';
    const past = '2026-07-31 12:00:00';
    const expired = /^The SSO sign-in of KooCLI expired: .*\. Run hcloud configure sso, then try again\.$/;
    const noKeys = /^KooCLI is signed in with SSO, but has no temporary keys yet/;

    it('use the temporary keys that KooCLI has', async () => {
      const expected = { kind: 'accessKey', accessKey: 'TMP', secretKey: 'TSK', securityToken: 'TST' };
      for (const ssoAuth of [
        { stsToken },
        { ...result(future), stsToken },
        { ...result(past), stsToken: { ...stsToken, expiresAt: future } },
        { stsToken: { ...stsToken, expiresAt: '2026-08-01T12:00:01Z' } },
        { stsToken: { ...stsToken, expiresAt: 'soon' } },
        { stsToken: { ...stsToken, expiration: Date.UTC(2026, 8, 1) } },
        { stsToken: { ...stsToken, expiresAt: Date.UTC(2026, 8, 1) / 1000 } },
      ]) {
        assert.deepEqual(await sso(ssoAuth).secret(), expected, JSON.stringify(ssoAuth));
      }
    });

    it('are not signed in without a token or keys, encrypted or not', async () => {
      for (const authEncrypt of ['true', 'false', undefined]) {
        for (const ssoAuth of [
          undefined,
          null,
          'x',
          {},
          { stsToken: null },
          { stsToken: {} },
          { stsToken: [] },
          { stsToken: { accessKeyId: '', secretAccessKey: '', securityToken: '' } },
          { accessTokenResult: null, stsToken: null },
          { accessTokenResult: { accessToken: '', expiresAt: '' } },
        ]) {
          // Never the keys of the other mode, which may be another identity's.
          const profile = await sso(ssoAuth, { authEncrypt }).profile();
          assert.match(whyNot(profile), /not signed in with SSO\. Run hcloud configure sso/, JSON.stringify(ssoAuth));
        }
      }
    });

    it('are signed in without keys, as long as the token is valid', async () => {
      for (const authEncrypt of ['true', 'false', undefined]) {
        for (const keys of [{}, { stsToken: null }, { stsToken: { accessKeyId: '' } }]) {
          assert.match(whyNot(await sso({ ...result(future), ...keys }, { authEncrypt }).profile()), noKeys);
          assert.match(whyNot(await sso({ ...result(undefined), ...keys }, { authEncrypt }).profile()), noKeys);
          assert.match(whyNot(await sso({ ...result(past), ...keys }, { authEncrypt }).profile()), expired);
        }
      }
    });

    it('are expired by the time of the keys, else of the token', async () => {
      for (const authEncrypt of ['true', 'false']) {
        for (const ssoAuth of [
          { ...result(past), stsToken },
          { ...result(future), stsToken: { ...stsToken, expiresAt: past } },
          { stsToken: { ...stsToken, expires_at: '2026-08-01T12:00:00Z' } },
          { stsToken: { ...stsToken, expiresAt: '2026-08-01T19:59:00+08:00' } },
          { stsToken: { ...stsToken, expiration: Date.UTC(2026, 6, 1) } },
          { stsToken: { ...stsToken, expiresAt: String(Date.UTC(2026, 6, 1) / 1000) } },
          { stsToken, expiresAt: past },
        ]) {
          assert.match(whyNot(await sso(ssoAuth, { authEncrypt }).profile()), expired, JSON.stringify(ssoAuth));
        }
      }
      assert.match(
        whyNot(await withKooCli([{ ...aksk, mode: 'SSO', expiresAt: past, ssoAuth: { stsToken } }]).profile()),
        expired,
      );
    });

    it('expire while they are in use', async () => {
      const machine = sso({ stsToken: { ...stsToken, expiresAt: future } });
      const { id } = await machine.profile();
      assert.ok('secret' in (await readProfile(machine, id)));
      machine.now = () => Date.UTC(2026, 7, 4);
      const read = await readProfile(machine, id);
      assert.match('because' in read ? said(read.because) : '', expired);
    });

    it('are encrypted where they have keys that are', async () => {
      for (const ssoAuth of [
        { stsToken },
        { ...result(future), stsToken },
        { stsToken: { accessKeyId: 'c2VjcmV0' } },
      ]) {
        assert.match(whyNot(await sso(ssoAuth, { authEncrypt: 'true' }).profile()), /^KooCLI has encrypted/);
      }
      const half = await sso({ stsToken: { accessKeyId: 'TMP' } }).profile();
      assert.equal(whyNot(half), 'Not complete: secretAccessKey is missing.');
    });
  });

  it('are not called encrypted where nothing is', async () => {
    const profile = await withKooCli([{ name: 'a', mode: 'AKSK', accessKeyId: '' }], { authEncrypt: 'true' }).profile();
    assert.equal(whyNot(profile), 'Not complete: accessKeyId, secretAccessKey is missing.');
  });

  it('are not used where they take on a role, whatever their mode says', async () => {
    for (const role of ['agencyName', 'agencyDomainName', 'agencyDomainId', 'sourceProfile', 'targetAgencyName']) {
      for (const mode of ['AKSK', 'SSO', undefined]) {
        const profile = await withKooCli([{ ...aksk, mode, [role]: 'ops', ssoAuth: { stsToken: aksk } }]).profile();
        assert.match(whyNot(profile), new RegExp(`^It takes on a role \\(${role}\\)`), mode);
        assert.equal(profile.kind, 'accessKey');
      }
      assert.equal((await withKooCli([{ ...aksk, [role]: '' }]).profile()).usable, true);
    }
  });

  it('are not used with a security token that is no text: the key would be tried as a permanent one', async () => {
    for (const securityToken of [5, {}, [], true]) {
      const [first, second] = await withKooCli([
        { ...aksk, securityToken },
        { ...aksk, name: 'b' },
      ]).profiles();
      assert.equal(whyNot(first ?? assert.fail()), 'securityToken is not a text.');
      assert.equal(second?.usable, true);
    }
  });

  it('are hidden one by one where the file is not valid JSON', async () => {
    const other = JSON.stringify({ ...aksk, name: 'other', ssoAuth: { stsToken: {} } }, undefined, 2);
    const good = JSON.stringify(aksk, undefined, 2);
    for (const [bad, name] of [
      ['{"name": "bad", "mode": "AKSK",}', 'bad'],
      ['{"name": "bad" "mode": "AKSK"}', 'bad'],
      ['{"name": "bad", "accessKeyId": }', 'bad'],
      ['{"name": "bad", "accessKeyId": "AK\n}', 'bad'],
      ['{"name": "bad", "region": cn-north-4}', 'bad'],
      ["{'name': 'bad'}", '#2'],
      ['{"name": "bad", // a comment\n "mode": "AKSK"}', 'bad'],
      ['{"name": "bad", "ssoAuth": {"stsToken": {}', 'bad'],
      ['{"name": "bad", "mode": "AK\\SK"}', 'bad'],
    ] as const) {
      const text = `{"authEncrypt": "false",\n"current": "other",\n"profiles": [${good},\n${bad},\n${other}],\n"x": 1}`;
      const { profiles, problems } = await new Machine({ [kooCli]: text }).find();
      assert.deepEqual(problems, [], bad);
      assert.deepEqual(
        profiles.map((profile) => [profile.name, profile.current, profile.usable === true || whyNot(profile)]),
        [
          ['default', undefined, true],
          [name, undefined, 'It is not valid JSON. It begins in line 15.'],
          ['other', true, true],
        ],
        bad,
      );
    }
    // Without a word on it KooCLI encrypts.
    const { profiles } = await new Machine({ [kooCli]: `{"profiles": [${good}` }).find();
    assert.match(whyNot(profiles[0] ?? assert.fail()), /encrypted/);
    for (const text of ['{"profiles": [', '{"profiles": [x]', `[${good}`, '{"profiles": {"a": ']) {
      const found = await new Machine({ [kooCli]: text }).find();
      assert.deepEqual(
        [found.profiles, found.problems.map(({ because }) => said(because))],
        [[], ['The file is not valid JSON.']],
      );
    }
    const many = await new Machine({ [kooCli]: `{"profiles": [${'{'.repeat(500_000)}` }).find();
    assert.ok(many.profiles.length <= 1001);
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

  /** Each sign-in and each problem of the file, with what is said of it. */
  async function saidOf(text: string): Promise<string[]> {
    const { profiles, problems } = await new Machine({ [sdk]: text }).find();
    assert.ok(problems.every(({ path }) => path === sdk));
    return [
      ...profiles.map((profile) => `${profile.name}: ${profile.usable === true ? 'usable' : whyNot(profile)}`),
      ...problems.map(({ because }) => said(because)),
    ];
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
      { source: 'sdkFile', name: 'global', from: [sdk], kind: 'accessKey', domain: { id: 'd1' }, usable: true },
      { source: 'sdkFile', name: 'basic.prod', from: [sdk], kind: 'accessKey', usable: true },
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

  it('hides a section where readers differ, so that no key gets the secret of another, and no other section', async () => {
    const line = (number: number): string => `Line ${number} of the file cannot be understood.`;
    for (const [text, expected] of [
      // Two readers may take the lines behind such a line for one section or for two.
      [`${plain}[global] ; mine\nak=GAK\nsk=GSK\n`, ['basic: usable', line(5)]],
      [`${plain}  [global]\nsk=GSK\n`, ['basic: usable', line(5)]],
      [`${plain}[global\nsk=GSK\n[basic2]\nak=A\nsk=B\n`, ['basic: usable', 'basic2: usable', line(5)]],
      [`${plain}["basic"]\nsk=B\n`, ['basic: usable', line(5)]],
      [`${plain}[basic;]\nsk=B\n`, ['basic: usable', line(5)]],
      [`[basic]\nak=AKID\nsk=SK#EY\n[global]\nak=A\nsk=B\n`, [`basic: ${line(3)}`, 'global: usable']],
      ['[basic]\nak="AKID" ; mine\n', [`basic: ${line(2)}`]],
      ['[basic]\nak=AKID\nsk\n', [`basic: ${line(3)}`]],
      ['[basic]\r\nak=AKID\r\n=SK\r\n', [`basic: ${line(3)}`]],
      [`${plain}"ak"=B\n`, [`basic: ${line(5)}`]],
      [`${plain}ak=B\n[global]\nak=A\nsk=B`, [`basic: ${line(5)}`, 'global: usable']],
      [
        `${plain}[global]\nak=A\nsk=B\n[basic]\nsk=OTHER\n`,
        ['basic: The section basic comes twice.', 'global: usable'],
      ],
      [`${plain}[other]\nthis is no line\n[global]\nak=A\nsk=B\n`, ['basic: usable', 'global: usable']],
      [`this is no line\n${plain}`, ['basic: usable', line(1)]],
      ['{"ak":"AKID"}', [line(1)]],
    ] as const) {
      assert.deepEqual(await saidOf(text), expected, text);
    }
  });

  it('is not used where a section takes on a role', async () => {
    for (const role of [
      'agency_name',
      'assume_role',
      'target_agency_name',
      'agencyName',
      'role_arn',
      'source_profile',
    ]) {
      const [profile, other] = await new Machine({ [sdk]: `${plain}${role} = ops\n[global]\nak=A\nsk=B\n` }).profiles();
      assert.match(whyNot(profile ?? assert.fail()), new RegExp(`^It takes on a role \\(${role}\\)`));
      assert.equal(other?.usable, true);
      assert.equal((await new Machine({ [sdk]: `${plain}${role} =\n` }).profile()).usable, true);
    }
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
    const [found = ''] = await saidOf(`[basic]\nak = ${' ;#'.repeat(200_000)}[\n${'a '.repeat(100_000)}\n`);
    assert.match(found, /Line 3/);
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
