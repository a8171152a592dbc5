import { createHash } from 'node:crypto';
import { constants, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, copyFile, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { type Digest, diskFull, LockstepError, temporaryBeside } from '../workspace/index.ts';
import { digestOfFile } from './file-digest.ts';
import { makeFolderOf } from './folder.ts';

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
    const ref = await copyHashed(from, copy, durable);
    if (wanted !== null && ref.digest !== wanted) await rm(copy, { force: true });
    return ref;
  } catch (error) {
    await rm(copy, { force: true });
    const { code, path } = error as NodeJS.ErrnoException;
    if (path === from && (code === 'EACCES' || code === 'EPERM')) throw unreadable(from, code);
    throw diskFull(error, copy);
  }
}

/** From here on the disk writes what the processor hashes. Bytes. */
const streamedFrom = 16 * 1024 * 1024;
const block = 4 * 1024 * 1024;

async function copyHashed(
  from: string,
  copy: string,
  durable: boolean,
): Promise<{ digest: Digest; size: number }> {
  if (statSync(from).size < streamedFrom || (await isCloned(from, copy))) {
    if (!existsSync(copy)) await copyFile(from, copy, constants.COPYFILE_FICLONE);
    const [ref] = await Promise.all([digestOfFile(copy), durable ? sync(copy) : chmod(copy, 0o644)]);
    return ref;
  }
  const hash = createHash('sha256');
  const [source, target] = [await open(from, 'r'), await open(copy, 'w', 0o644)];
  try {
    const buffers = [Buffer.allocUnsafeSlow(block), Buffer.allocUnsafeSlow(block)];
    let size = 0;
    let writing: Promise<unknown> = Promise.resolve();
    for (let turn = 0; ; turn++) {
      const { bytesRead } = await source.read(buffers[turn % 2]!, 0, block, size);
      await writing;
      if (bytesRead === 0) break;
      const bytes = buffers[turn % 2]!.subarray(0, bytesRead);
      writing = writeAll(target, bytes, size);
      writing.catch(() => {}); // Awaited in the next turn.
      hash.update(bytes);
      size += bytesRead;
    }
    if (durable) await target.sync();
    return { digest: `sha256:${hash.digest('hex')}`, size };
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

/** Whether the file system could share the bytes, which costs nothing. */
const isCloned = (from: string, copy: string): Promise<boolean> =>
  copyFile(from, copy, constants.COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => rm(copy, { force: true }).then(() => false),
  );

async function writeAll(target: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await target.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.chmod(0o644);
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
