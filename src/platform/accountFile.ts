import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, watch, type Dirent } from 'node:fs';
import { constants, copyFile, link, lstat, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountStore } from '../accounts/account';
import type { Log } from '../base/log';

/** `accounts.<revision>.json`: fifteen digits are an exact number. */
const revisionName = /^accounts\.([1-9]\d{0,14})\.json$/;
const temporaryName = /^accounts\.[\w-]+\.tmp$/;

/** Maximum size of a list, bytes. A list of 1,000 accounts is smaller. */
const maxSize = 1024 * 1024;

/** Maximum time that a window takes to write, ms. */
const maxWriteTime = 60_000;

/** Maximum number of older files that one change removes or empties. */
const maxSwept = 1000;

/** Maximum attempts to read or write while other windows write. */
const maxAttempts = 50;

/**
 * The list of accounts in a folder that all windows of this machine share. Each revision is an immutable file. A window that
 * writes claims the name of the next revision, which fails if another window was faster: so no change is lost, and there is
 * no lock that a crashed window could leave behind. Older files are emptied at once, since they name accounts that may be
 * signed out, and removed when no window can still be about to claim their names.
 */
export class AccountFile implements AccountStore {
  readonly #folder: string;
  readonly #log: Log;
  #unreadable: number | undefined;
  #newest: { readonly revision: number; readonly list: unknown } | undefined;

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  // Called before each request, so it reads a revision only once.
  read(): unknown {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const revision = this.#revisions().list;
      if (revision === this.#newest?.revision) {
        return this.#newest.list;
      }
      const list = readFile(this.#path(revision));
      if (list !== undefined) {
        this.#newest = { revision, list };
        return list;
      }
      // A newer revision may have replaced it.
      if (this.#revisions().list === revision) {
        this.#warnUnreadable(revision);
        return undefined;
      }
    }
    return undefined;
  }

  async write(change: (newest: unknown) => unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (let attempt = 1; ; attempt += 1) {
      const revision = this.#revisions().taken;
      const text = JSON.stringify(change(this.read()));
      const temporary = join(this.#folder, `accounts.${randomUUID()}.tmp`);
      try {
        await writeFile(temporary, text, { mode: 0o600, flush: true });
        await claim(temporary, this.#path(revision + 1));
        await this.#sweep(revision);
        return;
      } catch (error) {
        if (this.#revisions().taken === revision || attempt === maxAttempts) {
          throw error;
        }
      } finally {
        await rm(temporary, { force: true });
      }
    }
  }

  /** Calls `changed` after any window wrote a list, if the file system supports watching. */
  watch(changed: () => void): { dispose(): void } {
    try {
      mkdirSync(this.#folder, { recursive: true });
      const watcher = watch(this.#folder, { persistent: false }, (_, name) => {
        if (name === null || revisionName.test(name)) {
          changed();
        }
      });
      // The folder was removed, or the system is out of watches. Other events refresh the list as well.
      watcher.on('error', () => watcher.close());
      return { dispose: () => watcher.close() };
    } catch {
      return { dispose: () => undefined };
    }
  }

  #warnUnreadable(revision: number): void {
    if (revision > 0 && revision !== this.#unreadable) {
      this.#unreadable = revision;
      this.#log.warn(`The list of accounts cannot be read: ${nameOf(revision)}`);
    }
  }

  /** The newest revision that is a file, and the newest claimed name, which may be a folder or a link; 0 if there is none. */
  #revisions(): { readonly list: number; readonly taken: number } {
    let list = 0;
    let taken = 0;
    for (const entry of this.#entries()) {
      const revision = revisionOf(entry.name) ?? 0;
      taken = Math.max(taken, revision);
      list = entry.isFile() ? Math.max(list, revision) : list;
    }
    return { list, taken };
  }

  #entries(): readonly Dirent[] {
    try {
      return readdirSync(this.#folder, { withFileTypes: true });
    } catch {
      return [];
    }
  }

  #path(revision: number): string {
    return join(this.#folder, nameOf(revision));
  }

  async #sweep(upTo: number): Promise<void> {
    const isOlder = (name: string): boolean => (revisionOf(name) ?? Infinity) <= upTo;
    const ours = this.#entries().filter(
      (entry) => entry.isFile() && (isOlder(entry.name) || temporaryName.test(entry.name)),
    );
    await Promise.allSettled(
      ours.slice(0, maxSwept).map(async ({ name }) => {
        const path = join(this.#folder, name);
        if (Date.now() - (await lstat(path)).mtimeMs > maxWriteTime) {
          await rm(path, { force: true });
        } else if (isOlder(name)) {
          await empty(path);
        }
      }),
    );
  }
}

function revisionOf(name: string): number | undefined {
  const [, revision] = revisionName.exec(name) ?? [];
  return revision === undefined ? undefined : Number(revision);
}

// Skips files with other hard links, and symbolic links: the target may belong to another program.
async function empty(path: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const about = await file.stat();
    if (about.isFile() && about.nlink === 1 && about.size > 0) {
      await file.truncate();
    }
  } finally {
    await file.close();
  }
}

function nameOf(revision: number): string {
  return `accounts.${revision}.json`;
}

// Gives a file its name unless that is claimed: atomically, if the file system has hard links.
async function claim(file: string, name: string): Promise<void> {
  await link(file, name).catch(async () => copyFile(file, name, constants.COPYFILE_EXCL));
}

function readFile(path: string): unknown {
  try {
    const about = lstatSync(path);
    return about.isFile() && about.size <= maxSize ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}
