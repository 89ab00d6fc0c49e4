/** A lock between processes that is free again soon after its holder is gone, however it went. */
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeat = 2_000;
const staleAfter = 20_000;

/** Runs `work` while holding the lock file; `onWait` is called once where another process holds it. */
export async function withLock<T>(file: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const own = `${file}.${process.pid}`;
  let waited = false;
  while (!tryTake(file, own)) {
    if (!waited) onWait();
    waited = true;
    await sleep(500);
  }
  const release = (): void => rmSync(file, { force: true });
  process.on('exit', release);
  // A process number can be reused after a crash, so a holder touches the file as long as it lives.
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), heartbeat);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

function tryTake(file: string, own: string): boolean {
  writeFileSync(own, String(process.pid));
  try {
    // A link appears at once and with its content, which a file being written does not.
    linkSync(own, file);
    return true;
  } catch {
    if (isStale(file)) dropStale(file, own);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function isStale(file: string): boolean {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    return !isAlive(holder) || Date.now() - statSync(file).mtimeMs > staleAfter;
  } catch {
    return false; // Released in the meantime.
  }
}

function dropStale(file: string, own: string): void {
  const aside = `${own}.stale`;
  try {
    renameSync(file, aside);
    // Another waiter may have dropped the stale lock and taken a fresh one between the look and the rename.
    if (!isStale(aside)) linkSync(aside, file);
  } catch {
    // Another waiter was faster.
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
