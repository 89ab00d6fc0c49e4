import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileRefused } from '../../../../src/accounts/profiles/files';
import { findProfiles, thisMachine } from '../../../../src/accounts/profiles/profiles';
import { toEnglish } from '../../../support/english';
import { kooCliFile } from '../../../support/fakeMachine';

/** A test of what Windows does not have. */
const posix: (title: string, test: () => Promise<void>) => unknown =
  process.platform === 'win32' ? () => undefined : it;

describe('reading a file of this machine', () => {
  let folder: string;
  const readFile = (file: string): Promise<string | undefined> => thisMachine().readFile(file);
  const at = (name: string): string => path.join(folder, name);

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'key-explorer-profiles-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function refusal(name: string): Promise<string> {
    const error: unknown = await readFile(at(name)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof FileRefused, String(error));
    return toEnglish(error.reason);
  }

  it('gives its text', async () => {
    writeFileSync(at('a'), '密钥\r\n');
    assert.equal(await readFile(at('a')), '密钥\r\n');
    writeFileSync(at('empty'), '');
    assert.equal(await readFile(at('empty')), '');
  });

  it('is undefined if there is none', async () => {
    writeFileSync(at('a'), '');
    assert.equal(await readFile(at('missing')), undefined);
    assert.equal(await readFile(path.join(at('a'), 'below')), undefined);
  });

  it('refuses one that is too large, and takes the largest', async () => {
    writeFileSync(at('a'), Buffer.alloc(1024 * 1024, 'a'));
    assert.equal((await readFile(at('a')))?.length, 1024 * 1024);
    writeFileSync(at('b'), Buffer.alloc(1024 * 1024 + 1, 'a'));
    assert.equal(await refusal('b'), 'The file is larger than 1 MiB.');
  });

  it('refuses bytes that are not UTF-8', async () => {
    writeFileSync(at('utf16'), Buffer.from('\ufeff{"profiles":[]}', 'utf16le'));
    writeFileSync(at('latin1'), Buffer.from('ä', 'latin1'));
    assert.equal(await refusal('utf16'), 'The file is not UTF-8 text.');
    assert.equal(await refusal('latin1'), 'The file is not UTF-8 text.');
  });

  it('refuses a folder', async () => {
    mkdirSync(at('folder'));
    assert.equal(await refusal('folder'), 'This is not a file.');
  });

  posix('follows links to files, and to nothing else', async () => {
    writeFileSync(at('a'), 'text');
    symlinkSync(at('a'), at('link'));
    assert.equal(await readFile(at('link')), 'text');
    symlinkSync('/dev/zero', at('endless'));
    assert.equal(await refusal('endless'), 'This is not a file.');
    symlinkSync(at('nowhere'), at('dangling'));
    assert.equal(await readFile(at('dangling')), undefined);
    symlinkSync(at('loop'), at('loop'));
    await assert.rejects(readFile(at('loop')), { code: 'ELOOP' });
  });

  posix('does not wait for a pipe', async () => {
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', at('pipe')]);
    assert.equal(await refusal('pipe'), 'This is not a file.');
  });

  it('changes nothing, and names each bad file', async () => {
    mkdirSync(at('.hcloud'));
    mkdirSync(path.join(at('.huaweicloud'), 'credentials'), { recursive: true });
    const file = path.join(at('.hcloud'), 'config.json');
    writeFileSync(file, kooCliFile([{ name: 'a', mode: 'AKSK', accessKeyId: 'A', secretAccessKey: 'B' }]));
    const state = (): unknown => {
      const { mtimeMs, size, mode } = statSync(file);
      return [mtimeMs, size, mode, createHash('sha256').update(readFileSync(file)).digest('hex')];
    };
    const before = state();
    const { profiles, problems } = await findProfiles({ ...thisMachine(), home: folder, env: {} });
    assert.deepEqual(
      profiles.filter(({ source }) => source === 'koocli').map(({ from, unusableReason }) => [from, unusableReason]),
      [[[file], undefined]],
    );
    assert.deepEqual(
      problems.filter(({ source }) => source === 'sdkFile').map(({ reason }) => toEnglish(reason)),
      ['This is not a file.'],
    );
    assert.deepEqual(state(), before);
  });
});

describe('this machine', () => {
  it('is searched in the folder of the person who runs this', () => {
    const { home, platform, env } = thisMachine();
    assert.ok(path.isAbsolute(home));
    assert.equal(platform, process.platform);
    assert.equal(env['PATH'], process.env['PATH']);
  });
});
