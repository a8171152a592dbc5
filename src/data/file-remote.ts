import { constants, createReadStream } from 'node:fs';
import { copyFile, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFull, LockstepError, temporaryBeside } from '../workspace/index.ts';
import { digestOfFile } from './file-digest.ts';
import { makeFolderOf } from './folder.ts';
import { digestMismatch, objectMissing, receive } from './receive.ts';
import type { PushObject, Remote } from './remote.ts';
import type { FileAddress } from './remote-address.ts';
import { objectPath, sizeOf } from './store.ts';

/** What Git can carry: a file, and all of `.data/`. Bytes. */
export const embeddedLimits = { file: 25_000_000, total: 100_000_000 } as const;
const waysOut =
  'set `remote: file:/a/shared/folder` (or another remote) in lockstep.yaml, or lock a sample of the data';

/** A folder with objects under `sha256/`: the repository's own `.data/`, a disk, a share. */
export function fileRemote({ folder, name, embedded }: FileAddress): Remote {
  const pathOf = (object: { digest: PushObject['digest'] }) => join(folder, objectPath(object.digest));
  return {
    name,
    async fetch(object, temporary, onBytes) {
      if ((await sizeOf(pathOf(object))) === null) throw objectMissing(object, name);
      const stream = createReadStream(pathOf(object), { highWaterMark: 1 << 20 });
      await receive(stream as AsyncIterable<Uint8Array>, object, temporary, name, onBytes);
    },
    async plan(objects) {
      const absent: PushObject[] = [];
      for (const object of objects) {
        if ((await sizeOf(pathOf(object))) !== object.size) absent.push(object);
      }
      if (embedded) await checkLimits(folder, absent);
      return absent;
    },
    push: (object) => pushFile(object, pathOf(object), name),
  };
}

async function pushFile(object: PushObject, target: string, name: string): Promise<void> {
  makeFolderOf(target);
  const copy = temporaryBeside(target);
  try {
    await copyFile(object.path, copy, constants.COPYFILE_FICLONE);
    const { digest, size } = await digestOfFile(copy);
    if (digest !== object.digest) throw digestMismatch(object, digest, size, name);
    const handle = await open(copy, 'r+');
    await handle.chmod(0o644);
    await handle.sync();
    await handle.close();
    await rename(copy, target);
  } catch (error) {
    await rm(copy, { force: true });
    throw diskFull(error, target);
  }
}

async function checkLimits(folder: string, absent: readonly PushObject[]): Promise<void> {
  const large = absent.find(({ size }) => size > embeddedLimits.file);
  if (large) {
    throw new LockstepError('E_REMOTE_TOO_LARGE', {
      what: `"${large.key}" needs an object of ${bytes(large.size)} in .data/, which Git tracks`,
      allowed: `at most ${bytes(embeddedLimits.file)} a file`,
      fix: waysOut,
    });
  }
  if (absent.length === 0) return;
  const total = (await bytesBelow(folder)) + absent.reduce((sum, { size }) => sum + size, 0);
  if (total <= embeddedLimits.total) return;
  throw new LockstepError('E_REMOTE_TOO_LARGE', {
    what: `the push would take .data/, which Git tracks, to ${bytes(total)}`,
    allowed: `at most ${bytes(embeddedLimits.total)} in all`,
    fix: waysOut,
  });
}

const bytes = (count: number): string => `${count.toLocaleString('en-US')} bytes`;

async function bytesBelow(folder: string): Promise<number> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let total = 0;
  for (const item of found) {
    if (item.isFile()) total += (await sizeOf(join(item.parentPath, item.name))) ?? 0;
  }
  return total;
}
