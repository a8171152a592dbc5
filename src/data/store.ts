import { constants, existsSync, rmSync } from 'node:fs';
import { chmod, copyFile, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Digest,
  digestOf,
  diskFull,
  hexOf,
  LockstepError,
  statePath,
  temporaryBeside,
  type Workspace,
  writeAtomic,
} from '../workspace/index.ts';
import { digestOfFile } from './file-digest.ts';
import { makeFolder, makeFolderOf } from './folder.ts';

/** Bytes by digest; `size` in bytes. */
export interface ObjectRef {
  readonly digest: Digest;
  readonly size: number;
}

/** The local content-addressed cache of bytes, `.lockstep/store/sha256/<2>/<62>`. */
export interface Store {
  has(digest: Digest): boolean;
  /** Where the object lies, whether it is there or not. */
  pathOf(digest: Digest): string;
  /** Errors: E_OBJECT_MISSING, E_DIGEST_MISMATCH (then the damaged copy is gone). */
  read(digest: Digest): Promise<Buffer>;
  put(content: Uint8Array | string): Promise<ObjectRef>;
  putFile(path: string): Promise<ObjectRef>;
  /** Puts a verified copy at `target` (reflink where the file system can). Errors as `read`. */
  materialize(digest: Digest, target: string): Promise<void>;
  /** Takes a file of ours, already verified and synced, into the store by renaming it. */
  adopt(temporary: string, digest: Digest): Promise<void>;
  /** A new name in the store's file system for bytes on their way in. */
  temporary(digest: Digest): string;
  /** Hashes a stored object again. Errors as `read`. */
  verify(digest: Digest): Promise<void>;
}

/** Where an object lies below the root of a store or remote. */
export const objectPath = (digest: Digest): string => {
  const hex = hexOf(digest);
  return `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
};

export const openStore = (workspace: Workspace): Store => storeAt(statePath(workspace, 'store'));

export function storeAt(root: string): Store {
  const pathOf = (digest: Digest) => join(root, objectPath(digest));
  const has = (digest: Digest) => existsSync(pathOf(digest));
  const drop = (digest: Digest) => rmSync(pathOf(digest), { force: true });
  const damaged = (digest: Digest, got: Digest): LockstepError => {
    drop(digest);
    return new LockstepError('E_DIGEST_MISMATCH', {
      what: `the local store held other bytes (${got}) for ${digest}; the copy is removed`,
      allowed: digest,
      fix: 'run the command again: the bytes are fetched or made anew',
    });
  };
  const temporary = (digest: Digest) => {
    const path = pathOf(digest);
    makeFolderOf(path);
    return temporaryBeside(path);
  };
  /** Not beside the target: what a kill -9 leaves behind must not become part of somebody's folder. */
  const incoming = () => {
    makeFolder(join(root, 'incoming'));
    return temporaryBeside(join(root, 'incoming', 'file'));
  };
  const adopt = (from: string, digest: Digest) => rename(from, pathOf(digest));
  return {
    has,
    pathOf,
    temporary,
    adopt,
    async verify(digest) {
      if (!has(digest)) throw missing(digest);
      const { digest: got } = await digestOfFile(pathOf(digest));
      if (got !== digest) throw damaged(digest, got);
    },
    async read(digest) {
      const bytes = await readFile(pathOf(digest)).catch((error: unknown) => {
        throw missing(digest, error);
      });
      const got = digestOf(bytes);
      if (got !== digest) throw damaged(digest, got);
      return bytes;
    },
    async put(content) {
      const digest = digestOf(content);
      if (!has(digest)) writeAtomic(pathOf(digest), content);
      return { digest, size: Buffer.byteLength(content) };
    },
    async putFile(path) {
      const copy = incoming();
      const ref = await copyVerified(path, copy, null, true);
      if (has(ref.digest)) await rm(copy, { force: true });
      else {
        makeFolderOf(pathOf(ref.digest));
        await adopt(copy, ref.digest);
      }
      return ref;
    },
    async materialize(digest, target) {
      if (!has(digest)) throw missing(digest);
      const copy = incoming();
      const { digest: got } = await copyVerified(pathOf(digest), copy, digest, false);
      if (got !== digest) throw damaged(digest, got);
      await moveTo(copy, target, digest);
    },
  };
}

async function moveTo(copy: string, target: string, digest: Digest): Promise<void> {
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
async function copyVerified(
  from: string,
  copy: string,
  wanted: Digest | null,
  durable: boolean,
): Promise<ObjectRef> {
  try {
    await copyFile(from, copy, constants.COPYFILE_FICLONE);
    const ref = await digestOfFile(copy);
    if (wanted !== null && ref.digest !== wanted) {
      await rm(copy, { force: true });
      return ref;
    }
    if (durable) await sync(copy);
    else await chmod(copy, 0o644);
    return ref;
  } catch (error) {
    await rm(copy, { force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === 'copyfile' && (code === 'EACCES' || code === 'EPERM')) throw unreadable(from, code);
    throw diskFull(error, copy);
  }
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

export const sizeOf = async (path: string): Promise<number | null> =>
  stat(path).then(
    (found) => found.size,
    () => null,
  );

const missing = (digest: Digest, cause?: unknown): LockstepError =>
  new LockstepError('E_OBJECT_MISSING', {
    what: `${digest} is not in the local store`,
    allowed: 'an object that was pulled or made here',
    fix: 'run `lockstep data pull`, or the pipeline that makes it',
    cause,
  });

const unreadable = (path: string, code: string): LockstepError =>
  new LockstepError('E_DATA_MISSING', {
    what: `cannot read ${path} (${code})`,
    allowed: 'a file that this user may read',
    fix: 'change its permissions',
  });
