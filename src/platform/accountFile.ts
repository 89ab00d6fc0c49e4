import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, watch, type Dirent } from 'node:fs';
import { constants, copyFile, link, lstat, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountStore } from '../accounts/account';
import type { Log } from '../base/log';

/** `accounts.<revision>.json`: fifteen digits are an exact number. */
const revisionName = /^accounts\.([1-9]\d{0,14})\.json$/;
const temporaryName = /^accounts\.[\w-]+\.tmp$/;

/** A list of a thousand accounts is smaller; whatever is larger is not ours. Bytes. */
const largest = 1024 * 1024;

/** No window takes longer to write than a minute, in milliseconds. */
const slowest = 60_000;

/** So many older files are removed or emptied after one change. */
const mostSwept = 1000;

/** So often another window may be faster before writing counts as failed. */
const tries = 50;

/**
 * The list of accounts in the folder that all windows of a machine share. Each list is a file of its own that never
 * changes, named by its revision: a window that takes the next revision's name finds out that another has taken it, so that
 * nothing is lost, and there is no lock that a window could leave behind. Older files are emptied at once; their names are
 * given free only when no window can still be about to take one of them.
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

  // Called before each request: a few hundred bytes, read only when they are new.
  read(): unknown {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const revision = this.#revisions().list;
      if (revision === this.#newest?.revision) {
        return this.#newest.list;
      }
      const list = readFile(this.#path(revision));
      if (list !== undefined) {
        this.#newest = { revision, list };
        return list;
      }
      // It may be gone because a newer one came.
      if (this.#revisions().list === revision) {
        this.#complain(revision);
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
      // One try after the other.
      try {
        await writeFile(temporary, text, { mode: 0o600, flush: true });
        await claim(temporary, this.#path(revision + 1));
        await this.#sweep(revision);
        return;
      } catch (error) {
        if (this.#revisions().taken === revision || attempt === tries) {
          throw error;
        }
      } finally {
        await rm(temporary, { force: true });
      }
    }
  }

  /** Calls `changed` after any window wrote a list, where the file system tells of it. */
  watch(changed: () => void): { dispose(): void } {
    try {
      mkdirSync(this.#folder, { recursive: true });
      const watcher = watch(this.#folder, { persistent: false }, (_, name) => {
        if (name === null || revisionName.test(name)) {
          changed();
        }
      });
      // A folder that was removed, or a system that has no more watches: lists are looked at again on other occasions.
      watcher.on('error', () => watcher.close());
      return { dispose: () => watcher.close() };
    } catch {
      return { dispose: () => undefined };
    }
  }

  #complain(revision: number): void {
    if (revision > 0 && revision !== this.#unreadable) {
      this.#unreadable = revision;
      this.#log.warn(`The list of accounts cannot be read: ${nameOf(revision)}`);
    }
  }

  /** The newest revision of a list, and the newest that is taken, be it by a folder or a link; 0 where there is none. */
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

  // Older lists name accounts that may be signed out.
  async #sweep(upTo: number): Promise<void> {
    const isOlder = (name: string): boolean => (revisionOf(name) ?? Infinity) <= upTo;
    const ours = this.#entries().filter(
      (entry) => entry.isFile() && (isOlder(entry.name) || temporaryName.test(entry.name)),
    );
    await Promise.allSettled(
      ours.slice(0, mostSwept).map(async ({ name }) => {
        const path = join(this.#folder, name);
        if (Date.now() - (await lstat(path)).mtimeMs > slowest) {
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

// Only a file that has no other name: a link may lead to a file of somebody else.
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

// Gives a file its name only where no other has it: with all its content at once, where the file system has hard links.
async function claim(file: string, name: string): Promise<void> {
  await link(file, name).catch(async () => copyFile(file, name, constants.COPYFILE_EXCL));
}

function readFile(path: string): unknown {
  try {
    const about = lstatSync(path);
    return about.isFile() && about.size <= largest ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}
