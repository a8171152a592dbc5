import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, link, open, rename, rm } from 'node:fs/promises';
import { type Digest, diskFull, LockstepError, temporaryBeside } from '../../workspace/index.ts';
import { makeFolderOf } from '../folder.ts';
import { copyHashed } from './followed-copy.ts';

/** Null when nothing lies there, or more than `most` bytes do. */
export function looseBytes(path: string, most: number): Buffer | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || found.size > most ? null : readFileSync(path);
}

export function writeNew(bytes: Buffer, target: string): void {
  try {
    writeFileSync(target, bytes, { flag: 'wx', mode: 0o644 });
  } catch (error) {
    throw diskFull(error, target);
  }
}

export async function writeSmall(bytes: Buffer, copy: string, target: string, digest: Digest): Promise<void> {
  try {
    writeFileSync(copy, bytes, { flag: 'wx', mode: 0o644 });
    renameSync(copy, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A folder that is not there yet, or can't be, or lies on another disk.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EXDEV') return moveTo(copy, target, digest);
    rmSync(copy, { force: true });
    throw diskFull(error, target);
  }
}

export async function moveTo(copy: string, target: string, digest: Digest): Promise<void> {
  makeFolderOf(target);
  try {
    await rename(copy, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const beside = temporaryBeside(target);
    await copyVerified(copy, beside, digest, false);
    await rename(beside, target);
  } finally {
    await rm(copy, { force: true });
  }
}

/** Makes `target` a second name of an object that nobody may write. False where the file system has no such thing, or not here. */
export async function linkTo(object: string, name: string, target: string): Promise<boolean> {
  makeFolderOf(target);
  try {
    await chmod(object, 0o444);
    await link(object, name);
    await rename(name, target);
    return true;
  } catch (error) {
    if (!unlinkable.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  } finally {
    // Renaming one name of a file onto another does nothing, and leaves both.
    await rm(name, { force: true });
  }
}

const unlinkable = new Set(['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP', 'ENOSYS']);

/**
 * Copies and hashes; what is hashed is the copy, so a file that changes meanwhile can't lie. Only copies for the
 * store are synced: a working file that a power cut tears is noticed by its digest and placed again.
 */
export async function copyVerified(
  from: string,
  copy: string,
  wanted: Digest | null,
  durable: boolean,
): Promise<{ digest: Digest; size: number }> {
  try {
    const ref = await copyHashed(from, copy, () => (durable ? sync(copy) : chmod(copy, 0o644)));
    if (wanted !== null && ref.digest !== wanted) await rm(copy, { force: true });
    return ref;
  } catch (error) {
    await rm(copy, { force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === 'copyfile' && (code === 'EACCES' || code === 'EPERM')) throw unreadable(from, code);
    throw diskFull(error, copy);
  }
}

/** Makes a file of ours durable, with the mode that objects have. */
export async function sync(path: string): Promise<void> {
  // Before it is opened: a copy is as read-only as what it was made of.
  await chmod(path, 0o644);
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const unreadable = (path: string, code: string): LockstepError =>
  new LockstepError('E_DATA_MISSING', {
    what: `cannot read ${path} (${code})`,
    allowed: 'a file that this user may read',
    fix: 'change its permissions',
  });
