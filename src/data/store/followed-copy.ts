import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { copyFile, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Digest } from '../../workspace/index.ts';
import { digestOfFile } from './file-digest.ts';

/** Below this (bytes) a copy is over before there is anything to follow. */
const followedFrom = 16 * 1024 * 1024;
const block = 4 * 1024 * 1024;
/**
 * File systems (the types of Linux's magic.h) where a file being copied grows with its bytes: ext4, XFS, Btrfs, tmpfs,
 * overlay. Others may show its whole length first, and what is not there yet reads as zeros.
 */
const growing: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630]);

/**
 * Copies a file, by reference where the file system can, and answers the digest of the copy. A large one is hashed
 * right behind the copying, so both take as long as the slower of the two. `settle` is called when all is copied, and
 * goes on while the processor hashes.
 */
export async function copyHashed(
  from: string,
  copy: string,
  settle: () => Promise<void> = async () => {},
): Promise<{ digest: Digest; size: number }> {
  if (!(await isFollowed(from, copy))) {
    await copyFile(from, copy, constants.COPYFILE_FICLONE);
    const [ref] = await Promise.all([digestOfFile(copy), settle()]);
    return ref;
  }
  // What lay there would be taken for the copy.
  await rm(copy, { force: true });
  let ended = false;
  const copying = copyFile(from, copy, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL).finally(() => {
    ended = true;
  });
  const settling = copying.then(settle);
  const hashing = hashBehind(copy, () => ended);
  // Nobody writes any more when this fails, whichever of the two did.
  await Promise.allSettled([settling, hashing]);
  await settling;
  return hashing;
}

async function isFollowed(from: string, copy: string): Promise<boolean> {
  if (process.platform !== 'linux' || (await stat(from)).size < followedFrom) return false;
  return growing.has((await statfs(dirname(copy))).type);
}

/** Reads what has been written as yet, until nobody writes any more. */
async function hashBehind(path: string, isWritten: () => boolean): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(block);
  const handle = await openWhenThere(path, isWritten);
  let size = 0;
  try {
    for (;;) {
      // Asked before the reading: what is written between the two is read in the next turn.
      const last = isWritten();
      const count = handle === null ? 0 : readSync(handle, buffer, 0, block, size);
      hash.update(buffer.subarray(0, count));
      size += count;
      if (count === 0 && last) return { digest: `sha256:${hash.digest('hex')}`, size };
      await (count === 0 ? sleep(2) : turn());
    }
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

async function openWhenThere(path: string, isWritten: () => boolean): Promise<number | null> {
  for (;;) {
    const last = isWritten();
    try {
      return openSync(path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // It was never made: the copying says why.
      if (last) return null;
      await sleep(1);
    }
  }
}
