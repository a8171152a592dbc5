import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LockstepError, type Workspace, writeAtomic } from '../../workspace/index.ts';
import { type Lock, printLock } from './lock.ts';
import { parseLock } from './lock-parser.ts';

const name = 'data.lock';
/** More than any lock may have: enough for the parser to refuse it without reading gigabytes. */
const mostRead = 65 * 1024 * 1024;

/** The lock of a workspace, or null when it has none. Errors: those of `parseLock`. */
export function findLock(workspace: Workspace): Lock | null {
  const path = join(workspace.root, name);
  const bytes = bytesOf(path);
  return bytes === null ? null : parseLock(bytes, name);
}

/** Errors: E_LOCK_MISSING, and those of `parseLock`. */
export function readLock(workspace: Workspace): Lock {
  const lock = findLock(workspace);
  if (lock) return lock;
  throw new LockstepError('E_LOCK_MISSING', {
    what: `no data.lock in ${workspace.root}`,
    allowed: 'a data.lock at the root of the repository',
    fix: 'run `lockstep data add <file or folder>`',
  });
}

export const writeLock = (workspace: Workspace, lock: Lock): void =>
  writeAtomic(join(workspace.root, name), printLock(lock));

function bytesOf(path: string): Buffer | null {
  try {
    if (statSync(path).size > mostRead) return Buffer.alloc(mostRead);
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new LockstepError('E_LOCK_MISSING', {
      what: `data.lock cannot be read (${code ?? 'error'})`,
      where: { file: name },
      allowed: 'a plain file',
      fix: 'put the file back from Git',
      cause: error,
    });
  }
}
