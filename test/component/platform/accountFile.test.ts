import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lutimesSync,
  mkdirSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AccountFile } from '../../../src/platform/accountFile';
import { deferred } from '../../support/deferred';

describe('AccountFile', () => {
  let parent: string;
  let folder: string;
  let lines: string[];

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'key-explorer-list-'));
    folder = join(parent, 'storage');
    lines = [];
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const open = (): AccountFile => {
    const say = (line: string): number => lines.push(line);
    return new AccountFile(folder, { info: say, warn: say });
  };
  const plant = (name: string, text: string): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const add = (value: unknown) => (list: unknown) => [...(Array.isArray(list) ? list : []), value];

  it('reads undefined before the first write, and creates no folder for reading', () => {
    assert.equal(open().read(), undefined);
    assert.deepEqual(readdirSync(parent), []);
    assert.deepEqual(lines, []);
  });

  it('reads in every window the list that one wrote, as the same object until the next list', async () => {
    const [one, two] = [open(), open()];
    await one.write(add('first'));
    const first = two.read();
    assert.deepEqual(first, ['first']);
    assert.equal(two.read(), first);
    await one.write(add('second'));
    assert.deepEqual(two.read(), ['first', 'second']);
  });

  const contents = (): Record<string, string> =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const age = (name: string): void => {
    const old = new Date(Date.now() - 10 * 60_000);
    utimesSync(join(folder, name), old, old);
  };

  it('keeps one list, readable by its owner only, and empties older files', async () => {
    const file = open();
    await file.write(add('first'));
    await file.write(() => []);
    assert.deepEqual(contents(), { 'accounts.1.json': '', 'accounts.2.json': '[]' });
    if (process.platform !== 'win32') {
      assert.equal(statSync(join(folder, 'accounts.2.json')).mode & 0o777, 0o600);
    }
  });

  it('loses no change when windows write at once', async () => {
    const windows = Array.from({ length: 6 }, open);
    await Promise.all(
      windows.flatMap((file, window) => [0, 1, 2, 3].map(async (turn) => file.write(add(window * 10 + turn)))),
    );
    const list = open().read();
    assert.ok(Array.isArray(list));
    assert.equal(new Set(list).size, 24);
  });

  it('loses no change if a window takes long between reading and writing', async () => {
    const [slow, fast] = [open(), open()];
    await fast.write(add(1));
    let others: Promise<void> | undefined;
    await slow.write((list) => {
      // The first time, while nobody has written yet; later ones write at once.
      others ??= fast.write(add(2)).then(async () => fast.write(add(3)));
      return add('slow')(list);
    });
    await others;
    const list = open().read();
    assert.ok(Array.isArray(list));
    assert.deepEqual(new Set(list), new Set([1, 2, 3, 'slow']));
  });

  it('passes on an error of the change and writes nothing', async () => {
    await assert.rejects(
      open().write(() => {
        throw new Error('not so');
      }),
      /not so/,
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  it('fails if the folder is not writable', async () => {
    writeFileSync(folder, 'a file in the place of the folder');
    await assert.rejects(open().write(() => []));
    assert.equal(open().read(), undefined);
  });

  for (const [what, text] of [
    ['nothing', ''],
    ['half a list', '{"began":"x","acc'],
    ['bytes', '\0\u{fffd}\u{fffd}'],
    ['too much', `["${'x'.repeat(2 * 1024 * 1024)}"]`],
    ['depth', '['.repeat(500_000)],
  ] as const) {
    it(`ignores ${what}, warns once, and can write a new list`, async () => {
      plant('accounts.7.json', text);
      const file = open();
      assert.deepEqual([file.read(), file.read()], [undefined, undefined]);
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', /cannot be read.*accounts\.7\.json/);
      await file.write(add('again'));
      assert.deepEqual(contents(), { 'accounts.7.json': '', 'accounts.8.json': '["again"]' });
    });
  }

  it('ignores a folder with the name of a list', () => {
    mkdirSync(join(folder, 'accounts.3.json'), { recursive: true });
    assert.equal(open().read(), undefined);
  });

  it('reads the newest list that is a file', async () => {
    plant('accounts.3.json', '["list"]');
    plant('other.json', '["of somebody else"]');
    mkdirSync(join(folder, 'accounts.4.json'));
    symlinkSync(join(folder, 'other.json'), join(folder, 'accounts.5.json'));
    symlinkSync('/dev/zero', join(folder, 'accounts.6.json'));
    symlinkSync(join(folder, 'accounts.7.json'), join(folder, 'accounts.7.json'));
    const file = open();
    assert.deepEqual(file.read(), ['list']);
    await file.write(add('added'));
    assert.deepEqual(file.read(), ['list', 'added']);
    assert.equal(readFileSync(join(folder, 'accounts.8.json'), 'utf8'), '["list","added"]');
    assert.deepEqual(lines, []);
  });

  it('does not touch the targets of links, or anything but files', async () => {
    plant('accounts.1.json', '["list"]');
    const mine = join(parent, 'mine');
    writeFileSync(mine, 'mine');
    symlinkSync(mine, join(folder, 'accounts.2.json'));
    symlinkSync(mine, join(folder, 'accounts.0a.tmp'));
    symlinkSync(parent, join(folder, 'accounts.3.json'));
    linkSync(mine, join(folder, 'accounts.4.json'));
    mkdirSync(join(folder, 'accounts.5.json'));
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [join(folder, 'accounts.6.json'), join(folder, 'accounts.0b.tmp')]);
    }
    lutimesSync(join(folder, 'accounts.0a.tmp'), 0, 0);
    lutimesSync(join(folder, 'accounts.2.json'), 0, 0);
    await open().write(add('added'));
    assert.equal(readFileSync(mine, 'utf8'), 'mine');
    assert.ok(readdirSync(folder).includes('accounts.5.json'));
    assert.equal(readFileSync(join(folder, 'accounts.1.json'), 'utf8'), '');
  });

  it('copes with a folder of 130,000 files', async () => {
    plant('accounts.1.json', '["list"]');
    // Hard links, which file systems make faster than files, up to some 60,000 of one.
    let original = '';
    for (let index = 0; index < 130_000; index += 1) {
      const name = join(folder, `other.${index}.json`);
      if (index % 30_000 === 0) {
        original = name;
        writeFileSync(original, '');
      } else {
        linkSync(original, name);
      }
    }
    const file = open();
    assert.deepEqual(file.read(), ['list']);
    await file.write(add('added'));
    assert.deepEqual(open().read(), ['list', 'added']);
  }).timeout(120_000);

  it('ignores other files in the folder', async () => {
    for (const name of [
      'accounts.json',
      'accounts.007.json',
      'accounts.1.json.bak',
      'accounts.-5.json',
      `accounts.${'9'.repeat(30)}.json`,
    ]) {
      plant(name, '["foreign"]');
    }
    const file = open();
    assert.equal(file.read(), undefined);
    await file.write(add('own'));
    assert.deepEqual(file.read(), ['own']);
    assert.equal(readdirSync(folder).length, 6);
  });

  it('removes old lists and old temporary files of crashed windows', async () => {
    plant('accounts.0a.tmp', '["left"]');
    plant('accounts.0b.tmp', '["under way"]');
    age('accounts.0a.tmp');
    const file = open();
    await file.write(add('first'));
    await file.write(add('second'));
    age('accounts.1.json');
    await file.write(() => ['third']);
    assert.deepEqual(contents(), {
      'accounts.0b.tmp': '["under way"]',
      'accounts.2.json': '',
      'accounts.3.json': '["third"]',
    });
  });

  it('reports writes of other windows until the watcher is disposed of', async () => {
    const seen: unknown[] = [];
    const watcher = open();
    const first = deferred();
    const watching = watcher.watch(() => {
      seen.push(watcher.read());
      first.resolve();
    });
    await open().write(add('first'));
    await first.promise;
    assert.deepEqual(seen[0], ['first']);
    watching.dispose();
    await pause(50);
    seen.length = 0;
    await open().write(add('second'));
    await pause(100);
    assert.deepEqual(seen, []);
  });

  it('reports nothing, without an error, if the folder cannot be watched', () => {
    writeFileSync(folder, 'a file in the place of the folder');
    open()
      .watch(() => undefined)
      .dispose();
  });
});
