import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LockstepError, type Workspace, writeAtomic } from '../../workspace/index.ts';
import { type Lock, type LockEntry, printLock } from './lock.ts';
import { parseLock } from './lock-parser.ts';

/** Whose lock: everybody's, or what one environment trains on in its place. */
export const lockName = (environment?: string): string =>
  environment === undefined ? 'data.lock' : `data.${environment}.lock`;

/** The environment whose lock a file is by its name; undefined for everybody's, and for what is no lock. */
export const environmentOf = (path: string): string | undefined =>
  /^data\.([a-z][a-z0-9-]*)\.lock$/.exec(basename(path))?.[1];

/** An entry, and the file that has it. */
export interface LockedEntry extends LockEntry {
  readonly lock: string;
}

/** The locks that lie at the root, data.lock first: also those of environments that lockstep.yaml names no more. */
export const lockNames = ({ root }: Workspace): string[] => [
  lockName(),
  ...readdirSync(root)
    .filter((name) => environmentOf(name) !== undefined)
    .sort(),
];

/** What every lock of a workspace names. Errors: those of `parseLock`. */
export const lockedEntries = (workspace: Workspace): LockedEntry[] =>
  lockNames(workspace).flatMap((lock) =>
    (findNamed(workspace, lock)?.entries ?? []).map((entry) => ({ ...entry, lock })),
  );

/** More than any lock may have: enough for the parser to refuse it without reading gigabytes. */
const mostRead = 65 * 1024 * 1024;

/** The lock of a workspace, or null when it has none. Errors: those of `parseLock`. */
export const findLock = (workspace: Workspace, environment?: string): Lock | null =>
  findNamed(workspace, lockName(environment));

function findNamed(workspace: Workspace, name: string): Lock | null {
  const bytes = bytesOf(workspace, name);
  return bytes === null ? null : parseLock(bytes, name);
}

/** Errors: E_LOCK_MISSING, and those of `parseLock`. */
export function readLock(workspace: Workspace, environment?: string): Lock {
  const lock = findLock(workspace, environment);
  if (lock) return lock;
  const name = lockName(environment);
  throw new LockstepError('E_LOCK_MISSING', {
    what: `no ${name} in ${workspace.root}`,
    allowed: `a ${name} at the root of the repository`,
    fix: `run \`lockstep data add <file or folder>${environment === undefined ? '' : ` --for ${environment}`}\``,
  });
}

export const writeLock = (workspace: Workspace, lock: Lock, environment?: string): void =>
  writeAtomic(join(workspace.root, lockName(environment)), printLock(lock));

function bytesOf(workspace: Workspace, name: string): Buffer | null {
  const path = join(workspace.root, name);
  try {
    if (statSync(path).size > mostRead) return Buffer.alloc(mostRead);
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new LockstepError('E_LOCK_MISSING', {
      what: `${name} cannot be read (${code ?? 'error'})`,
      where: { file: name },
      allowed: 'a plain file',
      fix: 'put the file back from Git',
      cause: error,
    });
  }
}
