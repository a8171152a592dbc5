import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, diskFull, temporaryBeside, writeAtomic } from '../../workspace/index.ts';
import { makeFolder } from '../folder.ts';
import { packsFolder, recordSize, writeRecord } from './pack-index.ts';

/** A pack is closed from so many bytes on. */
const full = 32 * 1024 * 1024;

/** Takes small objects into the store by the thousand: one file and one sync for many. */
export interface Packer {
  /** The bytes must be verified. They are in the store once `end` came back. */
  add(digest: Digest, bytes: Uint8Array): void;
  /** Makes everything that was added durable and found. */
  end(): void;
  /** Gives up what is not in the store yet. */
  abandon(): void;
}

interface OpenPack {
  readonly path: string;
  readonly temporary: string;
  readonly handle: number;
  readonly digests: Digest[];
  readonly places: number[];
  size: number;
}

/** `seen` is told when packs came. Errors: E_DISK_FULL; then nothing of the open pack is left. */
export function openPacker(root: string, seen: () => void): Packer {
  const folder = packsFolder(root);
  let open: OpenPack | null = null;
  const added = new Set<Digest>();

  const begin = (): OpenPack => {
    makeFolder(folder);
    const temporary = temporaryBeside(join(folder, 'incoming'));
    const path = temporary.replace('incoming.tmp-', `${Date.now().toString(36)}-`);
    return { path, temporary, handle: openSync(temporary, 'wx', 0o644), digests: [], places: [], size: 0 };
  };
  const abandon = () => {
    if (open === null) return;
    closeSync(open.handle);
    rmSync(open.temporary, { force: true });
    open = null;
  };
  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      const { temporary = folder } = open ?? {};
      abandon();
      throw diskFull(error, temporary);
    }
  };
  /** The pack first, then the index that makes it count. */
  const close = () => {
    if (open === null) return;
    const { path, temporary, handle, digests, places } = open;
    fsyncSync(handle);
    const records = Buffer.alloc(digests.length * recordSize);
    for (const [index, digest] of digests.entries())
      writeRecord(records, index * recordSize, digest, places[2 * index]!, places[2 * index + 1]!);
    renameSync(temporary, `${path}.pack`);
    closeSync(handle);
    open = null;
    writeAtomic(`${path}.idx`, records);
  };
  return {
    add(digest, bytes) {
      if (added.has(digest)) return;
      added.add(digest);
      guarded(() => {
        open ??= begin();
        for (let at = 0; at < bytes.length; ) at += writeSync(open.handle, bytes, at);
        open.digests.push(digest);
        open.places.push(open.size, bytes.length);
        open.size += bytes.length;
        if (open.size >= full) close();
      });
    },
    end() {
      guarded(close);
      seen();
    },
    abandon,
  };
}
