import assert from 'node:assert/strict';
import { readProfile } from '../../../../src/accounts/profiles/profiles';
import { toEnglish } from '../../../support/english';
import { FakeMachine, kooCli, kooCliFile, sourceFields, unusableText } from '../../../support/fakeMachine';

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

function withKooCli(profiles: unknown, more: object = {}): FakeMachine {
  return new FakeMachine({ [kooCli]: kooCliFile(profiles, more) });
}

describe('the profiles of KooCLI', () => {
  it('are there with their facts, and their secret on demand', async () => {
    const machine = withKooCli([aksk]);
    assert.deepEqual(sourceFields(await machine.profile()), {
      source: 'koocli',
      name: 'default',
      from: [kooCli],
      kind: 'accessKey',
      region: 'la-north-2',
      project: { id: 'p1' },
      domain: { id: 'd1' },
      current: true,
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
      assert.match(
        unusableText(profile),
        /encrypted.*hcloud configure set --cli-auth-encrypt=false/,
        String(authEncrypt),
      );
      assert.deepEqual([profile.kind, profile.region], ['accessKey', 'la-north-2']);
    }
    for (const authEncrypt of ['false', 'False', false]) {
      assert.equal(
        (await withKooCli([aksk], { authEncrypt }).profile()).unusableReason,
        undefined,
        String(authEncrypt),
      );
    }
  });

  describe('of the mode SSO', () => {
    const stsToken = { accessKeyId: 'TMP', secretAccessKey: 'TSK', securityToken: 'TST' };
    const result = (expiresAt: unknown): object => ({ accessTokenResult: { accessToken: 'MII', expiresAt } });
    const sso = (ssoAuth: unknown, more: object = {}): FakeMachine =>
      withKooCli([{ ...aksk, mode: 'SSO', ssoAuth }], more);
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
          assert.match(
            unusableText(profile),
            /not signed in with SSO\. Run hcloud configure sso/,
            JSON.stringify(ssoAuth),
          );
        }
      }
    });

    it('are signed in without keys, as long as the token is valid', async () => {
      for (const authEncrypt of ['true', 'false', undefined]) {
        for (const keys of [{}, { stsToken: null }, { stsToken: { accessKeyId: '' } }]) {
          assert.match(unusableText(await sso({ ...result(future), ...keys }, { authEncrypt }).profile()), noKeys);
          assert.match(unusableText(await sso({ ...result(undefined), ...keys }, { authEncrypt }).profile()), noKeys);
          assert.match(unusableText(await sso({ ...result(past), ...keys }, { authEncrypt }).profile()), expired);
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
          { stsToken: { ...stsToken, expireTime: past } },
          { stsToken: { ...stsToken, expires: past } },
        ]) {
          assert.match(unusableText(await sso(ssoAuth, { authEncrypt }).profile()), expired, JSON.stringify(ssoAuth));
        }
      }
      assert.match(
        unusableText(await withKooCli([{ ...aksk, mode: 'SSO', expiresAt: past, ssoAuth: { stsToken } }]).profile()),
        expired,
      );
    });

    it('are not used without their security token: the key would be tried as a permanent one', async () => {
      for (const securityToken of [undefined, null, '']) {
        const profile = await sso({ stsToken: { ...stsToken, securityToken } }).profile();
        assert.equal(unusableText(profile), 'Not complete: securityToken is missing.');
      }
    });

    it('expire while they are in use', async () => {
      const machine = sso({ stsToken: { ...stsToken, expiresAt: future } });
      const { id } = await machine.profile();
      assert.ok('secret' in (await readProfile(machine, id)));
      machine.now = () => Date.UTC(2026, 7, 4);
      const read = await readProfile(machine, id);
      assert.match('reason' in read ? toEnglish(read.reason) : '', expired);
    });

    it('are encrypted where they have keys that are', async () => {
      for (const ssoAuth of [
        { stsToken },
        { ...result(future), stsToken },
        { stsToken: { accessKeyId: 'c2VjcmV0' } },
      ]) {
        assert.match(unusableText(await sso(ssoAuth, { authEncrypt: 'true' }).profile()), /^KooCLI has encrypted/);
      }
      const half = await sso({ stsToken: { accessKeyId: 'TMP' } }).profile();
      assert.equal(unusableText(half), 'Not complete: secretAccessKey is missing.');
    });
  });

  it('are not called encrypted where nothing is', async () => {
    const profile = await withKooCli([{ name: 'a', mode: 'AKSK', accessKeyId: '' }], { authEncrypt: 'true' }).profile();
    assert.equal(unusableText(profile), 'Not complete: accessKeyId, secretAccessKey is missing.');
  });

  it('are not used where they take on a role, whatever their mode says', async () => {
    for (const role of ['agencyName', 'agencyDomainName', 'agencyDomainId', 'sourceProfile', 'targetAgencyName']) {
      for (const mode of ['AKSK', 'SSO', undefined]) {
        const profile = await withKooCli([{ ...aksk, mode, [role]: 'ops', ssoAuth: { stsToken: aksk } }]).profile();
        assert.match(unusableText(profile), new RegExp(`^It takes on a role \\(${role}\\)`), mode);
        assert.equal(profile.kind, 'accessKey');
      }
      assert.equal((await withKooCli([{ ...aksk, [role]: '' }]).profile()).unusableReason, undefined);
    }
  });

  it('are not used with a security token that is no text: the key would be tried as a permanent one', async () => {
    for (const securityToken of [5, {}, [], true]) {
      const [first, second] = await withKooCli([
        { ...aksk, securityToken },
        { ...aksk, name: 'b' },
      ]).profiles();
      assert.equal(unusableText(first ?? assert.fail()), 'securityToken is not a text.');
      assert.equal(second?.unusableReason, undefined);
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
      const { profiles, problems } = await new FakeMachine({ [kooCli]: text }).find();
      assert.deepEqual(problems, [], bad);
      assert.deepEqual(
        profiles.map((profile) => [
          profile.name,
          profile.current,
          profile.unusableReason === undefined || unusableText(profile),
        ]),
        [
          ['default', undefined, true],
          [name, undefined, 'It is not valid JSON. It begins in line 15.'],
          ['other', true, true],
        ],
        bad,
      );
    }
    // Without a word on it KooCLI encrypts.
    const { profiles } = await new FakeMachine({ [kooCli]: `{"profiles": [${good}` }).find();
    assert.match(unusableText(profiles[0] ?? assert.fail()), /encrypted/);
    for (const text of ['{"profiles": [', '{"profiles": [x]', `[${good}`, '{"profiles": {"a": ']) {
      const found = await new FakeMachine({ [kooCli]: text }).find();
      assert.deepEqual(
        [found.profiles, found.problems.map(({ reason }) => toEnglish(reason))],
        [[], ['The file is not valid JSON.']],
      );
    }
    const many = await new FakeMachine({ [kooCli]: `{"profiles": [${'{'.repeat(500_000)}` }).find();
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
      assert.match(unusableText(profile), reason);
      assert.equal(profile.kind, undefined);
    }
  });

  it('name missing fields', async () => {
    const profile = await withKooCli([{ ...aksk, accessKeyId: undefined, secretAccessKey: '' }]).profile();
    assert.equal(unusableText(profile), 'Not complete: accessKeyId, secretAccessKey is missing.');
    assert.match(
      unusableText(await withKooCli([{ ...aksk, secretAccessKey: 5 }]).profile()),
      /secretAccessKey is missing/,
    );
  });

  it('are not used where two have one name', async () => {
    const machine = withKooCli([aksk, { ...aksk, accessKeyId: 'OTHER' }, { ...aksk, name: 'b' }]);
    const profiles = await machine.profiles();
    assert.equal(new Set(profiles.map(({ id }) => id)).size, 3);
    assert.match(unusableText(profiles[0] ?? assert.fail()), /same name/);
    assert.match(unusableText(profiles[1] ?? assert.fail()), /same name/);
    assert.equal(profiles[2]?.unusableReason, undefined);
  });

  it('stand entries of every form', async () => {
    const profiles = await withKooCli([null, 5, 'x', [], {}, { name: 7 }, aksk]).profiles();
    assert.deepEqual(
      profiles.map(({ name, unusableReason }) => [name, unusableReason === undefined]),
      [...[1, 2, 3, 4, 5, 6].map((at) => [`#${at}`, false]), ['default', true]],
    );
  });

  it('are below the profile folder of Windows, too', async () => {
    const path = 'C:\\Users\\li\\.hcloud\\config.json';
    const machine = new FakeMachine({ [path]: kooCliFile([aksk]) }, {}, { home: 'C:\\Users\\li', platform: 'win32' });
    assert.deepEqual((await machine.profile()).from, [path]);
  });
});
