import assert from 'node:assert/strict';
import { toEnglish } from '../../../support/english';
import { FakeMachine, sdk, sourceFields, unusableText } from '../../../support/fakeMachine';

describe('the credentials file of the SDKs', () => {
  const plain = '[basic]\nak = AKID\nsk = SKEY\nproject_id = p1\n';

  /** Each sign-in and each problem of the file, with its message. */
  async function saidOf(text: string): Promise<string[]> {
    const { profiles, problems } = await new FakeMachine({ [sdk]: text }).find();
    assert.ok(problems.every(({ path }) => path === sdk));
    return [
      ...profiles.map(
        (profile) => `${profile.name}: ${profile.unusableReason === undefined ? 'usable' : unusableText(profile)}`,
      ),
      ...problems.map(({ reason }) => toEnglish(reason)),
    ];
  }

  it('has a sign-in in each section that the SDKs know', async () => {
    const text =
      `${plain}security_token = ST\niam_endpoint = https://iam.eu-west-101.myhuaweicloud.eu\n` +
      '[global]\nak=GAK\nsk=GSK\ndomain_id=d1\n[basic.prod]\nak=B2\nsk=S2\n[globalX]\nak=G3\nsk=S3\n[other]\nak=x\nsk=y\n';
    const profiles = await new FakeMachine({ [sdk]: text }).profiles();
    assert.deepEqual(profiles.map(sourceFields), [
      {
        source: 'sdkFile',
        name: 'basic',
        from: [sdk],
        kind: 'accessKey',
        project: { id: 'p1' },
        endpoint: 'https://iam.eu-west-101.myhuaweicloud.eu',
      },
      { source: 'sdkFile', name: 'global', from: [sdk], kind: 'accessKey', domain: { id: 'd1' } },
      { source: 'sdkFile', name: 'basic.prod', from: [sdk], kind: 'accessKey' },
      { source: 'sdkFile', name: 'globalX', from: [sdk], kind: 'accessKey' },
    ]);
  });

  it('gives the secret, whatever the line ends and the mark before the text', async () => {
    for (const text of [plain, plain.replaceAll('\n', '\r\n'), `\ufeff${plain}`, `# a\n\n ; b\n${plain}`]) {
      const secret = await new FakeMachine({ [sdk]: text }).secret();
      assert.deepEqual(secret, { kind: 'accessKey', accessKey: 'AKID', secretKey: 'SKEY' }, JSON.stringify(text));
    }
    const quoted = await new FakeMachine({
      [sdk]: '[basic]\nak = "AKID"\nsk = S+K/E=Y== ; mine\nsecurity_token=a=b\n',
    }).secret();
    assert.deepEqual(quoted, { kind: 'accessKey', accessKey: 'AKID', secretKey: 'S+K/E=Y==', securityToken: 'a=b' });
  });

  it('is the one that the environment names, by its full path only', async () => {
    const HUAWEICLOUD_SDK_CREDENTIALS_FILE = '/srv/keys';
    const files = { '/srv/keys': '[global]\nak=GAK\nsk=GSK\n', [sdk]: plain };
    assert.equal((await new FakeMachine(files, { HUAWEICLOUD_SDK_CREDENTIALS_FILE }).profile()).name, 'global');
    assert.equal((await new FakeMachine(files, { HUAWEICLOUD_SDK_CREDENTIALS_FILE: '' }).profile()).name, 'basic');
    for (const path of ['keys', './keys', '~/keys', '../srv/keys', '${HOME}/keys']) {
      const machine = new FakeMachine(files, { HUAWEICLOUD_SDK_CREDENTIALS_FILE: path });
      const { profiles, problems } = await machine.find();
      assert.deepEqual(
        [profiles, problems.map(({ reason }) => toEnglish(reason))],
        [[], ['HUAWEICLOUD_SDK_CREDENTIALS_FILE has to name the file by its full path.']],
      );
      assert.ok(!machine.asked.includes(path));
    }
  });

  it('names missing fields, and does not use an identity provider', async () => {
    const half = await new FakeMachine({ [sdk]: '[basic]\nak=AKID\n' }).profile();
    assert.equal(unusableText(half), 'Not complete: sk is missing.');
    const federated = await new FakeMachine({ [sdk]: `${plain}idp_id = x\n` }).profile();
    assert.match(unusableText(federated), /identity provider/);
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
      const [profile, other] = await new FakeMachine({
        [sdk]: `${plain}${role} = ops\n[global]\nak=A\nsk=B\n`,
      }).profiles();
      assert.match(unusableText(profile ?? assert.fail()), new RegExp(`^It takes on a role \\(${role}\\)`));
      assert.equal(other?.unusableReason, undefined);
      assert.equal((await new FakeMachine({ [sdk]: `${plain}${role} =\n` }).profile()).unusableReason, undefined);
    }
  });

  it('stands names that objects have by themselves', async () => {
    const text = `[__proto__]\nak=x\nsk=y\n[constructor]\nak=x\n[basic]\n__proto__=z\nconstructor=q\nother[]=x\n${plain.slice(8)}`;
    assert.deepEqual(await new FakeMachine({ [sdk]: text }).secret(), {
      kind: 'accessKey',
      accessKey: 'AKID',
      secretKey: 'SKEY',
    });
    assert.equal(Reflect.get({}, 'ak'), undefined);
    // A section without a key has none, though its prototype may.
    const [half] = await new FakeMachine({ [sdk]: '[basic]\nsk=z\n[basic.__proto__]\nak=x\nsk=y\n' }).profiles();
    assert.equal(half && unusableText(half), 'Not complete: ak is missing.');
  });

  it('finishes with a line that would keep a careless pattern busy', async () => {
    const started = Date.now();
    const [found = ''] = await saidOf(`[basic]\nak = ${' ;#'.repeat(200_000)}[\n${'a '.repeat(100_000)}\n`);
    assert.match(found, /Line 3/);
    assert.ok(Date.now() - started < 2000);
  });
});
