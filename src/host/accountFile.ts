import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, watch } from 'node:fs';
import { constants, copyFile, link, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountStore } from '../accounts/account';
import type { Log } from '../cloud/ports';

/** `accounts.<revision>.json`; fifteen digits can be counted exactly. */
const revisionName = /^accounts\.(\d{1,15})\.json$/;
const temporaryName = /^accounts\.[\w-]+\.tmp$/;

/** A list of a thousand accounts is smaller; whatever is larger is not ours. Bytes. */
const largest = 1024 * 1024;

/** What a window that ended while it wrote left behind is removed after a minute, in milliseconds. */
const abandoned = 60_000;

/** So often another window may be faster before writing counts as failed. */
const tries = 50;

/**
 * The list of accounts in the folder that all windows of a machine share. Each list is a file of its own that never
 * changes, named by its revision: a window that takes the next revision's name finds out that another has taken it, so that
 * nothing is lost without a lock that a window could leave behind. Older files are removed at once.
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
      const revision = this.#revision();
      if (revision === this.#newest?.revision) {
        return this.#newest.list;
      }
      const list = readFile(this.#path(revision));
      if (list !== undefined) {
        this.#newest = { revision, list };
        return list;
      }
      // It may be gone because a newer one came.
      if (this.#revision() === revision) {
        this.#complain(revision);
        return undefined;
      }
    }
    return undefined;
  }

  async write(change: (newest: unknown) => unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (let attempt = 1; ; attempt += 1) {
      const revision = this.#revision();
      const text = JSON.stringify(change(this.read()));
      const temporary = join(this.#folder, `accounts.${randomUUID()}.tmp`);
      // One try after the other.
      // oxlint-disable no-await-in-loop
      try {
        await writeFile(temporary, text, { mode: 0o600, flush: true });
        await claim(temporary, this.#path(revision + 1));
        await this.#sweep(revision);
        return;
      } catch (error) {
        if (this.#revision() === revision || attempt === tries) {
          throw error;
        }
      } finally {
        await rm(temporary, { force: true });
      }
      // oxlint-enable no-await-in-loop
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
      this.#log.warn(`The list of accounts cannot be read: ${this.#path(revision)}`);
    }
  }

  /** The newest revision; 0 where there is none. */
  #revision(): number {
    return Math.max(0, ...this.#names().map((name) => Number(revisionName.exec(name)?.[1] ?? 0)));
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }

  #path(revision: number): string {
    return join(this.#folder, `accounts.${revision}.json`);
  }

  // They name accounts that may be signed out.
  async #sweep(upTo: number): Promise<void> {
    await Promise.all(
      this.#names().map(async (name) => {
        const path = join(this.#folder, name);
        const revision = revisionName.exec(name)?.[1];
        if (revision !== undefined ? Number(revision) <= upTo : temporaryName.test(name) && (await isAbandoned(path))) {
          await rm(path, { force: true });
        }
      }),
    );
  }
}

// Gives a file its name only where no other has it: with all its content at once, where the file system has hard links.
async function claim(file: string, name: string): Promise<void> {
  await link(file, name).catch(async () => copyFile(file, name, constants.COPYFILE_EXCL));
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > abandoned;
  } catch {
    return false;
  }
}

function readFile(path: string): unknown {
  try {
    const about = statSync(path);
    return about.isFile() && about.size <= largest ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}
