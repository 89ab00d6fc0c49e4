import assert from 'node:assert/strict';
import { readProfile } from '../../../../src/accounts/profiles/profiles';
import { toEnglish } from '../../../support/english';
import { clouds, FakeMachine, sourceFields, unusableText } from '../../../support/fakeMachine';

describe('clouds.yaml', () => {
  const auth =
    'auth_url: https://iam.myhuaweicloud.eu/v3/, username: li, password: pw, user_domain_name: acme, project_name: eu-west-101';
  const plain = `clouds:\n  eu:\n    region_name: eu-west-101\n    auth: {${auth}}\n`;
  const secure = clouds.replace('clouds.yaml', 'secure.yaml');

  async function problems(files: Record<string, string>): Promise<string[]> {
    return (await new FakeMachine(files).find()).problems.map(({ path, reason }) => `${path}: ${toEnglish(reason)}`);
  }

  it('has a sign-in a cloud', async () => {
    const machine = new FakeMachine({ [clouds]: plain });
    assert.deepEqual(sourceFields(await machine.profile()), {
      source: 'cloudsYaml',
      name: 'eu',
      from: [clouds],
      kind: 'password',
      region: 'eu-west-101',
      project: { name: 'eu-west-101' },
      domain: { name: 'acme' },
      user: { name: 'li' },
      endpoint: 'https://iam.myhuaweicloud.eu',
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
    assert.match(unusableText(await new FakeMachine({ [clouds]: open }).profile()), /password is missing/);
    const machine = new FakeMachine({ [clouds]: open, [secure]: 'clouds: {eu: {auth: {password: from-secure}}}' });
    assert.deepEqual((await machine.profile()).from, [clouds, secure]);
    assert.deepEqual(await machine.secret(), {
      kind: 'password',
      accountName: 'acme',
      userName: 'li',
      password: 'from-secure',
    });
    const both = new FakeMachine({ [clouds]: plain, [secure]: 'clouds: {eu: {auth: {password: from-secure}}}' });
    assert.deepEqual(await both.secret(), await machine.secret());
    assert.equal((await both.profile()).id, (await new FakeMachine({ [clouds]: plain }).profile()).id);
    const alone = await new FakeMachine({ [secure]: 'clouds: {eu: {auth: {password: from-secure}}}' }).profile();
    assert.match(unusableText(alone), /user_domain_name, username, auth_url is missing/);
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
      const secret = await new FakeMachine({
        [clouds]: plain.replace('password: pw', `password: ${written}`),
      }).secret();
      assert.equal('password' in secret && secret.password, password);
    }
    for (const nothing of ['null', '~', '', '""', '[pw]', '{pw: 1}']) {
      const profile = await new FakeMachine({
        [clouds]: plain.replace('password: pw', `password: ${nothing}`),
      }).profile();
      assert.match(unusableText(profile), /password is missing/, nothing);
    }
  });

  it('knows a token, other spellings, and merge keys', async () => {
    const token = `clouds:\n  t:\n    auth-type: v3token\n    auth: {auth-url: https://iam.example, token: MII, user-id: u1}\n`;
    assert.deepEqual(await new FakeMachine({ [clouds]: token }).secret(), { kind: 'token', token: 'MII' });
    const merged =
      `base: &base {auth: &auth {${auth}}, region_name: a}\nclouds:\n  one: {<<: *base, region_name: b}\n` +
      '  two: {auth: {<<: *auth, username: wang}}\n';
    const profiles = await new FakeMachine({ [clouds]: merged }).profiles();
    assert.deepEqual(
      profiles.map(({ region, user, unusableReason }) => [region, user?.name, unusableReason]),
      [
        ['b', 'li', undefined],
        [undefined, 'wang', undefined],
      ],
    );
  });

  it('names methods that are not supported', async () => {
    const profile = await new FakeMachine({ [clouds]: `${plain}    auth_type: v3applicationcredential\n` }).profile();
    assert.equal(unusableText(profile), 'The sign-in method v3applicationcredential is not supported.');
  });

  it('signs in with ak and sk', async () => {
    const keys = 'auth_url: https://iam.example, ak: AKID, sk: SKEY';
    const secret = { kind: 'accessKey', accessKey: 'AKID', secretKey: 'SKEY' };
    for (const cloud of [
      `{auth: {${keys}}}`,
      `{auth_type: aksk, auth: {${keys}, project_name: eu-de}}`,
      `{auth_type: v3aksk, auth: {${keys}}}`,
      `{auth-type: AKSK, auth: {auth-url: https://iam.example}, ak: AKID, sk: SKEY}`,
      `{auth_type: aksk, auth: {${keys}, username: li, password: pw, user_domain_name: acme}}`,
      `{auth: {auth_url: https://iam.example, access_key: AKID, secret_key: SKEY}}`,
    ]) {
      const machine = new FakeMachine({ [clouds]: `clouds:\n  k: ${cloud}\n` });
      assert.deepEqual(await machine.secret(), secret, cloud);
      assert.equal((await machine.profile()).endpoint, 'https://iam.example');
    }
    const temporary = new FakeMachine({ [clouds]: `clouds:\n  k: {auth: {${keys}, security_token: ST}}\n` });
    assert.deepEqual(await temporary.secret(), { ...secret, securityToken: 'ST' });
    const split = {
      [clouds]: `clouds:\n  k: {auth: {${keys.replace(', sk: SKEY', '')}}}`,
      [secure]: 'clouds: {k: {auth: {sk: SKEY}}}',
    };
    assert.deepEqual(await new FakeMachine(split).secret(), secret);
    // Keys beside a password are for object storage (OTC Extensions).
    assert.equal(
      (await new FakeMachine({ [clouds]: `${plain}    ak: AKID\n    sk: SKEY\n` }).secret()).kind,
      'password',
    );
    const half = await new FakeMachine({ [clouds]: 'clouds: {k: {auth_type: aksk, auth: {ak: AKID}}}' }).profile();
    assert.equal(unusableText(half), 'Not complete: sk, auth_url is missing.');
    const never = `clouds: {k: {auth_type: aksk, auth: {${auth}}}}`;
    assert.equal(
      unusableText(await new FakeMachine({ [clouds]: never }).profile()),
      'Not complete: ak, sk is missing.',
    );
  });

  it('knows user_name', async () => {
    for (const name of ['user_name', 'user-name']) {
      const secret = await new FakeMachine({ [clouds]: plain.replace('username', name) }).secret();
      assert.equal('userName' in secret && secret.userName, 'li');
    }
  });

  it('is not used where it takes on a role', async () => {
    for (const role of [
      'target_agency_name',
      'target-agency-name',
      'target_domain_id',
      'agency_name',
      'trust_id',
      'assume_role',
    ]) {
      for (const text of [
        plain.replace('username', `${role}: ops, username`),
        `${plain}    ${role}: ops\n`,
        `clouds: {k: {auth_type: aksk, auth: {auth_url: https://iam.example, ak: A, sk: B, ${role}: ops}}}`,
      ]) {
        assert.match(
          unusableText(await new FakeMachine({ [clouds]: text }).profile()),
          new RegExp(`^It takes on a role \\(${role}\\)`),
          text,
        );
      }
      const laid = { [clouds]: plain, [secure]: `clouds: {eu: {auth: {${role}: ops}}}` };
      assert.match(unusableText(await new FakeMachine(laid).profile()), /^It takes on a role/);
    }
    const otc = `clouds: {otc: {auth_type: agency, auth: {${auth}}}}`;
    assert.equal(
      unusableText(await new FakeMachine({ [clouds]: otc }).profile()),
      'The sign-in method agency is not supported.',
    );
  });

  it('is laid over the vendor profile that it names', async () => {
    const vendors = clouds.replace('clouds.yaml', 'clouds-public.yaml');
    const own = plain.replace(/auth_url: [^,]+, /, '');
    const vendor = 'public-clouds:\n  hw: {auth: {auth_url: "https://iam.{region_name}.example", username: wang}}\n';
    for (const name of ['profile', 'cloud']) {
      const machine = new FakeMachine({ [clouds]: `${own}    ${name}: hw\n`, [vendors]: vendor });
      const profile = await machine.profile();
      assert.deepEqual([profile.endpoint, profile.user?.name], ['https://iam.eu-west-101.example', 'li']);
    }
    for (const [files, reason] of [
      [{}, 'The vendor profile hw is not in clouds-public.yaml.'],
      [{ [vendors]: 'public-clouds: {other: {}}' }, 'The vendor profile hw is not in clouds-public.yaml.'],
      [{ [vendors]: `public-clouds:\n  hw: {auth: ]\n  other: {}\n` }, 'Line 2 of the file cannot be understood.'],
    ] as const) {
      assert.equal(
        unusableText(await new FakeMachine({ [clouds]: `${own}    profile: hw\n`, ...files }).profile()),
        reason,
      );
    }
    const url = await new FakeMachine({ [clouds]: `${own}    profile: https://cloud.example\n` }).profile();
    assert.equal(unusableText(url), 'The vendor profile https://cloud.example is not in clouds-public.yaml.');
    // With an address of its own it needs none.
    assert.equal(
      (await new FakeMachine({ [clouds]: `${plain}    profile: otc\n` }).profile()).unusableReason,
      undefined,
    );
  });

  it('has a sign-in a region where regions have values', async () => {
    const regions =
      '    regions:\n      - name: cn-north-4\n        values: {auth: {auth_url: https://north.example, project_id: p1}}\n' +
      '      - eu-west-101\n      - {name: cn-south-1, values: {auth: {username: wang}}}\n';
    const machine = new FakeMachine({ [clouds]: `${plain.replace('    region_name: eu-west-101\n', '')}${regions}` });
    const profiles = await machine.profiles();
    assert.deepEqual(
      profiles.map(({ name, region, endpoint, project, user }) => [name, region, endpoint, project?.id, user?.name]),
      [
        ['eu (cn-north-4)', 'cn-north-4', 'https://north.example', 'p1', 'li'],
        ['eu (eu-west-101)', 'eu-west-101', 'https://iam.myhuaweicloud.eu', undefined, 'li'],
        ['eu (cn-south-1)', 'cn-south-1', 'https://iam.myhuaweicloud.eu', undefined, 'wang'],
      ],
    );
    for (const { id, name } of profiles) {
      const read = await readProfile(machine, id);
      assert.equal('profile' in read && read.profile.name, name);
    }
    const names = plain.replace('region_name: eu-west-101', 'regions: [a, {name: b}]');
    assert.deepEqual(
      (await new FakeMachine({ [clouds]: names }).profiles()).map(({ name, region }) => [name, region]),
      [['eu', 'a']],
    );
    for (const odd of ['[{values: {}}]', '[{name: a, values: x}]', '[[a]]', '{a: b}']) {
      const profile = await new FakeMachine({ [clouds]: `${plain}    regions: ${odd}\n` }).profile();
      assert.equal(unusableText(profile), 'Its regions cannot be understood.', odd);
    }
  });

  it('is not used without an address: it may be about any cloud', async () => {
    const profile = await new FakeMachine({ [clouds]: plain.replace(/auth_url: [^,]+, /, '') }).profile();
    assert.equal(unusableText(profile), 'Not complete: auth_url is missing.');
  });

  it('is looked for in the folders of the user and the machine, and nowhere else', async () => {
    const listed = async (machine: FakeMachine): Promise<string[]> => {
      await machine.find();
      return machine.asked.filter((path) => path.endsWith('clouds.yaml'));
    };
    const env = {
      OS_CLIENT_CONFIG_FILE: '/srv/clouds.yaml',
      PWD: '/work',
      XDG_CONFIG_HOME: 'relative',
      LOCALAPPDATA: 'rel',
    };
    assert.deepEqual(await listed(new FakeMachine({}, env)), [clouds, '/etc/openstack/clouds.yaml']);
    assert.deepEqual(await listed(new FakeMachine({}, { XDG_CONFIG_HOME: '/x' })), [
      '/x/openstack/clouds.yaml',
      clouds,
      '/etc/openstack/clouds.yaml',
    ]);
    assert.deepEqual(await listed(new FakeMachine({}, {}, { platform: 'darwin', home: '/Users/li' })), [
      '/Users/li/Library/Application Support/openstack/clouds.yaml',
      '/Users/li/.config/openstack/clouds.yaml',
      '/etc/openstack/clouds.yaml',
    ]);
    const windows = { platform: 'win32', home: 'C:\\Users\\li' } as const;
    assert.deepEqual(await listed(new FakeMachine({}, {}, windows)), [
      'C:\\Users\\li\\AppData\\Local\\OpenStack\\openstack\\clouds.yaml',
      'C:\\Users\\li\\.config\\openstack\\clouds.yaml',
    ]);
    assert.deepEqual(
      (await listed(new FakeMachine({}, { LOCALAPPDATA: 'D:\\L' }, windows)))[0],
      'D:\\L\\OpenStack\\openstack\\clouds.yaml',
    );
  });

  it('is the first that can be read, .yml and .json among them', async () => {
    const etc = '/etc/openstack/clouds.yml';
    const machine = new FakeMachine({ [clouds]: 'clouds: [', [etc]: plain });
    const { profiles, problems: found } = await machine.find();
    assert.deepEqual(
      profiles.map(({ from }) => from),
      [[etc]],
    );
    assert.deepEqual(
      found.map(({ path }) => path),
      [clouds],
    );
    const first = await new FakeMachine({ [clouds]: plain, [etc]: plain.replace('eu:', 'other:') }).profile();
    assert.deepEqual([first.name, first.from], ['eu', [clouds]]);
    const json = clouds.replace('.yaml', '.json');
    const { name } = await new FakeMachine({ [json]: '{"clouds":{"j":{"auth":{"password":"x"}}}}' }).profile();
    assert.equal(name, 'j');
  });

  it('makes nothing but texts, lists and maps', async () => {
    for (const tag of ['!!js/function "x"', '!!python/object:os.system x', '!own x', '!!binary aGk=', '!!set {a}']) {
      assert.match((await problems({ [clouds]: `${plain}x: ${tag}\n` }))[0] ?? '', /cannot be understood/, tag);
    }
  });

  it('stands names that objects have by themselves', async () => {
    const text = `clouds:\n  __proto__: {auth: {${auth}}}\n  constructor: {auth: {__proto__: {password: x}}}\n`;
    const [first, second] = await new FakeMachine({ [clouds]: text }).profiles();
    assert.deepEqual([first?.name, first?.unusableReason, second?.name], ['__proto__', undefined, 'constructor']);
    assert.match(unusableText(second ?? assert.fail()), /password/);
    assert.equal(Reflect.get({}, 'auth'), undefined);
  });
});
