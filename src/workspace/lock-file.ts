import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryBeside } from './atomic-file.ts';
import { LockstepError } from './errors.ts';
import { isAlive } from './process.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly started: string;
  readonly what: string;
}

export interface LockOptions {
  /** What the holder does, for the message of who waits. */
  readonly what: string;
  /** 0 refuses at once (E_BUSY); otherwise how long to wait for the other to finish. */
  readonly waitMs?: number;
  readonly onWait?: (holder: string) => void;
}

/**
 * Holds a lock file while `work` runs. A holder on this host that is gone (kill -9) loses the lock to the next.
 * Errors: E_BUSY, which names the holder.
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const release = await acquireLock(path, options);
  try {
    return await work();
  } finally {
    release();
  }
}

export async function acquireLock(
  path: string,
  { what, waitMs = 0, onWait }: LockOptions,
): Promise<() => void> {
  mkdirSync(dirname(path), { recursive: true });
  const until = Date.now() + waitMs;
  for (let told = false; ; ) {
    const held = tryAcquire(path, what);
    if (held !== null) return () => release(path, held);
    const found = readText(path);
    if (found === null) continue;
    const holder = parseHolder(found);
    if (holder === null || (holder.host === hostname() && !isAlive(holder.pid))) {
      takeOver(path, found);
      continue;
    }
    const name = `process ${holder.pid} on ${holder.host} (${holder.what}, since ${holder.started})`;
    if (Date.now() >= until) {
      throw new LockstepError('E_BUSY', {
        what: `${what} waits for ${name}`,
        where: { file: path },
        fix: 'let it finish, or stop it',
      });
    }
    if (!told) onWait?.(name);
    told = true;
    await sleep(100);
  }
}

/** The text that is ours while we hold it, or null. The file appears whole or not at all: one that is half-written would look abandoned to others. */
function tryAcquire(path: string, what: string): string | null {
  const holder: Holder = { pid: process.pid, host: hostname(), started: new Date().toISOString(), what };
  const temporary = temporaryBeside(path);
  const text = JSON.stringify(holder);
  writeFileSync(temporary, text);
  try {
    return placeNew(temporary, path) ? text : null;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function placeNew(from: string, path: string): boolean {
  try {
    linkSync(from, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
  }
  try {
    copyFileSync(from, path, constants.COPYFILE_EXCL); // A file system without hard links.
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes an abandoned lock away; if another was quicker and holds it by now, it gets its lock back. */
function takeOver(path: string, abandoned: string): void {
  const aside = temporaryBeside(path);
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readText(aside) !== abandoned) placeNew(aside, path);
  rmSync(aside, { force: true });
}

function release(path: string, held: string): void {
  if (readText(path) === held) rmSync(path, { force: true });
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Null for what no holder of ours wrote. */
function parseHolder(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}
