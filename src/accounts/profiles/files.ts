import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { phrase, type Phrase } from '../../base/phrase';
import type { ProfilePlaces } from './profile';

/** No file of sign-ins is nearly as large; a larger one is something else. One MiB, in bytes. */
const largest = 1024 * 1024;

/** A file, or something in it, that is not read, and why. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
  readonly reason: Phrase;

  constructor(reason: Phrase) {
    super(reason.text);
    this.reason = reason;
  }
}

/** The machine that this runs on. */
export function thisMachine(): ProfilePlaces {
  return { home: homedir(), platform: process.platform, env: process.env, readFile: readSmallFile };
}

/**
 * A file's text: UTF-8, at most 1 MiB. Links are followed, as many people keep such files elsewhere and link to them.
 * @returns undefined if there is no such file
 * @throws FileRefused, or an error of the file system
 */
async function readSmallFile(file: string): Promise<string | undefined> {
  try {
    // Asked before it is opened: to open a device can do something.
    if (!(await stat(file)).isFile()) {
      throw new FileRefused(phrase('This is not a file.'));
    }
    // A pipe that takes the file's place in between must not keep this waiting for a writer.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const buffer = Buffer.alloc(largest + 1);
      let length = 0;
      // The size that a file says it has may be wrong by now, and some say 0.
      for (let read = -1; read !== 0 && length < buffer.length; length += read) {
        ({ bytesRead: read } = await handle.read(buffer, length, buffer.length - length));
      }
      return decode(buffer.subarray(0, length));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) {
      return undefined;
    }
    throw error;
  }
}

/**
 * A file's text without the mark that some editors put before it.
 * @returns undefined if there is no such file
 * @throws FileRefused if it cannot be read for any reason
 */
export async function textOf(places: ProfilePlaces, file: string): Promise<string | undefined> {
  let text;
  try {
    text = await places.readFile(file);
  } catch (error) {
    throw error instanceof FileRefused
      ? error
      : new FileRefused(phrase('The file could not be read ({0}).', codeOf(error) ?? '?'));
  }
  if (text !== undefined && text.length > largest) {
    throw tooLarge();
  }
  // A NUL means that it is no text, or text of two bytes a character.
  if (text?.includes('\0')) {
    throw notText();
  }
  return text?.replace(/^\ufeff/, '');
}

/** The text for the user about an error. The messages of parsers quote the file, and so perhaps a secret. */
export function reasonOf(error: unknown): Phrase {
  return error instanceof FileRefused ? error.reason : phrase('The file cannot be understood.');
}

/** Paths as the searched machine writes them, whichever machine this runs on. */
export function pathsOf({ platform }: ProfilePlaces): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix;
}

/**
 * A file below the person's own folder.
 * @returns undefined if the full path of that folder is not known: it would then be looked for in the current folder
 */
export function atHome(places: ProfilePlaces, ...parts: readonly string[]): string | undefined {
  const paths = pathsOf(places);
  return paths.isAbsolute(places.home) ? paths.join(places.home, ...parts) : undefined;
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > largest) {
    throw tooLarge();
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notText();
  }
}

function tooLarge(): FileRefused {
  return new FileRefused(phrase('The file is larger than {0} MiB.', largest / 1024 / 1024));
}

function notText(): FileRefused {
  return new FileRefused(phrase('The file is not UTF-8 text.'));
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z]\w*$/.test(code) ? code : undefined;
}
