import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LockstepError } from './errors.ts';

/**
 * Writes a file so that a reader, or a crash, sees the old bytes or the new ones and nothing between:
 * temporary file beside it, fsync, rename. Makes the folder. Errors: E_DISK_FULL.
 */
export function writeAtomic(path: string, content: Uint8Array | string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryBeside(path);
  try {
    const handle = openSync(temporary, 'wx', mode);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw diskFull(error, path);
  }
}

/** A name in the same folder (so that rename is atomic) that no other process will choose. */
export const temporaryBeside = (path: string): string =>
  `${path}.tmp-${process.pid}-${randomBytes(4).toString('hex')}`;

/** ENOSPC and EDQUOT as the error a person can act on; anything else as it came. */
export function diskFull(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new LockstepError('E_DISK_FULL', {
    what: 'no space left to write',
    where: { file: path },
    fix: 'free some space (.lockstep/ holds caches that can be made again) and run the command again',
    cause: error,
  });
}
