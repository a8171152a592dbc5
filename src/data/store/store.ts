import { existsSync, rmSync, statSync, utimesSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Digest,
  digestOf,
  hexOf,
  LockstepError,
  statePath,
  temporaryBeside,
  type Workspace,
  writeAtomic,
} from '../../workspace/index.ts';
import { makeFolder, makeFolderOf } from '../folder.ts';
import { PackIndex } from '../local-packs/pack-index.ts';
import { readPacked, withoutObject } from '../local-packs/pack-reading.ts';
import { openPacker, type Packer } from '../local-packs/packer.ts';
import { digestOfFile } from './file-digest.ts';
import { copyVerified, linkTo, looseBytes, moveTo, writeNew, writeSmall } from './object-files.ts';

/** Bytes by digest; `size` in bytes. */
export interface ObjectRef {
  readonly digest: Digest;
  readonly size: number;
}

/**
 * The local content-addressed cache of bytes: `.lockstep/store/sha256/<2>/<62>`, and `packs/` for small files of folders,
 * many of them in one file.
 */
export interface Store {
  /** The folder it lies in. */
  readonly root: string;
  has(digest: Digest): boolean;
  /** Bytes of a stored object; null when it is not there. */
  sizeOf(digest: Digest): number | null;
  /** Where the object lies, whether it is there or not; one that lies in a pack is brought out of it. */
  pathOf(digest: Digest): string;
  /** Errors: E_OBJECT_MISSING, E_DIGEST_MISMATCH (then the damaged copy is gone). */
  read(digest: Digest): Promise<Buffer>;
  put(content: Uint8Array | string): Promise<ObjectRef>;
  putFile(path: string): Promise<ObjectRef>;
  /** Puts a verified copy at `target` (reflink where the file system can). Errors as `read`. */
  materialize(digest: Digest, target: string): Promise<void>;
  /** The same in a folder that nobody looks at yet: straight to its name. The folder must be there. */
  writeOut(digest: Digest, target: string): Promise<void>;
  /**
   * Links `target` to a large object that lies here, verified, and takes the right to write from both: the bytes are on the
   * disk once. False where that is not possible (small, or on another file system). Errors: E_DIGEST_MISMATCH.
   */
  link(digest: Digest, target: string): Promise<boolean>;
  /** A new folder of ours in the store's file system. */
  newFolder(): string;
  /** Copies a file to `target`, verified on the way. Errors: E_DIGEST_MISMATCH, E_DISK_FULL. */
  copyIn(from: string, digest: Digest, target: string): Promise<void>;
  /** Moves a verified file of ours to `target`. */
  moveIn(from: string, digest: Digest, target: string): Promise<void>;
  /** Takes a file of ours, already verified and synced, into the store by renaming it. */
  adopt(temporary: string, digest: Digest): Promise<void>;
  /** A new name in the store's file system for bytes on their way in. */
  temporary(digest: Digest): string;
  /** Hashes a stored object again. Errors as `read`. */
  verify(digest: Digest): Promise<void>;
  /** For many small objects; they are in the store once it was ended. */
  openPacker(): Packer;
}

/** Below this (bytes) a file is read and written in one go. */
export const smallFile = 1 << 20;

/** Where an object lies below the root of a store or remote. */
export const objectPath = (digest: Digest): string => {
  const hex = hexOf(digest);
  return `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
};

export const openStore = (workspace: Workspace): Store => storeAt(statePath(workspace, 'store'));

export function storeAt(root: string): Store {
  let packs: PackIndex | undefined;
  const packed = (digest: Digest) => {
    packs ??= new PackIndex(root);
    return packs.find(digest);
  };
  const loose = (digest: Digest) => join(root, objectPath(digest));
  const has = (digest: Digest) => existsSync(loose(digest)) || packed(digest) !== null;
  const damaged = (digest: Digest, got: Digest): LockstepError => {
    rmSync(loose(digest), { force: true });
    withoutObject(root, digest);
    packs = undefined;
    return new LockstepError('E_DIGEST_MISMATCH', {
      what: `the local store held other bytes (${got}) for ${digest}; the copy is removed`,
      allowed: digest,
      fix: 'run the command again: the bytes are fetched or made anew',
    });
  };
  /** Hashed. Null when the object is not there or must be read as a stream. */
  const readSmall = (digest: Digest, most = smallFile): Buffer | null => {
    const bytes = looseBytes(loose(digest), most) ?? readPacked(packed(digest));
    if (bytes === null) return null;
    const got = digestOf(bytes);
    if (got !== digest) throw damaged(digest, got);
    return bytes;
  };
  const temporary = (digest: Digest) => {
    const path = loose(digest);
    makeFolderOf(path);
    return temporaryBeside(path);
  };
  /** Not beside the target: what a kill -9 leaves behind must not become part of somebody's folder. */
  let made = false;
  const incoming = () => {
    if (!made) makeFolder(join(root, 'incoming'));
    made = true;
    return temporaryBeside(join(root, 'incoming', 'file'));
  };
  const adopt = (from: string, digest: Digest) => rename(from, loose(digest));
  return {
    root,
    has,
    temporary,
    adopt,
    sizeOf: (digest) =>
      statSync(loose(digest), { throwIfNoEntry: false })?.size ?? packed(digest)?.size ?? null,
    pathOf(digest) {
      const path = loose(digest);
      if (!existsSync(path) && packed(digest) !== null) writeAtomic(path, readSmall(digest)!);
      return path;
    },
    async verify(digest) {
      if (readSmall(digest) !== null) return;
      if (!existsSync(loose(digest))) throw missing(digest);
      const { digest: got } = await digestOfFile(loose(digest));
      if (got !== digest) throw damaged(digest, got);
    },
    async read(digest) {
      const bytes = readSmall(digest, Number.POSITIVE_INFINITY);
      if (bytes === null) throw missing(digest);
      return bytes;
    },
    async put(content) {
      const digest = digestOf(content);
      if (!has(digest)) writeAtomic(loose(digest), content);
      else freshen(loose(digest));
      return { digest, size: Buffer.byteLength(content) };
    },
    async putFile(path) {
      const copy = incoming();
      const ref = await copyVerified(path, copy, null, true);
      if (existsSync(loose(ref.digest))) {
        freshen(loose(ref.digest));
        await rm(copy, { force: true });
      } else {
        makeFolderOf(loose(ref.digest));
        await adopt(copy, ref.digest);
      }
      return ref;
    },
    async materialize(digest, target) {
      const bytes = readSmall(digest);
      if (bytes !== null) return writeSmall(bytes, incoming(), target, digest);
      const path = loose(digest);
      if (!existsSync(path)) throw missing(digest);
      const copy = incoming();
      const { digest: got } = await copyVerified(path, copy, digest, false);
      if (got !== digest) throw damaged(digest, got);
      await moveTo(copy, target, digest);
    },
    async writeOut(digest, target) {
      const bytes = readSmall(digest);
      if (bytes !== null) return writeNew(bytes, target);
      if (!existsSync(loose(digest))) throw missing(digest);
      const { digest: got } = await copyVerified(loose(digest), target, digest, false);
      if (got !== digest) throw damaged(digest, got);
    },
    async link(digest, target) {
      const path = loose(digest);
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= smallFile) return false;
      const { digest: got } = await digestOfFile(path);
      if (got !== digest) throw damaged(digest, got);
      return linkTo(path, incoming(), target);
    },
    newFolder() {
      const folder = `${incoming()}.d`;
      makeFolder(folder);
      return folder;
    },
    async copyIn(from, digest, target) {
      const copy = incoming();
      const { digest: got } = await copyVerified(from, copy, digest, false);
      if (got !== digest) throw damaged(digest, got);
      await moveTo(copy, target, digest);
    },
    moveIn: (from, digest, target) => moveTo(from, target, digest),
    openPacker: () => openPacker(root, () => packs?.refresh()),
  };
}

/** Somebody needs it again: a clean-up goes by the time. */
function freshen(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {} // In a pack, or gone.
}

const missing = (digest: Digest, cause?: unknown): LockstepError =>
  new LockstepError('E_OBJECT_MISSING', {
    what: `${digest} is not in the local store`,
    allowed: 'an object that was pulled or made here',
    fix: 'run `lockstep data pull`, or the pipeline that makes it',
    cause,
  });
