import assert from 'node:assert/strict';
import { readProfile } from '../../../../src/accounts/profiles/profiles';
import { toEnglish } from '../../../support/english';
import { clouds, FakeMachine, unusableText } from '../../../support/fakeMachine';

describe('a clouds.yaml that is damaged', () => {
  const auth =
    'auth_url: https://iam.myhuaweicloud.eu/v3/, username: li, password: pw, user_domain_name: acme, project_name: eu-west-101';
  const plain = `clouds:\n  eu:\n    region_name: eu-west-101\n    auth: {${auth}}\n`;
  const secure = clouds.replace('clouds.yaml', 'secure.yaml');

  async function problems(files: Record<string, string>): Promise<string[]> {
    return (await new FakeMachine(files).find()).problems.map(({ path, reason }) => `${path}: ${toEnglish(reason)}`);
  }

  it('hides only the cloud that cannot be read', async () => {
    const good = (name: string): string => plain.split('\n').slice(1).join('\n').replace('eu:', `${name}:`);
    for (const [bad, line] of [
      ['  bad: {auth: {password: [}}\n', 6],
      ['  bad:\n    auth: {password: "pw}\n', undefined],
      ['  bad:\n    auth:\n      password: !vault x\n', 8],
      ['  bad:\n    auth:\n      password: *nowhere\n', 8],
      ['  bad:\n    password: a\n    password: b\n', 8],
      ['  bad:\n    password: @x\n', 7],
      ['  bad:\n    password: %x\n', 7],
      ['  bad:\n    no colon\n    region_name: x\n', undefined],
      ['  bad:\n\tpassword: x\n', undefined],
      [`  "bad": ${'{a: '.repeat(25)}b${'}'.repeat(25)}\n`, undefined],
      ["  'bad' : ]\n", 6],
    ] as const) {
      const text = `# mine\n---\nclouds: # all\n${good('one').replace('    region_name: eu-west-101\n', '')}${bad}${good('two')}other: x\n`;
      const { profiles, problems: found } = await new FakeMachine({ [clouds]: text }).find();
      assert.deepEqual(found, [], text);
      assert.deepEqual(
        profiles.map(({ name, unusableReason }) => [name, unusableReason === undefined]),
        [
          ['one', true],
          ['two', true],
          ['bad', false],
        ],
        text,
      );
      const [, , profile] = profiles;
      assert.match(unusableText(profile ?? assert.fail()), /^Line \d+ of the file cannot be understood\.$/);
      if (line !== undefined) {
        assert.equal(unusableText(profile ?? assert.fail()), `Line ${line} of the file cannot be understood.`, text);
      }
    }
  });

  it('hides a cloud whose part of secure.yaml cannot be read: it may be another sign-in there', async () => {
    const two = `${plain}${plain.split('\n').slice(1).join('\n').replace('eu:', 'other:')}`;
    const files = {
      [clouds]: two,
      [secure]: 'clouds:\n  eu:\n    auth: {password: ]}\n  other: {auth: {password: new}}\n',
    };
    const machine = new FakeMachine(files);
    const profiles = await machine.profiles();
    assert.deepEqual(
      profiles.map((profile) => [
        profile.name,
        profile.unusableReason === undefined || unusableText(profile),
        profile.from,
      ]),
      [
        ['eu', 'Line 3 of the file cannot be understood.', [clouds, secure]],
        ['other', true, [clouds, secure]],
      ],
    );
    const read = await readProfile(machine, profiles[1]?.id ?? '');
    assert.equal('secret' in read && 'password' in read.secret && read.secret.password, 'new');
  });

  it('keeps what clouds share while another cannot be read, and names bad lines outside of them', async () => {
    const shared = `base: &base {auth: &auth {${auth}}}\nclouds:\n  one: &one {<<: *base, region_name: a}\n  bad: ]\n  two: {<<: *one}\n`;
    const { profiles, problems: found } = await new FakeMachine({ [clouds]: `${shared}x: !own y\n` }).find();
    assert.deepEqual(
      profiles.map(({ name, unusableReason, region }) => [name, unusableReason === undefined, region]),
      [
        ['one', true, 'a'],
        ['two', true, 'a'],
        ['bad', false, undefined],
      ],
    );
    assert.deepEqual(
      found.map(({ reason }) => toEnglish(reason)),
      ['Line 6 of the file cannot be understood.'],
    );
    const twice = await new FakeMachine({ [clouds]: `${plain}  eu: {}\n  other: {}\n` }).profiles();
    assert.deepEqual(
      twice.map((profile) => [profile.name, unusableText(profile)]),
      [
        ['other', 'Not complete: user_domain_name, username, password, auth_url is missing.'],
        ['eu', 'The section eu comes twice.'],
      ],
    );
    const stray = await new FakeMachine({ [clouds]: `${plain}  this is no cloud\n` }).find();
    assert.deepEqual(
      [
        stray.profiles.map(({ unusableReason }) => unusableReason),
        stray.problems.map(({ reason }) => toEnglish(reason)),
      ],
      [[undefined], ['Line 5 of the file cannot be understood.']],
    );
  });

  it('is refused where it is malformed, with its line and none of its text', async () => {
    assert.deepEqual(await problems({ [clouds]: 'clouds: {\n  a: {password: geheim\n  b: ]' }), [
      `${clouds}: Line 3 of the file cannot be understood.`,
    ]);
    for (const text of ['', '# nothing\n', 'clouds: 5', 'clouds: [a]', '[]', 'x', 'clouds: null', '{}']) {
      assert.equal((await problems({ [clouds]: text })).length, 1, text);
    }
    assert.deepEqual(
      await new FakeMachine({ [clouds]: 'clouds: {a: null, b: 5, c: [x], 7: {}, ? [x] : {}}' })
        .profiles()
        .then((all) => all.map(({ name }) => name)),
      ['7'],
    );
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
    const circle = await new FakeMachine({ [clouds]: `clouds: &c\n  eu: {auth: *c, x: *c}\n` }).profile();
    assert.match(unusableText(circle), /missing/);
    assert.ok(Date.now() - started < 2000);
  });
});
