import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
    if (tryAcquire(path, what)) return () => rmSync(path, { force: true });
    const holder = readHolder(path);
    if (holder === null || (holder.host === hostname() && !isAlive(holder.pid))) {
      rmSync(path, { force: true });
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

function tryAcquire(path: string, what: string): boolean {
  try {
    const handle = openSync(path, 'wx');
    const holder: Holder = { pid: process.pid, host: hostname(), started: new Date().toISOString(), what };
    writeSync(handle, JSON.stringify(holder));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Null when the file is gone or was left half-written by a crash. */
function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}
