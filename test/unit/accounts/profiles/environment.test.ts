import assert from 'node:assert/strict';
import { FakeMachine, sourceFields, unusableText } from '../../../support/fakeMachine';

describe('the environment', () => {
  const env = (variables: Record<string, string>): FakeMachine => new FakeMachine({}, variables);

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
    assert.deepEqual(profiles.map(sourceFields), [
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
      },
      {
        source: 'environment',
        name: 'HW (AK/SK)',
        from: ['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_REGION_NAME'],
        kind: 'accessKey',
        region: 'cn-north-4',
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
    assert.deepEqual(profiles.map(unusableText), [
      'Not complete: HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK is missing.',
      'Not complete: HW_SECRET_KEY is missing.',
      'Not complete: OS_ACCESS_KEY is missing.',
    ]);
  });

  it('names missing variables', async () => {
    for (const [variables, missing] of [
      [{ HW_USER_NAME: 'li' }, 'HW_DOMAIN_NAME, HW_USER_PASSWORD'],
      [{ HW_USER_PASSWORD: 'pw', HW_USER_ID: 'u1', HW_DOMAIN_ID: 'd1' }, 'HW_DOMAIN_NAME, HW_USER_NAME'],
      [{ OS_USERNAME: 'li', OS_PASSWORD: 'pw', OS_DOMAIN_NAME: 'acme' }, 'OS_AUTH_URL'],
      [{ OS_AUTH_TOKEN: 'MII' }, 'OS_AUTH_URL'],
      [{ HW_ACCESS_KEY: 'A', HW_SECRET_KEY: '' }, 'HW_SECRET_KEY'],
    ] as const) {
      assert.equal(unusableText(await env(variables).profile()), `Not complete: ${missing} is missing.`);
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
      profiles.map(({ kind, unusableReason, from }) => [kind, unusableReason, from[0]]),
      [
        ['accessKey', undefined, 'HW_ACCESS_KEY'],
        ['token', undefined, 'HW_AUTH_TOKEN'],
        ['password', undefined, 'HW_USER_PASSWORD'],
      ],
    );
  });

  it('does not offer keys beside an identity provider, which the SDKs would use', async () => {
    const both = { HUAWEICLOUD_SDK_IDP_ID: 'x', HUAWEICLOUD_SDK_AK: 'A', HUAWEICLOUD_SDK_SK: 'B' };
    assert.match(unusableText(await env(both).profile()), /identity provider/);
  });

  it('is not used where it has its programs take on a role', async () => {
    const keys = { HW_ACCESS_KEY: 'A', HW_SECRET_KEY: 'B', OS_ACCESS_KEY: 'C', OS_SECRET_KEY: 'D' };
    const others = {
      HW_AUTH_TOKEN: 'E',
      HW_USER_NAME: 'li',
      HW_DOMAIN_NAME: 'acme',
      HW_USER_PASSWORD: 'pw',
      HUAWEICLOUD_SDK_AK: 'F',
      HUAWEICLOUD_SDK_SK: 'G',
    };
    for (const role of [
      'HW_ASSUME_ROLE_AGENCY_NAME',
      'HW_ASSUME_ROLE_DOMAIN_NAME',
      'HW_ASSUME_ROLE_DOMAIN_ID',
      'HW_ASSUME_ROLE_ID_TOKEN_FILE',
      'HW_ASSUME_ROLE',
      'hw_assume_role_agency_name',
      'HW_AGENCY_NAME',
      'HW_DELEGATED_PROJECT',
      'HW_TARGET_AGENCY_NAME',
      'OS_AGENCY_NAME',
      'OS_AGENCY_DOMAIN_NAME',
      'OS_TARGET_AGENCY_NAME',
      'OS_TARGET_DOMAIN_NAME',
      'OS_DELEGATED_PROJECT',
      'OS_TRUST_ID',
    ]) {
      const profiles = await env({ ...keys, ...others, [role]: 'ops' }).profiles();
      assert.deepEqual(
        profiles.map((profile) => [profile.name, profile.unusableReason === undefined || unusableText(profile)]),
        [
          // The SDKs know no such variable.
          ['HUAWEICLOUD_SDK (AK/SK)', true],
          ...['HW (AK/SK)', 'HW (token)', 'HW (password)', 'OS (AK/SK)'].map((name) => [
            name,
            `It takes on a role (${role}), which a profile cannot do here. Sign in without it, then use the role in Manage Accounts.`,
          ]),
        ],
      );
      assert.ok(
        (await env({ ...keys, [role]: '' }).profiles()).every(({ unusableReason }) => unusableReason === undefined),
      );
    }
  });

  it('names methods that are not supported, whose password may be that of an identity provider', async () => {
    const password = {
      OS_USERNAME: 'li',
      OS_PASSWORD: 'pw',
      OS_USER_DOMAIN_NAME: 'acme',
      OS_AUTH_URL: 'https://iam.example',
    };
    for (const OS_AUTH_TYPE of ['v3oidcpassword', 'v3applicationcredential', 'v3totp']) {
      const profile = await env({ ...password, OS_AUTH_TYPE }).profile();
      assert.equal(unusableText(profile), `The sign-in method ${OS_AUTH_TYPE} is not supported.`);
    }
    for (const OS_AUTH_TYPE of ['', 'password', 'v3password', 'V3Password']) {
      assert.equal((await env({ ...password, OS_AUTH_TYPE }).profile()).unusableReason, undefined);
    }
  });

  it('is no profile if it only names a region or an address', async () => {
    const variables = { OS_REGION_NAME: 'x', HW_REGION_NAME: 'x', OS_AUTH_URL: 'https://iam.example', HW_CLOUD: 'c' };
    assert.deepEqual(await env(variables).profiles(), []);
  });
});
